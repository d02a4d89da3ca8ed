"""``portal user``: accounts."""

import os
import sys

import click

from portal import audit
from portal.access.passwords import hash_password
from portal.config import Settings
from portal.domain.errors import InvalidInputError, NotFoundError
from portal.domain.people import Role
from portal.store import open_database
from portal.store.engine.database import Tx
from portal.store.people import accounts, people

_SHORTEST = 8  # characters, NIST SP 800-63B


@click.group("user")
def group() -> None:
    """Manage accounts of patients, staff and administrators."""


@group.command("add")
@click.argument("name")
@click.option("--patient", metavar="ID", help="Whose own account it is: the id that `portal records import` printed.")
@click.option("--staff", is_flag=True, help="Front-desk staff.")
@click.option("--admin", is_flag=True, help="An administrator.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def add(name: str, patient: str | None, staff: bool, admin: bool, password_stdin: bool) -> None:
    """Add an account. Prints its id."""
    if [patient is not None, staff, admin].count(True) != 1:
        raise click.UsageError("give one of --patient ID, --staff, --admin")
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    if len(password) < _SHORTEST:
        raise InvalidInputError("password-short", hint=f"the password must have at least {_SHORTEST} characters")
    role = Role.ADMIN if admin else Role.STAFF if staff else Role.PATIENT
    encoded = hash_password(password)
    database = open_database(Settings.from_environment(os.environ))
    try:
        with database.transaction() as tx:
            person_id, display = _whose(tx, patient, name)
            account_id = accounts.add(
                tx, username=name, display=display, password_hash=encoded, role=role, person_id=person_id
            )
            audit.record(
                tx,
                action=audit.Action.SETTINGS_CHANGE,
                actor=audit.Actor("operator", None),
                person_id=person_id,
                account=account_id,
            )
    finally:
        database.close()
    click.echo(account_id)


def _whose(tx: Tx, patient: str | None, name: str) -> tuple[str | None, str]:
    if patient is None:
        return None, name
    person = people.by_id(tx, person_id=patient) or people.by_fhir_id(tx, fhir_id=patient)
    if person is None:
        raise NotFoundError(hint=f"no patient with the id {patient}")
    return person.id, person.demographics.display or name
