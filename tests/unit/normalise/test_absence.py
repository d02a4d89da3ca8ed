"""Documented absence, by code and by words in both languages, with its scope; and what only looks like it."""

import json
from pathlib import Path

import pytest

from portal.domain.entry import Absence
from portal.domain.sections import Section
from portal.normalise import to_entry
from portal.normalise.absence import absence_of
from portal.normalise.context import nothing
from tests.unit.normalise.samples import SNOMED, concept, others, sample

IPS = "http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips"
NULL = "http://terminology.hl7.org/CodeSystem/v3-NullFlavor"
ABSENT = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


def test_the_reported_ones() -> None:
    text = (Path(__file__).parents[2] / "field_cases" / "no-known-allergy-in-words.json").read_text()
    entries = [to_entry(part["resource"], nothing) for part in json.loads(text)["entry"][1:]]
    assert [(entry.title, entry.absence, entry.scope) for entry in entries] == [
        ("No known latex allergy", Absence.NONE, "latex"),
        ("NKDA", Absence.NONE, "drug"),
        ("No Known Allergies", Absence.NONE, "all"),
        ("C33 Control: Bee venom", None, ""),
    ]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("No Known Allergies", "all"),
        ("no known allergies (NKA)", "all"),
        ("NKA", "all"),
        ("N.K.", ""),
        ("Patient has no known allergies.", "all"),
        ("No known allergy (situation)", "all"),
        ("nkda", "drug"),
        ("No Known Drug Allergies (NKDA)", "drug"),
        ("No Known Medication Allergies", "drug"),
        ("no known allergies to medications", "drug"),
        ("Denies any drug allergies", "drug"),
        ("No known food allergies", "food"),
        ("NKFA", "food"),
        ("No known allergy to latex", "latex"),
        ("No known environmental allergy", "environment"),
        ("No seasonal allergies", "environment"),
        ("No known allergy to contrast", "contrast"),
        ("No known animal allergies", "animal"),
        ("No known insect allergy", "insect"),
        ("No known drug or food allergies", "drug food"),
        ("No adverse drug reactions", "drug"),
        ("Sin alergias conocidas", "all"),
        ("No se conocen alergias", "all"),
        ("Niega alergias medicamentosas", "drug"),
        ("Ninguna alergia conocida", "all"),
        ("Sin alergias a medicamentos conocidas", "drug"),
        ("Sin alergias alimentarias", "food"),
        ("Sin alergia conocida al látex", "latex"),
        ("No conocidas alergias a medicamentos", "drug"),
        ("Paciente niega alergias", "all"),
        ("No tiene alergias conocidas a medicamentos", "drug"),
        ("No se le conocen alergias", "all"),
        ("No reporta alergias a medicamentos", "drug"),
        ("No es alérgica a ningún medicamento", "drug"),
        ("No padece de alergias", "all"),
        ("Alergias: ninguna conocida", "all"),
        ("Alergias medicamentosas no conocidas", "drug"),
        ("Alergias a medicamentos: niega", "drug"),
        ("Allergies: None", "all"),
        ("Drug allergies - none known", "drug"),
        ("Allergies: No known drug allergies", "drug"),
        ("Allergies - NKA", "all"),
    ],
)
def test_none_in_words(text: str, scope: str) -> None:
    expected = (Absence.NONE, scope) if scope else (None, "")
    assert absence_of({"text": text}, Section.ALLERGIES) == expected
    assert absence_of(concept("urn:own", "1", text), Section.ALLERGIES) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Penicillin",
        "Nut allergy",
        "No allergy to penicillin",
        "No known allergies except penicillin",
        "Notre Dame mold",
        "Nonoxynol allergy",
        "Sinusitis",
        "Alergia a la penicilina",
        "No known problems",
        "",
        "Known allergies",
        "Alergia a medicamento no conocido",
        "Alergias a medicinas no conocidas",
        "Alergia desconocida",
        "Alergias: penicilina",
        "Alergias: no tolera ibuprofeno",
        "Allergies: none to penicillin",
        "Alergias: ninguna conocida excepto polen",
        "No es alérgico a la penicilina",
        "Allergy: no known trigger",
        "No es alergia",
    ],
)
def test_things_are_things(text: str) -> None:
    assert absence_of({"text": text}, Section.ALLERGIES) == (None, "")


@pytest.mark.parametrize(
    ("text", "absence"),
    [
        ("Not on file", Absence.NOT_ASKED),
        ("Allergies not asked", Absence.NOT_ASKED),
        ("Not reviewed", Absence.NOT_ASKED),
        ("No se preguntó", Absence.NOT_ASKED),
        ("Unknown", Absence.UNKNOWN),
        ("Allergies unknown", Absence.UNKNOWN),
        ("Unable to assess", Absence.UNKNOWN),
        ("Se desconoce", Absence.UNKNOWN),
        ("No allergies on file", Absence.UNKNOWN),
        ("No hay alergias documentadas", Absence.UNKNOWN),
    ],
)
def test_not_asked_and_not_known_are_not_none(text: str, absence: Absence) -> None:
    assert absence_of({"text": text}, Section.ALLERGIES) == (absence, "all")


