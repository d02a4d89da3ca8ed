"""A sentence ends with one period, also where what is put into it brings its own."""

import pytest
from markupsafe import Markup

from portal.web.phrases import put_in


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
