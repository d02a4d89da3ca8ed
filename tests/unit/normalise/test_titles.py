"""A title that tells of a relative, of something ruled out, in doubt or over says so in words beside it."""

import pytest

from portal.normalise import to_entry
from portal.refresh.compare import compare
from tests.unit.merge.test_said_in_words import issue

_RELATIVE = """Family history of breast cancer|FH: colon cancer|FHx diabetes|mother: diabetes|Diabetes (mother)
Mother with breast cancer|Father - MI at 50|Paternal grandfather had colon cancer|Maternal hx of ovarian cancer
Sister: asthma|Diabetes in father|Antecedente familiar de cáncer de mama|Madre: diabetes|Madre con cáncer de mama
Breast cancer, family history of|Colon cancer (family history)|Strong family history of breast cancer
Breast cancer - maternal aunt|Diabetes en la madre|Hermano: asma|Breast cancer in sister|Son with autism"""
_RULED_OUT = """PE ruled out|Pulmonary embolism - ruled out|Neumonía descartada|Ruled out for MI|MI r/o'd
PE ruled out by CT 2019|MI, ruled out by troponin|Sospecha de dengue, descartado|Possible PE - ruled out"""
_UNCERTAIN = """r/o PE|R/O pneumonia|Rule out MI|?TIA|Possible TIA|Probable pneumonia|Suspected COVID-19|Stroke?
Descartar neumonía|Sospecha de neumonía|PE not ruled out|MI vs anxiety|Asma, probable|TIA (?)|Gout - suspected|MI r/o"""
_PAST = "H/o breast cancer|Hx of DVT|s/p cholecystectomy|S/P appendectomy"
_PLAIN = """Diabetes|Maternal care for breech|Mother's milk jaundice|Maternal anemia in pregnancy|Family disruption
Family planning|Father absent|Child of alcoholic parent|Twin pregnancy|Sibling rivalry disorder
Familial hypercholesterolemia|Caregiver of mother with dementia|No family history of cancer
Family history unknown|Family history negative|Suspect wound|Asthma|Screening for colon cancer
History of stroke|Maternal use of alcohol affecting newborn|Husband died|Sister Mary Joseph nodule
Anxiety about mother|Conflict with father|Parent-child problem"""
_OF_A_PART = """Pneumonia, PE ruled out|Chest pain, ACS ruled out|Chest pain MI ruled out|DVT, r/o'd PE
Chest pain r/o MI|Dolor torácico, IAM descartado|Kidney stone, likely uric acid|UTI, likely E. coli
CHF likely ischemic|Cirrhosis, probable NASH|Graft vs host disease|Graft-versus-host disease|Graft-vs-host disease
Chronic graft versus host disease of skin|Pneumonia, viral vs bacterial|Fear of possible miscarriage
Breast cancer, strong family history|Type 2 diabetes, fam hx +|BRCA1 positive with FHx of ovarian cancer
Personal and family history of breast cancer|Family history of colon cancer; personal history of polyps
Breast cancer s/p lumpectomy, on tamoxifen|Atrial fibrillation s/p ablation|CKD stage 3 s/p nephrectomy
No hx of asthma|Hx of MI, CAD active|H/o smoking - current 1 ppd"""


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
        (_OF_A_PART, None),
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