@pytest.mark.parametrize(
    ("system", "code", "expected"),
    [
        (SNOMED, "716186003", (Absence.NONE, "all")),
        (SNOMED, "409137002", (Absence.NONE, "drug")),
        (SNOMED, "429625007", (Absence.NONE, "food")),
        (SNOMED, "428607008", (Absence.NONE, "environment")),
        (SNOMED, "1003774007", (Absence.NONE, "latex")),
        (SNOMED, "1631000175102", (Absence.NOT_ASKED, "all")),
        (IPS, "no-known-allergies", (Absence.NONE, "all")),
        (IPS, "no-known-medication-allergies", (Absence.NONE, "drug")),
        (IPS, "no-known-food-allergies", (Absence.NONE, "food")),
        (IPS, "no-allergy-info", (Absence.NOT_ASKED, "all")),
        (NULL, "NASK", (Absence.NOT_ASKED, "all")),
        (NULL, "UNK", (Absence.UNKNOWN, "all")),
        (ABSENT, "not-asked", (Absence.NOT_ASKED, "all")),
        (ABSENT, "asked-declined", (Absence.UNKNOWN, "all")),
        (NULL, "NINF", (None, "")),
        ("urn:own", "NKDA", (Absence.NONE, "drug")),
        ("urn:own", "NKA", (Absence.NONE, "all")),
        ("urn:own", "716186003", (None, "")),
        ("urn:own", "X", (None, "")),
    ],
)
def test_codes(system: str, code: str, expected: tuple[Absence | None, str]) -> None:
    assert absence_of(concept(system, code), Section.ALLERGIES) == expected


def test_words_beside_a_null_flavor_are_a_thing() -> None:
    assert absence_of(concept(NULL, "UNK", text="Strawberries"), Section.ALLERGIES) == (None, "")


@pytest.mark.parametrize(
    ("section", "text", "is_none"),
    [
        (Section.HEALTH_ISSUES, "No known problems", True),
        (Section.HEALTH_ISSUES, "No active problems", True),
        (Section.HEALTH_ISSUES, "No current medications", False),
        (Section.MEDICATIONS, "No current medications", True),
        (Section.HEALTH_ISSUES, "No history of problems with anesthesia", False),
        (Section.HEALTH_ISSUES, "Unknown", False),
        (Section.HEALTH_ISSUES, "NKDA", False),
        (Section.PROCEDURES, "No known surgeries", True),
        (Section.IMPLANTS, "No known implants", True),
        (Section.IMMUNIZATIONS, "No known immunizations", True),
        (Section.VISITS, "No known allergies", False),
    ],
)
def test_each_section_has_its_own_things(section: Section, text: str, is_none: bool) -> None:
    assert absence_of({"text": text}, section) == ((Absence.NONE, "all") if is_none else (None, ""))


@pytest.mark.parametrize(
    ("kind", "element", "code", "title"),
    [
        ("AllergyIntolerance", "code", "no-known-allergies", "No known allergies"),
        ("AllergyIntolerance", "code", "no-known-food-allergies", "No known food allergies"),
        ("AllergyIntolerance", "code", "no-allergy-info", "No information about allergies"),
        ("Condition", "code", "no-known-problems", "No known health issues"),
        ("Condition", "code", "no-problem-info", "No information about health issues"),
        ("MedicationStatement", "medicationCodeableConcept", "no-known-medications", "No known medications"),
        ("Procedure", "code", "no-known-procedures", "No known procedures"),
        ("Procedure", "code", "no-procedure-info", "No information about procedures"),
        ("Device", "type", "no-known-devices", "No known implants"),
        ("Immunization", "vaccineCode", "no-known-immunizations", "No known immunizations"),
    ],
)
def test_a_code_alone_has_words(kind: str, element: str, code: str, title: str) -> None:
    changes = {element: concept(IPS, code)} | (
        {"medicationReference": None, "contained": None} if element[0] == "m" else {}
    )
    entry = to_entry(sample(kind, reaction=None, **changes), others)
    if code.startswith("no-known"):
        assert (entry.title, entry.absence) == (title, Absence.NONE)
        assert entry.scope == ("food" if "food" in code else "all")
    else:
        # The words of IPS for "no information" are codes only.
        assert entry.absence is Absence.NOT_ASKED
        assert title.startswith("No information")
        assert entry.title


def test_an_unknown_medicine_is_no_absence_of_medicines() -> None:
    reference = {"reference": "Medication/1", "display": "Aspirin"}
    unknown = concept(ABSENT, "unknown")
    order = sample("MedicationRequest", medicationCodeableConcept=unknown, medicationReference=reference)
    assert to_entry(order, nothing).title == "Aspirin"


def test_who_was_not_asked_is_marked() -> None:
    entry = to_entry(sample("AllergyIntolerance", code=concept(NULL, "NASK"), reaction=None), others)
    assert entry.qualifiers == ("Not asked",)
    entry = to_entry(sample("AllergyIntolerance", code={"text": "Unknown"}, reaction=None), others)
    assert (entry.qualifiers, entry.title) == (("Not known",), "Unknown")
