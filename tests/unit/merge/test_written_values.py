"""Values, vaccines' details, names and times as they are written, and what each is read as."""

import pytest

from portal.domain.entry import Quantity
from portal.merge.results.measures import measured, worded
from portal.merge.things.vaccine_details import brand_maker, dose_number, lot, maker, route_of, site_of
from portal.merge.words.moments import has_time, moment
from portal.merge.words.people import generation, may_be_called, middle_initials, person, same_person


@pytest.mark.parametrize(
    ("text", "analyte", "value"),
    [
        ("5.1 mg/dL", "", "= 5.1 0.1 mass/volume"),
        ("5.10 mg/dL", "", "= 5.1 0.01 mass/volume"),
        ("<5 mg/dL", "", "< 5 1 mass/volume"),
        ("≥ 60 mL/min/1.73m2", "", ">= 60 1 ml/min/{1.73_m2}"),
        ("≤ 60", "", "<= 60 1 -"),
        ("5.1 (H)", "", "= 5.1 0.1 -"),
        ("5.3 H", "", "= 5.3 0.1 -"),
        ("1:40", "", "= 40 1 titer"),
        ("<1:10", "", "< 10 1 titer"),
        ("5'10\"", "", "= 177.8 2.54 length"),
        ("5 ft 10.5 in", "", "= 179.07 0.254 length"),
        ("3.5-5.0 mmol/L", "", "range 3.5 5.0 amount/volume"),
        ("Not detected", "", "words negative"),
        ("Positive (A)", "", "words positive"),
        ("O", "", "words group o"),
        ("Cloudy", "", "words cloudy"),
        ("98.6 °F", "", "= 37 0.055555555556 temperature"),
        ("37 C", "", "= 37 1 temperature"),
        ("5,3 mmol/L", "", "= 5.3 0.1 amount/volume"),
        ("5.5 mmol/L", "glucose", "= 99.088 1.8016 mass/volume"),
        ("99 mg/dL", "glucose", "= 99 1 mass/volume"),
        ("80 umol/L", "creatinine", "= 0.90496 0.011312 mass/volume"),
        ("140 mEq/L", "sodium", "= 140 1 amount/volume"),
        ("140 mEq/L", "iron", "= 140 1 charge/volume"),
        ("7.2 K/uL", "", "= 7.2 0.1 cells"),
        ("7.2 10*9/L", "", "= 7.2 0.1 cells"),
        ("7.2 10^9/L", "", "= 7.2 0.1 cells"),
        ("0.5 ug/mL FEU", "", "= 0.05 0.01 mass/volume feu"),
        ("500 ng/mL {DDU}", "", "= 0.05 0.0001 mass/volume ddu"),
        ("80 µmol/L", "creatinine", "= 0.90496 0.011312 mass/volume"),
        ("80 μmol/L", "creatinine", "= 0.90496 0.011312 mass/volume"),
        ("-2.5 mmol/L", "", "= -2.5 0.1 amount/volume"),
        ("1.2.3", "", "words 1.2.3"),
    ],
)
def test_values_in_words(text: str, analyte: str, value: str) -> None:
    assert worded(text, analyte) == value


@pytest.mark.parametrize(
    ("quantity", "value"),
    [
        (Quantity("5", code="mg/dL"), "= 5 1 mass/volume"),
        (Quantity("5", "mg per dL", "mg/dL", comparator="<"), "< 5 1 mass/volume"),
        (Quantity("98.6", code="[degF]"), "= 37 0.055555555556 temperature"),
        (Quantity("1.5", "{INR}"), "= 1.5 0.1 -"),
        (Quantity("many", "Cells"), "words many cells"),
    ],
)
def test_quantities(quantity: Quantity, value: str) -> None:
    assert measured(quantity) == value


@pytest.mark.parametrize(
    ("text", "site"),
    [
        *(("LA", ("left", "arm")), ("hl7 RD", ("right", "arm")), ("Left deltoid IM", ("left", "arm"))),
        *(("Left anterolateral thigh", ("left", "thigh")), ("volar forearm", ("", "forearm")), ("Oral", ("", "mouth"))),
        *(("unknown", ("", "")), ("Scalp", ("", "scalp"))),
    ],
)
def test_sites(text: str, site: tuple[str, str]) -> None:
    assert site_of(text) == site


@pytest.mark.parametrize(
    ("text", "route"),
    [
        *(("IM", "muscle"), ("SubQ", "under the skin"), ("C28161", "muscle"), ("78421000", "muscle")),
        *(("Intramuscularmente", "muscle"), ("by nose", "nose"), ("ID", "intradermal"), ("unknown", "")),
        ("Through the button", "through the button"),
    ],
)
def test_routes(text: str, route: str) -> None:
    assert route_of(text) == route


