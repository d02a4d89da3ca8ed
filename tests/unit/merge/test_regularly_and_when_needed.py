"""What is taken at its times and when needed is neither taken regularly only nor when needed only."""

import pytest

from portal.refresh.compare import compare
from tests.unit.merge.products import order_of

_BOTH, _NEEDED, _REGULARLY = "regularly and when needed", "when needed", "regularly"


def _told(left: str, right: str) -> list[tuple[str, str]]:
    orders = (
        {**order_of("budesonide-formoterol 160-4.5 mcg/actuation inhaler"), "dosageInstruction": [{"text": text}]}
        for text in (left, right)
    )
    verdict = compare(*orders)
    assert verdict.verdict == "same"
    return [(each.left, each.right) for each in verdict.disagreements if each.field == "prn"]


@pytest.mark.parametrize(
    "text",
    [
        "Inhale 2 puffs daily and when needed",
        "Inhale 2 puffs twice daily and as needed",
        "Inhale 2 puffs BID & PRN",
        "Inhale 2 puffs daily and 2 puffs as needed",
        "Inhale 2 puffs twice daily, and 1 puff every 4 hours as needed",
        "Inhale 2 puffs twice daily plus as needed",
        "Inhale 2 puffs twice daily, may also use as needed",
        "Inhale 2 puffs twice daily; can use extra as needed",
        "Inhalar 2 disparos al día y cuando sea necesario",
    ],
)
def test_at_its_times_and_when_needed(text: str) -> None:
    assert _told(text, "Inhale 2 puffs only when needed") == [(_BOTH, _NEEDED)]
    assert _told("Inhale 2 puffs daily", text) == [(_REGULARLY, _BOTH)]
    assert _told(text, "Inhale 2 puffs daily and also as needed") == []


@pytest.mark.parametrize(
    "text",
    [
        "Inhale 2 puffs daily as needed",
        "Inhale 2 puffs every 4 hours as needed",
        "Inhale 2 puffs every 4 hours as needed for wheezing and cough",
        "Inhale 2 puffs with spacer and mask as needed",
        "Inhale 2 puffs and as needed",
        "Inhale 2 puffs as needed only",
    ],
)
def test_when_needed_alone(text: str) -> None:
    assert _told(text, "Inhale 2 puffs when needed") in ([], [("when needed: wheezing cough", _NEEDED)])


def test_one_dose_of_two_is_for_when_it_is_needed() -> None:
    order = order_of("lorazepam 1 mg tablet")
    scheduled, needed = {"text": "Take 1 tablet at bedtime"}, {"text": "Take 1 tablet as needed for anxiety"}
    both = {**order, "dosageInstruction": [scheduled, needed]}
    alone = {**order, "dosageInstruction": [needed]}
    told = [(each.left, each.right) for each in compare(both, alone).disagreements if each.field == "prn"]
    assert told == [(f"{_BOTH}: anxiety", f"{_NEEDED}: anxiety")]


def test_orders_that_say_the_one_and_the_other_do_not_fold() -> None:
    order = order_of("albuterol HFA 90 mcg/actuation inhaler")
    left, right = (
        {**order, "dosageInstruction": [{"text": text}]}
        for text in ("Inhale 2 puffs daily and as needed", "Inhale 2 puffs daily as needed")
    )
    assert compare(left, right, one_organization=True).verdict == "different"
