"""How far a parent's access reaches as a child grows up (product.md §4). Pure."""

from datetime import date

from portal.domain.people import ProxyChoice

ADULT = 18


_NARROWED = frozenset({ProxyChoice.CONFIDENTIAL, ProxyChoice.SHARE})


def choices_at(
    choices: frozenset[ProxyChoice], *, birth_date: str, granted_on: date, today: date, teen_age: int
) -> frozenset[ProxyChoice] | None:
    """Return what is left of a grant ``today``; None when it has ended.

    A grant over a child (given before the 18th birthday) leaves out confidential items from ``teen_age`` on, and ends
    on the 18th birthday. What was granted for an adult has no age. A birth date (FHIR ``date``) of which only a year or
    a month is known counts from its first day, so that access ends rather too early than too late.
    """
    born = _first_day(birth_date)
    if born is None or granted_on >= _birthday(born, ADULT):
        return choices
    if today >= _birthday(born, ADULT):
        return None
    return choices - _NARROWED if today >= _birthday(born, teen_age) else choices


def boundary(*, birth_date: str, granted_on: date, today: date, teen_age: int) -> tuple[date, int] | None:
    """Return the next birthday at which a grant over a child narrows or ends, and the age then; None without one."""
    born = _first_day(birth_date)
    if born is None or granted_on >= _birthday(born, ADULT):
        return None
    ahead = [(_birthday(born, age), age) for age in sorted({teen_age, ADULT}) if _birthday(born, age) > today]
    return ahead[0] if ahead else None


def is_younger(*, birth_date: str, age: int, today: date) -> bool:
    """Tell whether somebody has not reached an age yet; of whom no birth date is known it is not told."""
    born = _first_day(birth_date)
    return born is not None and today < _birthday(born, age)


def _first_day(birth_date: str) -> date | None:
    try:
        return date.fromisoformat(birth_date + "-01-01" if len(birth_date) < 7 else (birth_date + "-01")[:10])
    except ValueError:
        return None


def _birthday(born: date, age: int) -> date:
    """Return the day someone becomes ``age``; born on 29 February, in other years on 1 March."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)
