"""Each way of comparing two stated values: the same, different, or not to be told."""

import pytest

from portal.merge.comparing import Contrast, keeps_apart, near, same_bound, same_measure
from portal.merge.facts import Facts
from portal.merge.rules import Method, Property
from portal.merge.words.people import generation, middle_initials, person, same_person

SAME, UNSAID, DIFFERENT = Contrast.SAME, Contrast.UNSAID, Contrast.DIFFERENT

_OPEN = "9999-12-31"
_TABLE = [
    (Method.EQUAL, ("a",), ("a",), SAME),
    (Method.EQUAL, ("a",), ("b",), DIFFERENT),
    (Method.EQUAL, ("a",), (), UNSAID),
    (Method.OVERLAP, ("a", "b"), ("b", "c"), SAME),
    (Method.OVERLAP, ("a",), ("c",), DIFFERENT),
    (Method.OVERLAP, (), ("c",), UNSAID),
    (Method.CODES, ("x|1",), ("x|2",), DIFFERENT),
    (Method.CODES, ("x|1", "y|1"), ("x|2", "y|1"), SAME),
    (Method.CODES, ("x|1",), ("y|1",), SAME),
    (Method.EACH, ("bin|1", "class|gold"), ("bin|1", "pcn|9"), SAME),
    (Method.EACH, ("bin|1",), ("bin|2",), DIFFERENT),
    (Method.EACH, ("bin|1",), (), UNSAID),
    (Method.WORDS, ("asthma",), ("asthma", "nocturnal"), UNSAID),
    (Method.WORDS, ("asthma", "nocturnal"), ("nocturnal", "asthma"), SAME),
    (Method.WORDS, (), ("asthma",), UNSAID),
    (Method.WORDS, ("asthma", "childhood"), ("asthma", "nocturnal"), DIFFERENT),
    (Method.AMOUNTS, ("0 100 mcg",), ("0 100.4 mcg",), SAME),
    (Method.AMOUNTS, ("0 100 mcg",), ("0 101 mcg",), DIFFERENT),
    (Method.AMOUNTS, ("0 100 mcg",), ("0 100 unt",), DIFFERENT),
    (Method.AMOUNTS, ("0 100 mcg",), ("1 100 mcg",), DIFFERENT),
    (Method.AMOUNTS, ("0 100 mcg",), ("0 100 mcg", "1 5 mcg"), DIFFERENT),
    (Method.AMOUNTS, ("0 100 mcg",), (), UNSAID),
    (Method.MEASURED, ("value== 5.1 0.1 mg/dl",), ("value== 5.12 0.01 mg/dl",), SAME),
    (Method.MEASURED, ("value== 5.1 0.1 mg/dl",), ("value== 5.17 0.01 mg/dl",), DIFFERENT),
    (Method.MEASURED, ("a=x",), ("b=x",), DIFFERENT),
    (Method.MEASURED, ("a=x",), (), UNSAID),
    (Method.MOMENT, ("2024-05-01", "2024-05-01T12:00Z", "2024-05-01T08:00"), ("2024-05-01", "", ""), SAME),
    (Method.MOMENT, ("2024-05-01", "2024-05-01T12:00Z", ""), ("2024-05-01", "2024-05-01T12:01Z", ""), DIFFERENT),
    (
        Method.MOMENT,
        ("2024-05-01", "2024-05-01T12:00Z", "2024-05-01T08:00"),
        ("2024-05-01", "2024-05-01T08:00", "2024-05-01T08:00"),
        SAME,
    ),
    (
        Method.MOMENT,
        ("2024-05-01", "2024-05-01T12:00Z", "2024-05-01T08:00"),
        ("2024-05-01", "2024-05-01T09:00", "2024-05-01T09:00"),
        DIFFERENT,
    ),
    (Method.MOMENT, ("2024-05-01", "", ""), ("2024-05-02", "", ""), DIFFERENT),
    (Method.MOMENT, ("2024-05-01", "2024-05-01T12:00Z", "2024-05-01T08:00"), ("2024-05-02", "", ""), DIFFERENT),
    (Method.MOMENT, (), ("2024-05-02", "", ""), UNSAID),
    (Method.MOMENT, ("2024-05", "", ""), ("2024-05", "", ""), UNSAID),
    (Method.MOMENT, ("2024-05", "", ""), ("2024-06-01", "", ""), DIFFERENT),
    (Method.DAY, ("2024-05-01", "", ""), ("2024-05-01", "2024-05-01T12:00Z", ""), SAME),
    (Method.DAY, ("2024-05-01", "", ""), ("2024-05-02", "", ""), DIFFERENT),
    (Method.DAY, ("2024-05-01", "2024-05-02T03:00Z", ""), ("2024-05-02", "2024-05-02T03:00Z", ""), SAME),
    (Method.DAY, ("-", "", ""), ("2024-05-02", "", ""), UNSAID),
    (Method.DAY, ("2024", "", ""), ("2024", "", ""), UNSAID),
    (Method.DAY, ("2024", "", ""), ("2023-05-02", "", ""), DIFFERENT),
    (Method.THERAPY, ("2020-01-01", "2020-02-01", "90"), ("2020-05-01", _OPEN, "90"), SAME),
    (Method.THERAPY, ("2020-01-01", "2020-02-01", "90"), ("2020-05-02", _OPEN, "90"), DIFFERENT),
    (Method.THERAPY, ("2020-01-01", "2020-02-01", "90"), ("?", _OPEN, "90"), SAME),
    (Method.EPISODE, ("2020-01-01", "2020-01-10", "past"), ("2020-01-12", "2020-01-20", "past"), SAME),
    (Method.EPISODE, ("2020-01-01", "2020-01-10", "past"), ("2020-01-20", "2020-01-30", "past"), DIFFERENT),
    (Method.EPISODE, ("2020-01-01", _OPEN, "current"), ("2020-04-01", _OPEN, "current"), DIFFERENT),
    (Method.EPISODE, ("", "", "past"), ("2020-01-01", "2020-01-10", "past"), UNSAID),
    (Method.EPISODE, ("", _OPEN, "current"), ("2020-01-01", _OPEN, "current"), SAME),
    (Method.EPISODE, ("2020", "2020", "past"), ("2020-11-01", "2020-11-09", "past"), SAME),
    (Method.EPISODE, ("2020", "2020", "past"), ("2021-11-01", "2021-11-09", "past"), DIFFERENT),
    (Method.PEOPLE, ("ruiz ana",), ("ruiz a",), SAME),
    (Method.PEOPLE, ("ruiz ana",), ("ruiz luis",), DIFFERENT),
    (Method.PEOPLE, ("ruiz ana",), (), UNSAID),
    (Method.AFFIRMED, ("present",), ("present",), SAME),
    (Method.AFFIRMED, ("refuted",), ("refuted",), DIFFERENT),
    (Method.AFFIRMED, ("refuted",), ("present",), DIFFERENT),
]


