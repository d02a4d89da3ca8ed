"""Every class that a style sheet names is used by a page, a script or the code that makes pages."""

import re

from tests.architecture.test_files import ROOT

COMPOSED = {*(f"h{number}" for number in range(12)), "htmx-request"}
"""Classes that are put together (a mark's hue) or set by htmx."""


def test_every_class_of_the_style_sheets_is_used() -> None:
    named: set[str] = set()
    for sheet in (ROOT / "static").glob("*.css"):
        bare = re.sub(r"/\*.*?\*/|\{[^{}]*\}", "{}", sheet.read_text(), flags=re.DOTALL)
        named |= set(re.findall(r"\.([a-zA-Z][\w-]*)", bare))
    files = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "portal").rglob("*.py"), *(ROOT / "static").glob("*.js")]
    words = {word for file in files for word in re.findall(r"[\w-]+", file.read_text())}
    assert len(named) > 50
    assert named - words - COMPOSED == set()
