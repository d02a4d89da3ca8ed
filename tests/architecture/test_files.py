"""What holds for every file of the project."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
_TEXT = {".py", ".html", ".css", ".js", ".md", ".toml", ".sh", ".svg", ".txt", ""}
_LONGEST = {"portal": 400, "jobs": 400, "tests": 600}
_MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError|^\s*\.\.\.\s*$", re.MULTILINE)


def tracked() -> list[Path]:
    """The project's own text files."""
    said = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    if said.returncode:
        pytest.skip("not a git checkout")
    found = [ROOT / line for line in said.stdout.splitlines()]
    return [path for path in found if path.is_file() and path.suffix in _TEXT and ".min." not in path.name]


def test_no_python_file_is_too_long() -> None:
    """A file that cannot be read in one sitting is split."""
    too_long = {}
    for path in tracked():
        limit = _LONGEST.get(path.relative_to(ROOT).parts[0])
        if "migrations" in path.parts:  # generated, and never changed again
            continue
        lines = len(path.read_text().splitlines())
        if path.suffix == ".py" and limit and lines > limit:
            too_long[str(path.relative_to(ROOT))] = lines
    assert not too_long


def test_no_line_of_a_template_is_too_long() -> None:
    """The formatters break what they can; a long phrase is broken by hand (``trans trimmed``)."""
    too_long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path.relative_to(ROOT).parts[0] in {"templates", "static"} and path.suffix in {".html", ".css", ".js"}
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > 140
    ]
    assert not too_long


def test_nothing_is_left_for_later() -> None:
    """Protocols may have empty bodies; nothing else may."""
    found = []
    for path in tracked():
        if path.suffix not in {".py", ".html", ".css", ".js"} or path == Path(__file__):
            continue
        text = path.read_text()
        found += [
            f"{path.relative_to(ROOT)}: {match[0].strip()}"
            for match in _MARKS.finditer(text)
            if match[0].strip() != "..." or "Protocol" not in text
        ]
    assert not found


def test_no_path_of_one_machine_and_no_registry_host() -> None:
    """The project runs anywhere: package hosts are the machine's own configuration."""
    home = re.compile(
        r"/(?:root|home/[a-z]+|Users)/|\bpypi\.org|files\.pythonhosted|registry\.npmjs|index-url|extra-index"
    )
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked()
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1)
        if home.search(line) and "--no-emit-index-url" not in line
    ]
    assert not found


def test_locks_name_every_dependency_with_its_hash() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (ROOT / name).read_text()
        pins = re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==", text, re.MULTILINE | re.IGNORECASE)
        assert len(pins) > 30
        assert text.count("--hash=sha256:") >= len(pins)
        assert "://" not in text


def test_every_requirement_is_pinned_as_locked() -> None:
    """The rule of pyproject.toml: exact versions, and those of the lock files."""
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())
    project = declared["project"]
    requirements = [
        *declared["build-system"]["requires"],
        *project["dependencies"],
        *(line for lines in project["optional-dependencies"].values() for line in lines),
        *(line for lines in declared["dependency-groups"].values() for line in lines),
    ]
    lock = (ROOT / "requirements-dev.lock").read_text()
    locked = set(re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;]+)", lock, re.MULTILINE))
    unlike = [
        line
        for line in requirements
        for requirement in [Requirement(line)]
        if (canonicalize_name(requirement.name), str(requirement.specifier).removeprefix("==")) not in locked
    ]
    assert not unlike, "pin it, then `make lock`"


def test_what_vulture_is_told_to_allow_exists() -> None:
    allowed = re.findall(r"^_\.(\w+)", (ROOT / ".ci" / "vulture-allowed").read_text(), re.MULTILINE)
    code = "\n".join(path.read_text() for folder in ("portal", "jobs") for path in (ROOT / folder).rglob("*.py"))
    assert allowed
    assert not [name for name in allowed if not re.search(rf"\b{name}\b", code)]


def test_the_changes_are_told_by_release_and_kind() -> None:
    headings = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert headings[0] == "Unreleased"
    assert headings[1].startswith(f"{version} – "), "the newest release is the version of pyproject.toml"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ – \d{4}-\d\d-\d\d", heading) for heading in headings[1:])
    kinds = re.findall(r"^### (.+)$", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert set(kinds) <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_every_locked_package_has_its_licence_listed() -> None:
    """Made by `make lock`; nothing that would bind our own code to its terms (GPL, AGPL) is among them."""
    lock = (ROOT / "requirements.lock").read_text()
    locked = set(re.findall(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", lock, re.MULTILINE))
    rows = [line.strip("| ").split(" | ") for line in (ROOT / "docs/licences.md").read_text().splitlines()[7:]]
    assert {(name, version) for name, version, _ in rows} == locked
    assert not [name for name, _, licence in rows if licence in ("?", "") or re.search(r"(?<!L)GPL", licence)]
