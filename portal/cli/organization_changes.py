"""``portal org list | show | disable | enable | remove``: the directory's organizations as the operator sees them."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace

import click

from portal.cli.organizations import group
from portal.config import Settings
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.links import LinkPolicy
from portal.linking import link_policy
from portal.store import Tx, open_database
from portal.store.directory import admin, organizations
from portal.store.directory.organizations import Organization

_PAGE = 200


@group.command("list")
@click.option("--policy", type=click.Choice([policy.value for policy in LinkPolicy]), help="Only those with it.")
def listing(policy: str | None) -> None:
    """List organizations by name: id, whether they may be linked, who added them, name."""
    chosen = LinkPolicy(policy) if policy else None
    after: str | None = None
    with _reading() as tx:
        while True:
            page = admin.page(tx, after=after, policy=chosen, limit=_PAGE)
            for place in page.entries:
                click.echo(f"{place.id}\t{place.policy.value}\t{place.added_by or '-'}\t{place.name}")
            after = page.following
            if after is None:
                return


@group.command("show")
@click.argument("organization", metavar="ID")
def show(organization: str) -> None:
    """Show an organization: its address, what we are there, what hangs on it."""
    with _reading() as tx:
        place = _organization(tx, organization)
        client = organizations.client_of(tx, organization_id=place.id)
        ties = admin.ties(tx, organization_id=place.id)
        facts = {
            "name": place.name,
            "part of": place.owner_name,
            "FHIR server": place.fhir_base,
            "may be linked": place.policy.value,
            "client id there": client.client_id if client else None,
            "how we authenticate": client.auth_method if client else None,
            "capabilities read": f"{place.capability_at:%Y-%m-%d %H:%M} UTC" if place.capability_at else None,
            "out of sight since": f"{place.retired_at:%Y-%m-%d}" if place.retired_at else None,
            "live links": ties.links,
            "parts": ties.parts,
            "lists": ", ".join(named.source for named in admin.named_by(tx, organization_id=place.id)),
        }
    for name, text in facts.items():
        click.echo(f"{name}\t{'-' if text in (None, '') else text}")


@group.command("disable")
@click.argument("organization", metavar="ID")
def disable(organization: str) -> None:
    """Let nobody link it. Links that exist stop and say so; what came through them stays."""
    _set_policy(organization, LinkPolicy.OFF)


@group.command("enable")
@click.argument("organization", metavar="ID")
def enable(organization: str) -> None:
    """Let it be linked again. Links that were stopped are to be verified."""
    _set_policy(organization, LinkPolicy.OPEN)


@group.command("remove")
@click.argument("organization", metavar="ID")
def remove(organization: str) -> None:
    """Take one that nobody is linked with out of sight; a year later it is deleted.

    One that a list names comes back with the next edition of the list: disable it instead.
    """
    with _writing() as tx:
        place = _organization(tx, organization)
        count = admin.ties(tx, organization_id=place.id).links
        if count:
            raise ConflictError(
                hint=f"{count} links lead there: `portal org disable`, or end them (`portal link list`)"
            )
        organizations.put(tx, replace(place, retired_at=tx.now))
    click.echo("It is not found any more.")


def _set_policy(organization: str, policy: LinkPolicy) -> None:
    with _writing() as tx:
        link_policy.set_policy(tx, organization_id=_organization(tx, organization).id, policy=policy)
    click.echo(f"It may be linked: {policy.value}.")


@contextmanager
def _reading() -> Iterator[Tx]:
    with closing(open_database(Settings.from_environment(os.environ))) as database, database.reading() as tx:
        yield tx


@contextmanager
def _writing() -> Iterator[Tx]:
    with closing(open_database(Settings.from_environment(os.environ))) as database, database.transaction() as tx:
        yield tx


def _organization(tx: Tx, organization_id: str) -> Organization:
    place = organizations.by_ids(tx, ids={organization_id}).get(organization_id)
    if place is None:
        raise NotFoundError(hint="there is no organization with this id: `portal org list` shows them")
    return place
