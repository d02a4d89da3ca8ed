"""Orders whose words and fields give two amounts, and notes that give another instruction."""

from typing import Any

import pytest

from portal.merge.medications.order_notes import noted_status, taken
from portal.refresh.compare import compare


def _order(text: str, amount: float | None = None, unit: str = "tablet", note: str = "", **more: Any) -> dict[str, Any]:
    dosage: dict[str, Any] = {"text": text}
    if amount is not None:
        dosage |= {
            "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
            "doseAndRate": [{"doseQuantity": {"value": amount, "unit": unit}}],
        }
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "lisinopril 20 mg tablet"},
        "authoredOn": "2026-05-01",
        "dosageInstruction": [dosage],
        **({"note": [{"text": note}]} if note else {}),
        **more,
    }


def _dose(left: dict[str, Any], right: dict[str, Any]) -> list[tuple[str, str]]:
    verdict = compare(left, right)
    assert verdict.verdict == "same"
    return [(each.left, each.right) for each in verdict.disagreements if each.field == "dose"]


@pytest.mark.parametrize(
    "text",
    [
        "Take 1/2 tablet by mouth daily",
        "take three tablets (60mg) once a day",
        "Take 0.5 tab daily",
        "Take 40 mg daily",
        "Take one-half tablet daily",
        "Tomar 2 tabletas cada día",
        "1 tab daily EXCEPT 1/2 tab Tu/Th",
    ],
)
def test_words_against_their_own_field_are_shown(text: str) -> None:
    shown = _dose(_order("Take 1 tablet by mouth daily", 1), _order(text, 1))
    assert len(shown) == 1
    assert text in shown[0][1]


@pytest.mark.parametrize(
    "text",
    [
        "Take 1 tablet (20 mg) daily",
        "Take 20 mg daily",
        "1 tab daily, max 2 tablets a day",
        "Take 1-2 tablets daily",
        "once daily",
    ],
)
def test_words_that_say_the_field_s_amount(text: str) -> None:
    assert _dose(_order("Take 1 tablet by mouth daily", 1), _order(text, 1)) == []


@pytest.mark.parametrize(
    "note",
    [
        "11/10/26 phone: BP still 150s. Pt instructed to start taking 2 tabs (40 mg) daily as of today.",
        "Told to take 2 tablets daily.",
        "Patient was directed to take 40 mg daily",
    ],
)
def test_a_note_that_changes_the_dose_now(note: str) -> None:
    assert _dose(_order("1 tab daily"), _order("1 tab daily", note=note))


@pytest.mark.parametrize(
    "note",
    [
        "Told to take 1 hour before breakfast.",
        "Told to take 2 tabs if BP > 160",
        "Not told to take 2 tabs daily",
        "Consider 40 mg next visit",
    ],
)
def test_a_note_that_changes_no_dose(note: str) -> None:
    assert not _dose(_order("1 tab daily"), _order("1 tab daily", note=note))


@pytest.mark.parametrize(
    "note",
    [
        "dental prophylaxis - take 4 caps 1 hr before",
        "Use 2 tablets on dialysis days",
        "Pt told to take half a tablet",
        "Tomar 2 antes del dentista",
        "Increase to 2 tabs after one week",
        "last dose 5/1, HOLD until after polypectomy",
        "Quit taking it in May",
    ],
)
def test_another_instruction_in_a_note_is_no_repeat(note: str) -> None:
    left, right = _order("1 tab daily", id="1"), _order("1 tab daily", note=note, id="2")
    assert compare(left, right, one_organization=True).verdict == "different"


@pytest.mark.parametrize("note", ["Dispensed 90 tablets", "Last filled 5/2/2026", "For blood pressure", ""])
def test_a_note_without_an_instruction_is_a_repeat(note: str) -> None:
    left, right = _order("1 tab daily", id="1"), _order("1 tab daily", note=note, id="2")
    assert compare(left, right, one_organization=True).verdict == "same"


