"""Every class that a style sheet names is used by a page, a script or the code that makes pages."""

import re

from portal.web.assets import style_parts
from tests.architecture.test_files import ROOT

COMPOSED = {*(f"h{number}" for number in range(12)), "htmx-request"}
"""Classes that are put together (a mark's hue) or set by htmx."""


def test_every_class_of_the_style_sheets_is_used() -> None:
    named: set[str] = set()
    for sheet in (ROOT / "static").rglob("*.css"):
        bare = re.sub(r"/\*.*?\*/|\{[^{}]*\}", "{}", sheet.read_text(), flags=re.DOTALL)
        named |= set(re.findall(r"\.([a-zA-Z][\w-]*)", bare))
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "portal").rglob("*.py"), *(ROOT / "static").glob("*.js")]
    words = {word for file in files for word in re.findall(r"[\w-]+", file.read_text())}
    assert len(named) > 50
    assert named - words - COMPOSED == set()


def test_the_style_sheet_is_made_of_every_part() -> None:
    assert sorted(style_parts()) == sorted((ROOT / "static" / "portal").glob("*.css"))


def test_no_part_is_longer_than_a_file_may_be() -> None:
    assert not [path.name for path in (ROOT / "static").rglob("*.css") if path.read_text().count("\n") > 400]


def test_what_the_first_paint_needs_is_whole_in_each_part() -> None:
    """A mark that is opened in one part and closed in another would take all rules between them along."""
    for path in style_parts():
        marks = re.findall(r"/\* (First paint|Later) \*/", path.read_text())
        assert marks == ["First paint", "Later"] * (len(marks) // 2), path.name
