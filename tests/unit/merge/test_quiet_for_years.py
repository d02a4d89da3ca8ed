"""An illness that did not come for years, and that nothing keeps away, is shown beside one that is called active."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _issue(title: str, note: str = "") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"text": title},
        **({"note": [{"text": note}]} if note else {}),
    }


@pytest.mark.parametrize(
    ("title", "note"),
    [
        ("Asthma", "No attacks since 2018, off all meds"),
        ("Epilepsy", "Seizure-free since 2012. Stopped medication."),
        ("Gout", "No flares in 5 years"),
        ("Nephrolithiasis", "No recurrence since 2009"),
        ("Migraine", "Without medication; no headaches for over 3 years"),
        ("Asma", "Sin crisis desde hace 4 años"),
        ("Eczema", "No symptoms since 2020 without treatment"),
    ],
)
def test_what_has_been_quiet_for_years_is_shown(title: str, note: str) -> None:
    verdict = compare(_issue(title), _issue(title, note))
    assert verdict.verdict == "same"
    assert [(each.field, each.left, each.right) for each in verdict.disagreements] == [("status", "active", "inactive")]


@pytest.mark.parametrize(
    ("title", "note"),
    [
        ("Epilepsy", "No seizures since 2015 on Keppra"),
        ("Gout", "No flares since 2020, takes allopurinol"),
        ("Asthma", "No hospitalizations since 2018"),
        ("Asthma", "No attacks for 2 weeks"),
        ("Asthma", "Attacks since 2018"),
        ("Hypertension", "No symptoms since 2019"),
        ("Hypothyroidism", "No seizures since 2012"),
    ],
)
def test_what_is_kept_away_or_quiet_for_weeks_is_active(title: str, note: str) -> None:
    verdict = compare(_issue(title), _issue(title, note))
    assert "status" not in [each.field for each in verdict.disagreements]


@pytest.mark.parametrize(
    ("title", "note"),
    [
        ("Hepatitis C", "SVR achieved 2019, cured"),
        ("Hepatitis C", "Treated 2018; RNA negative, resolved"),
        ("H. pylori infection", "Eradicated, stool test negative"),
    ],
)
def test_a_test_that_shows_the_cure_is_no_other_illness(title: str, note: str) -> None:
    verdict = compare(_issue(title), _issue(title, note))
    assert [(each.field, each.right) for each in verdict.disagreements] == [("status", "resolved")]
