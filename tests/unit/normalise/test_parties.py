"""Who and where: names, telephone numbers and addresses of people, places and devices, from whatever says them."""

from collections.abc import Mapping
from typing import Any

import pytest

from portal.domain.entry import CareTeam, Member
from portal.domain.people import Address
from portal.normalise import to_entry
from portal.normalise.context import Context
from portal.normalise.demographics import person_of
from portal.normalise.names import address, contacts, device_name, email, human_name, in_role, name_in, party, phone
from tests.unit.normalise.samples import SNOMED, concept, others, sample

_WAYS = [
    {"system": "email", "value": "old@x.example", "use": "old"},
    {"system": "email", "value": "home@x.example", "use": "home"},
    {"system": "email", "value": "work@x.example", "use": "work"},
    {"system": "phone", "value": "555-0001", "use": "old"},
    {"system": "phone", "value": "555-0002", "use": "mobile"},
    {"system": "fax", "value": "555-0003", "use": "work"},
    {"system": "phone", "value": "555-0004", "use": "work"},
]
_ROLES: dict[str, dict[str, Any]] = {
    "PractitionerRole/named": {
        "resourceType": "PractitionerRole",
        "practitioner": {"reference": "Practitioner/lee", "display": "DR. ITO"},
    },
    "PractitionerRole/place": {
        "resourceType": "PractitionerRole",
        "practitioner": {"reference": "Practitioner/gone"},
        "organization": {"reference": "Organization/clinic"},
        "telecom": _WAYS,
        "specialty": [concept(SNOMED, "394579002", "Cardiology (qualifier value)")],
        "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "1234567893"}],
    },
    "PractitionerRole/code": {"resourceType": "PractitionerRole", "code": [{"text": "Nurse"}, {"text": "Tutor"}]},
    "PractitionerRole/self": {
        "resourceType": "PractitionerRole",
        "practitioner": {"reference": "PractitionerRole/code"},
        "organization": {"reference": "Organization/desk"},
    },
    "Organization/desk": {"resourceType": "Organization", "name": "Desk"},
    "HealthcareService/eyes": {"resourceType": "HealthcareService", "name": "EYE CLINIC"},
    "Group/g": {"resourceType": "Group", "name": [{"text": "Walkers"}]},
    "Practitioner/npi": {
        "resourceType": "Practitioner",
        "name": [{"text": "Dr. Ada Roe"}],
        "identifier": [{"system": "urn:own", "value": "1999999999"}, {"value": "2999999999"}],
        "telecom": _WAYS,
    },
}


def lookup(reference: str, /) -> Mapping[str, Any] | None:
    return _ROLES.get(reference) or others(reference)


CONTEXT = Context({}, lookup)


@pytest.mark.parametrize(
    ("reference", "name"),
    [
        ("Practitioner/lee", "Dr. Kim Lee"),
        ("PractitionerRole/lee-gp", "Dr. Kim Lee"),
        ("PractitionerRole/named", "Dr. Ito"),
        ("PractitionerRole/place", "Harbor Street Clinic"),
        ("PractitionerRole/code", "Nurse; Tutor"),
        ("PractitionerRole/self", "Nurse; Tutor"),
        ("Organization/clinic", "Harbor Street Clinic"),
        ("HealthcareService/eyes", "Eye Clinic"),
        ("Group/g", "Walkers"),
        ("Practitioner/gone", ""),
    ],
)
def test_the_name_of_what_a_reference_leads_to(reference: str, name: str) -> None:
    assert party({"reference": reference}, CONTEXT) == name
    assert party({"reference": reference, "display": "AS WRITTEN (person)"}, CONTEXT) == "As Written"
    target = CONTEXT.resolve({"reference": reference})
    assert (name_in(target) if target else "") == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ([{"prefix": ["Dr."], "given": ["Ana", "B."], "family": "Roe", "suffix": ["MD", "PhD"]}],
         "Dr. Ana B. Roe, MD PhD"),
        ([{"suffix": ["MD"]}], ""),
        ([{"family": "ROE"}], "ROE"),
        ([{"text": "ROE, JANE", "family": "Other"}], "Roe, Jane"),
        ([{"use": "official"}, {"use": "usual", "family": "Roe"}], "Roe"),
        ([{"use": "anonymous", "text": "X"}, {"use": "temp", "text": "Temp"}], "Temp"),
        ([{"family": ["Roe", "Ito"]}], "Roe Ito"),  # DSTU2
        ("JANE ROE", "Jane Roe"),
        ([], ""),
    ],
)  # fmt: skip
def test_names_of_people(written: object, name: str) -> None:
    assert human_name(written) == name


def test_whom_to_call_and_to_write_to() -> None:
    assert (phone(_WAYS), email(_WAYS)) == ("555-0004", "work@x.example")
    assert (phone(_WAYS[:5]), email(_WAYS[:2])) == ("555-0002", "home@x.example")
    assert (phone(_WAYS[:4]), email(_WAYS[:1])) == ("", "")
    assert phone([{"system": "phone", "use": "work"}, {"system": "phone", "value": "1"}]) == "1"
    assert len(phone([{"system": "phone", "value": "5" * 50}])) == 40
    assert len(email([{"system": "email", "value": "x" * 300}])) == 200
    assert contacts(_WAYS) == ("555-0002", "555-0004", "home@x.example", "work@x.example", "555-0003")