@pytest.mark.parametrize(("method", "left", "right", "contrast"), _TABLE)
def test_two_stated_values(method: Method, left: tuple[str, ...], right: tuple[str, ...], contrast: Contrast) -> None:
    rule = Property("p", method, stated=True)
    sides = [Facts(kind="x", says={"p": values} if values else {}) for values in (left, right)]
    assert keeps_apart(rule, *sides) is contrast
    assert keeps_apart(rule, *reversed(sides)) is contrast
    lenient = Property("p", method)
    assert keeps_apart(lenient, *sides) is (SAME if contrast is UNSAID else contrast)


def test_by_code_an_unsaid_value_is_of_no_matter_where_a_code_is_shared() -> None:
    rule = Property("method", Method.BY_CODE)
    bedside = Facts(kind="result", says={"method": ("bedside",), "codes": ("loinc|1",)})
    assert keeps_apart(rule, bedside, Facts(kind="result", says={"codes": ("loinc|1",)})) is SAME
    assert keeps_apart(rule, bedside, Facts(kind="result", says={"codes": ("loinc|2",)})) is UNSAID
    laboratory = Facts(kind="result", says={"method": ("laboratory",), "codes": ("loinc|1",)})
    assert keeps_apart(rule, bedside, laboratory) is DIFFERENT


@pytest.mark.parametrize("number", ["payer number", "group", "plan"])
def test_a_payers_words_may_differ_where_a_number_of_the_card_agrees(number: str) -> None:
    rule = Property("payer", Method.UNLESS_NUMBERED)
    left, right = (Facts(kind="insurance", says={"payer": (name,), number: ("70213",)}) for name in ("hcsc", "bcbs"))
    assert keeps_apart(rule, left, right) is SAME
    bare = Facts(kind="insurance", says={"payer": ("hcsc",)})
    assert keeps_apart(rule, bare, right) is DIFFERENT
    assert keeps_apart(rule, bare, bare) is SAME


@pytest.mark.parametrize("number", ["group", "plan"])
def test_a_short_number_proves_one_payer_only_where_the_names_are_alike(number: str) -> None:
    rule = Property("payer", Method.UNLESS_NUMBERED)
    cigna, longer, aetna = (
        Facts(kind="insurance", says={"payer": (name,), number: ("7",)}) for name in ("cigna", "cignaplus", "aetna")
    )
    assert keeps_apart(rule, cigna, longer) is SAME
    assert keeps_apart(rule, cigna, aetna) is DIFFERENT


