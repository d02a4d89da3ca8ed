"""Who the stories are about, and who works where. All invented; phone numbers are of the range kept for fiction."""

from dataclasses import replace
from datetime import date

from portal.demo import network
from portal.demo.stories.site import Doctor, Patient, Site


def _born(today: date, years: int, month: int, day: int) -> str:
    """Return a birth date that makes a person ``years`` old today."""
    year = today.year - years - ((today.month, today.day) < (month, day))
    return date(year, month, day).isoformat()


def maria(today: date) -> Patient:
    return Patient(
        id="maria",
        given=("Maria", "Elena"),
        family="Alvarez",
        sex="female",
        born=_born(today, 46, 3, 14),
        line="22 Linden Street",
        city="Camden",
        postal_code="08102",
        phone="(856) 555-0144",
        email="maria.alvarez@example.com",
    )


def leo(today: date) -> Patient:
    return Patient(
        id="leo",
        given=("Leo", "Mateo"),
        family="Alvarez",
        sex="male",
        born=_born(today, 9, 6, 2),
        line="22 Linden Street",
        city="Camden",
        postal_code="08102",
        phone="(856) 555-0144",
    )


def rosa(today: date) -> Patient:
    return Patient(
        id="rosa",
        given=("Rosa", "Isabel"),
        family="Alvarez",
        sex="female",
        born=_born(today, 78, 11, 9),
        line="140 Haddon Avenue",
        city="Collingswood",
        postal_code="08108",
        phone="(856) 555-0172",
        language="es",
    )


def mia(today: date) -> Patient:
    return Patient(
        id="mia",
        given=("Mia",),
        family="Chen",
        sex="female",
        born=_born(today, 15, 5, 17),
        line="7 Cooper River Drive",
        city="Pennsauken",
        postal_code="08109",
        phone="(856) 555-0155",
    )


def james(today: date) -> Patient:
    return Patient(
        id="james",
        given=("James",),
        family="Chen",
        sex="male",
        born=_born(today, 58, 8, 21),
        line="7 Cooper River Drive",
        city="Pennsauken",
        postal_code="08109",
        phone="(856) 555-0186",
        email="james.chen@example.com",
    )


def walter(today: date) -> Patient:
    return Patient(
        id="walter",
        given=("Walter", "Amos"),
        family="Green",
        sex="male",
        born=_born(today, 67, 1, 23),
        line="18 Ferry Avenue",
        city="Camden",
        postal_code="08104",
        phone="(856) 555-0191",
    )


def walt(today: date) -> Patient:
    """Return the same person as he was taken down a second time, in a hurry."""
    return replace(walter(today), id="walt", given=("Walt",), line="18 Ferry Ave Apt 2")


_STAFF = {
    "mycooper": (
        Doctor("okafor", "Adaeze", "Okafor", "primary care"),
        Doctor("feldman", "Ruth", "Feldman", "pediatrics"),
        Doctor("lindqvist", "Per", "Lindqvist", "urology"),
    ),
    "riverbend": (
        Doctor("marsh", "Daniel", "Marsh", "orthopedics"),
        Doctor("nair", "Priya", "Nair", "endocrinology"),
        Doctor("owen", "Gareth", "Owen", "cardiology"),
    ),
    "oldmill": (Doctor("whitaker", "Helen", "Whitaker", "primary care"),),
    "shoreline": (Doctor("brandt", "Jonas", "Brandt", "laboratory medicine"),),
    "pinelands": (Doctor("sato", "Kenji", "Sato", "cardiology"),),
    "lakeside": (Doctor("moreau", "Claire", "Moreau", "pediatrics"),),
    "gardenstate": (),
}


def site(key: str, today: date) -> Site:
    """Return the organization with this key, without patients."""
    return Site(network.BY_KEY[key], _STAFF[key], today)
