"""``portal person``: what is kept of a person; erasing it, closing it after a death, making two records of one one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from portal.config import Settings
from portal.domain.errors import NotFoundError
from portal.persons import erasure, export, merging
from portal.services import Services, open_services
from portal.store import Tx
from portal.store.links import links
from portal.store.people import accounts, changes, people
from portal.store.people.accounts import Account
from portal.store.people.people import StoredPerson
from portal.store.records import resources


@click.group("person")
def group() -> None:
    """See what is kept of a person, in numbers; erase it, close it after a death, or make two records one."""


_by = click.option("--by", required=True, metavar="NAME", help="The administrator's user name, for the audit trail.")


@group.command("show")
@click.argument("patient", metavar="ID")
def show(patient: str) -> None:
    """Count what is kept of a person; nothing of it is shown."""
    with _services() as services, services.db.reading() as tx:
        person = _person(tx, patient)
        account = accounts.own_account(tx, person_id=person.id)
        counts = resources.counts(tx, person_id=person.id)
        click.echo(f"id\t{person.id}")
        click.echo(f"account\t{account.username if account else '-'}")
        click.echo(f"links\t{len(links.of_person(tx, person_id=person.id))}")
        click.echo(f"rows\t{sum(number for (_section, source), number in counts.items() if not source)}")


@group.command("erase")
@click.argument("patient", metavar="ID")
@_by
def erase(patient: str, by: str) -> None:
    """Ask for an erasure. Prints the id that a second administrator confirms; until then it can be called off."""
    with _services() as services, services.db.transaction() as tx:
        click.echo(erasure.request(tx, person_id=_person(tx, patient).id, by=_account(tx, by)))


@group.command("deceased")
@click.argument("patient", metavar="ID")
@_by
def deceased(patient: str, by: str) -> None:
    """Ask to close the record of somebody who died: sign-in, proxies, apps, shares end. Confirmed as above."""
    with _services() as services, services.db.transaction() as tx:
        person_id, account = _person(tx, patient).id, _account(tx, by)
        click.echo(erasure.request(tx, person_id=person_id, by=account, kind=changes.DECEASED))


@group.command("cancel")
@click.argument("change", metavar="CHANGE")
@_by
def cancel(change: str, by: str) -> None:
    """Call an erasure or a closing off."""
    with _services() as services, services.db.transaction() as tx:
        erasure.cancel(tx, change_id=change, by=_account(tx, by))


@group.command("confirm")
@click.argument("change", metavar="CHANGE")
@_by
def confirm(change: str, by: str) -> None:
    """Erase a person, or close a record, at the word of a second administrator. This cannot be undone."""
    with _services() as services:
        with services.db.reading() as tx:
            account = _account(tx, by)
        erasure.confirm(services, change_id=change, by=account)


@group.command("export")
@click.argument("patient", metavar="ID")
@_by
def export_(patient: str, by: str) -> None:
    """Put everything that is kept of a person together. Nothing of it is shown: their own sign-in opens it, once."""
    with _services() as services:
        with services.db.reading() as tx:
            person_id, account = _person(tx, patient).id, _account(tx, by)
        click.echo(export.prepare(services, person_id=person_id, by=account))


@group.command("merge")
@click.argument("patient", metavar="ID")
@click.argument("other", metavar="OTHER")
@_by
def merge(patient: str, other: str, by: str) -> None:
    """Say that OTHER is the same person as ID, whose record stays. Prints the id that somebody else confirms."""
    with _services() as services, services.db.transaction() as tx:
        person_id, other_id = _person(tx, patient).id, _person(tx, other).id
        teen_age, account = services.settings.teen_age, _account(tx, by)
        click.echo(merging.propose(tx, person_id=person_id, other_id=other_id, by=account, teen_age=teen_age))


@group.command("confirm-merge")
@click.argument("merge_id", metavar="MERGE")
@_by
def confirm_merge(merge_id: str, by: str) -> None:
    """Make two records one, at the word of a second person. This cannot be undone."""
    with _services() as services:
        with services.db.reading() as tx:
            account = _account(tx, by)
        merging.confirm(services, merge_id=merge_id, by=account)


@group.command("cancel-merge")
@click.argument("merge_id", metavar="MERGE")
@_by
def cancel_merge(merge_id: str, by: str) -> None:
    """Call a merge off; nothing has changed."""
    with _services() as services, services.db.transaction() as tx:
        merging.cancel(tx, merge_id=merge_id, by=_account(tx, by))


@contextmanager
def _services() -> Iterator[Services]:
    services = open_services(Settings.from_environment(os.environ))
    try:
        yield services
    finally:
        services.db.close()


def _person(tx: Tx, patient: str) -> StoredPerson:
    person = people.by_id(tx, person_id=patient) or people.by_fhir_id(tx, fhir_id=patient)
    if person is None:
        raise NotFoundError(hint=f"no patient with the id {patient}")
    return person


def _account(tx: Tx, name: str) -> Account:
    account = accounts.by_username(tx, username=name)
    if account is None:
        raise NotFoundError(hint=f"no account has the user name {name}")
    return account
