"""``/settings/apps``: which apps and portals may read a person's record, and how that is ended (at once)."""

from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel.speaklater import LazyString
from werkzeug.wrappers import Response as WerkzeugResponse

from portal import audit
from portal.access import Permission, may_see_choice
from portal.domain.errors import NotFoundError
from portal.domain.ids import is_id
from portal.endpoints import for_person, signed_in
from portal.extensions import current_services
from portal.provider.fhir import preview
from portal.provider.oauth import consent, grants
from portal.provider.types import WORDS
from portal.store import Tx
from portal.store.directory.values import Mark
from portal.store.provider import client_logos, clients, release
from portal.store.provider import grants as stored_grants
from portal.store.provider.grants import OAuthGrant
from portal.store.records import rows
from portal.web.guards import (
    audit_actor,
    current_actor,
    current_person_id,
    current_sight,
    person_route,
    sees_confidential,
)
from portal.web.htmx import render
from portal.web.logos import png
from portal.web.phrases import gettext as _
from portal.web.viewed import viewed

blueprint = Blueprint("granted", __name__)


@dataclass(frozen=True, slots=True)
class GrantedApp:
    """One app that may read the record. ``ends_at``: when it ends by itself; ``own``: who reads this let it in."""

    id: str
    app: str
    homepage: str
    owner: str
    mark: Mark
    kinds: tuple[LazyString, ...]
    since: datetime
    used_at: datetime | None
    ends_at: datetime
    own: bool


@person_route(blueprint, "/settings/apps")
@for_person(Permission.AUTHORIZE_APPS)
def page() -> Response:
    with current_services().db.reading() as tx:
        apps = _granted(tx, current_person_id())
    return render("oauth/granted.html", granted=apps, all_shown=sees_confidential())


@dataclass(frozen=True, slots=True)
class ReadKind:
    """What an app reads of one kind: how many, and by which titles."""

    words: LazyString
    count: int
    titles: tuple[str, ...]


@person_route(blueprint, "/settings/apps/<string(length=20):consent_id>")
@for_person(Permission.AUTHORIZE_APPS)
def seen_as(consent_id: str) -> Response:
    """Show the record as one app gets it: what it would read now, by the same rules."""
    services, person_id = current_services(), current_person_id()
    with services.db.reading() as tx:
        stored = stored_grants.grant_by_id(tx, grant_id=consent_id)
        if stored is None or stored.ended_at is not None or not (_may_know(stored) and _is_own(stored)):
            raise NotFoundError
        readable = preview.readable(tx, services.settings, stored)
        titles = rows.entries(tx, person_id=person_id, ids=[each.id for each in readable], sight=current_sight())
        client = clients.client_by_id(tx, client_id=stored.client_id, disabled=True)
    kinds = []
    for kind, words in WORDS.items():
        of_kind = [each for each in readable if each.type == kind]
        if of_kind:
            named = tuple(dict.fromkeys(titles[each.id].title for each in of_kind if each.id in titles))
            kinds.append(ReadKind(words, len(of_kind), named))
    viewed(person_id, audit.Action.VIEW_SECTION, section="see-as")
    return render("oauth/seen_as.html", app=client.name if client else stored.client_id, kinds=kinds)


@person_route(blueprint, "/settings/apps", methods=["POST"])
@for_person(Permission.AUTHORIZE_APPS)
def end() -> WerkzeugResponse:
    """End what one app may read. A grant that ended already, or is of another record, changes and tells nothing."""
    with current_services().db.transaction() as tx:
        grant = stored_grants.grant_by_id(tx, grant_id=request.form.get("grant", "")[:40])
        if grant is not None and _may_know(grant) and grant.ended_at is None:
            grants.end(tx, grant=grant, reason="patient", actor=audit_actor())
            client = clients.client_by_id(tx, client_id=grant.client_id, disabled=True)
            flash(_("%(app)s cannot read this record any more.", app=client.name if client else grant.client_id))
    link = request.form.get("link", "")
    back = url_for("links.page", link=link) if is_id(link) else url_for("granted.page")
    return redirect(back, 303)


@blueprint.get("/oauth/logos/<digest>.png")
@signed_in
def logo(digest: str) -> Response:
    """Return a registered app's logo; another picture has another digest, and so another address."""
    with current_services().db.reading() as tx:
        picture = client_logos.body(tx, digest=digest)
    return png(picture, digest)


def _may_know(grant: OAuthGrant) -> bool:
    """Tell whether it is of the open record, and who is signed in may know of it."""
    person_id = current_person_id()
    return grant.person_id == person_id and may_see_choice(current_actor(), person_id, account_id=grant.account_id)


def _is_own(grant: OAuthGrant) -> bool:
    """Tell whether who is signed in let the app in: it reads what they see, and nobody else's choices show in it."""
    return grant.account_id == current_actor().account_id


def _granted(tx: Tx, person_id: str) -> tuple[GrantedApp, ...]:
    settings, decided = current_services().settings, release.in_force(tx)
    apps = []
    for grant in filter(_may_know, stored_grants.grants_of_person(tx, person_id=person_id)):
        client = clients.client_by_id(tx, client_id=grant.client_id, disabled=True)
        portal = client.portal_fhir_base if client else ""
        withheld = release.stricter(tx, settings, decided, portal=portal).withheld
        apps.append(
            GrantedApp(
                id=grant.id,
                app=client.name if client else grant.client_id,
                homepage=client.homepage if client else "",
                owner=client.owner if client else "",
                mark=Mark.of(
                    client.name if client else grant.client_id, logo=client_logos.digest(tx, client_id=grant.client_id)
                ),
                kinds=consent.words(grant.scopes, withheld=withheld),
                since=grant.created_at,
                used_at=grant.used_at,
                ends_at=grant.ends_at,
                own=_is_own(grant),
            )
        )
    return tuple(apps)