@pytest.mark.parametrize(
    ("postal", "shown"),
    [
        ({"text": "1 ELM ROAD, ANYTOWN"}, "1 Elm Road, Anytown"),
        ({"line": ["1 ELM ROAD", "FLOOR 2"], "city": "ANYTOWN"}, "1 Elm Road, Floor 2, Anytown"),
        ({"city": "Anytown", "postalCode": "08000"}, "Anytown, 08000"),
        ({"state": "NJ"}, "NJ"),
        ([{"line": "1 Elm Road"}, {"city": "Other"}], "1 Elm Road"),
        (None, ""),
    ],
)
def test_addresses_in_one_line(postal: object, shown: str) -> None:
    assert address(postal) == shown


@pytest.mark.parametrize(
    ("performer", "shown"),
    [
        ({"actor": {"display": "Dr. Ito"}}, ""),  # who it was stands elsewhere
        ({"actor": {"display": "Dr. Ito"}, "role": {"text": "Surgeon"}}, "Dr. Ito: Surgeon"),  # STU3
        ({"function": {"text": "Surgeon"}}, "Surgeon"),
        ({"actor": {"display": "Dr. Ito"}, "onBehalfOf": {"display": "North"}}, "North"),
    ],
)
def test_who_did_what_for_whom(performer: dict[str, Any], shown: str) -> None:
    assert in_role(performer, CONTEXT) == shown


def _named(*names: tuple[str, str]) -> list[dict[str, str]]:
    return [{"type": kind, "name": name} for kind, name in names]


@pytest.mark.parametrize(
    ("device", "name"),
    [
        ({"deviceName": _named(("user-friendly-name", "Pacer"), ("patient-reported-name", "MY PACER"))}, "My Pacer"),
        ({"deviceName": _named(("user-friendly-name", "H-2")), "modelNumber": "H-2", "type": {"text": "Hip"}}, "Hip"),
        ({"deviceName": _named(("udi-label-name", "")), "modelNumber": "H-2"}, "H-2"),
        ({"deviceName": _named(("udi-label-name", "ALPHA")), "modelNumber": "H-2"}, "Alpha"),
        ({"type": concept(SNOMED, "14106009", "Cardiac pacemaker, device (physical object)")}, "Cardiac pacemaker"),
        ({"type": concept(SNOMED, "1", "Implant"), "modelNumber": "H-2"}, "H-2"),
        ({"type": concept(SNOMED, "261665006", "Unknown (qualifier value)"), "modelNumber": "H-2"}, "H-2"),
        ({"type": {"text": "Medical device"}, "deviceName": _named(("other", "Alpha"))}, "Alpha"),
        ({"type": concept(SNOMED, "1", "Implant")}, "Implant"),
        ({"type": concept(SNOMED, "4711")}, "SNOMED CT 4711"),
        ({}, ""),
    ],
)
def test_names_of_devices(device: dict[str, Any], name: str) -> None:
    assert device_name(device) == name


def test_members_with_all_that_helps_to_reach_them() -> None:
    participants = [
        {"member": {"reference": "PractitionerRole/place"}},
        {"member": {"reference": "Practitioner/npi"}, "onBehalfOf": {"reference": "Organization/clinic"}},
        {"member": {"reference": "PractitionerRole/self"}, "role": [{"text": "Coach"}]},
        {"member": {"reference": "Patient/ana"}},
        {"member": {"reference": "https://x.example/fhir/Patient/2"}},
        {"member": {"reference": "Practitioner/gone"}},
        {"role": [concept(SNOMED, "224535009", "Registered nurse (occupation)"), {"text": "Driver"}]},
    ]
    team = to_entry(sample("CareTeam", participant=participants), lookup).detail
    assert isinstance(team, CareTeam)
    clinic = "Harbor Street Clinic"
    assert team.members == (
        Member(name=clinic, role="Cardiology", phone="555-0004", organization=clinic, identifier="1234567893",
               email="work@x.example"),
        Member(name="Dr. Ada Roe", phone="555-0004", organization=clinic, identifier="2999999999",
               email="work@x.example"),
        Member(name="Nurse; Tutor", role="Coach", organization="Desk"),
        Member(name="", role="Registered nurse; Driver"),
    )  # fmt: skip


def test_a_patient_with_addresses_and_languages() -> None:
    patient = {
        "gender": "Female",
        "birthDate": "1980-04-12T00:00:00Z",
        "telecom": _WAYS,
        "address": [
            {"line": ["1 Elm Road"], "city": "Anytown", "state": "NJ", "postalCode": "08000", "country": "US"},
            {"city": "Other"},
        ],
        "communication": [{"language": concept("urn:ietf:bcp:47", "es", "Spanish")}, {"language": concept("", "en")}],
        "name": [{"family": "Roe", "prefix": ["Ms."], "suffix": ["Jr."], "given": "Ana"}],
    }
    person = person_of(patient)
    assert (person.sex, person.birth_date, person.language) == ("female", "1980-04-12", "es")
    assert person.emails == ("old@x.example", "home@x.example", "work@x.example")
    assert person.phones == ("555-0001", "555-0002", "555-0004")
    assert person.addresses == (Address(("1 Elm Road",), "Anytown", "NJ", "08000", "US"), Address(city="Other"))
    (name,) = person.names
    assert (name.family, name.given, name.prefix, name.suffix) == ("Roe", ("Ana",), ("Ms.",), ("Jr.",))
    assert person_of({"gender": "x", "birthDate": "soon"}) == person_of({})
