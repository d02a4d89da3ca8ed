"""Counts stand with the thousands of the language's readers: "1,036" in English and in the Spanish of the US."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_babel import force_locale

from portal.web.phrases import counted, gettext, ngettext

ROOT = Path(__file__).parents[3]
_OUTPUT = re.compile(r"\{\{-?\s*([a-z_.]+?)(\s*\|\s*(?:length|count))?\s*-?\}\}")
_COUNTS = re.compile(r"(?:^|[._])(?:num|count|counts|total|new|messages|left|waiting|unread|times|people|rows|number)$")
_OTHERS = {
    ("components/page.html", "number"),  # of a telephone
    ("health/document.html", "cell.rows"),  # of a table: an attribute
    ("health/source.html", "number"),  # a part of an id
    ("health/waiting.html", "number"),  # days, as a value of a form
    ("home/home.html", "home.visit.people"),  # names
    ("links/page.html", "going.total"),  # an attribute of <progress>
}
"""What is called like a count and is none."""


def _of_templates() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "templates").rglob("*.html")):
        # Inside a phrase the variables are counts by themselves.
        text = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", "", path.read_text(), flags=re.DOTALL)
        for match in _OUTPUT.finditer(text):
            if match[2] or _COUNTS.search(match[1]):
                yield str(path.relative_to(ROOT / "templates")), match[1]


def test_no_template_puts_out_a_count_without_its_filter() -> None:
    assert set(_of_templates()) == _OTHERS
    assert not [path for path in (ROOT / "templates").rglob("*.html") if "decimalformat" in path.read_text()]


_NAMES = {"number", "count", "total", "n", "num", "new", "more", "past", "own", "left", "messages", "held"}


def _in_text(node: ast.JoinedStr) -> Iterator[str]:
    for part in node.values:
        if isinstance(part, ast.FormattedValue) and part.format_spec is None:
            value = part.value
            name = value.id if isinstance(value, ast.Name) else getattr(value, "attr", "")
            called = ast.unparse(value.func) if isinstance(value, ast.Call) else ""
            if name in _NAMES or called in ("len", "sum") or called.endswith("by_status.get"):
                yield ast.unparse(node)


def test_no_code_writes_a_count_into_a_text_without_its_thousands() -> None:
    shown = {
        f"{path.name}: {text}"
        for folder in ("portal/web", "portal/sharing")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.JoinedStr)
        for text in _in_text(node)
    }
    assert shown == {"health_cards.py: f'resource:{number}'"}  # an address


@pytest.mark.parametrize("language", ["en", "es"])
def test_whole_numbers_in_phrases_are_counts(app: Flask, language: str) -> None:
    with app.test_request_context("/"), force_locale(language):
        assert "1,036" in ngettext("%(num)s order", "%(num)s orders", 1036)
        assert "12,345" in gettext("All (%(n)s)", n=12345)
        assert gettext("All (%(n)s)", n="2026").count("2026") == 1
        render = app.jinja_env.from_string
        assert render("{{ 1036|counted }}").render() == counted(1036) == "1,036"
        assert (
            render("{% trans num=n %}{{ num }} order{% pluralize num %}{{ num }} orders{% endtrans %}")
            .render(n=1036)
            .startswith("1,036")
        )
        assert render("{{ _('All (%(n)s)', n=1036) }}").render().endswith("(1,036)")
