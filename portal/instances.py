"""Which instances a worker serves: one, from the environment; or several, each from a file of its own.

``PORTAL_INSTANCES_DIR`` names a folder with one ``<slug>.env`` per instance (lines ``NAME=value``). So one pair of
worker processes can serve all instances of a machine; the job says for which instance it is.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from portal.config import INSTANCES_DIR, Settings, problems
from portal.domain.errors import ConfigurationError


def settings_of(instance: str, environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of the instance with this slug.

    Raises:
        ConfigurationError: this worker does not serve it.
    """
    environ = os.environ if environ is None else environ
    folder = environ.get(INSTANCES_DIR.name)
    if not folder:
        settings = Settings.from_environment(environ)
        if settings.slug == instance:
            return settings
    elif (file := Path(folder) / f"{instance}.env").is_file():
        return read_settings(file)
    raise ConfigurationError(hint=f"this worker does not serve the instance {instance}")


def served(environ: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """Return the slugs of all instances that this environment serves."""
    environ = os.environ if environ is None else environ
    folder = environ.get(INSTANCES_DIR.name)
    if not folder:
        return (Settings.from_environment(environ).slug,)
    return tuple(sorted(file.stem for file in Path(folder).glob("*.env")))


def check_settings(environ: Mapping[str, str] | None = None) -> None:
    """Check the settings of all instances that this environment serves, without making or changing anything.

    Raises:
        ConfigurationError: one sentence a line, for everything that is wrong; with the file where there are several.
    """
    environ = os.environ if environ is None else environ
    folder = environ.get(INSTANCES_DIR.name)
    sentences = [
        f"{prefix}: {text}" if prefix else text for prefix, each in environments(environ) for text in problems(each)
    ]
    if folder:
        files = sorted(Path(folder).glob("*.env"))
        sentences += [
            f"{file.stem}: others may read {file}: chmod 600" for file in files if file.stat().st_mode & 0o007
        ]
        if not files:
            sentences = [f"{INSTANCES_DIR.name} must be a folder with a <slug>.env file for each instance"]
    if sentences:
        raise ConfigurationError(hint="\n".join(sentences))


def environments(environ: Mapping[str, str] | None = None) -> tuple[tuple[str, Mapping[str, str]], ...]:
    """Return the variables of each instance that is served, with its slug: "" where there is only one.

    Raises:
        ConfigurationError: the folder of PORTAL_INSTANCES_DIR has none.
    """
    environ = os.environ if environ is None else environ
    folder = environ.get(INSTANCES_DIR.name)
    if not folder:
        return (("", environ),)
    files = sorted(Path(folder).glob("*.env"))
    if not files:
        raise ConfigurationError(hint=f"{INSTANCES_DIR.name} must be a folder with a <slug>.env file for each instance")
    return tuple((file.stem, _lines_of(file)) for file in files)


def read_settings(file: Path) -> Settings:
    """Return settings from a file of ``NAME=value`` lines."""
    return Settings.from_environment(_lines_of(file))


def _lines_of(file: Path) -> dict[str, str]:
    lines = [line.partition("=") for line in file.read_text().splitlines() if line and not line.startswith("#")]
    return {"PORTAL_INSTANCE": file.stem} | {name.strip(): value.strip() for name, _, value in lines}


def write_settings(file: Path, values: Mapping[str, str]) -> None:
    """Write such a file, readable by the owner only: it may hold passwords."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}={value}\n" for name, value in values.items()))