@pytest.mark.parametrize(
    "more",
    [
        "prn wt gain >3 lb",
        "plus 1 extra if pressure is above 160",
        "prn BP>160",
        "except Sundays",
        "on dialysis days only, as needed",
    ],
)
def test_more_behind_the_same_instruction_is_no_repeat(more: str) -> None:
    left, right = _order("1 tab daily", id="1"), _order(f"1 tab daily {more}", id="2")
    assert compare(left, right, one_organization=True).verdict == "different"


def test_a_first_week_with_another_amount_is_shown_where_it_stands_beside() -> None:
    slow = {"text": "1 tab daily", "additionalInstruction": [{"text": "Start w/ 1/2 tab x 7 d then full tab"}]}
    verdict = compare(_order("1 tab daily"), _order("1 tab daily", dosageInstruction=[slow]))
    assert [each.field for each in verdict.disagreements] == ["instructions"]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1 tab q week on empty stomach", "1 tab every Sunday"),
        ("1 tab po qam ac", "1 tablet in the morning before breakfast"),
        ("T1T PO BID C MEALS", "1 tablet by mouth 2 times daily with meals"),
        ("TK 1 T PO D", "1 tablet daily"),
        ("as directed on pack", "take as directed per package"),
        ("1 tab prn alergia", "1 tab as needed for allergy"),
        ("1 tab cada 6 horas si tiene fiebre", "1 tab q6h prn fever"),
    ],
)
def test_one_instruction_in_two_hands(left: str, right: str) -> None:
    assert compare(_order(left), _order(right)).disagreements == ()


@pytest.mark.parametrize("status", ["active", "stopped"])
def test_an_unknown_status_is_shown_beside_another(status: str) -> None:
    """Who does not know whether an order still stands says so; a reader must not take it for one that stands."""
    verdict = compare(_order("1 tab daily", status="unknown"), _order("1 tab daily", status=status))
    assert [each.field for each in verdict.disagreements] == ["status"]


@pytest.mark.parametrize(
    "note",
    [
        "Not tolerating, stop",
        "Unable to tolerate, discontinue",
        "No la tolera, suspender",
        "Was told to stop taking this by cardiology",
        "Stop due to cough",
        "Le dijeron que la suspendiera",
        "Contraindicated, pregnant - stop",
        "Stopped in March, restarted in April, stopped again in May",
        "No tomar",
        "Stopped by the clinic",
        "Therapy complete",
        "Entered in error",
        "Wrong patient",
    ],
)
def test_a_note_to_stop_it_is_shown(note: str) -> None:
    verdict = compare(_order("Take 1 tablet daily", note=note), _order("Take 1 tablet daily"))
    assert [each.field for each in verdict.disagreements] == ["status"]


@pytest.mark.parametrize(
    "note",
    [
        "Was told not to stop",
        "Told to stop smoking",
        "Told to stop 5 days before surgery",
        "Told to stop if rash occurs",
        "Husband was told to stop his",
        "Stopped in March, restarted in April",
        "When pain free, stop",
        "No refills left, patient stopped by",
        "Wrong patient called about this",
        "Tablet may be cut in half",
        "Not tolerating simvastatin, stopped it, tolerating this",
        "Discontinue smoking",
        "Increase fluids to 2 liters daily",
        "Increase to 40 mg if pressure above 150",
        "Taking as prescribed",
    ],
)
def test_a_note_of_something_else_to_stop_or_change_is_none(note: str) -> None:
    verdict = compare(_order("Take 1 tablet daily", note=note), _order("Take 1 tablet daily"))
    assert not verdict.disagreements


@pytest.mark.parametrize(
    ("note", "field"),
    [
        ("Increase to 2 tablets daily", "dose"),
        ("Aumentar a 2 tabletas al día", "dose"),
        ("Cut in half due to cramps", "dose"),
        ("Doctor told her to take only half", "dose"),
        ("Not taking as prescribed", "frequency"),
        ("Patient is not taking it as directed", "frequency"),
    ],
)
def test_a_note_to_take_it_otherwise_is_shown(note: str, field: str) -> None:
    verdict = compare(_order("Take 1 tablet daily", note=note), _order("Take 1 tablet daily"))
    assert field in [each.field for each in verdict.disagreements]


