"""Every reference leads somewhere: to a document that is there, and to a key, section, path or name in it."""

import re
from pathlib import Path

import pytest

from portal.fhir.vendors.registry import QUIRKS
from tests.architecture import references
from tests.architecture.references import DOCS, texts
from tests.architecture.test_files import ROOT

IN_A_WHEEL = frozenset({"portal/static", "portal/templates"})
"""Where a wheel has what is at the top level here."""
FOREIGN = frozenset({("", "3", "")})  # RxNorm Technical Documentation, §3 (portal/merge/medications/medicines.py)
LISTED = re.compile(r"^- \*\*([A-I]\d{1,2})\*\* ", re.MULTILINE)


def numbered(document: str) -> set[tuple[str, str]]:
    """(section, line) of a document with numbered sections; line "" for the section itself."""
    places = set()
    section = ""
    for line in (DOCS / f"{document}.md").read_text().splitlines():
        if heading := re.match(r"## (\d+)\. ", line):
            section = heading[1]
            places.add((section, ""))
        elif section and (item := re.match(r"(\d+)\. \*\*", line)):
            places.add((section, item[1]))
    return places


def test_sections_are_there() -> None:
    places = {document: numbered(document) for document in ("product", "clinical-truth")}
    lost = {
        f"{text.name}: {document or 'no document'} §{section}.{line}"
        for text in texts()
        for document, section, line in references.sections(text)
        if (document, section, line) not in FOREIGN and (section, line) not in places.get(document, set())
    }
    assert not lost


def test_requirements_are_there() -> None:
    listed = LISTED.findall((DOCS / "requirements.md").read_text())
    assert listed == sorted(set(listed), key=lambda key: (key[0], int(key[1:])))
    lost = {f"{text.name}: {key}" for text in texts() for key in references.keys(text) if key not in listed}
    assert not lost


def test_documents_are_there() -> None:
    lost = {
        f"{text.name}: {name}"
        for text in texts()
        for name in references.documents(text)
        if not any((folder / name).is_file() for folder in (text.path.parent, ROOT, DOCS))
    }
    assert not lost


def test_paths_are_there() -> None:
    lost = {
        f"{text.name}: {path}"
        for text in texts()
        for path in references.paths(text)
        if path not in IN_A_WHEEL and not any(ROOT.glob(path.removesuffix("/**.py").removesuffix("/**.html")))
    }
    assert not lost


def test_names_are_there() -> None:
    lost = {
        f"{text.name}: {name}" for text in texts() for name in references.modules(text) if not references.resolves(name)
    }
    assert not lost


def test_tables_that_recipes_name_are_there() -> None:
    lost = set()
    for step in re.split(r"\n(?=\n|\d+\. )", (ROOT / "CONTRIBUTING.md").read_text()):
        sources = [(ROOT / path).read_text() for path in re.findall(r"`([\w/]+\.py)`", step)]
        for table in re.findall(r"`(_?[A-Z]{2}[A-Z_]+)`", step):
            if sources and not any(re.search(rf"\b{table}\b", source) for source in sources):
                lost.add(table)
    assert not lost


def test_every_quirk_is_in_the_document_for_operators() -> None:
    document = (DOCS / "vendors.md").read_text()
    assert not [name for name in QUIRKS if f"`{name}`" not in document]


def test_links_are_there() -> None:
    lost = set()
    for text in texts():
        if text.path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)\s]+)\)", text.path.read_text()):
            place, _, anchor = target.partition("#")
            if "://" in place:
                continue
            goal = (text.path.parent / place).resolve() if place else text.path
            if not goal.exists() or (anchor and anchor not in anchors(goal)):
                lost.add(f"{text.name}: {target}")
    assert not lost


def anchors(path: Path) -> set[str]:
    """The anchors of a document's headings, as hosts of repositories make them."""
    headings = re.findall(r"^#+ (.+)$", path.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_index_names_every_document() -> None:
    index = (DOCS / "README.md").read_text()
    assert not [path.name for path in DOCS.glob("*.md") if path.name != "README.md" and f"({path.name})" not in index]


def test_decisions_are_in_one_form_and_in_the_index() -> None:
    index = (DOCS / "adr/README.md").read_text()
    records = sorted((DOCS / "adr").glob("0*.md"))
    for number, path in enumerate(records, 1):
        text = path.read_text()
        title = re.match(rf"# {number}\. (.+)\n\nStatus: (Accepted|Superseded by ADR \d+), (\d{{4}}-\d\d-\d\d)", text)
        assert title, path.name
        assert all(f"\n**{part}.** " in text for part in ("Decision", "Why", "What follows")), path.name
        assert f"| {number} | [{title[1]}]({path.name}) | {title[2]}, {title[3]} |" in index, path.name
    numbers = set(range(1, len(records) + 1))
    assert not {f"{text.name}: ADR {n}" for text in texts() for n in references.decisions(text) if n not in numbers}


@pytest.mark.parametrize(
    ("written", "lost"),
    [
        ("see requirements B5 and Z9", []),
        ("as requirement C9 says", ["C9"]),
        ("twice (B1, H7)", ["H7"]),
    ],
)
def test_a_key_that_is_not_there_is_noticed(written: str, lost: list[str]) -> None:
    listed = LISTED.findall((DOCS / "requirements.md").read_text())
    text = references.Text(ROOT / "portal/x.py", written, written)
    assert [key for key in references.keys(text) if key not in listed] == lost
