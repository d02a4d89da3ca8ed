"""``portal user``: changing accounts that exist, and letting many in at once."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from portal import audit
from portal.cli.users import account_named, group, record, transaction
from portal.config import Settings
from portal.persons import inviting
from portal.store import Tx, open_database
from portal.store.people import accounts, factors, sign_ins
from portal.store.people.accounts import Account


@contextmanager
def _changing(name: str, change: str) -> Iterator[tuple[Tx, Account]]:
    with transaction() as tx:
        account = account_named(tx, name)
        yield tx, account
        record(tx, account, change=change)


@group.command("reset")
@click.argument("name")
def reset(name: str) -> None:
    """Remove all second factors and end every session; the password stays."""
    with _changing(name, "factors-reset") as (tx, account):
        factors.remove_all(tx, account_id=account.id)
        factors.forget_browsers(tx, account_id=account.id)
        sign_ins.end_all(tx, account_id=account.id)


@group.command("end-sessions")
@click.argument("name")
def end_sessions(name: str) -> None:
    """Sign an account out everywhere."""
    with _changing(name, "sessions-ended") as (tx, account):
        sign_ins.end_all(tx, account_id=account.id)


@group.command("rename")
@click.argument("name")
@click.option("--username", help="The new user name.")
@click.option("--display", help="The new name that others read.")
@click.option("--email", help="Where its owner reads e-mails from now on; empty for nowhere.")
def rename(name: str, username: str | None, display: str | None, email: str | None) -> None:
    """Change user name, name or e-mail address; what is not given stays."""
    with _changing(name, "renamed") as (tx, account):
        accounts.rename(tx, account_id=account.id, username=username, display=display, email=email)


@group.command("invite-all")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--again", is_flag=True, help="New codes also for those whose code still works.")
def invite_all(file: Path, again: bool) -> None:
    """Invite the patients in FILE: CSV with the columns name, patient and email, and then number and birth_date.

    The last two, the record number (MRN) and the birth date, name a patient whose id is not there; where both are, both
    have to fit.

    Prints one line for each: user name, code. Who has a password already, or is not known, is named with "-" and the
    reason; the others are invited all the same. Whose code still works keeps it, unless --again asks for a new one.
    """
    with file.open(newline="", encoding="utf-8-sig") as lines:
        invitees = inviting.read(lines)
    database = open_database(Settings.from_environment(os.environ))
    try:
        for invited in inviting.invite_all(database, invitees, actor=audit.Actor("operator"), again=again):
            click.echo(f"{invited.name}\t{invited.code or f'-{chr(9)}{invited.hint}'}")
    finally:
        database.close()
