"""A sentence ends with one period, also where what is put into it brings its own."""

import ast

import pytest
from markupsafe import Markup

from portal.web.phrases import put_in
from tests.architecture.test_files import ROOT


@pytest.mark.parametrize(
    ("phrase", "told", "sentence"),
    [
        ("Hecho el %(at)s. Listo.", "9:05 a. m.", "Hecho el 9:05 a. m. Listo."),
        ("Linked to %(at)s.", "Acme Inc.", "Linked to Acme Inc."),
        ("Made at %(at)s.", "9:05 AM", "Made at 9:05 AM."),
        ("%(at)s and so on.", "Acme Inc.", "Acme Inc. and so on."),
    ],
)
def test_one_period(phrase: str, told: str, sentence: str) -> None:
    assert put_in(phrase, {"at": told}) == sentence


def test_one_period_with_markup_around() -> None:
    told = Markup("<time>9:05 a. m.</time>")
    assert put_in(Markup("Se cierra a las <b>%(at)s</b>. Espere."), {"at": told}) == Markup(
        "Se cierra a las <b><time>9:05 a. m.</time></b> Espere."
    )
    assert put_in(Markup("%(at)s."), {"at": "<b>x"}) == Markup("&lt;b&gt;x.")


def test_no_phrase_is_filled_in_another_way() -> None:
    """Only ``put_in`` knows of periods and of thousands; "%" of a phrase that was looked up earlier does not."""
    filled = {
        f"{path.name}: {ast.unparse(node)}"
        for path in (ROOT / "portal/web").rglob("*.py")
        if path.name != "phrases.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod) and not isinstance(node.right, ast.Constant)
    }
    assert filled == {"whose.py: (start + step) % len(_COLOURS)"}  # a number