@pytest.mark.parametrize("often", ["weekly", "every Monday", "every 7 days", "once a month"])
def test_less_than_daily_is_shown_where_the_other_does_not_say_how_often(often: str) -> None:
    verdict = compare(_order(f"Take 1 tablet by mouth {often}"), _order("Take 1 tablet by mouth"))
    assert [each.field for each in verdict.disagreements] == ["frequency"]


@pytest.mark.parametrize("text", ["Take 1 tablet daily", "Take 1 tablet twice daily", "Take 1 tablet as needed"])
def test_how_often_within_a_day_may_be_left_out(text: str) -> None:
    verdict = compare(_order(text), _order("Take 1 tablet"))
    assert "frequency" not in [each.field for each in verdict.disagreements]


@pytest.mark.parametrize("text", ["Take 1 tablet at bedtime", "Take 1 tablet every morning", "Take 1 tablet weekly"])
def test_at_every_meal_is_not_once_a_day(text: str) -> None:
    verdict = compare(_order(text), _order("Take 1 tablet with meals"))
    assert [each.field for each in verdict.disagreements] == ["frequency"]


@pytest.mark.parametrize(
    "text", ["Take 1 tablet 3 times daily with meals", "Take 1 tablet daily with meals", "1 tab TID"]
)
def test_at_every_meal_is_several_times_a_day(text: str) -> None:
    assert not compare(_order(text), _order("Take 1 tablet with meals")).disagreements


@pytest.mark.parametrize(
    ("note", "words"),
    [("Pregnant - stop", "stop!"), ("No la tolera, suspender", "suspender!"), ("Patient quit", "Patient quit")],
)
def test_a_row_does_not_call_stopped_what_is_to_be_stopped(note: str, words: str) -> None:
    assert noted_status([note], "lisinopril 20 mg tablet") == ("stopped", words)


@pytest.mark.parametrize(
    "note",
    [
        "Pt now taking 2 tablets with dinner per endo",
        "Now taking half a tablet",
        "Takes an extra tablet if weight goes up 3 lb in a day",
        "May take an additional 20 mg for swelling",
        "Toma una tableta adicional si sube de peso",
    ],
)
def test_a_note_that_more_or_less_is_taken_now_or_at_times_is_shown(note: str) -> None:
    verdict = compare(_order("Take 1 tablet daily", note=note), _order("Take 1 tablet daily"))
    assert verdict.verdict == "same"
    assert verdict.disagreements


@pytest.mark.parametrize("note", ["Extra refills given", "Additional information mailed", "Was not taking, now taking"])
def test_more_of_something_else_in_a_note_changes_no_dose(note: str) -> None:
    assert not compare(_order("Take 1 tablet daily", note=note), _order("Take 1 tablet daily")).disagreements


@pytest.mark.parametrize(
    ("note", "title", "dosing"),
    [
        ("Level 11.2, cut back to 1 mg BID", "Tacrolimus 1 mg capsule", "1 mg BID"),
        ("Decreased to 5 mg daily", "Warfarin 5 mg tablet", "5 mg daily"),
        ("TSH 7.2: increase to 112 mcg daily", "Levothyroxine 100 mcg tablet", "112 mcg daily"),
        ("Increased to 2 tablets daily as tolerated", "Sertraline 50 mg tablet", "2 tablets daily"),
        ("After 7 days go up to 2 tablets daily if tolerated", "Sertraline 50 mg tablet", "2 tablets daily"),
        ("After 2 weeks follow up in clinic", "Sertraline 50 mg tablet", ""),
        ("Increased to 2 tablets daily if headache", "Sertraline 50 mg tablet", ""),
    ],
)
def test_an_amount_in_a_note_is_read_whole_though_the_title_has_its_number(note: str, title: str, dosing: str) -> None:
    assert taken([note], title)[0] == dosing


def test_a_step_of_a_titration_is_shown_with_its_time() -> None:
    shown = taken(["After 7 days go up to 2 tablets daily if tolerated"], "Sertraline 50 mg tablet")[1]
    assert shown == "After 7 days go up to 2 tablets daily"
