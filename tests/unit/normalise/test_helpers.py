"""The shared readers: names, units, numbers, dosage, sections, subjects, references."""

from decimal import Decimal
from typing import Any

import pytest

from portal.domain.entry import Quantity
from portal.domain.sections import Section
from portal.fhir.answers import decode
from portal.normalise import carries_entry, clinical_date, section_of, subject_reference, subject_references
from portal.normalise.coding import codes_of, name_of, tidy, words_of
from portal.normalise.context import Context, nothing
from portal.normalise.dosage import dosage, sentence
from portal.normalise.elements import line, number, paragraph
from portal.normalise.names import address, human_name, phone
from portal.normalise.quantities import decimal_text, humane_unit, quantity, quantity_text, ratio_text
from portal.normalise.sections import observation_section
from portal.normalise.vaccines import diseases
from portal.store.records import packing
from tests.unit.normalise.samples import CVX, LOINC, SNOMED, amount, concept, sample


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Asthma (disorder)", "Asthma"),
        ("Bleeding (qualifier value)", "Bleeding"),
        ("Cold (common)", "Cold (common)"),
        ("TOTAL BILIRUBIN", "Total Bilirubin"),
        ("MCV", "MCV"),
        ("LDL CHOLESTEROL", "LDL Cholesterol"),
        ("METFORMIN 500 MG TABLET", "Metformin 500 mg Tablet"),
        ("ST. MARY'S HOSPITAL OF THE SEA", "St. Mary's Hospital of the Sea"),
        ("oxyCODONE", "oxyCODONE"),
        ("", ""),
    ],
)
def test_tidy(written: str, shown: str) -> None:
    assert tidy(written) == shown


def test_text_comes_before_displays_and_preferred_systems_before_others() -> None:
    both = {"coding": [{"system": "a", "code": "1", "display": "One"}, {"system": "b", "code": "2", "display": "Two"}]}
    assert name_of(both) == "One"
    assert name_of(both, ("b",)) == "Two"
    assert name_of(both | {"text": "own words"}, ("b",)) == "Own words"
    chosen = {"coding": [*both["coding"], {"code": "3", "display": "Three", "userSelected": True}]}
    assert name_of(chosen, ("b",)) == "Three"


def test_code_alone_is_named_with_its_system() -> None:
    assert name_of(concept("http://www.ama-assn.org/go/cpt", "33249")) == "CPT 33249"
    assert name_of(concept("urn:own", "A7")) == "Code A7"
    assert words_of(concept("urn:own", "A7")) == ""
    assert name_of({}) == ""


def test_codes_that_say_why_there_is_none_are_no_codes() -> None:
    absent = concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown", "unknown")
    assert codes_of(absent) == ()
    assert name_of(absent) == ""


@pytest.mark.parametrize("name", ["pH of urine", "mRNA vaccine", "eGFR", "1,25-dihydroxyvitamin D", "iPTH level"])
def test_first_words_written_in_their_own_way_stay(name: str) -> None:
    assert name_of({"text": name}) == name


@pytest.mark.parametrize(
    ("ucum", "shown"),
    [
        ("mm[Hg]", "mmHg"), ("10*3/uL", "×10³/µL"), ("ug/L", "µg/L"), ("kg/m2", "kg/m²"), ("Cel", "°C"), ("1", ""),
        ("[degF]", "°F"), ("mL/min/{1.73_m2}", "mL/min/1.73 m²"), ("{score}", "score"), ("{#}", ""),
        ("m[IU]/L", "mIU/L"), ("umol/L", "µmol/L"), ("%", "%"), ("mg/g{creat}", "mg/g creat"), ("/[HPF]", "/HPF"),
        ("tablets", "tablets"), ("%O2", "%"), ("[lb_av]", "lb"), ("a", "years"),
        ("mL/min/[1.73_m2]", "mL/min/1.73 m²"), ("mL/min/1.73_m2", "mL/min/1.73 m²"),
    ],
)  # fmt: skip
def test_units_for_people(ucum: str, shown: str) -> None:
    assert humane_unit(ucum) == shown


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (7.0, "7.0"), (7, "7"), ("7.10", "7.10"), (181.97220860922522, "181.97"), (0.000123456, "0.0001235"),
        (1e-05, "0.00001"), (True, ""), (float("nan"), ""), (float("inf"), ""), ("seven", ""), (None, ""),
        (-0.5, "-0.5"), ("<5", ""), (5.6, "5.6"), (1234567.0, "1234567.0"),
        (10**30, "1" + "0" * 30), (10**40, "1.000000E+40"), (-(10**4000), "-1.000000E+4000"),
        (Decimal("1E+30"), "1E+30"), (Decimal("1E-400"), "1E-400"), (Decimal("-2E+999999999"), "-2E+999999999"),
        ("1E-400", "1E-400"),
        (Decimal("0." + "0" * 5000 + "1"), "1E-5001"), (Decimal("1." + "0" * 5000 + "1"), "1"),
        (Decimal("1" * 29 + ".00001"), "1" * 29 + ".00001"), (Decimal("1" * 60), "1.111111E+59"),
    ],
)  # fmt: skip
def test_numbers_as_text(value: object, text: str) -> None:
    assert decimal_text(value) == text


