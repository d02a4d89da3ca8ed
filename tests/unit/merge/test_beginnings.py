"""An age at which a note says that an illness began is compared with the age of a field; other ages are not."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _issue(name: str, age: int | None = None, note: str = "") -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "code": {"text": name},
        **({"onsetAge": {"value": age, "unit": "a"}} if age else {}),
        **({"note": [{"text": note}]} if note else {}),
    }


@pytest.mark.parametrize(
    ("name", "age", "note"),
    [
        ("Psoriasis", 12, "Psoriasis since age 41"),
        ("Epilepsy", 5, "First seizure at 23 years old"),
        ("Lupus", 50, "Diagnosed in her twenties, followed by rheumatology"),
        ("Asthma", 50, "Has had asthma since childhood"),
    ],
)
def test_another_age_is_shown(name: str, age: int, note: str) -> None:
    verdict = compare(_issue(name, age), _issue(name, note=note))
    assert [each.field for each in verdict.disagreements] == ["onset"]


@pytest.mark.parametrize(
    ("name", "age", "note"),
    [
        ("Psoriasis", 41, "Psoriasis since age 41"),
        ("Lupus", 24, "Diagnosed in her twenties"),
        ("Asthma", 6, "Has had asthma since childhood"),
        ("Asthma", 6, "Quit smoking at age 40"),
        ("Breast cancer", 61, "Mother had breast cancer at age 40"),
        ("Asthma", 6, "Seen by pulmonology at 30 years of age"),
        ("COPD", 61, "GOLD 2"),
    ],
)
def test_the_same_age_and_ages_of_other_things_are_not(name: str, age: int, note: str) -> None:
    verdict = compare(_issue(name, age), _issue(name, note=note))
    assert "onset" not in [each.field for each in verdict.disagreements]
