"""Odd values in every field of every kind of entry: each page answers, one bad row harms only itself.

One record of them each time; ``make odd-values`` makes more.
"""

import os
import random
import string
import typing
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.domain import entry as e
from portal.domain.entry import Entry, Status
from portal.domain.listing import listed_as
from portal.domain.sections import Section
from portal.normalise import carries_entry, to_entry
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store import Tx
from portal.store.records import grouping
from portal.store.schema.records import entry as entries
from portal.web.health import lines
from tests.factories.record import A1C, Linked, Resource, allergy, appointment, laboratory, link
from tests.factories.world import TestUser
from tests.fakes import data
from tests.integration.web.html import check_page, get

_DATES = (
    *("2020", "2020-02", "2020-02-29", "0001-01-01", "9999-12-31", "9999", "0000", "2020-13-45", "yesterday", ""),
    *("2014-09-12T01:30:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+14:00"),
    *("2016-12-31T23:59:60Z", "2030-01-01T10:00:00.123456789012-05:00", "2030-01-01T24:00:00Z", "2" * 300),
)
_NUMBERS = (
    *("0", "-0", "7.0", "1E+30", "1E-400", "1E+400", "1e999999999", "9" * 400, "-1.5e-3", "NaN", "Infinity", "sNaN"),
    *("<5", "", "1_000", "\u0661\u0662", "0x10", "1,5", "." * 40),
)
_TEXTS = (
    *("", " ", "x" * 30_000, "<script>alert(1)</script>", "{{ 7*7 }}", "%(num)s %s %", "\u0627\u0628 mg"),
    *("\U0001f469\u200d\U0001f52c", "a\nb\r\nc", "unknown", "&amp;", "'\"", "high", "refuted", "H"),
)
_SIZES = (0, -1, 1, 10**30, 10**400)


def odd(kind: Any, name: str, pick: random.Random) -> Any:
    """Return a value of a type with something odd in it."""
    origin, args = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return tuple(odd(args[0], name, pick) for _ in range(pick.choice((0, 1, 1, 2, 40))))
    if origin is dict:
        return {"frequency": odd_text(name, pick), "period": pick.choice(_NUMBERS)}
    if args:
        return odd(pick.choice(args), name, pick)
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        hints = typing.get_type_hints(kind, vars(e) | {"Attachment": e.Attachment})
        return kind(**{field: odd(hints[field], field, pick) for field in kind.__struct_fields__})
    if isinstance(kind, type) and issubclass(kind, Status | e.Absence):
        return pick.choice(list(kind))
    plain = {bool: (True, False, False), int: _SIZES, type(None): (None,)}
    return pick.choice(plain[kind]) if kind in plain else odd_text(name, pick)


def odd_text(name: str, pick: random.Random) -> str:
    if name in ("start", "end", "recorded", "when", "issued", "expires", "manufactured"):
        return pick.choice(_DATES)
    if name == "value":
        return pick.choice(_NUMBERS)
    return pick.choice(_TEXTS) or "".join(pick.choices(string.printable[:-5], k=pick.randrange(40)))


def odd_entry(section: Section, detail: type[e.Detail], pick: random.Random) -> Entry:
    hints = typing.get_type_hints(Entry, vars(e))
    values = {field: odd(hints[field], field, pick) for field in Entry.__struct_fields__ if field != "section"}
    fields = values | {"detail": odd(detail, "detail", pick), "title": pick.choice(_TEXTS), "section": section}
    if pick.random() < 0.7:
        fields |= {"unsafe": (), "absence": None}
    return Entry(**fields)


def _kinds() -> Iterator[tuple[Section, type[e.Detail]]]:
    record = data.people()
    by_reference = {f"{resource['resourceType']}/{resource['id']}": resource for resource in record}
    for resource in record:
        if carries_entry(resource["resourceType"]):
            entry = to_entry(resource, by_reference.get)
            yield entry.section, type(entry.detail)


_KINDS = tuple(dict.fromkeys(_kinds()))


