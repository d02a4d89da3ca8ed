"""Finding the person who stands at the desk, by two details that they tell. Nobody is listed."""

import re
from datetime import date

from portal.domain.people import HumanName, Person
from portal.store import Tx
from portal.store.people import people
from portal.store.people.people import StoredPerson

_BIRTH = re.compile(r"\d{1,2}[/.-]\d{1,2}[/.-]\d{4}")


def read_birth_date(text: str) -> str:
    """Return a birth date as ISO 8601, from "8/21/1968", "08211968" or "1968-08-21"; empty where it is none."""
    text = text.strip()
    if _BIRTH.fullmatch(text):
        month, day, year = re.split(r"[/.-]", text)
        text = f"{year}-{int(month):02}-{int(day):02}"
    elif re.fullmatch(r"\d{8}", text):
        text = f"{text[4:]}-{text[:2]}-{text[2:4]}"
    try:
        return date.fromisoformat(text).isoformat() if len(text) == len("1968-08-21") else ""
    except ValueError:
        return ""


def find(tx: Tx, *, birth_date: str, number: str = "", family: str = "", given: str = "") -> tuple[StoredPerson, ...]:
    """Return who has this birth date (ISO 8601) and this record number, or this last and first name.

    With a number and names, both must fit. Who asks shows nobody unless exactly one is returned.
    """
    if not birth_date or not (number or (family and given)):
        return ()
    if family and given:
        told = Person(names=(HumanName(family=family, given=tuple(given.split())),), birth_date=birth_date)
        matches = tuple(people.alike(tx, person=told))
    else:
        ids = sorted(people.with_token(tx, kind="birth-date", values=[birth_date]))
        stored = (people.by_id(tx, person_id=person_id) for person_id in ids)
        matches = tuple(person for person in stored if person is not None)
    return tuple(match for match in matches if not number or _plain(number) in record_numbers(match.demographics))


def record_numbers(person: Person) -> tuple[str, ...]:
    """Return the medical record numbers, without blanks and hyphens."""
    return tuple(_plain(identifier.value) for identifier in person.identifiers if identifier.type == "MR")


def _plain(number: str) -> str:
    return "".join(character for character in number.upper() if character.isalnum())
