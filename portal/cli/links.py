"""``portal link``: people's links to other organizations, without anything clinical."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager

import click

from portal import audit
from portal.config import Settings
from portal.domain.errors import ConflictError, NotFoundError
from portal.linking import enqueue, transitions
from portal.linking.states import By, Move
from portal.services import Services, open_services
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.links import links, refreshes
from portal.store.links.links import Link
from portal.store.people import people


@click.group("link")
def group() -> None:
    """See and end people's links to other organizations."""


@group.command("list")
@click.option("--patient", metavar="ID", help="Of this patient: the id that `portal records import` printed.")
@click.option("--org", "organization", metavar="ID", help="With this organization: the id of `portal org list`.")
def listing(patient: str | None, organization: str | None) -> None:
    """List the links of a patient, ended ones too, or the live ones with an organization: id, state, updated, where."""
    if bool(patient) == bool(organization):
        raise click.UsageError("give --patient ID or --org ID, one of them")
    with _services() as services, services.db.reading() as tx:
        chosen = _of_patient(tx, patient) if patient else links.of_organization(tx, organization_id=organization or "")
        places = organizations.by_ids(tx, ids={link.organization_id for link in chosen})
        for link in chosen:
            updated = f"{link.refreshed_at:%Y-%m-%d %H:%M}" if link.refreshed_at else "never"
            click.echo(f"{link.id}\t{link.state.value}\t{updated}\t{places[link.organization_id].name}")


@group.command("show")
@click.argument("link_id", metavar="ID")
def show(link_id: str) -> None:
    """Show a link's state, why it is in it, its last refresh, and its history."""
    with _services() as services, services.db.reading() as tx:
        link = _link(tx, link_id)
        place = organizations.by_ids(tx, ids={link.organization_id})[link.organization_id]
        latest = refreshes.latest(tx, link_id=link.id)
        facts = {
            "organization": f"{place.name} ({place.id})",
            "state": link.state.value,
            "reason": link.reason,
            "kind": link.tier.value,
            "lasting": "yes" if link.lasting else "no",
            "verified": _moment(link.verified_at),
            "updated": _moment(link.refreshed_at),
            "left alone until": _moment(link.throttled_until),
            "last refresh": f"{latest.state}, {latest.cause}{f', {latest.reason}' if latest.reason else ''}"
            if latest
            else None,
        }
        for name, text in facts.items():
            click.echo(f"{name}\t{text or '-'}")
        for event in links.history(tx, link_id=link.id):
            click.echo(f"{event.at:%Y-%m-%d %H:%M}\t{event.move}\t{event.to_state}\t{event.reason or ''}".rstrip())


@group.command("end")
@click.argument("link_id", metavar="ID")
def end(link_id: str) -> None:
    """Unlink: what came from there is removed here at once, and the authorization is ended there."""
    with _services() as services:
        with services.db.transaction() as tx:
            link = _link(tx, link_id)
            if not link.live:
                raise ConflictError("link-ended", hint="this link has ended already")
            work = transitions.end(tx, link, Move.UNLINKED, By.OPERATOR, actor=audit.Actor("operator"))
        enqueue.enqueue(services, work)
    click.echo("The link is ended.")


@contextmanager
def _services() -> Iterator[Services]:
    services = open_services(Settings.from_environment(os.environ))
    with closing(services.db):
        yield services


def _of_patient(tx: Tx, patient: str) -> tuple[Link, ...]:
    person = people.by_fhir_id(tx, fhir_id=patient)
    if person is None:
        raise NotFoundError(hint="there is no patient with this id")
    return links.of_person(tx, person_id=person.id, live=None)


def _link(tx: Tx, link_id: str) -> Link:
    link = links.by_id(tx, link_id=link_id)
    if link is None:
        raise NotFoundError(hint="there is no link with this id: `portal link list` shows them")
    return link


def _moment(moment: object) -> str | None:
    return f"{moment:%Y-%m-%d %H:%M} UTC" if moment else None
