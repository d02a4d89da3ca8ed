"""Details that one reader at a time reads: dates and flags in words, ranges, amounts without a unit, specimens."""

from decimal import Decimal

import pytest

from portal.domain.entry import Dose, Entry, Insurance, Medication, Quantity
from portal.domain.sections import Section
from portal.merge import read
from portal.merge.allergies.read_allergies import substance
from portal.merge.medications.dosing import read_doses
from portal.merge.medications.medicines import read_product
from portal.merge.results.measures import range_ends
from portal.merge.results.read_results import collected, flag_of
from portal.merge.statements import statements
from portal.merge.words.concepts import read_concept
from portal.merge.words.moments import worded_date


@pytest.mark.parametrize(
    ("text", "when"),
    [
        ("2010", "2010"),
        ("since 2010", "2010"),
        ("March 2010", "2010-03"),
        ("sept. 2010", "2010-09"),
        ("marzo de 2010", "2010-03"),
        ("3/2010", "2010-03"),
        ("12/31/2010", "2010-12-31"),
        ("13/2010", ""),
        ("1/32/2010", ""),
        ("childhood", ""),
        ("about 10 years ago", ""),
        ("Summer 2010", ""),
    ],
)
def test_dates_in_words(text: str, when: str) -> None:
    assert worded_date(text) == when


@pytest.mark.parametrize(
    ("flag", "code"),
    [("High", "H"), ("*", "A"), ("Critical Low", "LL"), ("within normal limits", "N"), ("HH", "HH"), ("odd", "odd")],
)
def test_flags_in_words(flag: str, code: str) -> None:
    assert flag_of(flag) == code


def ends(text: str, unit: str = "mg/dL") -> tuple[tuple[str, str] | None, ...] | None:
    found = range_ends(text, unit)
    return None if found is None else tuple(end and (end.value, end.unit) for end in found)


def test_ranges_in_words() -> None:
    assert ends("0.4 - 4.0") == (("0.4", "mg/dL"), ("4.0", "mg/dL"))
    assert ends("70-99 mmol/L") == (("70", "mmol/L"), ("99", "mmol/L"))
    assert ends("<100") == (None, ("100", "mg/dL"))
    assert ends("≥ 60 mL/min") == (("60", "mL/min"), None)
    assert ends("Negative") is None
    assert ends("100") is None


@pytest.mark.parametrize(
    ("specimen", "how"),
    [
        ("Urine, clean catch", "voided"),
        ("Urine, Foley cath", "catheter"),
        ("Serum", "serum or plasma"),
        ("Swab", ""),
        ("Blood, left arm", "left"),
    ],
)
def test_how_a_specimen_was_taken(specimen: str, how: str) -> None:
    assert " ".join(meaning for _kind, meaning in collected(specimen)) == how


@pytest.mark.parametrize(
    ("sig", "amount", "frequency"),
    [
        ("1 daily", "1", "1/1d"),
        ("take 2 po bid", "2", "2/1d"),
        ("1-2 at bedtime", "1-2", "1/1d@HS"),
        ("2 daily", "", "2/1d"),
        ("2 times daily", "", "2/1d"),
        ("1 cap every morning before breakfast", "1 capsule", "1/1d@ACM"),
        ("1 cap qam ac breakfast", "1 capsule", "1/1d@ACM"),
        ("1 tab with dinner", "1 tablet", "1/1d@CV"),
        ("1 tab before lunch", "1 tablet", "1/1d@ACD"),
        ("1 tab with meals", "1 tablet", ""),
    ],
)
def test_amounts_without_a_unit_and_meals_with_a_name(sig: str, amount: str, frequency: str) -> None:
    (dose,) = read_doses((Dose(text=sig),), strengths={})
    assert (dose.amount, dose.frequency) == (amount, frequency)


def test_when_not_to_take_it_stays_among_the_words() -> None:
    (dose,) = read_doses((Dose(text="1 tab bid. Hold if systolic below 100"),), strengths={"tablet": Decimal(5)})
    assert {"hold", "sbp", "100"} <= set(dose.words.split())
    (dose,) = read_doses((Dose(text="1 tab bid for pressure", amount=Quantity("1", "tab")),), strengths={})
    assert dose.words == "pressure"


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("CT abdomen with and without contrast", "CT abdomen without contrast"),
        ("MRI brain w/ and w/o contrast", "MRI brain w/o contrast"),
        ("Biopsy of breast [left]", "Biopsy of breast [right]"),
        ("Third degree burn", "Second degree burn"),
        ("Prostate cancer, Gleason 6", "Prostate cancer, Gleason 9"),
        ("Lung cancer T1N0M0", "Lung cancer T4N2M1"),
        ("Cirrhosis, Child-Pugh A", "Cirrhosis, Child-Pugh C"),
    ],
)
def test_what_words_tell_apart(left: str, right: str) -> None:
    assert read_concept(left) != read_concept(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("MS - Multiple sclerosis", "Multiple sclerosis"),
        ("Hypertension [I10]", "Hypertension"),
        ("Asthma (HCC) [J45.909]", "Asthma"),
        ("2nd degree burn", "Second-degree burn"),
    ],
)
def test_what_words_mean_alike(left: str, right: str) -> None:
    assert read_concept(left) == read_concept(right)


def test_a_diagnosis_that_is_over_says_so_apart_from_its_words() -> None:
    assert read_concept("Migraine (resolved)").words == read_concept("Migraine").words
    assert read_concept("Migraine (resolved)").over
    assert not read_concept("Migraine").over


def test_strengths_without_a_unit_are_micrograms_of_what_is_breathed_in() -> None:
    for name in (
        "Symbicort 160-4.5",
        "azelastine-fluticasone 137-50 nasal spray",
        "budesonide-formoterol 160-4.5 inhaler",
    ):
        numbers = [strength.number for strength in read_product(name).strengths]
        assert max(numbers) in (160, 137), name
    assert [strength.number for strength in read_product("losartan-hydrochlorothiazide 50-12.5 tablet").strengths] == [
        12500,
        50000,
    ]


def test_a_salt_after_a_name_of_several_words_goes() -> None:
    assert substance("Penicillin V potassium") == "penicillin v"


def test_a_plan_counts_by_its_number_and_by_its_name() -> None:
    insurance = Insurance(payer="Aetna", member_id="W1", plan="Gold PPO", plan_number="77")
    reading = read(Entry(section=Section.INSURANCE, title="Aetna", detail=insurance), source="home")
    assert reading is not None
    assert {value.split(" ")[0] for value in reading.facts.says["plan"]} == {"name", "number"}


def test_what_somebody_says_is_taken_began_when_it_says_so_and_an_order_when_its_dose_does() -> None:
    taken = Medication(statement=True, instructions=("1 daily",))
    stated = statements(Entry(section=Section.MEDICATIONS, title="Aspirin 81 mg", detail=taken, start="2019-02-01"))
    assert (stated["start"].shown, stated["end"].shown) == ("2019-02-01", "-")
    ordered = statements(
        Entry(section=Section.MEDICATIONS, title="Aspirin 81 mg", detail=Medication(intent="order"), start="2019-02-01")
    )
    assert "start" not in ordered
