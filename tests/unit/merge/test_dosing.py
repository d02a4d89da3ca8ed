"""Instructions in two ways of writing agree, and what differs in them is named."""

import pytest

from portal.domain.entry import Dose, Entry, Medication
from portal.domain.sections import Section
from portal.merge import SourcedEntry, disagreements
from portal.merge.medications.medicines import read_product
from portal.merge.results.measures import worded


def differing(title: str, left: str, right: str) -> set[str]:
    sourced = [
        SourcedEntry(
            source,
            source,
            Entry(section=Section.MEDICATIONS, title=title, detail=Medication(doses=(Dose(text=text),))),
        )
        for source, text in (("home", left), ("link", right))
    ]
    return {disagreement.field for disagreement in disagreements(sourced)}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Take 1 tablet daily", "1 tab PO qd"),
        ("Take 1 tablet (500 mg) twice a day", "500 mg by mouth BID"),
        ("Take 1 tablet daily", "Take 500 mg by mouth once a day"),
        ("Take one half tablet every morning", "0.5 tab PO qAM"),
        ("Take 1 tablet every 8 hours as needed for pain", "1 tab q8h prn pain"),
        ("Take 2 tablets at bedtime", "2 tabs qHS"),
        ("Take 1 tablet daily for 10 days", "1 tab qd x 10 days"),
        ("Take 1 tablet Mon/Wed/Fri", "1 tab on Monday, Wednesday and Friday"),
    ],
)
def test_two_ways_of_writing(left: str, right: str) -> None:
    assert differing("Metformin 500 mg tablet", left, right) <= {"instructions"}


@pytest.mark.parametrize(
    ("left", "right", "field"),
    [
        ("Take 1 tablet daily", "Take 2 tablets daily", "dose"),
        ("Take 1 tablet daily", "Take 1000 mg daily", "dose"),
        ("Take 1 tablet daily", "Take 1 tablet twice a day", "frequency"),
        ("Take 1 tablet daily before breakfast", "Take 1 tablet daily at bedtime", "frequency"),
        ("Take 1 tablet daily before meals", "Take 1 tablet daily before breakfast", "frequency"),
        ("Take 1 tablet daily", "Take 1 tablet every other day", "frequency"),
        ("Take 1 tablet weekly on Monday", "Take 1 tablet weekly on Friday", "frequency"),
        ("Take 1 tablet daily for 10 days", "Take 1 tablet daily for 7 days", "duration"),
        ("Take 1 tablet daily", "Take 1 tablet daily as needed", "prn"),
        ("Take 1 tablet as needed for pain", "Take 1 tablet as needed for fever", "prn"),
        ("Take 1 tablet q6h, max 4 per day", "Take 1 tablet q6h, max 6 per day", "maximum"),
        ("Take 1 tablet by mouth daily", "Place 1 tablet under the tongue daily", "route"),
        ("sliding scale: 150-200 2 units", "sliding scale: 150-200 4 units", "instructions"),
    ],
)
def test_what_differs_is_named(left: str, right: str, field: str) -> None:
    assert field in differing("Metformin 500 mg tablet", left, right)


def test_measures_in_words() -> None:
    assert worded("5'10\"") == worded("70 in")
    assert worded("5'10\"") != worded("5'11\"")
    assert worded("6'1\"") != worded("5'1\"")


def test_a_rate_over_a_day_is_no_release() -> None:
    patch = read_product("Nitroglycerin 0.2 mg/24 hr patch")
    assert [(str(strength.number), strength.dimension) for strength in patch.strengths] == [("200.0", "mcg/day")]
    assert read_product("Metformin 500 mg 24 hr tablet").hours == "24"


@pytest.mark.parametrize(
    ("title", "left", "right"),
    [
        ("furosemide 40 mg tablet", "1 1/2 tablets daily", "Take one and a half tablets (60 mg) daily"),
        ("metformin 500 mg tablet", "1 tab bid w/ meals", "Take 1 tablet 2 (two) times daily with a meal"),
        ("levothyroxine 50 mcg tablet", "1 tab daily before breakfast", "Take 1 tablet every morning before breakfast"),
        ("amoxicillin 500 mg capsule", "1 cap tid for 7 days", "1 capsule three times daily for 1 week"),
        ("cyclobenzaprine 10 mg tablet", "1 tab tid prn muscle spasms", "1 tablet tid as needed for muscle spasm"),
        ("albuterol HFA 90 mcg inhaler", "2 puffs q4h prn wheeze", "Inhale 2 puffs by mouth q4h prn wheezing"),
        ("cyanocobalamin 1,000 mcg/mL injection", "1000 mcg IM q month", "Inject 1 mL intramuscularly once a month"),
        ("warfarin 5 mg tablet", "5 mg MWF, 2.5 mg other days", "1 tablet Mon, Wed, Fri and 1/2 tablet all other days"),
        ("estradiol 0.1 mg/24 hr patch", "1 patch twice weekly", "1 patch on Monday and Thursday"),
        ("timolol 0.5 % eye drops", "1 gtt OD bid", "1 drop right eye twice a day"),
        ("metformin 500 mg tablet", "Tome 1 tableta dos veces al día con las comidas", "1 tab twice daily with meals"),
        (
            "ibuprofen 600 mg tablet",
            "Tome una tableta cada 6 horas si es necesario para el dolor",
            "1 tab q6h prn pain",
        ),
    ],
)
def test_further_ways_of_writing_do_not_disagree(title: str, left: str, right: str) -> None:
    assert differing(title, left, right) == set()


@pytest.mark.parametrize(
    ("title", "left", "right", "field"),
    [
        ("timolol 0.5 % eye drops", "1 drop OD bid", "1 drop OS bid", "site"),
        ("warfarin 5 mg tablet", "1 tab daily", "1 tab daily except Sunday", "frequency"),
        ("warfarin 5 mg tablet", "1 tab three times a week", "1 tab on Monday and Thursday", "frequency"),
        ("furosemide 40 mg tablet", "Tome media tableta al día", "1 tab daily", "dose"),
        ("enoxaparin 40 mg/0.4 mL syringe", "40 mg SQ daily", "Inject 0.8 mL under the skin daily", "dose"),
        ("lorazepam 0.5 mg tablet", "1 tab prn anxiety", "1 tab as needed for sleep", "prn"),
    ],
)
def test_what_differs_in_further_ways_is_named(title: str, left: str, right: str, field: str) -> None:
    assert field in differing(title, left, right)
