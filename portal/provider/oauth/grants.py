"""Grants and their tokens: what a consent gives, and how it ends. All inside the caller's transaction."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from portal import audit
from portal.store import Tx
from portal.store.people import people
from portal.store.provider import grants, tokens
from portal.store.provider.clients import OAuthClient
from portal.store.provider.grants import OAuthGrant
from portal.store.provider.tokens import ACCESS_LIFE, PUBLIC_REFRESH_LIFE, REFRESH_LIFE


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """Fresh tokens, in clear only here. ``refresh_token`` is empty for a grant that does not last.

    ``patient`` is the FHIR id of the person, ``expires_in`` seconds of the access token, ``refresh_expires_in`` of the
    refresh token, at most until the grant ends.
    """

    grant_id: str
    access_token: str
    refresh_token: str
    expires_in: int
    scopes: tuple[str, ...]
    patient: str | None
    refresh_expires_in: int | None


def issue(
    tx: Tx,
    *,
    client: OAuthClient,
    person_id: str | None,
    scopes: Iterable[str],
    lasting: bool,
    account_id: str | None = None,
) -> IssuedTokens:
    """Issue a grant with its first tokens without a browser, for links that two organizations set up themselves."""
    grant = consented(
        tx, client_id=client.client_id, account_id=account_id, person_id=person_id, scopes=scopes, lasting=lasting
    )
    return tokens_for(tx, client=client, grant=grant, scopes=grant.scopes)


CREATE, REPLACE = "create", "replace"
GRANT_ACTIONS = (CREATE, REPLACE)
"""What a portal says of the grant that it asks for (Grant Management for OAuth 2.0, ``grant_management_action``)."""


def replaced_by(client: OAuthClient, request: Mapping[str, str]) -> str | None:
    """Return which grant a consent to this request replaces: an id, empty for none, None for all of the same person.

    A portal keeps a grant for each link of its people, and says which one a request is for; only what the operator
    checked is believed. Of everything else a new consent closes what was open before.
    """
    action = request.get("grant_management_action") if client.trusted else None
    if action not in GRANT_ACTIONS:
        return None
    return request.get("grant_id", "") if action == REPLACE else ""


def consented(
    tx: Tx,
    *,
    client_id: str,
    account_id: str | None,
    person_id: str | None,
    scopes: Iterable[str],
    lasting: bool,
    replaces: str | None = None,
) -> OAuthGrant:
    """Store a consent, which ends those of the same account for the same client and person at once.

    ``replaces``, as from ``replaced_by``: of these only the one with this id ("": none).
    """
    grant = grants.add_grant(
        tx, client_id=client_id, account_id=account_id, person_id=person_id, scopes=scopes, lasting=lasting
    )
    actor = audit.Actor("account", account_id) if account_id else audit.Actor("operator")
    audit.record(
        tx,
        action=audit.Action.CONSENT,
        actor=actor,
        person_id=person_id,
        client=client_id,
        grant=grant.id,
        scopes=" ".join(grant.scopes),
    )
    for ended in grants.end_other_grants(tx, keep=grant, only=replaces) if account_id else ():
        _record_end(tx, actor=actor, person_id=person_id, client=client_id, grant=ended, reason="replaced")
    return grant


def tokens_for(tx: Tx, *, client: OAuthClient, grant: OAuthGrant, scopes: Iterable[str]) -> IssuedTokens:
    """Issue an access token with ``scopes`` (never more than the grant's), and a refresh token when the grant lasts."""
    granted = tuple(scope for scope in scopes if scope in grant.scopes)
    access = tokens.add_token(tx, grant=grant, kind="access", scopes=granted, life=ACCESS_LIFE)
    refresh, life = "", ACCESS_LIFE
    if grant.lasting:
        life = REFRESH_LIFE if client.keeps_secret else PUBLIC_REFRESH_LIFE
        refresh = tokens.add_token(tx, grant=grant, kind="refresh", scopes=grant.scopes, life=life)
    audit.record(
        tx,
        action=audit.Action.TOKEN_ISSUE,
        actor=audit.Actor("client", client.client_id),
        person_id=grant.person_id,
        grant=grant.id,
    )
    person = people.by_id(tx, person_id=grant.person_id) if grant.person_id else None
    left = grant.ends_at - tx.now
    seconds = min(ACCESS_LIFE, left)
    return IssuedTokens(
        grant.id,
        access,
        refresh,
        int(seconds.total_seconds()),
        granted,
        person.fhir_id if person else None,
        int(min(life, left).total_seconds()) if refresh else None,
    )


def end(tx: Tx, *, grant: OAuthGrant, reason: str, actor: audit.Actor) -> None:
    """End a grant at once: its access tokens get 401, its refresh tokens 400 from now on."""
    if grants.end_grant(tx, grant_id=grant.id, reason=reason):
        _record_end(tx, actor=actor, person_id=grant.person_id, client=grant.client_id, grant=grant.id, reason=reason)


def _record_end(tx: Tx, *, actor: audit.Actor, person_id: str | None, client: str, grant: str, reason: str) -> None:
    audit.record(
        tx,
        action=audit.Action.CONSENT_END,
        actor=actor,
        person_id=person_id,
        client=client,
        grant=grant,
        reason=reason,
    )
