"""Persons: the subjects of records. Demographics are sealed; what finds a person are keyed hashes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from portal.domain.ids import new_id
from portal.domain.people import Person
from portal.identity import lookup
from portal.identity.combining import combined
from portal.identity.names import names_of
from portal.store.engine.database import Tx
from portal.store.schema.access import former_person, person, person_token

_PLACE, _FORMER_PLACE = "person.fhir_id", "former_person.fhir_id"  # for which their FHIR ids are sealed


@dataclass(frozen=True, slots=True)
class StoredPerson:
    id: str
    fhir_id: str | None
    demographics: Person
    share_matches: bool


def put_home_patient(tx: Tx, *, fhir_id: str, demographics: Person) -> str:
    """Create or refresh the person of the home chart's Patient ``fhir_id``, and return the person's id.

    Of who was merged into somebody the id of that person is returned, who stays as they are.
    """
    stored_id = _with_fhir_id(tx, fhir_id)
    if stored_id is None and (into := _merged_into(tx, fhir_id)):
        return into
    person_id = stored_id or new_id()
    demographics = combined(demographics, former(tx, person_id=person_id) if stored_id else ())
    values = {"data": tx.seal(demographics, row=f"person.data:{person_id}", person_id=person_id), "updated_at": tx.now}
    if stored_id:
        tx.conn.execute(update(person).where(person.c.id == person_id).values(values))
    else:
        values |= {"id": person_id, "fhir_id": tx.vault.seal_id(fhir_id, place=_PLACE), "created_at": tx.now}
        tx.conn.execute(insert(person).values(values))
    _put_tokens(tx, person_id, demographics)
    return person_id


def absorb(tx: Tx, *, person_id: str, other: StoredPerson) -> None:
    """Keep who ``other`` was beside a person who is the same: found by the names and numbers of both."""
    sealed = tx.seal(other.demographics, row=f"former_person.data:{other.id}", person_id=person_id)
    values = {"id": other.id, "person_id": person_id, "data": sealed, "merged_at": tx.now}
    values |= {"fhir_id": other.fhir_id and tx.vault.seal_id(other.fhir_id, place=_FORMER_PLACE)}
    tx.conn.execute(insert(former_person).values(values))
    stored = by_id(tx, person_id=person_id)
    if stored is not None:
        both = combined(stored.demographics, (other.demographics,))
        sealed = tx.seal(both, row=f"person.data:{person_id}", person_id=person_id)
        tx.conn.execute(update(person).where(person.c.id == person_id).values(data=sealed, updated_at=tx.now))
        _put_tokens(tx, person_id, both)


def former(tx: Tx, *, person_id: str) -> tuple[Person, ...]:
    """Return who was merged into a person, the first one first."""
    c = former_person.c
    rows = tx.conn.execute(select(c.id, c.data).where(c.person_id == person_id).order_by(c.merged_at, c.id))
    return tuple(tx.unseal(row.data, Person, row=f"former_person.data:{row.id}") for row in rows)


def _merged_into(tx: Tx, fhir_id: str) -> str | None:
    c = former_person.c
    ids = tx.vault.ids(fhir_id, place=_FORMER_PLACE)
    return tx.conn.execute(select(c.person_id).where(c.fhir_id.in_(ids))).scalar()


def _with_fhir_id(tx: Tx, fhir_id: str) -> str | None:
    ids = tx.vault.ids(fhir_id, place=_PLACE)
    return tx.conn.execute(select(person.c.id).where(person.c.fhir_id.in_(ids))).scalar()


def rebuild_tokens(tx: Tx, *, limit: int) -> int:
    """Hash anew what people are found by, for those who were hashed by another version; return how many were."""
    query = select(person.c.id, person.c.data).where(person.c.folding != lookup.VERSION).limit(limit)
    rows = tx.conn.execute(query).all()
    for row in rows:
        _put_tokens(tx, row.id, tx.unseal(row.data, Person, row=f"person.data:{row.id}"))
    return len(rows)


def has_old_tokens(tx: Tx) -> bool:
    """Tell whether anybody is still hashed by another version of the folding."""
    query = select(person.c.id).where(person.c.folding != lookup.VERSION).limit(1)
    return tx.conn.execute(query).first() is not None


def keys_fit(tx: Tx) -> bool:
    """Tell whether this process's keys open and find somebody who is stored; True where nobody is.

    Raises:
        DecryptionError: what is stored does not open.
    """
    row = tx.conn.execute(select(person.c.id, person.c.data).limit(1)).first()
    if row is None:
        return True
    birth_date = tx.unseal(row.data, Person, row=f"person.data:{row.id}").birth_date
    of_birth = (person_token.c.person_id == row.id, person_token.c.kind == "birth-date")
    hashes = tx.conn.execute(select(person_token.c.hash).where(*of_birth)).scalars().all()
    return not birth_date or not hashes or tx.vault.hash("person.birth-date", birth_date) in hashes


def _put_tokens(tx: Tx, person_id: str, demographics: Person) -> None:
    rows = [
        {"person_id": person_id, "kind": kind, "hash": tx.vault.hash(f"person.{kind}", text)}
        for kind, text in sorted(lookup.tokens(demographics))
    ]
    tx.conn.execute(delete(person_token).where(person_token.c.person_id == person_id))
    if rows:
        tx.conn.execute(insert(person_token), rows)
    tx.conn.execute(update(person).where(person.c.id == person_id).values(folding=lookup.VERSION))


def by_id(tx: Tx, *, person_id: str) -> StoredPerson | None:
    row = tx.conn.execute(select(person).where(person.c.id == person_id)).one_or_none()
    return from_row(tx, row) if row is not None else None


def from_row(tx: Tx, row: Any) -> StoredPerson:
    """Return a row of ``person``."""
    data = tx.unseal(row.data, Person, row=f"person.data:{row.id}")
    return StoredPerson(row.id, opened_fhir_id(tx, row.fhir_id), data, row.share_matches)


def opened_fhir_id(tx: Tx, sealed: str | None) -> str | None:
    """Return what ``person.fhir_id`` holds: the id of the home chart's Patient, None for who is not in that."""
    return tx.vault.open_id(sealed, place=_PLACE) if sealed is not None else None