def replace_all(tx: Tx, person_id: str, pick: random.Random) -> Iterator[tuple[Section, str]]:
    """Put odd entries in the place of the stored ones, a section each, as if normalising had made them."""
    stored = list(tx.conn.execute(select(entries.c.id).where(entries.c.person_id == person_id).order_by(entries.c.id)))
    grouping.withdraw(tx, entry_ids=[row.id for row in stored])
    for index, (entry_id,) in enumerate(stored):
        section, kind = _KINDS[index % len(_KINDS)]
        entry = odd_entry(section, kind, pick)
        body = tx.seal(entry, row=f"entry.body:{entry_id}")
        status = Status.ACTIVE if listed_as(entry) is Status.ENTERED_IN_ERROR else listed_as(entry)
        values = {"body": body, "section": section.value, "status": status.value, "grouped": False}
        tx.conn.execute(update(entries).where(entries.c.id == entry_id).values(**values))
        yield section, entry_id
    for section in Section:
        grouping.regroup_all(tx, person_id=person_id, section=section)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(int(os.environ.get("ODD_EXAMPLES", "1"))))
def test_every_page_answers(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked, seed: int
) -> None:
    more: list[Resource] = [laboratory(f"x{n}", A1C, n, "%", when=f"2020-01-{n + 1:02}") for n in range(20)]
    link(services, ana, name="Old Mill", resources=[*more, allergy("a", "1", "Peanut", "Hives")])
    with services.db.transaction() as tx:
        assert ana.person_id
        placed = list(replace_all(tx, ana.person_id, random.Random(seed)))
    get(signed, "/")
    for section in Section:
        if section is Section.MESSAGES:
            check_page(get(signed, "/messages"), our_words=False)
            continue
        check_page(get(signed, f"/health/{section.value}?source="), our_words=False)
        get(signed, f"/health/{section.value}/from/{riverbend.link_id}")
        get(signed, f"/health/{section.value}?source=&q=x&since=2001-01-01")
    for address in ("/health", "/health/summary", "/health/search?q=x", "/health/new", "/health/not-shown"):
        get(signed, address)
    for section, entry_id in placed:
        page = signed.get(f"/health/{section.value}/{entry_id}")
        assert page.status_code in (200, 404)
        for part in ("trend", "calendar.ics", "correction", "file/0"):
            assert signed.get(f"/health/{section.value}/{entry_id}/{part}").status_code < 500


def test_a_row_that_cannot_be_drawn_says_so_with_its_text(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(entry: Entry, _detail: e.Allergy) -> lines.Line:
        raise ArithmeticError(entry.title)

    monkeypatch.setitem(typing.cast(dict[Any, Any], lines._LINES), e.Allergy, broken)
    for address in ("/health/allergies", "/health/summary", "/health/search?q=penicillin"):
        words = " ".join("".join(check_page(get(signed, address)).itertext()).split())
        assert "This item could not be shown as usual" in words, address
        assert "Trouble breathing" in words, "the original text is there"


def test_a_visit_of_the_last_year_is_no_calendar_entry(signed: FlaskClient, services: Services, ana: TestUser) -> None:
    ingest(
        services.db,
        person_id=ana.person_id,
        source="home",
        resources=[appointment("p", "Far", "9999-12-31T23:50:00Z", "9999-12-31T23:59:00Z")],
    )
    tree = check_page(get(signed, "/health/visits"))
    href = tree.find(".//*[@data-entry]").find(".//a").get("href")
    get(signed, href)
    get(signed, f"{href}/calendar.ics", status=404)


def test_a_stored_entry_that_cannot_be_read_is_one_row_that_says_so(
    signed: FlaskClient, services: Services, ana: TestUser, riverbend: Linked
) -> None:
    """Written by a newer version, or damaged: the others of its section, of home and of the search are shown."""
    with services.db.transaction() as tx:
        mine = (entries.c.person_id == ana.person_id, entries.c.section == Section.ALLERGIES)
        broken = tx.conn.execute(select(entries.c.id).where(*mine).order_by(entries.c.id)).scalars().first()
        body = tx.seal({"section": "allergies", "title": 7}, row=f"entry.body:{broken}")
        tx.conn.execute(update(entries).where(entries.c.id == broken).values(body=body))
    for address in ("/", "/health/summary", "/health/search?q=allergy", f"/health/allergies/{broken}"):
        check_page(get(signed, address))
    words = " ".join("".join(check_page(get(signed, "/health/allergies")).itertext()).split())
    assert "Item without a title" in words
    assert "Allergy to" in words