@pytest.mark.parametrize("written", ["1E+30", "1E-400", "7E+999999999", "1E-999999999", "2.5"])
def test_what_is_no_whole_number_is_no_count(written: str) -> None:
    assert number(Decimal(written)) is None
    assert number(Decimal("40.0")) == 40


@pytest.mark.parametrize(
    "written", ["1E+30", "1E-400", "7E+999999999", "1E+9999999999999999999999", "-1E-9999999999999999"]
)
def test_a_number_beyond_reason_spoils_nothing_beside_it(written: str) -> None:
    text = f'{{"value": {written}, "unit": "mg"}}'.encode()
    for read in (packing.decode(text), decode(text, depth=8)):
        assert quantity_text(quantity(read)) == f"{written} mg"
        assert ratio_text({"numerator": read, "denominator": read})


def test_quantity_keeps_the_unit_as_written_and_the_ucum_code() -> None:
    measured = quantity({**amount(5, "mg"), "comparator": "<"})
    assert measured == Quantity(value="5", unit="mg", code="mg", comparator="<")
    assert quantity({"unit": "mg"}) is None
    assert quantity_text(quantity(amount(98, "%"))) == "98%"
    assert quantity_text(quantity({"value": 5, "comparator": ">=", "unit": "mg"})) == "≥ 5 mg"