def set_share_matches(tx: Tx, *, person_id: str, share: bool) -> bool:
    """Set whether partners may be asked about this person, and may ask; False when that is so already."""
    done = tx.conn.execute(
        update(person)
        .where(person.c.id == person_id, person.c.share_matches != share)
        .values(share_matches=share, located_at=None)
    )
    return bool(done.rowcount)


_FHIR_ID = select(person.c.fhir_id).where(person.c.id == bindparam("id"))


def fhir_id_of(tx: Tx, *, person_id: str) -> str | None:
    """Return the id of the home chart's Patient, without opening the demographics."""
    return opened_fhir_id(tx, tx.conn.execute(_FHIR_ID, {"id": person_id}).scalar())


def by_fhir_id(tx: Tx, *, fhir_id: str) -> StoredPerson | None:
    """Return who has this Patient's id, or had it before a merge."""
    person_id = _with_fhir_id(tx, fhir_id) or _merged_into(tx, fhir_id)
    return by_id(tx, person_id=person_id) if person_id else None


def alike(tx: Tx, *, person: Person) -> list[StoredPerson]:
    """Return who has this birth date and one of these family and given names: candidates, not matches."""
    if not person.birth_date:
        return []
    names = names_of(person, today=tx.now.date())
    ids = with_token(tx, kind="birth-date", values=[person.birth_date])
    ids &= with_token(tx, kind="family", values=lookup.family_keys(names))
    ids &= with_token(tx, kind="given", values=lookup.given_keys(names))
    candidates = (by_id(tx, person_id=person_id) for person_id in sorted(ids))
    return [candidate for candidate in candidates if candidate is not None]


def with_token(tx: Tx, *, kind: str, values: Iterable[str]) -> frozenset[str]:
    """Return the ids of the people who have any of these values as their ``kind`` (``portal.identity.lookup``)."""
    hashes = [tx.vault.hash(f"person.{kind}", value) for value in values]
    query = select(person_token.c.person_id).where(person_token.c.kind == kind, person_token.c.hash.in_(hashes))
    return frozenset(tx.conn.execute(query).scalars())
