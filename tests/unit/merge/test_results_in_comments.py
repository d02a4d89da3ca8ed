"""Values and flags that only a comment gives, levels of brands, one mEq of sodium, and names of illnesses in short."""

from typing import Any

import pytest

from portal.refresh.compare import PairVerdict, compare


def result(name: str, value: str | dict[str, Any], *notes: str, **more: Any) -> dict[str, Any]:
    written = {"valueString": value} if isinstance(value, str) else {"valueQuantity": value}
    told = {"note": [{"text": note} for note in notes]} if notes else {}
    when = {"effectiveDateTime": "2026-08-19T08:15:00-05:00", "status": "final"}
    category = [{"coding": [{"code": "laboratory"}]}]
    return {"resourceType": "Observation", "category": category, "code": {"text": name}} | when | written | told | more


def fields(verdict: PairVerdict) -> set[str]:
    return {each.field for each in verdict.disagreements}


@pytest.mark.parametrize(
    ("note", "value", "unit", "one"),
    [
        ("Lp(a) 118 nmol/L (ref <75)", 118, "nmol/L", True),
        ("venous lead 3.2 mcg/dL, no action", 3.2, "ug/dL", True),
        ("Result 0.8 ng/mL. Reference range 0.5-2.0 ng/mL", 0.8, "ng/mL", True),
        ("Lp(a) 181 nmol/L (ref <75)", 118, "nmol/L", False),
        ("previous 118 nmol/L", 118, "nmol/L", False),
        ("118 nmol/L, repeated 121 nmol/L", 118, "nmol/L", False),
    ],
)
def test_a_value_in_a_comment_is_the_value(note: str, value: float, unit: str, one: bool) -> None:
    verdict = compare(result("Lead", "See comment", note), result("Lead", {"value": value, "unit": unit}))
    assert (verdict.verdict == "same") is one


@pytest.mark.parametrize(
    ("note", "flag"),
    [
        ("slightly low, below normal range", "L"),
        ("Mildly elevated", "H"),
        ("un poco bajo", "L"),
        ("low fat diet advised", ""),
        ("not low", ""),
        ("K high last time, now low", ""),
    ],
)
def test_a_note_that_says_only_how_it_is_flags_it(note: str, flag: str) -> None:
    value = {"value": 133, "unit": "mmol/L"}
    other = result("Sodium", value, interpretation=[{"coding": [{"code": flag}]}] if flag else [])
    assert fields(compare(result("Sodium", value, note), other)) == set()


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Dilantin level", "Phenytoin"),
        ("Tegretol Level", "carbamazepine"),
        ("25-OH Vit D", "Vitamin D 25-OH"),
    ],
)
def test_names_of_one_test(left: str, right: str) -> None:
    value = {"value": 9, "unit": "ng/mL"}
    assert compare(result(left, value), result(right, value)).verdict == "same"


def test_tr_is_trace() -> None:
    assert compare(result("Urine ketones", "Trace"), result("Urine ketones", "TR")).verdict == "same"
    assert compare(result("Urine ketones", "Negative"), result("Urine ketones", "TR")).verdict == "different"


@pytest.mark.parametrize(("value", "shown"), [(140, set()), (141, {"results"})])
def test_results_of_a_report_in_meq_and_mmol(value: int, shown: set[str]) -> None:
    def report(name: str, quantity: dict[str, Any]) -> list[dict[str, Any]]:
        number = {"type": {"coding": [{"code": "ACSN"}]}, "system": "urn:oid:1.2.3", "value": "X9"}
        whole = {"resourceType": "DiagnosticReport", "status": "final", "code": {"text": "BMP"}, "identifier": [number]}
        of_it = {"effectiveDateTime": "2026-03-10T10:40:00-05:00", "result": [{"reference": "Observation/1"}]}
        loinc = {"text": name, "coding": [{"system": "http://loinc.org", "code": "2951-2"}]}
        return [whole | of_it, result(name, quantity, id="1") | {"code": loinc}]

    left = report("Na", {"value": 140, "unit": "mmol/L"})
    assert fields(compare(left, report("Sodium", {"value": value, "unit": "mEq/L"}))) == shown


@pytest.mark.parametrize(
    ("left", "right", "one"),
    [
        ("RA, seropositive", "Seropositive rheumatoid arthritis", True),
        ("Stage II sacral decubitus", "Pressure ulcer of sacral region, stage 2", True),
        ("SK of back", "Seborrheic keratosis, back", True),
        ("RA, seronegative", "Seropositive rheumatoid arthritis", False),
        ("Stage III sacral decubitus", "Pressure ulcer of sacral region, stage 2", False),
    ],
)
def test_names_of_illnesses_in_short(left: str, right: str, one: bool) -> None:
    pair = [{"resourceType": "Condition", "code": {"text": text}} for text in (left, right)]
    assert (compare(*pair).verdict == "same") is one
