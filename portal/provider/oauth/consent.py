"""What a person is asked, and what follows from the answer."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from urllib.parse import urlencode, urlsplit

from flask_babel.speaklater import LazyString
from sqlalchemy.exc import IntegrityError

from portal.access import Actor, Permission, can
from portal.config import Settings
from portal.domain.resource_types import DESCRIBED, DESCRIBING
from portal.linking import reverse_links
from portal.provider.oauth import grants, scopes
from portal.provider.oauth.models import Client
from portal.provider.types import ASKED_BY_NAME, CATEGORIES, GROUPS, HEALTH_RECORD, SHARED, WORDS, WRITES_MESSAGES
from portal.services import Services
from portal.store import Tx
from portal.store.directory.organizations import Organization
from portal.store.directory.values import Mark
from portal.store.people import people
from portal.store.provider import client_logos, clients, release, tokens
from portal.store.provider import grants as stored_grants
from portal.store.provider.tokens import CodeData

_WORDS = WORDS | ASKED_BY_NAME


@dataclass(frozen=True, slots=True)
class InformationKind:
    """One kind of information that can be refused: the key of its checkbox and its words.

    ``parts`` are the categories that can be shared instead of the whole.
    """

    key: str
    words: LazyString
    parts: "tuple[InformationKind, ...]" = ()

    @property
    def group(self) -> str:
        """The key of its group."""
        resource_type = self.key.partition(".")[0]
        return next((key for key, (_words, types) in GROUPS.items() if resource_type in types), HEALTH_RECORD[0])


@dataclass(frozen=True, slots=True)
class InformationGroup:
    """Kinds that are agreed to or refused together, unless somebody looks closer."""

    key: str
    words: LazyString
    kinds: tuple[InformationKind, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """A person whose record may be opened to the app."""

    person_id: str
    name: str
    birth_date: str
    own: bool
    shared_since: datetime | None = None  # who is asked shares it with this app already


@dataclass(frozen=True, slots=True)
class Question:
    """The consent page: who asks, for whom, for what, for how long."""

    client: clients.OAuthClient
    requested: tuple[str, ...]
    redirect_uri: str
    people: tuple[Choice, ...]
    health: tuple[InformationKind, ...]
    context: tuple[InformationKind, ...]  # clinicians, places: what gives the health information its names
    lasting: bool
    identity: bool  # who signed in is told as well
    withheld: bool  # something asked for is not released by this organization
    mark: Mark  # its logo, where the operator gave one: what registers itself might take another's
    reverse: Organization | None = None  # whose link back is offered
    replaces: bool = True  # what was shared with it before ends

    @property
    def kinds(self) -> tuple[InformationKind, ...]:
        return (*self.health, *self.context)

    @property
    def groups(self) -> tuple[InformationGroup, ...]:
        """The health information in at most three groups."""
        named = (HEALTH_RECORD, *((key, words) for key, (words, _types) in GROUPS.items()))
        groups = (
            InformationGroup(key, words, tuple(kind for kind in self.health if kind.group == key))
            for key, words in named
        )
        return tuple(group for group in groups if group.kinds)

    @property
    def keys(self) -> frozenset[str]:
        """Everything that can be agreed to."""
        return frozenset(choice.key for kind in self.kinds for choice in (kind, *kind.parts))

    def refused(self, groups: Container[str]) -> frozenset[str]:
        """Return the keys of all kinds whose group is not among the ``groups`` that were agreed to."""
        return frozenset(
            choice.key for kind in self.health if kind.group not in groups for choice in (kind, *kind.parts)
        )

    @property
    def homepage(self) -> str:
        """Its web site; of an app that nobody checked only where the answer goes there, too."""
        homepage = self.client.homepage
        return homepage if self.client.trusted or urlsplit(homepage).netloc == self.site else ""

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
    """Return what to ask this account. ``scope`` is what Authlib let through (``get_allowed_scope``)."""
    requested = tuple(scope.split())
    settings = release.effective(tx, settings, portal=client.stored.portal_fhir_base)
    choices = _choices(tx, actor, client.stored.client_id)
    linkable = tuple(choice.person_id for choice in choices if may_link(actor, choice.person_id))
    everything = _parts(requested, withheld=frozenset())
    released = _parts(requested, withheld=settings.withheld)
    return Question(
        client=client.stored,
        requested=requested,
        redirect_uri=redirect_uri,
        people=choices,
        health=tuple(_kind(part, requested) for part in released if part.type not in SHARED),
        context=tuple(_kind(part) for part in released if part.type in SHARED),
        lasting="offline_access" in requested
        and settings.lasting_authorization
        and "refresh_token" in client.stored.grant_types,
        identity="openid" in requested,
        withheld=len(released) < len(everything),
        mark=Mark.of(client.stored.name, logo=client_logos.digest(tx, client_id=client.stored.client_id)),
        reverse=reverse_links.offered(
            tx,
            settings,
            client=client.stored,
            request=request,
            account_id=actor.account_id,
            person_ids=linkable,
        ),
        replaces=grants.replaced_by(client.stored, request) is None,
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
    services: Services,
    *,
    question: Question,
    answer: Agreement,
    actor: Actor,
    request: Mapping[str, str],
    signed_in_at: datetime,
) -> Agreed | None:
    """Store the grant and its one-time code. The answer is taken within what was asked, and once.

    ``request`` are all parameters of the consent page: the first answer to it has an effect, the same sent again leads
    to the same code as long as that is good, and to None later.
    """
    take = partial(
        _agree,
        settings=services.settings,
        question=question,
        answer=answer,
        actor=actor,
        request=request,
        signed_in_at=signed_in_at,
    )
    try:
        with services.db.transaction() as tx:
            return take(tx)
    except IntegrityError:  # sent twice at the same moment
        with services.db.transaction() as tx:
            return take(tx)


def _agree(
    tx: Tx,
    *,
    settings: Settings,
    question: Question,
    answer: Agreement,
    actor: Actor,
    request: Mapping[str, str],
    signed_in_at: datetime,
) -> Agreed | None:
    code = tokens.code_for(tx, answered=[actor.account_id, *sorted(request.items())])
    before = tokens.code(tx, code=code)
    if before is not None:
        return None if before.used or before.expired else Agreed(code, before.data.reverse)
    lasting = question.lasting and answer.lasting
    granted = scopes.granted(
        question.requested,
        accepted=answer.accepted & question.keys,
        lasting=lasting,
        withheld=release.effective(tx, settings, portal=question.client.portal_fhir_base).withheld,
    )
    grant = grants.consented(
        tx,
        client_id=question.client.client_id,
        account_id=actor.account_id,
        person_id=answer.person_id,
        scopes=granted,
        lasting=lasting,
        replaces=grants.replaced_by(question.client, request),
    )
    wished = answer.reverse and question.reverse is not None and may_link(actor, answer.person_id)
    data = CodeData(
        redirect_uri=question.redirect_uri,
        challenge=request["code_challenge"],
        scope=" ".join(granted),
        nonce=request.get("nonce", ""),
        auth_time=int(signed_in_at.timestamp()),
        reverse=reverse_links.address(tx, settings, grant_id=grant.id) if wished else "",
    )
    tokens.add_code(tx, code=code, grant_id=grant.id, data=data)
    return Agreed(code, data.reverse)


def answer_address(settings: Settings, redirect_uri: str, **parameters: str | None) -> str:
    """Return the redirect URI with the authorization response, ``iss`` among it (RFC 9207), in success and in error."""
    pairs = {name: value for name, value in {**parameters, "iss": settings.base_url}.items() if value}
    return f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{urlencode(pairs)}"


def words(granted: Iterable[str], *, withheld: frozenset[str]) -> tuple[LazyString, ...]:
    """Return the kinds of health information that these scopes open, in the words and the order of the consent page."""
    return tuple(_kind(part).words for part in _parts(granted, withheld=withheld) if part.type not in SHARED)


def may_authorize(actor: Actor, person_id: str) -> bool:
    return can(actor, Permission.AUTHORIZE_APPS, person_id)


def may_link(actor: Actor, person_id: str | None) -> bool:
    return person_id is not None and can(actor, Permission.MANAGE_LINKS, person_id)


def _choices(tx: Tx, actor: Actor, client_id: str) -> tuple[Choice, ...]:
    ids: Iterable[str] = dict.fromkeys(
        filter(None, (actor.own_person_id, *(grant.person_id for grant in actor.grants)))
    )
    choices = []
    for person_id in ids:
        person = people.by_id(tx, person_id=person_id) if may_authorize(actor, person_id) else None
        if person is not None and person.fhir_id:
            demographics = person.demographics
            before = [
                grant.created_at
                for grant in stored_grants.grants_of_person(tx, person_id=person_id)
                if (grant.client_id, grant.account_id) == (client_id, actor.account_id)
            ]
            choices.append(
                Choice(
                    person_id,
                    demographics.display,
                    demographics.birth_date,
                    person_id == actor.own_person_id,
                    before[0] if before else None,
                )
            )
    return tuple(choices)


def _parts(requested: Iterable[str], *, withheld: frozenset[str]) -> tuple[scopes.ResourceScope, ...]:
    """Return one scope for each kind of information, "all" spelled out, without what this organization withholds.

    What says something of others is not named where they are not: it is never shown without what it is about.
    """
    expanded = [part for scope in scopes.resource_scopes(requested) for part in scopes.expand(scope, withheld=withheld)]
    types = {part.type for part in expanded if part.type not in withheld}
    opened = types - {kind for kind in DESCRIBING if not types & (DESCRIBED.get(kind) or types - DESCRIBING.keys())}
    parts = sorted((part for part in expanded if part.type in opened), key=lambda part: "c" in part.actions)
    keys = {part.key: part for part in parts}  # of two scopes of one kind, the one that lets an app write
    return tuple(sorted(keys.values(), key=lambda part: (list(_WORDS).index(part.type), part.key)))


def _kind(part: scopes.ResourceScope, requested: Iterable[str] = ()) -> InformationKind:
    if "c" in part.actions:
        return InformationKind(part.key, WRITES_MESSAGES)
    code = part.category.rpartition("|")[2]
    parts = tuple(map(_kind, scopes.by_category(part, requested))) if requested else ()
    return InformationKind(part.key, CATEGORIES[part.type][code] if code else _WORDS[part.type], parts)
