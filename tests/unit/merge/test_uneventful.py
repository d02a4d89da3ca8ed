"""What went without harm at one place and not at the other, what is in remission, and valves under two names."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _procedure(title: str, note: str = "") -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "status": "completed",
        "code": {"text": title},
        "performedDateTime": "2023-09-12",
        **({"note": [{"text": note}]} if note else {}),
    }


def _issue(title: str, status: str = "active") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": status}]},
        "code": {"text": title},
    }


@pytest.mark.parametrize(
    ("title", "well", "harm"),
    [
        ("Thyroidectomy", "Uneventful.", "Neck hematoma on day 1, taken back"),
        ("Colonoscopy", "Uncomplicated, tolerated well", "Perforated, clipped"),
        ("Central line placement", "The procedure was uneventful", "Complicated by pneumothorax"),
        ("Hysterectomy", "Sin incidentes", "Hemorragia, 2 unidades de sangre"),
        ("Hernia repair", "Uneventful postoperative course", "Wound infection, antibiotics"),
    ],
)
def test_harm_at_one_place_is_shown_beside_none_at_the_other(title: str, well: str, harm: str) -> None:
    verdict = compare(_procedure(title, well), _procedure(title, harm))
    assert verdict.verdict == "same"
    assert [each.field for each in verdict.disagreements] == ["complication"]


@pytest.mark.parametrize("other", ["No complications", "Uncomplicated", "Without incident."])
def test_words_for_no_harm_are_one(other: str) -> None:
    assert compare(_procedure("Hernia repair", "Uneventful"), _procedure("Hernia repair", other)).disagreements == ()


@pytest.mark.parametrize("title", ["Acute myeloid leukemia", "Ulcerative colitis", "Acute lymphoblastic leukemia"])
def test_remission_is_no_end_of_an_illness(title: str) -> None:
    verdict = compare(_issue(title, "remission"), _issue(title, "relapse"))
    assert verdict.verdict == "same"
    assert [(each.field, each.left, each.right) for each in verdict.disagreements] == [
        ("status", "remission", "relapse")
    ]


def test_what_is_over_is_another_episode() -> None:
    assert compare(_issue("Pneumonia"), _issue("Pneumonia", "resolved")).verdict == "different"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Aortic stenosis", "Aortic valve stenosis"),
        ("Mitral insufficiency", "Mitral valve regurgitation"),
        ("Insuficiencia tricuspídea", "Tricuspid regurgitation"),
    ],
)
def test_a_valve_needs_not_be_called_one(left: str, right: str) -> None:
    verdict = compare(_issue(left), _issue(right))
    assert (verdict.verdict, verdict.disagreements) == ("same", ())


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Aortic stenosis", "Aortic regurgitation"),
        ("Mitral stenosis", "Tricuspid stenosis"),
        ("Aortic valve stenosis", "Subaortic stenosis"),
        ("Severe aortic stenosis", "Moderate aortic valve stenosis"),
    ],
)
def test_another_valve_or_fault_is_another_issue(left: str, right: str) -> None:
    assert compare(_issue(left), _issue(right)).verdict == "different"


def test_a_cardioversion_is_electrical_unless_it_says_otherwise() -> None:
    assert compare(_procedure("Cardioversion"), _procedure("DC cardioversion")).verdict == "same"
    assert compare(_procedure("Cardioversion"), _procedure("Chemical cardioversion")).verdict == "different"
