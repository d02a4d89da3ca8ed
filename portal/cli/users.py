"""``portal user``: accounts."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import wraps
from typing import Any

import click

from portal import audit
from portal.access.passwords import hash_password
from portal.access.proxies import level_of
from portal.access.table import ROLE_NAMES
from portal.authentication import activation, password_rules, passwords
from portal.authentication.password_rules import PasswordProblem
from portal.config import Settings
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.domain.people import GrantLevel, ProxyChoice, Role
from portal.linking import proxies
from portal.store import open_database
from portal.store.engine.database import Tx
from portal.store.people import accounts, openid_identities, people
from portal.store.people.accounts import Account
from portal.store.people.openid_identities import Evidence

_ROLES = {name.replace(" ", "-"): role for role, name in ROLE_NAMES.items() if role is not Role.PATIENT}
_HINTS = {
    PasswordProblem.SHORT: "the password must have at least {} characters",
    PasswordProblem.LONG: f"the password must have at most {password_rules.LONGEST} characters",
    PasswordProblem.COMMON: "many people use this password",
    PasswordProblem.CONTEXT: "the password is too close to the name of the user or the portal",
}


_Command = Callable[..., None]


def _whose_account(*, required: bool) -> Callable[[_Command], _Command]:
    """Add the options that say whose account it is: a patient's own, or one of staff with a role."""

    def decorate(command: _Command) -> _Command:
        @click.option(
            "--patient", metavar="ID", help="Whose own account it is: the id that `portal records import` printed."
        )
        @click.option("--role", type=click.Choice(list(_ROLES)), help="What the member of staff does.")
        @click.option("--staff", is_flag=True, help="The same as --role front-desk.")
        @click.option("--admin", is_flag=True, help="The same as --role administrator.")
        @click.option(
            "--as-patient", metavar="ID", help="Whom a member of staff is as a patient: never assisted by them."
        )
        @click.option("--email", default="", help="Where its owner reads e-mails.")
        @wraps(command)
        def with_role(
            *, patient: str | None, role: str | None, staff: bool, admin: bool, as_patient: str | None, **options: Any
        ) -> None:
            names = [role, "front-desk" if staff else None, "administrator" if admin else None]
            roles = {_ROLES[name] for name in names if name} | ({Role.PATIENT} if patient else set())
            if len(roles) > 1 or (required and not roles):
                raise click.UsageError("give one of --patient ID, --role ROLE, --staff, --admin")
            if as_patient and roles <= {Role.PATIENT}:
                raise click.UsageError("--as-patient is for staff")
            command(patient=patient, role=next(iter(roles), None), as_patient=as_patient, **options)

        return with_role

    return decorate


@click.group("user")
def group() -> None:
    """Manage accounts of patients, staff and administrators."""


@group.command("add")
@click.argument("name")
@_whose_account(required=True)
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def add(
    name: str, role: Role, patient: str | None, as_patient: str | None, *, email: str, password_stdin: bool
) -> None:
    """Add an account. Prints its id."""
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    settings = _settings()
    shortest = password_rules.BESIDE if settings.second_factor == "required" else password_rules.ALONE
    refusal = password_rules.refusal(password, shortest=shortest, context=(name, settings.name, settings.organization))
    refusal = refusal or passwords.breach_refusal(settings, password)
    if refusal:
        raise InvalidInputError(f"password-{refusal.value}", hint=_HINTS[refusal].format(shortest))
    encoded = hash_password(password)
    with transaction() as tx:
        account_id = add_account(tx, name, role, patient, as_patient, email=email, password_hash=encoded)
        record(tx, accounts.by_id(tx, account_id=account_id), change="added")
    click.echo(account_id)


@group.command("invite")
@click.argument("name")
@_whose_account(required=False)
@click.option("--start-over", is_flag=True, help="For an account whose owner lost everything: all ways in end.")
def invite(
    name: str, role: Role | None, patient: str | None, as_patient: str | None, *, email: str, start_over: bool
) -> None:
    """Print a code with which its owner signs in for the first time, within 7 days, with their birth date."""
    with transaction() as tx:
        account = accounts.by_username(tx, username=name)
        if account is None:
            if role is None:
                raise click.UsageError("give one of --patient ID, --role ROLE, --staff, --admin")
            account_id = add_account(tx, name, role, patient, as_patient, email=email)
        elif start_over:
            account_id = account.id
        elif accounts.has_password(tx, account_id=account.id):
            raise ConflictError(hint=f"{name} has a password; --start-over ends all ways in and makes a code")
        else:
            account_id = account.id
        invite_ = activation.start_over if start_over else activation.invite
        code = invite_(tx, account_id=account_id)
        record(tx, accounts.by_id(tx, account_id=account_id), change="started-over" if start_over else "invited")
    click.echo(code)


@group.command("list")
def list_() -> None:
    """List every account, one a line: id, role, state, user name."""
    with transaction() as tx:
        for account in accounts.everyone(tx):
            click.echo(f"{account.id}\t{account.role.value}\t{_state(account)}\t{account.username}")


@group.command("show")
@click.argument("name")
def show(name: str) -> None:
    """Show an account, for whom it acts (a grant's id, its level, the person's id), and who opens it by OpenID."""
    with transaction() as tx:
        account = account_named(tx, name)
        click.echo(f"{account.id}\t{account.role.value}\t{_state(account)}\t{account.username}")
        for grant in accounts.grants_of(tx, account_id=account.id, teen_age=_settings().teen_age):
            click.echo(f"{grant.id}\t{_level(grant.choices)}\t{grant.person_id}")
        bound = openid_identities.of_account(tx, account_id=account.id)
        if bound is not None:
            evidence = bound.evidence
            click.echo(f"openid\t{bound.subject}\tacr={evidence.acr}\tamr={','.join(evidence.amr)}\tial={evidence.ial}")


