"""One folding that takes no letter away."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.identity.folding import fold, is_latin, romanised, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("José  O'Neil", "jose oneil"),
        ("O’Neil", "oneil"),
        ("OʼNeil", "oneil"),
        ("O`Neil", "oneil"),
        ("M´Donald", "mdonald"),
        ("Garcia-Lopez", "garcia lopez"),
        ("Garcia–Lopez", "garcia lopez"),
        ("Garcia\u2011Lopez", "garcia lopez"),
        ("De\xa0Leon", "de leon"),
        ("Strauß", "strauss"),
        ("STRAUẞ", "strauss"),
        ("Sørensen", "sorensen"),
        ("Łukasz Đặng Þór", "lukasz dang thor"),
        ("Cœur Kjær", "coeur kjaer"),
        ("İbrahim IŞIK Işık", "ibrahim isik isik"),
        ("ISIK ısık", "isik isik"),
        ("Nguyễn", "nguyen"),
        ("王伟", "王伟"),
        ("Иванов", "иванов"),
        ("ИВАНОВ", "иванов"),
        ("Соловьёв", "соловьев"),
        ("Андре\u0301й", "андрей"),
        ("Їжак", "їжак"),
        ("Παπαδόπουλος", "παπαδοπουλοσ"),
        ("ΠΑΠΑΔΟΠΟΥΛΟΣ", "παπαδοπουλοσ"),
        ("مُحَمَّد", "محمد"),
        ("がっこう", "がっこう"),
        ("नीलम", "नीलम"),
        ("Ｊａｎｅ", "jane"),
        ("Griﬃn", "griffin"),
        ("Smi\xadth\u200b\ufeff\u200f", "smith"),
        ("\u3164王\ufe00", "王"),
        ("a\u0301", "a"),
        ("Ana 2", "ana 2"),
        ("- . \u200b", ""),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert words(text) == tuple(folded.split())


@pytest.mark.parametrize(
    ("left", "right"), [("王", "李"), ("王", "汪"), ("й", "и"), ("ї", "і"), ("が", "か"), ("王", "")]
)
def test_other_letters_stay_other_letters(left: str, right: str) -> None:
    assert fold(left) != fold(right)


@given(st.text(alphabet=st.characters(categories=("Lu", "Ll", "Lo", "Lt")), min_size=1, max_size=8))
def test_no_letter_is_taken_away(text: str) -> None:
    assert fold(text) or all(char in "\u115f\u1160\u3164\uffa0" for char in text)


@given(st.text(max_size=12))
def test_folding_is_stable_whatever_the_form(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    for form in ("NFC", "NFD"):
        assert fold(unicodedata.normalize(form, text)) == folded


def test_romanised_is_by_sound() -> None:
    assert [romanised(word) for word in ("王", "иванов", "김", "παπα", "jane")] == [
        "wang",
        "ivanov",
        "gim",
        "papa",
        "jane",
    ]
    assert is_latin("jane")
    assert not is_latin("ivanоv")
