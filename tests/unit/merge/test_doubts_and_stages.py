"""What notes of health issues say against their fields: a diagnosis in doubt, another stage since."""

from typing import Any

import pytest

from portal.refresh.compare import compare


def _shown(title: str, note: str, **more: Any) -> set[str]:
    issue = {
        "resourceType": "Condition",
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "verificationStatus": {"coding": [{"code": "confirmed"}]},
        "category": [{"coding": [{"code": "problem-list-item"}]}],
        "code": {"text": title},
        "recordedDate": "2026-01-05",
        **more,
    }
    verdict = compare(issue | {"note": [{"text": note}]}, issue)
    assert verdict.verdict == "same"
    return {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    "note",
    [
        "Probable RRMS, does not meet McDonald yet, cannot exclude NMO",
        "Some plaques, doesn't meet criteria",
        "Diagnosis uncertain",
        "Seen by neuro - dx in question",
        "Diagnóstico dudoso",
    ],
)
def test_a_diagnosis_that_a_note_doubts(note: str) -> None:
    assert _shown("Multiple sclerosis", note) == {"verification"}


@pytest.mark.parametrize("note", ["Does not meet criteria for surgery", "Meets McDonald criteria", "Diagnosis clear"])
def test_a_diagnosis_that_no_note_doubts(note: str) -> None:
    assert _shown("Multiple sclerosis", note) == set()


STAGE = {"stage": [{"summary": {"text": "Stage II"}}]}


@pytest.mark.parametrize(
    "note",
    [
        "path upstaged: pT3N1 -> stage IIIB",
        "Now stage 4",
        "Progressed to stage IV",
        "downstaged to stage I after chemo",
    ],
)
def test_a_stage_that_changed_since(note: str) -> None:
    assert _shown("Colon cancer", note, **STAGE) == {"stage"}


@pytest.mark.parametrize("note", ["Has not progressed to stage IV", "Now stage II", "Mother had stage IV"])
def test_a_stage_that_stayed(note: str) -> None:
    assert _shown("Colon cancer", note, **STAGE) == set()
