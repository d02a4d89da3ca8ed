"""What notes of procedures and issues tell of findings is compared as conclusions are; contradictions are shown."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _entry(kind: str, name: str, note: str) -> dict[str, Any]:
    of_kind = {"status": "completed", "performedDateTime": "2023-09-12"} if kind == "Procedure" else {}
    return {"resourceType": kind, "code": {"text": name}, "note": [{"text": note}], **of_kind}


@pytest.mark.parametrize(
    ("kind", "name", "left", "right"),
    [
        ("Procedure", "Colonoscopy", "Three polyps removed", "Normal, no polyps"),
        ("Procedure", "Upper endoscopy", "Repeat in 1 year", "Repeat in 5 years"),
        ("Procedure", "Thyroid nodule biopsy", "Pathology benign", "Pathology malignant"),
        ("Procedure", "Arthroscopy of knee", "Tear of the medial meniscus", "No meniscal tear"),
        ("Condition", "Breast cancer", "HER2 positive", "HER2 negative"),
        ("Condition", "Heart failure", "EF 20%", "EF 55%"),
        ("Condition", "Chronic kidney disease", "Baseline Cr 1.4", "Baseline Cr 3.1"),
    ],
)
def test_findings_that_cannot_both_be_so_are_shown(kind: str, name: str, left: str, right: str) -> None:
    verdict = compare(_entry(kind, name, left), _entry(kind, name, right))
    assert verdict.verdict == "same"
    assert [(each.field, each.left, each.right) for each in verdict.disagreements] == [("note", left, right)]


@pytest.mark.parametrize(
    ("kind", "name", "left", "right"),
    [
        ("Procedure", "Colonoscopy", "Patient tolerated it well", "Prep was good"),
        ("Procedure", "Cholecystectomy", "Done by Dr. Ortiz", "Outside record"),
        ("Condition", "Asthma", "Follows with pulmonology", "Uses a spacer"),
        ("Condition", "Gout", "Last flare in the left toe", "Avoids beer"),
    ],
)
def test_other_notes_are_no_contradiction(kind: str, name: str, left: str, right: str) -> None:
    assert compare(_entry(kind, name, left), _entry(kind, name, right)).disagreements == ()
