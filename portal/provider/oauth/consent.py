"""What a person is asked, and what follows from the answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from flask_babel.speaklater import LazyString

from portal.access import Actor, Permission, can
from portal.config import Settings
from portal.linking import reverse_links
from portal.provider.oauth import grants, scopes
from portal.provider.oauth.models import Client
from portal.provider.types import CATEGORIES, SHARED, WORDS
from portal.store import Tx
from portal.store.directory.organizations import Organization
from portal.store.directory.values import Mark
from portal.store.people import people
from portal.store.provider import client_logos, clients, tokens
from portal.store.provider.tokens import CodeData


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of information that can be refused: the key of its checkbox and its words."""

    key: str
    words: LazyString


@dataclass(frozen=True, slots=True)
class Choice:
    """A person whose record may be opened to the app."""

    person_id: str
    name: str
    birth_date: str
    own: bool


@dataclass(frozen=True, slots=True)
class Question:
    """The consent page: who asks, for whom, for what, for how long."""

    client: clients.OAuthClient
    asked: tuple[str, ...]
    redirect_uri: str
    people: tuple[Choice, ...]
    health: tuple[Kind, ...]
    context: tuple[Kind, ...]  # clinicians, places: what gives the health information its names
    lasting: bool
    identity: bool  # who signed in is told as well
    withheld: bool  # something asked for is not released by this organization
    mark: Mark  # its logo, where the operator gave one: what registers itself might take another's
    reverse: Organization | None = None  # whose link back is offered

    @property
    def kinds(self) -> tuple[Kind, ...]:
        return (*self.health, *self.context)

    @property
    def site(self) -> str:
        """Where the answer goes, as a person can recognise it."""
        return urlsplit(self.redirect_uri).netloc or urlsplit(self.redirect_uri).scheme


def question(
    tx: Tx,
    settings: Settings,
    *,
    client: Client,
    actor: Actor,
    scope: str,
    redirect_uri: str,
    request: Mapping[str, str],
) -> Question:
    """What to ask this account about this request. ``scope`` is what Authlib let through (``get_allowed_scope``)."""
    asked = tuple(scope.split())
    choices = _choices(tx, actor)
    linkable = tuple(one.person_id for one in choices if may_link(actor, one.person_id))
    everything = _parts(asked, withheld=frozenset())
    kept = _parts(asked, withheld=settings.withheld)
    return Question(
        client=client.stored,
        asked=asked,
        redirect_uri=redirect_uri,
        people=choices,
        health=tuple(_kind(part) for part in kept if part.type not in SHARED),
        context=tuple(_kind(part) for part in kept if part.type in SHARED),
        lasting="offline_access" in asked
        and settings.lasting_authorization
        and "refresh_token" in client.stored.grant_types,
        identity="openid" in asked,
        withheld=len(kept) < len(everything),
        mark=Mark.of(client.stored.name, logo=client_logos.digest(tx, client_id=client.stored.client_id)),
        reverse=reverse_links.offered(tx, settings, client=client.stored, request=request, person_ids=linkable),
    )


@dataclass(frozen=True, slots=True)
class Agreement:
    """What the person answered. ``accepted`` are keys of kinds."""

    person_id: str | None
    accepted: frozenset[str]
    lasting: bool
    reverse: bool = False  # the other portal's information is to be shown here too


@dataclass(frozen=True, slots=True)
class Agreed:
    """The one-time code, and where to go on with the link back (empty: not wished)."""

    code: str
    reverse: str = ""


def agree(
    tx: Tx, settings: Settings, *, asked: Question, answer: Agreement, actor: Actor, request: Mapping[str, str]
) -> Agreed:
    """Store the grant and its one-time code. The answer is taken within what was asked."""
    lasting = asked.lasting and answer.lasting
    given = scopes.granted(
        asked.asked,
        accepted=answer.accepted & {kind.key for kind in asked.kinds},
        lasting=lasting,
        withheld=settings.withheld,
    )
    grant = grants.consented(
        tx,
        client_id=asked.client.client_id,
        account_id=actor.account_id,
        person_id=answer.person_id,
        scopes=given,
        lasting=lasting,
    )
    data = CodeData(
        redirect_uri=asked.redirect_uri,
        challenge=request["code_challenge"],
        scope=" ".join(given),
        nonce=request.get("nonce", ""),
        auth_time=int(tx.now.timestamp()),
    )
    wished = answer.reverse and asked.reverse is not None and may_link(actor, answer.person_id)
    return Agreed(
        tokens.add_code(tx, grant_id=grant.id, data=data),
        reverse_links.address(tx, settings, grant_id=grant.id) if wished else "",
    )


def answer_address(settings: Settings, redirect_uri: str, **parameters: str | None) -> str:
    """The redirect URI with the authorization response, ``iss`` among it (RFC 9207), in success and in error."""
    pairs = {name: value for name, value in {**parameters, "iss": settings.base_url}.items() if value}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(pairs)}"


def words(granted: Iterable[str], *, withheld: frozenset[str]) -> tuple[LazyString, ...]:
    """The kinds of health information that these scopes open, in the words and the order of the consent page."""
    return tuple(_kind(part).words for part in _parts(granted, withheld=withheld) if part.type not in SHARED)


def may_authorize(actor: Actor, person_id: str) -> bool:
    return can(actor, Permission.AUTHORIZE_APPS, person_id)


def may_link(actor: Actor, person_id: str | None) -> bool:
    return person_id is not None and can(actor, Permission.MANAGE_LINKS, person_id)


def _choices(tx: Tx, actor: Actor) -> tuple[Choice, ...]:
    ids: Iterable[str] = dict.fromkeys(
        filter(None, (actor.own_person_id, *(grant.person_id for grant in actor.grants)))
    )
    found = []
    for person_id in ids:
        person = people.by_id(tx, person_id=person_id) if may_authorize(actor, person_id) else None
        if person is not None and person.fhir_id:
            demographics = person.demographics
            found.append(
                Choice(person_id, demographics.display, demographics.birth_date, person_id == actor.own_person_id)
            )
    return tuple(found)


def _parts(asked: Iterable[str], *, withheld: frozenset[str]) -> tuple[scopes.ResourceScope, ...]:
    """One scope for each kind of information, "all" spelled out, without what this organization withholds."""
    expanded = (part for found in scopes.resource_scopes(asked) for part in scopes.expand(found, withheld=withheld))
    keys = {part.key: part for part in expanded if part.type not in withheld}
    return tuple(sorted(keys.values(), key=lambda part: (list(WORDS).index(part.type), part.key)))


def _kind(part: scopes.ResourceScope) -> Kind:
    code = part.category.rpartition("|")[2]
    return Kind(part.key, CATEGORIES[part.type][code] if code else WORDS[part.type])
