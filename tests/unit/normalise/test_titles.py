"""A title that tells of a relative, of something ruled out, in doubt or over says so in words beside it."""

import pytest

from portal.normalise import to_entry
from portal.refresh.compare import compare
from tests.unit.merge.test_said_in_words import issue

_RELATIVE = """Family history of breast cancer|FH: colon cancer|FHx diabetes|mother: diabetes|Diabetes (mother)
Mother with breast cancer|Father - MI at 50|Paternal grandfather had colon cancer|Maternal hx of ovarian cancer
Sister: asthma|Diabetes in father|Antecedente familiar de cáncer de mama|Madre: diabetes|Madre con cáncer de mama
Diabetes en la madre|Hermano: asma|Breast cancer in sister|Son with autism"""
_RULED_OUT = "PE ruled out|Pulmonary embolism - ruled out|Neumonía descartada|Ruled out for MI|MI r/o'd"
_UNCERTAIN = """r/o PE|R/O pneumonia|Rule out MI|?TIA|Possible TIA|Probable pneumonia|Suspected COVID-19|Stroke?
Descartar neumonía|Sospecha de neumonía|PE not ruled out|MI vs anxiety"""
_PAST = "H/o breast cancer|Hx of DVT|s/p cholecystectomy|S/P appendectomy"
_PLAIN = """Diabetes|Maternal care for breech|Mother's milk jaundice|Maternal anemia in pregnancy|Family disruption
Family planning|Father absent|Child of alcoholic parent|Twin pregnancy|Sibling rivalry disorder
Familial hypercholesterolemia|Caregiver of mother with dementia|No family history of cancer
Family history unknown|Family history negative|Suspect wound|Asthma|Screening for colon cancer
History of stroke|Maternal use of alcohol affecting newborn|Husband died|Sister Mary Joseph nodule
Anxiety about mother|Conflict with father|Parent-child problem"""


def _words(title: str) -> tuple[str, ...]:
    return to_entry(issue(title), lambda _reference, /: None).qualifiers


@pytest.mark.parametrize(
    ("titles", "word"),
    [
        (_RELATIVE, "In a relative"),
        (_RULED_OUT, "Ruled out"),
        (_UNCERTAIN, "Not confirmed"),
        (_PAST, "In the past"),
        (_PLAIN, None),
    ],
)
def test_what_a_title_says_stands_beside_it(titles: str, word: str | None) -> None:
    expected = () if word is None else (word,)
    told = {title: _words(title) for line in titles.splitlines() for title in line.split("|")}
    assert {title: words for title, words in told.items() if words != expected} == {}


@pytest.mark.parametrize("title", ["mother: diabetes", "Diabetes (mother)", "Father with diabetes", "Madre: diabetes"])
def test_a_relatives_illness_is_not_the_patients(title: str) -> None:
    verdict = compare(issue(title), issue("Diabetes"))
    assert (verdict.verdict, verdict.may_be_same) == ("different", False)
