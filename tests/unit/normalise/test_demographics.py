"""A Patient resource as demographics."""

from portal.domain.people import HumanName, Identifier, Person
from portal.normalise.demographics import person_of

V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"


def test_a_name_in_one_piece_is_taken_where_there_are_no_parts() -> None:
    names = [
        {"text": "Jane Q. Miller", "period": {"end": "2020-05"}},
        {"text": "Jane Miller", "family": "Miller", "given": ["Jane"], "use": "official"},
        {"use": "old"},
    ]
    person = person_of({"name": names})
    assert person.names == (
        HumanName(text="Jane Q. Miller", end="2020-05"),
        HumanName("Miller", ("Jane",), use="official"),
    )
    assert Person(names=person.names[:1]).display == "Jane Q. Miller"


def test_identifiers_with_their_type_use_and_end() -> None:
    codings = [{"system": "urn:local", "code": "X1"}, {"system": V2, "code": "SS"}]
    identifiers = [
        {"value": "1", "type": {"coding": codings}, "use": "old", "period": {"end": "2020-01-01T10:00:00Z"}},
        {"value": "2", "system": "urn:mrn", "type": {"coding": [{"code": "MR"}]}},
        {"value": "3", "type": {"text": "anything"}},
        {"system": "urn:none"},
    ]
    assert person_of({"identifier": identifiers}).identifiers == (
        Identifier(value="1", type="SS", use="old", end="2020-01-01"),
        Identifier("urn:mrn", "2", "MR"),
        Identifier(value="3"),
    )


def test_death_and_place_among_twins() -> None:
    dead = person_of({"deceasedDateTime": "2020-01-01T10:00:00Z", "multipleBirthInteger": 2})
    assert (dead.deceased, dead.deceased_on, dead.birth_order) == (True, "2020-01-01", 2)
    assert person_of({"deceasedBoolean": True}) == Person(deceased=True)
    assert person_of({"deceasedBoolean": False, "multipleBirthBoolean": True}) == Person()
