"""The lobe, the quadrant or the levels of the spine that only notes give: another one is another thing."""

import pytest

from portal.refresh.compare import PairVerdict, compare


def _verdict(title: str, left: str, right: str) -> PairVerdict:
    issue = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "category": [{"coding": [{"code": "problem-list-item"}]}],
        "code": {"text": title},
        "recordedDate": "2026-01-05",
    }
    return compare(issue | {"note": [{"text": left}]}, issue | {"note": [{"text": right}]})


@pytest.mark.parametrize(
    ("title", "left", "right"),
    [
        ("Lung nodule", "RUL 6mm", "LLL 6mm"),
        ("Lung nodule", "in the right middle lobe, 4 mm", "RLL, stable"),
        ("Lung cancer", "RUL mass", "left upper lobe"),
        ("Pneumonia", "lóbulo inferior derecho", "LLL pneumonia"),
        ("Abdominal pain", "RUQ", "left lower quadrant pain"),
        ("Breast mass", "UOQ 2 cm", "lower inner quadrant"),
        ("Lumbar disc herniation", "L4-L5", "L5-S1"),
    ],
)
def test_another_place_is_another_thing(title: str, left: str, right: str) -> None:
    verdict = _verdict(title, left, right)
    assert (verdict.verdict, verdict.may_be_same) == ("different", True)
    assert "body site" in {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("title", "left", "right"),
    [
        ("Lung nodule", "RUL 6mm", "right upper lobe, 6 mm"),
        ("Lung nodule", "RUL 6mm", "Seen on CT"),
        ("Lung nodule", "RUL 6mm", "No nodule in LLL"),
        ("Lung nodule", "RUL; LLL", "LLL 6mm"),
        ("COPD", "RUL nodule seen by chance", "LLL scar"),
        ("Asthma", "RLL atelectasis", "LUL infiltrate in 2019"),
    ],
)
def test_notes_that_tell_no_place_of_it(title: str, left: str, right: str) -> None:
    assert _verdict(title, left, right).verdict == "same"