def test_numbers() -> None:
    assert near("200", "201")
    assert not near("200", "202")
    assert near("x", "x")
    assert not near("x", "1")
    assert same_measure("= 5 1 mg", "= 5.5 0.1 mg")
    assert not same_measure("= 5 1 mg", "= 5.6 0.1 mg")
    assert not same_measure("< 5 1 mg", "= 5 1 mg")
    assert not same_measure("< 5 1 mg", "< 5.4 0.1 mg")
    assert not same_measure("= 5 1 mg", "= 5 1 ml")
    assert not same_measure("= 5 1 mg", "negative")


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("Ruiz, Ana, MD", "ruiz ana"),
        ("Dr. Ana B. Ruiz", "ruiz ana"),
        ("Ana Ruiz PA-C", "ruiz ana pa"),
        ("Ana Ruiz, N.P.", "ruiz ana np"),
        ("Ruiz", "ruiz"),
    ],
)
def test_names_of_clinicians(name: str, written: str) -> None:
    assert person(name) == written


def test_what_tells_two_clinicians_apart() -> None:
    assert middle_initials("Ana B Ruiz") == "ruiz ana:b"
    assert middle_initials("Ana Ruiz") == ""
    assert generation("John Smith Jr.") == "smith john:jr"
    assert generation("John Smith") == ""
    assert same_person("ruiz a", "ruiz ana pa")
    assert not same_person("ruiz ana np", "ruiz ana pa")
    assert not same_person("ruiz", "ruiz ana")


def test_a_range_has_two_ends() -> None:
    assert same_measure("range 0 5 /hpf", "range 0.0 5.0 /hpf")
    assert not same_measure("range 0 5 /hpf", "range 0 20 /hpf")
    assert not same_measure("range 0 5 /hpf", "range 2 5 /hpf")


def test_a_bound_is_no_rounded_value() -> None:
    assert same_bound("= 0.01 0.01 mass/volume", "= 0.0101 0.0001 mass/volume")
    assert not same_bound("= 0.01 0.01 mass/volume", "= 0.014 0.001 mass/volume")
    assert not same_bound("= 10 1 mass/volume", "= 20 1 mass/volume")


@pytest.mark.parametrize("by", [Method.UNLESS_TOLD, Method.UNLESS_NOTED])
def test_what_nothing_else_says_is_compared_as_text(by: Method) -> None:
    rule = Property("p", by, stated=True)
    one, another, silent = (Facts("kind", says=says) for says in ({"p": ("a",)}, {"p": ("b",)}, {}))
    assert [keeps_apart(rule, one, other) for other in (one, another, silent)] == [SAME, DIFFERENT, UNSAID]
    assert keeps_apart(rule, silent, one) is UNSAID


def test_codes_in_common_say_more_than_a_quality_that_only_one_side_has() -> None:
    rule = Property("p", Method.BY_CODE)
    coded = Facts("kind", says={"p": ("fasting",), "codes": ("loinc|1",)})
    plain = Facts("kind", says={"codes": ("loinc|1",)})
    other = Facts("kind", says={"codes": ("loinc|2",)})
    assert (keeps_apart(rule, coded, plain), keeps_apart(rule, coded, other)) == (SAME, UNSAID)


def test_fields_of_the_other_side() -> None:
    rule = Property("stage", Method.UNLESS_TOLD, stated=True)
    words = Facts("kind", says={"stage": ("stage 2a",)})
    for told, contrast in (("stage2a", SAME), ("stage4", UNSAID), ("severe", UNSAID)):
        field = Facts("kind", says={"told stage": (told,)})
        assert (keeps_apart(rule, words, field), keeps_apart(rule, field, words)) == (contrast, contrast)
    severe, mild = Facts("kind", says={"stage": ("severe",)}), Facts("kind", says={"told stage": ("mild",)})
    assert keeps_apart(rule, severe, mild) is SAME


def test_one_pen_by_its_amount_and_by_its_volume() -> None:
    whole = Facts("medication", says={"strength": ("0 300 mcg",)})
    volume = Facts("medication", says={"strength": ("0 1000 mcg/ml",), "single dose": ("0 300 mcg",)})
    for rule in (
        Property("strength", Method.AMOUNTS, stated=True),
        Property("single dose", Method.AMOUNTS, stated=True),
    ):
        assert (keeps_apart(rule, whole, volume), keeps_apart(rule, volume, whole)) == (SAME, SAME)
    junior = Facts("medication", says={"strength": ("0 150 mcg",)})
    assert keeps_apart(Property("strength", Method.AMOUNTS), junior, volume) is DIFFERENT
