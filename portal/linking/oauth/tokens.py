"""A link's access token: used while it is good, refreshed once by one process, kept before it is used (requirement B4).

The right to refresh is a lock in the database with the version of the tokens: whoever does not get it waits for the
version to move. A lock that nobody gave back, or an answer that was lost, leaves the token in doubt: if the next
refresh is refused, the page says that the answer was lost and not that the organization ended it.
"""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from portal.domain.errors import (
    AddressRefusedError,
    HttpStatusError,
    LinkingError,
    OutsideError,
    TokenRefusedError,
    UnauthorizedError,
    UnreachableError,
)
from portal.linking import enqueue, transitions
from portal.linking.endings import told_end
from portal.linking.oauth import backend_services, discovery
from portal.linking.oauth import client as oauth_client
from portal.linking.oauth.client import GrantedTokens
from portal.linking.transitions import Work
from portal.mail import alerts
from portal.services import Services
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.links import tokens as link_tokens
from portal.store.links.tokens import StoredTokens, Tokens

_NEAR_END = timedelta(seconds=30)
_LOCK = timedelta(seconds=45)  # longer than a token request may take (portal.linking.oauth.client.TOKEN_LIMITS)
_NOT_SENT = frozenset({"connection-refused", "name-timeout", "name-unknown", "proxy-refused", "tls", "busy"})