def _dosage(**repeat: Any) -> dict[str, Any]:
    return {"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}


@pytest.mark.parametrize(
    ("element", "words"),
    [
        (_dosage(frequency=1, period=1, periodUnit="d"), "1 tablet, once a day"),
        (_dosage(frequency=3, period=1, periodUnit="d"), "1 tablet, 3 times a day"),
        (_dosage(frequency=1, period=8, periodUnit="h"), "1 tablet, every 8 hours"),
        (_dosage(frequency=1, period=4, periodMax=6, periodUnit="h"), "1 tablet, every 4 to 6 hours"),
        (_dosage(frequency=1, frequencyMax=2, period=1, periodUnit="d"), "1 tablet, 1 to 2 times a day"),
        (_dosage(when=["HS"]), "1 tablet, at bedtime"),
        (_dosage(frequency=1, period=1, periodUnit="wk", dayOfWeek=["mon"]), "1 tablet, once a week, on Monday"),
        (_dosage(timeOfDay=["08:00:00"]), "1 tablet, at 08:00"),
        (_dosage(frequency=2, period=1, periodUnit="d", boundsDuration=amount(7, "d")),
         "1 tablet, twice a day, for 7 days"),
        ({"timing": {"code": {"coding": [{"code": "BID"}]}}}, "Twice a day"),
        ({"text": "Once nightly", "patientInstruction": "Take it at night."}, "Once nightly. Take it at night."),
        ({"asNeededCodeableConcept": {"text": "Headache"}}, "As needed for headache"),
        ({"doseAndRate": [{"doseRange": {"low": amount(1, "mL"), "high": amount(2, "mL")}}]}, "1\N{EN DASH}2 mL"),
        ({"doseAndRate": [{"doseQuantity": {"value": 1.0}}], "asNeededBoolean": True}, "1 per dose, as needed"),
        ({"route": concept(SNOMED, "78421000"), "additionalInstruction": [{"text": "shake well"}]},
         "Into a muscle. Shake well"),
        ({}, ""),
    ],
)  # fmt: skip
def test_how_to_take_it(element: dict[str, Any], words: str) -> None:
    assert sentence(dosage(element)) == words


@pytest.mark.parametrize(
    ("categories", "code", "section"),
    [
        (["laboratory"], "2345-7", Section.TEST_RESULTS),
        (["vital-signs"], "8302-2", Section.VITAL_SIGNS),
        (["laboratory", "vital-signs"], "2708-6", Section.TEST_RESULTS),
        (["survey", "laboratory"], "2345-7", Section.TEST_RESULTS),
        (["imaging"], "1-1", Section.TEST_RESULTS),
        ([], "8867-4", Section.VITAL_SIGNS),
        (["own-category"], "2345-7", Section.TEST_RESULTS),
        (["social-history"], "72166-2", Section.QUESTIONNAIRES),
        ([], "72166-2", Section.QUESTIONNAIRES),
        (["survey"], "44249-1", Section.QUESTIONNAIRES),
        (["survey", "vital-signs"], "8867-4", Section.VITAL_SIGNS),
        (["exam"], "1-1", Section.EXAM_FINDINGS),
        (["smartdata", "exam"], "1-1", Section.EXAM_FINDINGS),
        (["exam", "laboratory"], "1-1", Section.TEST_RESULTS),
        (["therapy"], "1-1", Section.EXAM_FINDINGS),
    ],
)
def test_section_of_observations(categories: list[str], code: str, section: Section) -> None:
    category = [concept("http://terminology.hl7.org/CodeSystem/observation-category", name) for name in categories]
    resource = sample("Observation", category=category, code=concept(LOINC, code))
    assert section_of(resource) is observation_section(resource) is section


def test_which_types_carry_entries() -> None:
    assert all(map(carries_entry, ("Observation", "Condition", "MedicationStatement", "Appointment")))
    assert not any(map(carries_entry, ("Organization", "Medication", "Patient", "Claim", "")))


@pytest.mark.parametrize(
    ("resource", "subject"),
    [
        ({"resourceType": "Patient", "id": "p"}, "Patient/p"),
        ({"resourceType": "Condition", "subject": {"reference": "Patient/p/_history/3"}}, "Patient/p"),
        ({"resourceType": "Coverage", "beneficiary": {"reference": "urn:uuid:1"}}, "urn:uuid:1"),
        ({"resourceType": "Immunization", "patient": {"reference": "https://x.example/fhir/Patient/p"}},
         "https://x.example/fhir/Patient/p"),
        ({"resourceType": "Appointment", "participant": [{"actor": {"reference": "Practitioner/1"}},
                                                         {"actor": {"reference": "Patient/p"}}]}, "Patient/p"),
        ({"resourceType": "Appointment", "participant": [{"actor": {"reference": "urn:uuid:7", "type": "Patient"}}]},
         "urn:uuid:7"),
        ({"resourceType": "Communication", "recipient": [{"reference": "Patient/p"}]}, "Patient/p"),
        ({"resourceType": "Organization", "id": "o"}, None),
        ({"resourceType": "Condition", "subject": "Patient/p"}, None),
    ],
)  # fmt: skip
def test_subject(resource: dict[str, Any], subject: str | None) -> None:
    assert subject_reference(resource) == subject


def test_an_appointment_of_several_patients_names_them_all() -> None:
    actors = [{"actor": {"reference": f"Patient/{one}"}} for one in "ab"]
    assert subject_references({"resourceType": "Appointment", "participant": actors}) == ("Patient/a", "Patient/b")


@pytest.mark.parametrize(
    ("resource", "key"),
    [
        ({"resourceType": "Condition", "onsetDateTime": "2009"}, "2009"),
        ({"resourceType": "Encounter", "period": {"start": "2024-01-01T23:00:00-05:00"}}, "2024-01-02T04:00:00Z"),
        ({"resourceType": "Observation", "effectiveDateTime": "soon", "issued": "2024-01-01"}, "2024-01-01"),
        ({"resourceType": "DocumentReference", "context": {"period": {"start": "2020-02"}}}, "2020-02"),
        ({"resourceType": "Organization"}, ""),
        ({"resourceType": "Encounter", "period": "2024"}, ""),
    ],
)
def test_clinical_date(resource: dict[str, Any], key: str) -> None:
    assert clinical_date(resource) == key


def test_contained_resources_know_their_siblings_but_not_others() -> None:
    context = Context({"contained": [{"id": "a", "ref": {"reference": "#b"}}, {"id": "b", "name": "B"}]}, nothing)
    first = context.resolve({"reference": "#a"})
    assert first is not None
    second = first.resolve(first.resource["ref"])
    assert second is not None
    assert second.resource["name"] == "B"
    assert context.resolve({"reference": "#c"}) is None


def test_references_lose_their_version_before_they_are_looked_up() -> None:
    asked: list[str] = []
    Context({}, lambda reference, /: asked.append(reference)).resolve({"reference": "Practitioner/1/_history/2"})
    assert asked == ["Practitioner/1"]


def test_names_of_people_and_places() -> None:
    names = [
        {"use": "old", "text": "Before"},
        {"use": "official", "family": "Test", "given": ["Ana", "B."], "suffix": ["MD"]},
    ]
    assert human_name(names) == "Ana B. Test, MD"
    assert address({"line": ["5 ELM ROAD"], "city": "ANYTOWN", "state": "NJ", "postalCode": "08000"}) == (
        "5 Elm Road, Anytown, NJ 08000"
    )
    numbers = [{"system": "phone", "value": "1", "use": "home"}, {"system": "phone", "value": "2", "use": "work"}]
    assert phone(numbers) == "2"


def test_text_is_freed_of_controls_and_cut() -> None:
    assert line(" a\u202eb\x00 \n c ") == "ab c"
    assert len(line("x" * 10_000)) == 300
    assert paragraph("a\r\n\r\n\r\n\r\nb\x07") == "a\n\nb"


def test_vaccines_by_disease() -> None:
    assert diseases(codes_of(concept(CVX, "03"))) == ("Measles", "Mumps", "Rubella")
    assert diseases(codes_of(concept(CVX, "99999"))) == ()
