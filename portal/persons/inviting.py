"""Letting many patients in at once, from a file: a code for each, for the first sign-in with their birth date."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from itertools import islice

from portal import audit
from portal.authentication import activation
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.domain.people import Role
from portal.store import Database, Tx
from portal.store.people import accounts, finding, people
from portal.store.people.people import StoredPerson

COLUMNS = ("name", "patient", "email")
_LONGEST = 254  # characters of a value, as many as an e-mail address may have
_MORE = ("number", "birth_date")
"""Columns for who is named by record number (MRN) and birth date instead of an id."""


@dataclass(frozen=True, slots=True)
class Invitee:
    """One line of a file: the user name, the patient's id (ours or the chart's), where they read e-mails.

    ``number`` and ``birth_date`` name the patient where there is no id; beside one, they have to fit.
    """

    name: str
    patient: str
    email: str
    number: str = ""
    birth_date: str = ""


@dataclass(frozen=True, slots=True)
class InvitationLine:
    """What became of a line: the ``code``, or the ``problem``'s code and an operator's words for it."""

    name: str
    code: str = ""
    problem: str = ""
    hint: str = ""


def read(lines: Iterable[str], *, most: int | None = None) -> tuple[Invitee, ...]:
    """Return the lines of a CSV file, ``most`` of them at most.

    Raises:
        InvalidInputError: ``columns``: the first line does not name them, or a line has other ones; ``values``: one is
            too long; ``lines``: there are more.
    """
    table = csv.DictReader(lines)
    try:
        columns = tuple(table.fieldnames or ())
        if columns not in {COLUMNS, (*COLUMNS, *_MORE)}:
            first = ",".join(COLUMNS)
            raise InvalidInputError("columns", hint=f"the first line must be {first} or {first},{','.join(_MORE)}")
        rows = list(table if most is None else islice(table, most + 1))
    except csv.Error as error:
        raise InvalidInputError("columns", hint="the file is not CSV") from error
    if most is not None and len(rows) > most:
        raise InvalidInputError("lines", hint=f"at most {most} patients at a time")
    invitees = tuple(Invitee(*((row[column] or "").strip() for column in columns)) for row in rows)
    if any(None in row for row in rows):
        raise InvalidInputError("columns", hint="a line has more values than the first line names")
    if any(len(value) > _LONGEST for each in invitees for value in astuple(each)):
        raise InvalidInputError("values", hint=f"a value has more than {_LONGEST} characters")
    return invitees


def invite_all(
    database: Database, invitees: Iterable[Invitee], *, actor: audit.Actor, again: bool = False
) -> Iterator[InvitationLine]:
    """Invite each in a transaction of its own: one who cannot be does not keep the others from it.

    Whose code still works keeps it and is named, unless ``again`` asks for a new one.
    """
    for invitee in invitees:
        try:
            with database.transaction() as tx:
                code = _invite(tx, invitee, actor, again=again)
            yield InvitationLine(invitee.name, code)
        except (ConflictError, NotFoundError) as error:
            yield InvitationLine(invitee.name, problem=error.code, hint=error.hint or error.code)


def _invite(tx: Tx, invitee: Invitee, actor: audit.Actor, *, again: bool) -> str:
    person = _patient(tx, invitee)
    named, own = accounts.by_username(tx, username=invitee.name), accounts.own_account(tx, person_id=person.id)
    if own is not None and accounts.has_password(tx, account_id=own.id):
        raise ConflictError("has-password", hint="has a password")
    if named is not None and (own is None or named.id != own.id):
        raise ConflictError("username-taken", hint="this user name is somebody else's")
    if own is not None and named is None:
        raise ConflictError("own-account", hint="this patient has an account already; a person has one")
    if own is not None and not again and activation.is_invited(tx, account_id=own.id):
        raise ConflictError("invited", hint="was invited already, and the code works")
    account_id = own.id if own else _add(tx, invitee, person)
    detail = {"account": account_id, "change": "invited"}
    audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, person_id=person.id, **detail)
    return activation.invite(tx, account_id=account_id)


def _patient(tx: Tx, invitee: Invitee) -> StoredPerson:
    """Return whom a line names: by id, or by record number and birth date, and by all that it tells.

    Raises:
        NotFoundError: ``no-patient``: nobody, or more than one.
    """
    person: StoredPerson | None = None
    if invitee.patient:
        person = people.by_id(tx, person_id=invitee.patient) or people.by_fhir_id(tx, fhir_id=invitee.patient)
    if invitee.number or invitee.birth_date:
        born = finding.read_birth_date(invitee.birth_date)
        matches = finding.find(tx, birth_date=born, number=invitee.number) if invitee.number else ()
        by_number = matches[0] if len(matches) == 1 else None
        fits = by_number is not None and (not invitee.patient or (person is not None and person.id == by_number.id))
        person = by_number if fits else None
    if person is None:
        raise NotFoundError("no-patient", hint=f"no patient with the id {invitee.patient or invitee.number}")
    return person


def _add(tx: Tx, invitee: Invitee, person: StoredPerson) -> str:
    return accounts.add(
        tx,
        username=invitee.name,
        display=person.demographics.display or invitee.name,
        password_hash="",
        role=Role.PATIENT,
        person_id=person.id,
        email=invitee.email,
    )
