"""Whose token it is and how far it reaches. Checked on every request: an end anywhere is an end at once."""

from dataclasses import replace
from datetime import timedelta

import msgspec

from portal.access import Actor, Permission, Sight, can
from portal.access import sight as sight_of
from portal.access.policy import ReleasePolicy
from portal.access.visibility import Visibility
from portal.config import Settings
from portal.domain.sections import Section
from portal.normalise.confidential import is_confidential_here
from portal.provider.fhir.categories import categories
from portal.provider.fhir.delay import Delay
from portal.provider.fhir.outcomes import bad_token, forbidden, no_token
from portal.provider.oauth import scopes
from portal.provider.oauth.scopes import Reach
from portal.provider.types import ASKED_BY_NAME, BASIC, LINKED_SUMMARY, SERVED
from portal.store import Tx
from portal.store.people import accounts, proxies
from portal.store.provider import release, tokens
from portal.store.provider.clients import CallingClient
from portal.store.provider.grants import CallingGrant
from portal.store.records.message_ties import OF_ONE_WRITER
from portal.store.records.resources import StoredResource

_CONTACTS = frozenset({"address", "telecom", "contact", "text"})
"""Elements of a Patient that say where somebody lives and how they are reached; the narrative may."""
_RELEASED = SERVED | ASKED_BY_NAME.keys()
# No one but a person whose right is checked sees what is confidential: a partner sees the rest.
_OF_A_PARTNER = Sight(confidential=False, private=False, held=True, sections=frozenset(Section), account="")


class Caller(msgspec.Struct, frozen=True):
    """An app with a live token. ``person_id`` and ``patient`` (FHIR id) are absent for system/ tokens."""

    client: CallingClient
    grant: CallingGrant
    scopes: tuple[str, ...]
    person_id: str | None
    patient: str | None
    sight: Sight
    visibility: Visibility
    delay: Delay
    kinds: frozenset[str] = frozenset()
    """What the organization keeps confidential whatever its label."""
    contacts: bool = True
    """Whether where the person lives may be seen: not by one of several who act for them."""

    @property
    def context(self) -> str:
        return "patient" if self.person_id else "system"

    @property
    def confidential(self) -> bool:
        """Whether what is labelled as confidential may be seen."""
        return self.visibility.confidential

    @property
    def summary_is_merged(self) -> bool:
        """Whether the person agreed that the summary holds what linked organizations sent, too."""
        return not self.client.is_of_an_organization and self.reaches(LINKED_SUMMARY, "r")

    def reach(self, kind: str, action: str) -> Reach:
        """Return how far the token reaches on a type.

        Raises:
            FhirError: 403 when it does not, by scope or by the organization's release policy.
        """
        reach = self._reach(kind, action)
        if reach is None:
            raise forbidden("The token does not give access to this type of resource")
        return reach

    def reaches(self, kind: str, action: str) -> bool:
        return self._reach(kind, action) is not None

    def sees(self, stored: StoredResource) -> bool:
        """Tell whether a read or a search would show this resource of the caller's people."""
        return any(visible(self, reach, stored) is not None for reach in self._reaches(stored.type))

    def sees_some(self, kind: str) -> bool:
        """Tell whether there may be resources of this type that the caller sees."""
        return bool(self._reaches(kind))

    def sees_all(self, kind: str) -> bool:
        """Tell whether the caller sees every resource of this type, whatever is in it."""
        return self.opens_all(kind) and any(reach.categories is None for reach in self._reaches(kind))

    def opens_all(self, kind: str) -> bool:
        """Tell whether nothing of a type that a token reaches is kept from the caller."""
        unlimited = self.confidential and not self.delay.concerns(kind)
        return unlimited and (kind not in OF_ONE_WRITER or self.sight.authors is None)

    def _reaches(self, kind: str) -> tuple[Reach, ...]:
        return tuple(reach for action in "rs" if (reach := self._reach(kind, action)) is not None)

    def _reach(self, kind: str, action: str) -> Reach | None:
        if not self.visibility.opens(kind):
            return None
        return scopes.reach(self.scopes, kind, action, context=self.context)


def bearer_token(authorization: str) -> str | None:
    """Return the token of an Authorization header (RFC 6750, 2.1); None where it is of another scheme, or none."""
    scheme, _, token = authorization.strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def authenticate(tx: Tx, settings: Settings, authorization: str) -> Caller:
    """Return the caller of this request.

    Raises:
        FhirError: 401 when the token is not good: unknown, expired, revoked, its client disabled, or who agreed to it
            may no longer act for the person.
    """
    token = bearer_token(authorization)
    if token is None:
        raise no_token()
    access = tokens.access(tx, token=token) if token else None
    if access is None:
        raise bad_token()
    return caller_by(
        tx,
        settings,
        client=access.client,
        grant=access.grant,
        granted=access.scopes,
        patient=access.patient,
        decided=access.release,
    )


