"""A code stands for words that say no more than it; it does not where the words say more, or another place."""

import pytest

from portal.merge.words.codes import says_nothing, says_what_was_done
from portal.refresh.compare import compare

_SYSTEMS = {
    "snomed": "http://snomed.info/sct",
    "icd10": "http://hl7.org/fhir/sid/icd-10-cm",
    "cpt": "http://www.ama-assn.org/go/cpt",
}


def _issue(text: str, system: str, code: str, display: str) -> dict[str, object]:
    coding = {"system": _SYSTEMS[system], "code": code, "display": display}
    return {"resourceType": "Condition", "code": {"coding": [coding], "text": text}}


def _procedure(text: str, system: str, code: str, site: str = "") -> dict[str, object]:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"coding": [{"system": _SYSTEMS[system], "code": code}], "text": text},
        "performedDateTime": "2024-03-05",
        **({"bodySite": [{"text": site}]} if site else {}),
    }


_LYMPHOMA = ("snomed", "277622004", "Marginal zone B-cell lymphoma")
_GOITER = ("icd10", "E04.0", "Nontoxic goiter without thyrotoxicosis")
_BREAST = ("icd10", "C50.411", "Malignant neoplasm of breast")
_CHRONIC = ("icd10", "I48.20", "Chronic atrial fibrillation")


@pytest.mark.parametrize(
    ("left", "right", "code"),
    [
        ("Marginal lymphoma", "Marginal zone B-cell lymphoma", _LYMPHOMA),
        ("Gastric ulcer", "Gastric ulcer without complications", ("snomed", "397825006", "Gastric ulcer")),
        ("Nontoxic goiter", "Nontoxic goiter without thyrotoxicosis", _GOITER),
    ],
)
def test_words_that_say_no_more_than_one_code_are_one_diagnosis(
    left: str, right: str, code: tuple[str, str, str]
) -> None:
    assert compare(_issue(left, *code), _issue(right, *code)).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right", "code"),
    [
        ("Invasive ductal carcinoma", "Invasive lobular carcinoma", _BREAST),
        ("Paroxysmal atrial fibrillation", "Atrial fibrillation", _CHRONIC),
        ("Hypothyroidism after radiation", "Hypothyroidism", ("snomed", "40930008", "Hypothyroidism")),
        ("Cubital tunnel syndrome", "Lesion of ulnar nerve", ("icd10", "G56.20", "Lesion of ulnar nerve")),
    ],
)
def test_words_that_say_more_than_their_code_are_not(left: str, right: str, code: tuple[str, str, str]) -> None:
    assert compare(_issue(left, *code), _issue(right, *code)).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right", "code"),
    [
        ("Perc nephrostomy tube", "Placement of nephrostomy catheter", "50432"),
        ("INSERT TUNNELED CV CATH", "Tunneled catheter insertion", "36558"),
    ],
)
def test_one_code_of_what_was_done_is_one_procedure(left: str, right: str, code: str) -> None:
    assert compare(_procedure(left, "cpt", code), _procedure(right, "cpt", code)).verdict == "same"


@pytest.mark.parametrize(
    ("left", "right", "system", "code"),
    [
        ("Lap sigmoid resection", "Open sigmoid resection", "cpt", "44204"),
        ("Laceration repair, scalp", "Laceration repair, chin", "cpt", "12001"),
        ("Arthrocentesis, knee", "Joint aspiration, shoulder", "cpt", "20610"),
        ("Vitamin B12 injection", "Medroxyprogesterone injection", "cpt", "96372"),
        ("Influenza vaccine given", "Tetanus vaccine given", "cpt", "90471"),
        ("Unlisted procedure: myotomy", "Unlisted procedure: valve", "cpt", "43499"),
        ("Dilation of stricture", "Removal of a nail", "snomed", "71388002"),
    ],
)
def test_a_code_that_leaves_open_what_or_where_is_not(left: str, right: str, system: str, code: str) -> None:
    assert compare(_procedure(left, system, code), _procedure(right, system, code)).verdict == "different"


def test_a_vessel_is_one_in_the_words_and_in_the_site() -> None:
    left = _procedure("PCI to LAD", "snomed", "415070008")
    right = _procedure("PCI", "snomed", "415070008", "Left anterior descending coronary artery")
    assert compare(left, right).verdict == "same"


@pytest.mark.parametrize(
    ("code", "left", "right", "marked"),
    [
        (("icd10", "R09.89", "Other specified symptoms"), "Carotid bruit", "Chest congestion", False),
        (("icd10", "L98.8", "Other specified disorders of skin"), "Skin sinus of neck", "Skin tag of neck", True),
    ],
)
def test_what_shares_only_a_residual_code_has_nothing_to_do_with_it(
    code: tuple[str, str, str], left: str, right: str, *, marked: bool
) -> None:
    assert compare(_issue(left, *code), _issue(right, *code)).may_be_same is marked


@pytest.mark.parametrize("code", ["43659", "44238", "49329", "58578", "64999", "21089"])
def test_an_unlisted_code_says_of_no_procedure_what_was_done(code: str) -> None:
    assert says_nothing("cpt", code)
    assert not says_what_was_done("cpt", code)


@pytest.mark.parametrize("code", ["44970", "43644", "58571", "49320"])
def test_a_listed_laparoscopy_says_what_was_done(code: str) -> None:
    assert says_what_was_done("cpt", code)
