"""The wheel works without the repository (requirement I6).

It is built and installed as ``pip`` does it, into an empty virtual environment. Only the dependencies are not installed
anew: a ``.pth`` file leads to those of the environment that runs this test, so that no package index is needed.
"""

import os
import re
import signal
import subprocess
import sys
import tomllib
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.ports import free_ports

pytestmark = pytest.mark.slow

_ROOT = Path(__file__).parents[2]
_VERSION = tomllib.loads((_ROOT / "pyproject.toml").read_text())["project"]["version"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(folder), str(_ROOT))
    return next(folder.glob("tributary-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment's commands, with the wheel in it."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder)
    commands = folder / "bin"
    _pip("--python", str(commands / "python"), "install", "--no-deps", "--no-index", str(wheel))
    dependencies = [entry for entry in sys.path if entry.endswith("site-packages")]
    (site_packages,) = folder.glob("lib/python*/site-packages")
    (site_packages / "dependencies.pth").write_text("\n".join(dependencies))
    return commands


def test_it_carries_every_file_of_the_program(wheel: Path) -> None:
    """What is in the repository's folders is in the wheel, and nothing else is."""
    in_repository = {
        path if path.startswith(("portal/", "jobs/")) else f"portal/{path}"
        for path in _tracked("portal", "jobs", "templates", "static")
        if not path.endswith(".po")
    }
    packed = set(zipfile.ZipFile(wheel).namelist())
    assert {path for path in packed if ".dist-info/" not in path} == in_repository
    kinds = {Path(path).suffix for path in packed}
    assert kinds >= {".html", ".css", ".js", ".svg", ".mo", ".mako", ".xz", ".zip", ".typed"}


def test_it_is_the_one_that_is_imported(installed: Path, tmp_path: Path) -> None:
    assert _output(tmp_path, installed / "portal", "--version").split()[-1] == _VERSION
    places = _output(tmp_path, installed / "python", "-c", "import jobs, portal; print(jobs.__file__, portal.__file__)")
    assert all(Path(place).is_relative_to(installed.parent) for place in places.split())


def test_the_demo_runs_from_it(installed: Path, tmp_path: Path) -> None:
    """Migrations, stories and workers make the demo ready; pages, their Spanish and their files are served."""
    with _demo(installed, tmp_path) as address:
        page = _get(f"{address}/sign-in")
        assert 'name="username"' in page
        spanish = _get(f"{address}/sign-in", {"Accept-Language": "es"})
        assert '<html lang="es"' in spanish
        assert "Contraseña" in spanish
        assert "Contraseña" not in page
        style = re.search(r'href="(/static/portal\.css[^"]*)"', page)
        assert style
        assert "--hue" in _get(address + style[1])


@contextmanager
def _demo(commands: Path, folder: Path) -> Iterator[str]:
    """Yield the address of MyCooper. The repository is in neither the working directory nor the environment."""
    port = free_ports()
    command = [str(commands / "portal"), "demo", "--port", str(port), "--data-dir", str(folder / "demo")]
    process = subprocess.Popen(
        command, cwd=folder, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    printed = ""
    try:
        assert process.stdout is not None
        for line in process.stdout:
            printed += line
            if line.startswith("demo ready: "):
                break
        assert process.poll() is None, printed
        yield f"http://localhost:{port}"
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert process.returncode == 0, printed


def _pip(*arguments: str) -> None:
    done = subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _output(folder: Path, *command: str | Path) -> str:
    return subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, text=True, check=True).stdout


def _environment() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "PORTAL_"))}


def _get(address: str, headers: dict[str, str] | None = None) -> str:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers or {})) as answer:
        return str(answer.read().decode())


def _tracked(*folders: str) -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *folders], cwd=_ROOT, capture_output=True, text=True
    )
    if listed.returncode:
        pytest.skip("not a git checkout")
    return [line for line in listed.stdout.splitlines() if (_ROOT / line).is_file()]
