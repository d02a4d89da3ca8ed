"""Clinicians' names, roles and places in two wordings."""

import pytest

from portal.merge.words.people import may_be_called, middle_initials, person
from portal.merge.words.roles import role
from portal.refresh.compare import compare


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Ana Ruiz, MD, FRCPC", "RUIZ, ANA"),
        ("Ruiz MD, Ana", "Dr. Ana Ruiz"),
        ("Ana Ruiz (she/her), MBBS, FACC", "Ana Ruiz"),
        ("Kate O'Neil, FNP-BC", "Kate ONeil NP"),
        ("Jane Smith CNP", "Smith, Jane APRN"),
    ],
)
def test_titles_and_order_do_not_count(left: str, right: str) -> None:
    assert person(left) == person(right)


def test_a_short_form_names_the_same_person() -> None:
    assert may_be_called(person("Bob Hill, MD"), person("Robert Hill, M.D."))
    assert may_be_called(person("Hill, Bill"), person("William Hill"))
    assert not may_be_called(person("Mario Lopez"), person("Maria Lopez"))
    assert not may_be_called(person("Bob Hill"), person("Robert Hall"))
    assert not may_be_called(person("Kate Hill, NP"), person("Kate Hill, RN"))


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Cardiology", "Cardiologist"),
        ("OB/GYN", "Obstetrics & Gynecology"),
        ("PCP - General", "Médico de cabecera"),
        ("Registered Dietitian", "Nutritionist"),
        ("Heart doctor", "Cardiologist"),
        ("M\u00e9dico primario", "Primary Care Provider"),
        ("OB/GYN obstetrician", "Obstetrician"),
        ("Enfermera graduada", "Registered nurse"),
        ("Manejadora de caso", "Case manager"),
    ],
)
def test_one_role_in_two_wordings(left: str, right: str) -> None:
    assert role(left) == role(right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Nurse", "Nurse practitioner"),
        ("Cardiologist", "Cardiac surgeon"),
        ("Oncologist", "Surgical oncology"),
        ("Psychologist", "Psychiatrist"),
        ("Optometrist", "Ophthalmologist"),
        ("Case manager", "Care manager"),
        ("Eye doctor", "Ophthalmologist"),  # or an optometrist
        ("Asistente médico", "Physician assistant"),  # or a medical assistant
        ("Enfermera especialista", "Nurse practitioner"),
    ],
)
def test_two_roles_stay_two(left: str, right: str) -> None:
    assert role(left) != role(right)


@pytest.mark.parametrize(
    "name", ["García López, María", "Dr. Maria Garcia-Lopez", "María García López", "Garcia Lopez, Maria MD"]
)
def test_two_family_names_in_any_order_are_one_person(name: str) -> None:
    assert person(name) == "lopez maria"
    assert middle_initials(name) == "lopez maria:g"


@pytest.mark.parametrize("name", ["Ann Lee, Cardiology", "Ann Lee, Family Medicine", "Ann Lee, MD"])
def test_a_field_behind_a_name_is_no_forename(name: str) -> None:
    assert person(name) == "lee ann"


@pytest.mark.parametrize(("short", "long"), [("RN case mgr", "Case manager"), ("Care coord", "Care coordinator")])
def test_roles_in_short(short: str, long: str) -> None:
    assert role(short) == role(long)


@pytest.mark.parametrize(
    ("note", "over"),
    [
        ("Dr. Shah left practice; Park covers", False),
        ("Dr. Park left the practice", True),
        ("Retired", True),
    ],
)
def test_who_else_left_does_not_end_a_member(note: str, over: bool) -> None:
    team = {
        "resourceType": "CareTeam",
        "status": "active",
        "participant": [
            {"role": [{"text": "GI"}], "member": {"display": "Park, M MD"}, "onBehalfOf": {"display": "Lakeside GI"}}
        ],
    }
    verdict = compare(team, team | {"note": [{"text": note}]})
    assert verdict.verdict == "same"
    assert ("status" in {each.field for each in verdict.disagreements}) is over


@pytest.mark.parametrize("number", ["1234567893", ""])
def test_a_number_in_a_reference_alone_joins_a_member_of_a_care_team(number: str) -> None:
    sides = []
    for name in ("Maria Santos, MD", "SANTOS, MARIA"):
        told = {"identifier": {"system": "http://hl7.org/fhir/sid/us-npi", "value": number}} if number else {}
        member = {"role": [{"text": "PCP"}], "member": {"display": name, **told}}
        sides.append({"resourceType": "CareTeam", "status": "active", "participant": [member]})
    assert compare(*sides).verdict == ("same" if number else "different")
