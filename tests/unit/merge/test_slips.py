"""A word that is misspelled beside its right code is that word; without a code two words are two."""

from typing import Any

import pytest

from portal.merge.words.slips import differ_by_slips, is_slip
from portal.refresh.compare import compare

_RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
_SNOMED = "http://snomed.info/sct"


def _named(kind: str, text: str, system: str = "", code: str = "", display: str = "") -> dict[str, Any]:
    coding = [{"system": system, "code": code, "display": display}] if code else []
    return {"resourceType": kind, "code": {"text": text, "coding": coding}}


@pytest.mark.parametrize(
    ("kind", "written", "right", "system", "code"),
    [
        ("AllergyIntolerance", "Midazolom", "Midazolam", _RXNORM, "6960"),
        ("AllergyIntolerance", "Tramadole", "Tramadol", _RXNORM, "10689"),
        ("Condition", "Fibromyalga", "Fibromyalgia", _SNOMED, "203082005"),
        ("Condition", "Ashtma", "Asthma", _SNOMED, "195967001"),
        ("Condition", "Diabetes mellitis type 2", "Diabetes mellitus type 2", _SNOMED, "44054006"),
    ],
)
def test_a_slip_beside_the_right_code_is_the_same(kind: str, written: str, right: str, system: str, code: str) -> None:
    verdict = compare(_named(kind, written, system, code, right), _named(kind, right, system, code, right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("Condition", "Hypotension", "Hypertension"),
        ("Condition", "Hypokalemia", "Hyperkalemia"),
        ("Condition", "Fibromyalga", "Fibromyalgia"),
        ("AllergyIntolerance", "Cefoxitin", "Cefotetan"),
    ],
)
def test_without_a_code_in_common_it_is_not(kind: str, left: str, right: str) -> None:
    assert compare(_named(kind, left), _named(kind, right)).verdict == "different"


@pytest.mark.parametrize(
    ("word", "other", "slip"),
    [
        ("amoxicilln", "amoxicillin", True),
        ("ashtma", "asthma", True),
        ("appendectomy", "apendecotmy", True),
        ("gout", "goat", False),
        ("hydrocodone", "oxycodone", False),
        ("stage1", "stage2", False),
    ],
)
def test_a_slip_is_a_letter_or_two(word: str, other: str, slip: bool) -> None:
    assert is_slip(word, other) is slip


def test_words_differ_by_slips_where_every_one_has_its_like() -> None:
    assert differ_by_slips({"chronic", "sinusitis"}, {"chronic", "sinustis"})
    assert not differ_by_slips({"sinusitis"}, {"sinusitis"})
    assert not differ_by_slips({"chronic", "sinusitis"}, {"sinustis"})