class LinkTokens:
    """The ``TokenSource`` of one link (``portal.fhir.authorised``). Safe between threads and processes."""

    def __init__(self, services: Services, link_id: str) -> None:
        self._here = services
        self._link_id = link_id
        self._version = 0

    @property
    def patient(self) -> str:
        """The id of the Patient there.

        Raises:
            UnauthorizedError: there are no tokens.
        """
        return self._stored().tokens.patient

    @property
    def scopes(self) -> tuple[str, ...]:
        """The granted scopes; UnauthorizedError when there are no tokens."""
        return self._stored().tokens.scopes

    def access_token(self) -> str:
        """Return a token that is good as far as is known.

        Raises:
            UnauthorizedError: there is none and none can be had; the link has been marked.
            OutsideError: the token endpoint could not be asked; it may work later.
        """
        stored = self._stored()
        if stored.expires_at is not None and stored.expires_at - _NEAR_END <= datetime.now(UTC):
            return self._renew(stored)
        self._version = stored.version
        return stored.tokens.access_token

    def refreshed(self) -> str:
        """Return a new token because the last one given was answered with 401; the same errors."""
        stored = self._stored()
        if stored.version > self._version > 0:
            self._version = stored.version
            return stored.tokens.access_token
        return self._renew(stored)

    def _stored(self) -> StoredTokens:
        with self._here.db.reading() as tx:
            stored = link_tokens.tokens_of(tx, link_id=self._link_id)
        if stored is None:
            raise UnauthorizedError(401)
        return stored

    def _renew(self, stored: StoredTokens) -> str:
        if not stored.tokens.refresh_token and not self._by_trust():
            raise self._lost("expired")
        deadline = time.monotonic() + _LOCK.total_seconds() + 5
        while True:
            with self._here.db.transaction() as tx:
                is_locked = link_tokens.lock_tokens(tx, link_id=self._link_id, version=stored.version, span=_LOCK)
            if is_locked:
                return self._ask(stored)
            time.sleep(0.1)
            now = self._stored()
            if now.version != stored.version:
                self._version = now.version
                return now.tokens.access_token
            stored = now
            if time.monotonic() > deadline:
                raise UnreachableError("token-busy")

    def _ask(self, stored: StoredTokens) -> str:
        in_doubt = stored.locked_until is not None
        try:
            granted = self._request(stored)
        except TokenRefusedError as error:
            if error.error in ("temporarily_unavailable", "server_error"):
                self._give_back(stored, doubtful=in_doubt)
                raise
            if error.error in ("invalid_client", "unauthorized_client"):  # ours to mend, not the patient's
                self._give_back(stored, doubtful=in_doubt)
                raise
            raise self._lost("answer-lost" if in_doubt else "token-refused") from None
        except (OutsideError, LinkingError) as error:
            self._give_back(stored, doubtful=in_doubt or _may_have_arrived(error))
            if isinstance(error, LinkingError):
                raise UnreachableError("token-answer") from None
            raise
        tokens = granted.tokens
        if tokens.patient != stored.tokens.patient:
            raise self._wrong_person(tokens)
        work: list[Work] = []
        with self._here.db.transaction() as tx:
            expires_at = tx.now + timedelta(seconds=granted.expires_in)
            is_renewed = link_tokens.renew_tokens(
                tx, link_id=self._link_id, version=stored.version, tokens=tokens, expires_at=expires_at
            )
            if is_renewed:
                links.put(tx, link_id=self._link_id, ends_at=told_end(tokens.ends_at, stored.tokens.ends_at))
            else:
                work = self._too_late(tx, tokens)
        if not is_renewed:
            enqueue.enqueue(self._here, work)
            return self._theirs(stored)
        self._version = stored.version + 1
        return tokens.access_token

    def _theirs(self, stored: StoredTokens) -> str:
        """Return what another process got for the same authorization, whose lock had taken too long."""
        now = self._stored()
        if now.version <= stored.version:  # another authorization, which begins to count anew
            raise UnauthorizedError(401)
        self._version = now.version
        return now.tokens.access_token

    def _too_late(self, tx: Tx, tokens: Tokens) -> list[Work]:
        """End tokens there that came after the authorization was ended here, or replaced by another sign-in's."""
        link, now = links.by_id(tx, link_id=self._link_id), link_tokens.tokens_of(tx, link_id=self._link_id)
        is_in_use = now is not None and now.tokens.refresh_token == tokens.refresh_token
        if link is None or is_in_use:
            return []
        return [transitions.revoke(tx, organization_id=link.organization_id, ended=tokens)]

    def _request(self, stored: StoredTokens) -> GrantedTokens:
        with self._here.db.reading() as tx:
            link = links.by_id(tx, link_id=self._link_id)
            organization = organizations.by_id(tx, organization_id=link.organization_id, ours=True) if link else None
        if organization is None:
            raise LinkingError("no-address")
        capability = discovery.capability_of(self._here, organization)
        client = oauth_client.client_of(self._here, organization.id)
        previous = stored.tokens
        if link is not None and link.tier.by_trust and not previous.refresh_token:
            granted = backend_services.token(self._here, client, capability, link.tier)
            return replace(granted, tokens=msgspec.structs.replace(granted.tokens, patient=previous.patient))
        with oauth_client.open_oauth(self._here, client, token_endpoint=capability.token_endpoint) as session:
            answer = session.refresh_token(capability.token_endpoint, refresh_token=previous.refresh_token)
        return oauth_client.read_granted(
            dict(answer),
            requested=previous.scopes,
            issuer=previous.issuer,
            patient=previous.patient,
            grant_id=previous.grant_id,
        )

    def _by_trust(self) -> bool:
        """Whether the tokens are ours by the trust between two organizations, not a person's."""
        with self._here.db.reading() as tx:
            link = links.by_id(tx, link_id=self._link_id)
        return link is not None and link.tier.by_trust

    def _give_back(self, stored: StoredTokens, *, doubtful: bool) -> None:
        with self._here.db.transaction() as tx:
            link_tokens.unlock_tokens(tx, link_id=self._link_id, version=stored.version, doubtful=doubtful)

    def _lost(self, reason: str) -> UnauthorizedError:
        with self._here.db.transaction() as tx:
            transitions.token_lost(tx, link_id=self._link_id, reason=reason)
        return UnauthorizedError(401)

    def _wrong_person(self, strayed: Tokens) -> UnauthorizedError:
        with self._here.db.transaction() as tx:
            link = links.by_id(tx, link_id=self._link_id)
            if link is not None:
                alerts.wrong_person(tx, self._here, organization_id=link.organization_id)
            work = transitions.wrong_person(tx, link_id=self._link_id, strayed=strayed)
        enqueue.enqueue(self._here, work)
        return UnauthorizedError(401)


def _may_have_arrived(error: Exception) -> bool:
    """Whether the token endpoint may have acted on a request whose answer we do not have."""
    if isinstance(error, AddressRefusedError):
        return False
    if isinstance(error, HttpStatusError):
        return error.status >= 500
    return not (isinstance(error, UnreachableError) and error.code in _NOT_SENT)
