"""Letting many patients in at once, from a file: a code for each, for the first sign-in with their birth date."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from portal import audit
from portal.authentication import activation
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.domain.people import Role
from portal.store import Database, Tx
from portal.store.people import accounts, people

COLUMNS = ("name", "patient", "email")


@dataclass(frozen=True, slots=True)
class Invitee:
    """One line of a file: the user name, the patient's id (ours or the chart's), where they read e-mails."""

    name: str
    patient: str
    email: str


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
        InvalidInputError: ``columns``: the first line does not name them; ``lines``: there are more.
    """
    table = csv.DictReader(lines)
    if tuple(table.fieldnames or ()) != COLUMNS:
        raise InvalidInputError("columns", hint=f"the first line must be {','.join(COLUMNS)}")
    invitees = tuple(Invitee(*((row[column] or "").strip() for column in COLUMNS)) for row in table)
    if most is not None and len(invitees) > most:
        raise InvalidInputError("lines", hint=f"at most {most} patients at a time")
    return invitees


def invite_all(database: Database, invitees: Iterable[Invitee], *, actor: audit.Actor) -> Iterator[InvitationLine]:
    """Invite each in a transaction of its own: one who cannot be does not keep the others from it."""
    for invitee in invitees:
        try:
            with database.transaction() as tx:
                code = _invite(tx, invitee, actor)
            yield InvitationLine(invitee.name, code)
        except (ConflictError, NotFoundError) as error:
            yield InvitationLine(invitee.name, problem=error.code, hint=error.hint or error.code)


def _invite(tx: Tx, invitee: Invitee, actor: audit.Actor) -> str:
    account = accounts.by_username(tx, username=invitee.name)
    if account is not None and (account.role is not Role.PATIENT or accounts.has_password(tx, account_id=account.id)):
        raise ConflictError("has-password", hint="has a password")
    account_id, person_id = (account.id, account.person_id) if account else _add(tx, invitee)
    detail = {"account": account_id, "change": "invited"}
    audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, person_id=person_id, **detail)
    return activation.invite(tx, account_id=account_id)


def _add(tx: Tx, invitee: Invitee) -> tuple[str, str]:
    """Return the ids of a new account and of its owner."""
    person = people.by_id(tx, person_id=invitee.patient) or people.by_fhir_id(tx, fhir_id=invitee.patient)
    if person is None:
        raise NotFoundError("no-patient", hint=f"no patient with the id {invitee.patient}")
    if accounts.own_account(tx, person_id=person.id) is not None:
        raise ConflictError("own-account", hint="this patient has an account already; a person has one")
    account_id = accounts.add(
        tx,
        username=invitee.name,
        display=person.demographics.display or invitee.name,
        password_hash="",
        role=Role.PATIENT,
        person_id=person.id,
        email=invitee.email,
    )
    return account_id, person.id