@pytest.mark.parametrize(
    ("text", "firm"),
    [
        *(("MSD", "merck"), ("Merck Sharp & Dohme LLC", "merck"), ("mvx PFR", "pfizer"), ("Pfizer-BioNTech", "pfizer")),
        *(("GlaxoSmithKline Biologicals SA", "glaxosmithkline"), ("Sanofi Pasteur Inc.", "sanofi")),
        ("Acme and Sons Ltd", "acme sons"),
    ],
)
def test_makers(text: str, firm: str) -> None:
    assert maker(text) == firm


@pytest.mark.parametrize(
    ("title", "firm"), [("Fluzone 2023", "sanofi"), ("Gardasil 9", "merck"), ("Influenza", ""), ("Fluzone Havrix", "")]
)
def test_who_makes_a_brand(title: str, firm: str) -> None:
    assert brand_maker(title) == firm


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *(("2", "2"), ("Dose 2", "2"), ("2 of 3", "2"), ("2nd", "2"), ("Second dose", "2"), ("02", "2"), ("III", "3")),
        *(("Booster", "booster"), ("booster 2", "2"), ("B", "booster"), ("unknown", ""), ("half", "half"), ("0", "0")),
    ],
)
def test_numbers_of_doses(text: str, number: str) -> None:
    assert dose_number(text) == number


@pytest.mark.parametrize("text", ["Lot AB-12", "ab 12", "AB12 exp 12/24", "Batch no AB12", "lote AB12"])
def test_lots(text: str) -> None:
    assert lot(text) == "ab12"


@pytest.mark.parametrize(
    ("name", "same", "middle", "suffix"),
    [
        ("Ann B. Lee, MD", "lee ann", "lee ann:b", ""),
        ("Lee, Ann B", "lee ann", "lee ann:b", ""),
        ("Dr. Ann Lee NP", "lee ann np", "", ""),
        ("Ann Lee, FNP-C", "lee ann np", "", ""),
        ("Ann Lee RN BSN", "lee ann rn", "", ""),
        ("Ann (Annie) Lee", "lee ann", "", ""),
        ("Ann Lee Jr.", "lee ann", "", "lee ann:jr"),
        ("María López", "lopez maria", "", ""),
        ("Lee, MD", "lee", "", ""),
        ("Lee", "lee", "", ""),
    ],
)
def test_names(name: str, same: str, middle: str, suffix: str) -> None:
    assert (person(name), middle_initials(name), generation(name)) == (same, middle, suffix)


@pytest.mark.parametrize(
    ("left", "right", "same", "called"),
    [
        ("Ann Lee", "Lee, Ann", True, True),
        ("A Lee", "Ann Lee", True, True),
        ("Bob Lee", "Robert Lee", False, True),
        ("Bob Lee", "Carl Lee", False, False),
        ("Ann Lee NP", "Ann Lee PA", False, False),
        ("Bob Lee NP", "Robert Lee PA", False, False),
        ("Ann Lee", "Ann Low", False, False),
        ("Lee", "Ann Lee", False, False),
        ("Lee", "Lee", True, True),
    ],
)
def test_who_may_be_one(left: str, right: str, same: bool, called: bool) -> None:
    for names in ((left, right), (right, left)):
        first, second = map(person, names)
        assert (same_person(first, second), may_be_called(first, second)) == (same, called)


@pytest.mark.parametrize(
    ("when", "timed", "parts"),
    [
        ("2024-01-02T08:00:30-05:00", True, ("2024-01-02", "2024-01-02T13:00Z", "2024-01-02T08:00")),
        ("2024-01-02T23:00:00-05:00", True, ("2024-01-02", "2024-01-03T04:00Z", "2024-01-02T23:00")),
        ("2024-01-02T08:00", True, ("2024-01-02", "2024-01-02T08:00", "2024-01-02T08:00")),
        ("2024-01-02T00:00:00Z", False, ("2024-01-02", "", "")),
        ("2024-01-02T00:00:00.000+01:00", False, ("2024-01-02", "", "")),
        ("2024-01-02T00:01:00Z", True, ("2024-01-02", "2024-01-02T00:01Z", "2024-01-02T00:01")),
        ("2024-01-02", False, ("2024-01-02", "", "")),
        ("2024-01", False, ("2024-01", "", "")),
        (None, False, ()),
    ],
)
def test_times(when: str | None, timed: bool, parts: tuple[str, ...]) -> None:
    assert (has_time(when), moment(when)) == (timed, parts)
