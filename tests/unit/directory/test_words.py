"""Names fold to the same words when a patient would call them the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.words import fold, initials, split


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("St. Mary's Hosp.", "Saint Marys Hospital"),
        ("Salem Reg Med Ctr", "Salem Regional Medical Center"),
        ("Children's Hospital", "childrens hosp"),
        ("Quarry Hill Orthopaedics", "quarry hill orthopedic"),
        ("Centro Médico Peñasco", "centro medico penasco"),
        ("Smith, Jones & Co., M.D., P.A.", "smith jones and co md pa"),
        ("O’Malley–Brandt", "omalley brandt"),
        ("Five Rivers", "5 rivers"),
        ("Heart Institute, LLC", "The Heart Institute"),
    ],
)
def test_one_spelling(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_a_name_of_small_words_only_keeps_them() -> None:
    assert fold("The A") == ["the", "a"]


def test_initials() -> None:
    assert initials("University of Pittsburgh Medical Center") == ["upmc", "uopmc"]
    assert initials("Mayo Clinic") == []


@given(st.text(max_size=60))
def test_words_are_plain(text: str) -> None:
    words = split(text)
    assert all(word.isascii() and word.isalnum() and word == word.lower() for word in words)
    assert len(fold(text)) <= len(words)
