"""What two statements of one thing can disagree about is shown, and other words for the same are no disagreement."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.test_near_misses import allergy, issue, result

Fields = Mapping[str, Any]


def _text(text: str) -> dict[str, str]:
    return {"text": text}


def _order(sig: str = "", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": _text(more.pop("of", "Lisinopril 10 mg tablet")),
        "authoredOn": "2026-03-04",
        "dosageInstruction": [{"text": sig} if sig else {**_DAILY, **more}],
    }


def _advised(sig: str, advice: str) -> dict[str, Any]:
    return _order() | {"dosageInstruction": [{"text": sig, "patientInstruction": advice}]}


_DAILY: Fields = {
    "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
}


def _timed(**repeat: Any) -> dict[str, Any]:
    return {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d", **repeat}}


def _aged(number: int, unit: str = "years") -> dict[str, Any]:
    return {"value": number, "unit": unit}


def _staged(text: str) -> dict[str, Any]:
    return {"stage": [{"summary": _text(text)}]}


def _noted(text: str) -> dict[str, Any]:
    return {"note": [_text(text)]}


def _signs(sign: str, severity: str = "") -> dict[str, Any]:
    return {"reaction": [{"manifestation": [_text(sign)], **({"severity": severity} if severity else {})}]}


def _pressure(*flags: str, high: int = 120) -> dict[str, Any]:
    names = ("Systolic", "Diastolic")
    parts = [
        {
            "code": _text(name),
            "valueQuantity": {"value": value, "unit": "mmHg"},
            "interpretation": [{"coding": [{"code": flag}]}] if flag else [],
            "referenceRange": [{"high": {"value": high, "unit": "mmHg"}}],
        }
        for name, value, flag in zip(names, (150, 95), flags, strict=True)
    ]
    return {"component": parts, "valueQuantity": None, "code": _text("Blood pressure")}


_ISSUES: list[tuple[Fields, Fields, str]] = [
    ({"onsetAge": _aged(6, "months")}, {"onsetAge": _aged(6)}, "onset"),
    ({"onsetString": "in her 20s"}, {"onsetAge": _aged(44)}, "onset"),
    ({"onsetString": "teens"}, {"onsetAge": _aged(44)}, "onset"),
    ({"onsetAge": _aged(24, "months")}, {"onsetAge": _aged(2)}, ""),
    ({"onsetString": "in her 20s"}, {"onsetAge": _aged(24)}, ""),
    ({"onsetString": "as a teenager"}, {"onsetAge": _aged(14)}, ""),
    ({"onsetRange": {"low": _aged(20), "high": _aged(25)}}, {"onsetAge": _aged(22)}, ""),
    (_staged("T2 N0 M0"), _staged("T3N1M0"), "stage"),
    (_staged("IIB"), _staged("Stage 2A"), "stage"),
    (_staged("IIA"), _staged("Stage 2A"), ""),
    ({"stage": [{"type": _text("Clinical stage"), "summary": _text("T2 N0 M0")}]}, _staged("T2N0M0"), ""),
    ({"severity": _text("Moderate (severity modifier)")}, {"severity": _text("moderate")}, ""),
    ({"severity": _text("Moderate severity")}, {"severity": _text("severe")}, "severity"),
    (_noted("Right side"), _noted("Left side"), "side"),
    ({"bodySite": [_text("Right groin")]}, _noted("Left side"), "side"),
]
_ISSUE_WORDS = [
    ("Heart failure, NYHA II", "Heart failure, NYHA class III", "stage"),
    ("COPD GOLD 2", "COPD GOLD 3", "stage"),
    ("Abdominal aortic aneurysm, 3.5 cm", "Abdominal aortic aneurysm, 5.2 cm", "stage"),
    ("Pregnancy, 12 weeks", "Pregnancy, 30 weeks", "stage"),
    ("Third trimester pregnancy", "First trimester pregnancy", "stage"),
    ("Fracture of wrist, closed", "Fracture of wrist, open", "type"),
    ("Cirrhosis, compensated", "Cirrhosis, decompensated", "type"),
    ("Latent tuberculosis", "Active tuberculosis", "type"),
    ("Rheumatoid arthritis (RA)", "Rheumatoid arthritis", ""),
]
_ALLERGIES: list[tuple[Fields, Fields, str]] = [
    (_noted("Reaction: anaphylaxis"), _signs("Hives"), "reaction"),
    ({**_signs("Other (see comments)"), **_noted("Anaphylaxis")}, _signs("Hives"), "reaction"),
    (_noted("Hives."), _signs("Urticaria"), ""),
    (_noted("No anaphylaxis"), _signs("Hives"), ""),
    (_noted("severe reaction"), _signs("Hives", "mild"), "severity"),
    (_noted("not severe"), _signs("Hives", "mild"), ""),
]
_RESULTS: list[tuple[Fields, Fields, str]] = [
    (_pressure("H", ""), _pressure("", "H"), "flag"),
    (_pressure("H", "N"), _pressure("H", ""), ""),
    (_pressure("", ""), _pressure("", "", high=140), "range"),
    ({"specimen": {"display": "Serum"}}, {"specimen": {"display": "Whole blood"}}, "specimen"),
    ({"specimen": {"display": "Serum"}}, {"specimen": {"display": "Plasma"}}, ""),
]
_ORDERS: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (
        _order("Take 2.5 mg Mon Wed Fri and 5 mg other days", of="Warfarin 5 mg tablet"),
        _order("Take 5 mg Mon Wed Fri and 2.5 mg other days", of="Warfarin 5 mg tablet"),
        "frequency",
    ),
    (_order("Take 1 tablet daily"), _order("Take 1 tablet daily. Do not exceed 4 tablets per day"), "maximum"),
    (_order("Take 1 tablet daily. Max 4 per day"), _order("Take 1 tablet daily. Do not exceed 4 per day"), ""),
    (_order("Take 1 tablet daily"), _order("Take 1 tablet daily for 7 days"), "duration"),
    (_order("Take 1 tablet daily"), _order("Take 1 tablet daily. Hold if SBP < 100"), "instructions"),
    (_order("Take 1 tablet daily"), _order("Take 1 tablet daily. Avoid alcohol"), "instructions"),
    (_order("Take 1 tablet daily"), _order("Take 1 tablet daily if BP over 140"), "instructions"),
    (_order("Take 1 tablet daily if needed"), _order("Take 1 tablet daily as needed"), ""),
    (
        _order("Take 1 tablet daily"),
        _advised("Take 1 tablet daily", "Increase to 2 tablets after one week"),
        "instructions",
    ),
    (_order("Take 1 tablet daily"), _advised("Take 1 tablet daily", "Take with a glass of water"), ""),
    (
        _order("1 spray daily", of="Fluticasone propionate 50 mcg/actuation nasal spray"),
        _order("1 spray daily", of="Fluticasone propionate 0.05 MG/ACTUAT Metered Dose Nasal Spray"),
        "",
    ),
    (_order("Dissolve 1 tablet under tongue daily"), _order("Take 1 tablet by mouth daily"), "route"),
    (_order(timing=_timed(timeOfDay=["08:00:00"])), _order(timing=_timed(timeOfDay=["20:00:00"])), "time"),
    (_order(timing=_timed(count=5)), _order(timing=_timed(count=10)), "duration"),
    (
        _order(maxDosePerAdministration={"value": 2, "unit": "tablet"}),
        _order(maxDosePerAdministration={"value": 4, "unit": "tablet"}),
        "maximum",
    ),
    (
        _order(doseAndRate=[{"rateQuantity": {"value": 50, "unit": "mL/h"}}]),
        _order(doseAndRate=[{"rateQuantity": {"value": 100, "unit": "mL/h"}}]),
        "rate",
    ),
]
_PAIRS = [
    *((issue("Inguinal hernia") | left, issue("Inguinal hernia") | right, field) for left, right, field in _ISSUES),
    *((issue(left), issue(right), field) for left, right, field in _ISSUE_WORDS),
    *((allergy("Penicillin") | left, allergy("Penicillin") | right, field) for left, right, field in _ALLERGIES),
    *((result("Potassium") | left, result("Potassium") | right, field) for left, right, field in _RESULTS),
    *_ORDERS,
]


@pytest.mark.parametrize("place", range(len(_PAIRS)))
def test_what_differs_is_shown_and_nothing_else(place: int) -> None:
    left, right, field = _PAIRS[place]
    for one, other in ((left, right), (right, left)):
        verdict = compare(one, other)
        fields = {difference.field for difference in verdict.disagreements}
        if field:
            assert field in fields
            assert verdict.verdict == "same" or verdict.may_be_same
        else:
            assert (verdict.verdict, fields) == ("same", set())