def caller_by(
    tx: Tx,
    settings: Settings,
    *,
    client: CallingClient,
    grant: CallingGrant,
    granted: tuple[str, ...],
    patient: str | None,
    decided: ReleasePolicy,
) -> Caller:
    """Return who reads by a grant in force, with the scopes of a token or of the whole grant.

    ``patient``: the FHIR id of the person whose record it opens. ``decided``: the release policy in force.

    Raises:
        FhirError: 401 when who agreed to it may no longer act for the person.
    """
    sight = _OF_A_PARTNER
    contacts = True
    if grant.account_id is not None and grant.person_id is not None:
        actor = _allowing(tx, grant, settings)
        if actor is None:
            raise bad_token()
        # What the person wants to be shown later waits in this portal only; the app asks them by its own rules.
        sight = replace(sight_of(actor, grant.person_id).without_private, held=True)
        if client.is_of_an_organization:
            sight = replace(sight, portal=portal_author(tx, client))
        contacts = actor.own_person_id == grant.person_id or not proxies.shares_person(
            tx, account_id=actor.account_id, person_id=grant.person_id
        )
    policy = release.stricter(tx, settings, decided, portal=client.portal_fhir_base)
    if grant.person_id and patient is None:
        raise bad_token()
    return Caller(
        client,
        grant,
        granted,
        grant.person_id,
        patient,
        sight,
        Visibility(
            confidential=sight.confidential,
            withheld=policy.withheld & _RELEASED | sight.hidden_types(),
            tier=None if grant.person_id else BASIC,
        ),
        Delay(timedelta(days=policy.results_delay_days), tx.now),
        frozenset(decided.confidential),
        contacts,
    )


def may_act(tx: Tx, settings: Settings, grant: CallingGrant) -> bool:
    """Tell whether who agreed to a grant may let apps in for the person still; nobody agreed to those of partners."""
    return grant.account_id is None or grant.person_id is None or _allowing(tx, grant, settings) is not None


def portal_author(tx: Tx, client: CallingClient) -> str:
    """Return the author (``portal.access.authors``) that stands for who writes by an organization's portal under a
    name that is not the token's: that portal knows who it is, and this one does not."""
    return tx.vault.hash("portal-author", client.client_id)[:40]


def may_write(tx: Tx, settings: Settings, caller: Caller) -> bool:
    """Tell whether whose token it is may write messages for the person of the token."""
    grant = caller.grant
    actor = _actor(tx, grant.account_id, settings.teen_age) if grant.account_id else None
    return actor is not None and grant.person_id is not None and can(actor, Permission.WRITE_MESSAGES, grant.person_id)


def visible(caller: Caller, reach: Reach, stored: StoredResource) -> StoredResource | None:
    """Return this resource of the caller's person as the caller may see it.

    None when it is outside the categories of the scope, confidential, kept private, a message of somebody else who acts
    for the person, or a result that is held back.
    """
    if stored.private or (stored.author and not caller.sight.reads(stored.author)):
        return None
    released = caller.delay.released(stored) if caller.delay.span else stored
    shown = caller.visibility.shows(
        stored.type,
        confidential=not caller.visibility.confidential and is_labelled(caller, stored),
        categories=frozenset() if reach.categories is None else categories(stored.body),
        within=reach.categories,
        released=released is not None,
    )
    if shown and released is not None and released.type == "Patient" and not caller.contacts:
        body = {name: value for name, value in released.body.items() if name not in _CONTACTS}
        return released.with_body(body)
    return released if shown else None


def is_labelled(caller: Caller, stored: StoredResource) -> bool:
    """Tell whether a resource is confidential here; where nothing in it may say so, it is not looked into."""
    labels = stored.may_have_meta and stored.text.find(b'"security"') >= 0  # not ``in``: it tries a number first
    may_be = bool(caller.kinds) or labels
    return may_be and is_confidential_here(stored.body, caller.kinds)


def _allowing(tx: Tx, grant: CallingGrant, settings: Settings) -> Actor | None:
    """Return who agreed to a grant for a person; None where they may no longer let apps in."""
    actor = _actor(tx, grant.account_id, settings.teen_age) if grant.account_id else None
    return actor if actor and grant.person_id and can(actor, Permission.AUTHORIZE_APPS, grant.person_id) else None


def _actor(tx: Tx, account_id: str, teen_age: int) -> Actor | None:
    acting = accounts.acting(tx, account_id=account_id)
    if acting is None:
        return None
    grants = accounts.grants_of(tx, account_id=account_id, teen_age=teen_age)
    return Actor(account_id, *acting, proxies.proxy_grants(grants))
