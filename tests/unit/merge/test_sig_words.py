"""Instructions in the wordings of charts, pharmacies and Spanish: what differs is shown, what is equal is not."""

from typing import Any

import pytest

from portal.merge.medications.sig_words import sig_text
from portal.merge.words.moments import worded_date
from portal.refresh.compare import compare


def _order(sig: str, name: str = "Acetaminophen 500 mg tablet", **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "authoredOn": "2026-03-04",
        "medicationCodeableConcept": {"text": name},
        "dosageInstruction": [{"text": sig}],
        **more,
    }


def _fields(left: dict[str, Any], right: dict[str, Any]) -> set[str]:
    verdict = compare(left, right)
    assert verdict.verdict == "same"
    return {each.field for each in verdict.disagreements}


_DROPS = "Timolol 0.5 % eye drops"


@pytest.mark.parametrize(
    ("field", "left", "right"),
    [
        ("frequency", "1 tab on alternate days", "1 tablet daily"),
        ("frequency", "1 tableta un día sí y otro no", "1 tablet daily"),
        ("frequency", "1 tablet daily on an empty stomach", "1 tablet daily with food"),
        ("prn", "1 tableta al día si tiene dolor", "1 tablet daily"),
        ("prn", "1 tab daily PRN (pain)", "1 tab daily prn n/v"),
        ("maximum", "1 tab daily max 6/day", "1 tab daily, no más de 8 tabletas al día"),
        ("maximum", "1 tab daily MDD 6", "1 tab daily. Max 4 g/day"),
        ("duration", "1 tab daily (7 day course)", "1 tab daily x 10 days"),
        ("end", "1 tab daily. Stop on June 1, 2026", "1 tab daily until September 1, 2026"),
        ("end", "1 tab daily hasta el 1 de junio de 2026", "1 tab daily until 9/1/2026"),
        ("status", "DISCONTINUED 1 tablet daily", "1 tablet daily"),
    ],
)
def test_what_two_instructions_say_differently(field: str, left: str, right: str) -> None:
    assert field in _fields(_order(left), _order(right))


@pytest.mark.parametrize(
    ("left", "right"), [("1 drop L eye daily", "1 gtt OD daily"), ("1 drop per eye", "1 gtt rt eye")]
)
def test_an_eye_by_its_letter(left: str, right: str) -> None:
    assert "site" in _fields(_order(left, _DROPS), _order(right, _DROPS))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("1 tab on alternate days", "1 tablet every other day"),
        ("1 tab daily (max 6 tabs/24h)", "1 tablet daily, máximo 6 tabletas al día"),
        ("1 tab daily max 6/day", "1 tablet daily, not to exceed 3 g in 24 hours"),
        ("1 tab daily (7 day course)", "1 tablet daily for 7 days"),
        ("1 tab daily PRN (pain)", "1 tableta al día si tiene dolor"),
        ("1 tableta al día en ayunas", "1 tab daily, empty stomach"),
        ("1 tab daily thru 06/01/2026", "1 tab daily hasta el 1 de junio de 2026"),
    ],
)
def test_what_two_instructions_say_alike(left: str, right: str) -> None:
    assert _fields(_order(left), _order(right)) == set()


def _noted(text: str) -> dict[str, Any]:
    return _order("1 tablet daily", note=[{"text": text}])


@pytest.mark.parametrize(
    ("field", "note"),
    [
        ("status", "On hold"),
        ("status", "Stopped 3/1/2026 due to cough"),
        ("status", "Patient reports not taking"),
        ("status", "Suspendido"),
        ("prescriber", "Prescribed by Dr. Omar Haddad"),
    ],
)
def test_notes_of_an_order(field: str, note: str) -> None:
    order = _order("1 tablet daily", requester={"display": "Dr. Ann Reed"})
    assert _fields(_noted(note), order) == {field}
    assert _fields(_noted("Prescriber: Reed, Ann"), order) == set()


def test_dates_in_words() -> None:
    assert worded_date("June 1st, 2026") == worded_date("el 1 de junio de 2026") == "2026-06-01"
    assert worded_date("Brumaire 1, 2026") == worded_date("June 45, 2026") == ""


@pytest.mark.parametrize(
    "sig", ["Take 1 tablet at migraine onset", "1 tab PRN migraine", "1 tab at the onset of a migraine"]
)
def test_at_the_onset_of_something_is_when_it_is_needed_for_it(sig: str) -> None:
    assert _fields(_order(sig), _order("1 tablet at onset of migraine")) == set()
    assert _fields(_order(sig), _order("1 tablet for migraine every day")) != set()


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("1 tablet Monday through Saturday", "monday/tuesday/wednesday/thursday/friday/saturday"),
        ("1 tablet Mon-Wed", "monday/tuesday/wednesday"),
        ("1 tablet Fri thru Mon", "friday/saturday/sunday/monday"),
        ("1 tableta de lunes a jueves", "monday/tuesday/wednesday/thursday"),
        ("1 tablet M-F", "monday/tuesday/wednesday/thursday/friday"),
    ],
)
def test_from_one_day_to_another_is_all_between(text: str, days: str) -> None:
    assert days in sig_text(text).split()


def test_three_days_with_dashes_are_three() -> None:
    assert "tuesday" not in sig_text("1 tablet Mon-Wed-Fri")


def test_a_span_of_days_and_the_day_that_is_left_out_say_the_same() -> None:
    span = _order("Take 1 tablet Monday through Saturday, none on Sunday.")
    assert _fields(span, _order("Take 1 tablet daily except Sunday.")) == set()
    assert "frequency" in _fields(span, _order("Take 1 tablet daily."))
