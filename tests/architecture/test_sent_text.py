"""What a source wrote says its language where it stands (WCAG 2.2, 3.1.2): ``portal.web.sent``."""

import re

from tests.architecture.test_files import ROOT

_PRINTED = re.compile(
    r"{{-?\s*((?:\w+\.)*(?:line|voice)\.(?:title|main|value)|(?:message|opened)\.(?:body|text)|thread\.(?:subject|snippet)"
    r"|series\.name|trend\.title|part\.text|fact|wording)\s*-?}}"
)
"""Expressions that print a text of a source, in the pages of records and messages."""
_HIDDEN = re.compile(r'class="vh"\s*>[^<]*$')
_PLACES = ("components", "calendar", "health", "home", "messages", "received", "share")


def test_every_place_of_a_sent_text_says_its_language() -> None:
    """The element that a text is in has the filter ``sent``, or a language of its own."""
    without, places = [], 0
    for place in _PLACES:
        for path in sorted((ROOT / "templates" / place).glob("*.html")):
            page = path.read_text()
            for match in _PRINTED.finditer(page):
                before = page[: match.start()].rstrip()
                if _HIDDEN.search(before) or _is_attribute(before):
                    continue
                places += 1
                tag = before[before.rfind("<") :]
                if "|sent" not in tag and " lang=" not in tag:
                    without.append(f"{path.name}: {match[0]} in {tag[:60]}")
    assert places > 40
    assert not without, "\n".join(without)


def _is_attribute(before: str) -> bool:
    """Tell whether a text stands in a tag that is still open."""
    return before.rfind("<") > before.rfind(">")