@group.command("openid")
@click.argument("name")
@click.option("--subject", default="", help="Who it is at PORTAL_OIDC_ISSUER: the sub of the id_token.")
@click.option("--end", is_flag=True, help="End that the account is opened there.")
def openid_(name: str, subject: str, *, end: bool) -> None:
    """Let somebody at the hospital's OpenID provider open an account, or end it."""
    issuer = _settings().oidc_issuer
    if end == bool(subject):
        raise InvalidInputError("openid", hint="give either --subject or --end")
    if subject and not issuer:
        raise InvalidInputError("openid", hint="PORTAL_OIDC_ISSUER is not set")
    with transaction() as tx:
        account = account_named(tx, name)
        if end:
            openid_identities.remove(tx, account_id=account.id)
        else:
            openid_identities.put(tx, account_id=account.id, issuer=issuer, subject=subject, evidence=Evidence())
        record(tx, account, change="openid-ended" if end else "openid-bound")


@group.command("disable")
@click.argument("name")
def disable(name: str) -> None:
    """Shut an account out at once: its sessions end, and apps that its owner allowed read nothing."""
    with transaction() as tx:
        account = account_named(tx, name)
        accounts.disable(tx, account_id=account.id)
        record(tx, account, change="disabled")


@group.command("enable")
@click.argument("name")
def enable(name: str) -> None:
    """Let a disabled account in again."""
    with transaction() as tx:
        account = account_named(tx, name)
        accounts.enable(tx, account_id=account.id)
        record(tx, account, change="enabled")


@group.command("grant")
@click.argument("name")
@click.option("--patient", metavar="ID", required=True, help="For whom the account may act.")
@click.option("--level", type=click.Choice([level.value for level in GrantLevel]), required=True)
@click.option("--relationship", default="", help="What the patient is to the account's owner: son, mother …")
@click.option("--until", type=click.DateTime(["%Y-%m-%d"]), help="The day it ends, at midnight UTC.")
def grant(name: str, patient: str, level: str, relationship: str, until: datetime | None) -> None:
    """Let an account act for a patient from now on. Prints the grant's id."""
    with transaction() as tx:
        account = account_named(tx, name)
        person_id, _display = _whose(tx, patient, name)
        if person_id is None or person_id == account.person_id:
            raise InvalidInputError("own-record", hint="an account needs no grant for its owner's record")
        grant_id = accounts.grant_proxy(
            tx,
            account_id=account.id,
            person_id=person_id,
            level=GrantLevel(level),
            relationship=relationship,
            ends_at=until.replace(tzinfo=UTC) if until else None,
        )
        record(tx, account, person_id=person_id, change="granted")
    click.echo(grant_id)


@group.command("end-grant")
@click.argument("grant_id", metavar="GRANT")
def end_grant(grant_id: str) -> None:
    """End at once that an account acts for a patient; `portal user show` has the grants' ids."""
    with transaction() as tx:
        ended, _work = proxies.end_in(
            tx, teen_age=_settings().teen_age, grant_id=grant_id, actor=audit.Actor("operator"), reason="operator"
        )
        if ended is None:
            raise NotFoundError(hint=f"no grant in force has the id {grant_id}")
        record(tx, None, person_id=ended.person_id, change="grant-ended")


def _level(choices: frozenset[ProxyChoice]) -> str:
    level = level_of(choices)
    return level.value if level else ",".join(sorted(choices))


def add_account(
    tx: Tx,
    name: str,
    role: Role,
    patient: str | None,
    as_patient: str | None,
    *,
    email: str,
    password_hash: str = "",
) -> str:
    """Add an account; without a password nobody signs in with it yet.

    Raises:
        ConflictError: the person has an account of their own already.
    """
    person_id, display = _whose(tx, patient, name)
    if person_id is not None and accounts.own_account(tx, person_id=person_id) is not None:
        raise ConflictError("own-account", hint="this patient has an account already; a person has one")
    return accounts.add(
        tx,
        username=name,
        display=display,
        password_hash=password_hash,
        role=role,
        person_id=person_id,
        email=email,
        as_patient=_whose(tx, as_patient, name)[0] or "",
    )


def _settings() -> Settings:
    return Settings.from_environment(os.environ)


@contextmanager
def transaction() -> Iterator[Tx]:
    """Open the database for one change."""
    database = open_database(_settings())
    try:
        with database.transaction() as tx:
            yield tx
    finally:
        database.close()


def account_named(tx: Tx, name: str) -> Account:
    """Return an account by its user name.

    Raises:
        NotFoundError: there is none.
    """
    account = accounts.by_username(tx, username=name)
    if account is None:
        raise NotFoundError(hint=f"no account has the user name {name}")
    return account


def _state(account: Account) -> str:
    return "disabled" if account.disabled else "enabled"


def record(tx: Tx, account: Account | None, *, change: str, person_id: str | None = None) -> None:
    """Write down what the operator changed."""
    audit.record(
        tx,
        action=audit.Action.SETTINGS_CHANGE,
        actor=audit.Actor("operator", None),
        person_id=person_id or (account.person_id if account else None),
        account=account.id if account else "",
        change=change,
    )


def _whose(tx: Tx, patient: str | None, name: str) -> tuple[str | None, str]:
    if patient is None:
        return None, name
    person = people.by_id(tx, person_id=patient) or people.by_fhir_id(tx, fhir_id=patient)
    if person is None:
        raise NotFoundError(hint=f"no patient with the id {patient}")
    return person.id, person.demographics.display or name
