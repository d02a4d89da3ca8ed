"""Linking step by step: to the other organization's sign-in, and back with a code (requirements B1 to B3).

Every ending that is not a link is a ``LinkingError`` whose code names the page that explains it. Sources: RFC 6749,
RFC 7636, RFC 9207, SMART App Launch 2.2.0 "App Launch".
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

import msgspec
from sqlalchemy.exc import IntegrityError

from portal import audit
from portal.access import Actor, Permission, can
from portal.domain.errors import (
    HttpStatusError,
    LinkingError,
    NotFoundError,
    OutsideError,
    TokenRefusedError,
)
from portal.domain.ids import new_secret
from portal.domain.links import VERIFIED, LinkPolicy, LinkState, Tier
from portal.fhir.capability import Capability
from portal.linking import enqueue, patient_of_token, proxies, reverse_links, transitions
from portal.linking.oauth import client as oauth_client
from portal.linking.oauth import discovery, id_token, registration, scopes
from portal.linking.oauth.client import GrantedTokens
from portal.linking.states import VERIFY_EVERY, By, Move
from portal.linking.transitions import Work
from portal.services import Services
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization
from portal.store.links import attempts, links
from portal.store.links import tokens as link_tokens
from portal.store.links.attempts import Attempt, AuthorizationRequest
from portal.store.links.links import Link
from portal.store.links.tokens import Tokens
from portal.store.people import sign_ins

_ANSWERED = {
    "access_denied": "denied",
    "invalid_scope": "scope-refused",
    "unauthorized_client": "not-registered",
    "invalid_client": "not-registered",
    "login_required": "denied",
    "consent_required": "denied",
    "interaction_required": "denied",
    "temporarily_unavailable": "unavailable-there",
    "server_error": "unavailable-there",
    "invalid_request": "request-refused",
    "unsupported_response_type": "request-refused",
}


@dataclass(frozen=True, slots=True)
class Finished:
    """Where the callback leads: the link, and of whose record it is. Links back: ``portal.linking.reverse_links``."""

    link_id: str
    person_id: str
    go_on: str = ""  # address at the other organization, where the person asked for a link back
    is_reverse: bool = False  # this was the link back
    back: str = ""  # where the person began, at the other organization


class AttemptError(LinkingError):
    """An attempt that ended without a link; what a page needs to offer another one."""

    def __init__(
        self,
        code: str,
        *,
        organization_id: str | None = None,
        person_id: str | None = None,
        is_reverse: bool = False,
        back: str = "",
    ) -> None:
        super().__init__(code)
        self.is_reverse = is_reverse
        self.back = back
        self.organization_id = organization_id
        self.person_id = person_id


def start(
    services: Services,
    *,
    person_id: str,
    organization_id: str,
    account_id: str,
    sign_in: str,
    is_reverse: bool = False,
    back: str = "",
) -> str:
    """Begin an attempt; gives the address at the other organization to go to. May call it for discovery.

    Args:
        sign_in: the secret of this browser's sign-in; only it may come back.
        is_reverse: this is the link back, which the person agreed to try; it offers no further one.
        back: of a link back, where the person began at the other portal (``reverse_links.began_at``).

    Raises:
        NotFoundError: no such organization.
        LinkingError: policy-off, exchange-required, no-address, not-registered, no-s256, issuer-unproven.
        OutsideError: discovery failed.
    """
    with services.db.reading() as tx:
        organization = organizations.by_id(tx, organization_id=organization_id)
        link = proxies.link_seen_by(tx, account_id=account_id, person_id=person_id, organization_id=organization_id)
        stored = link_tokens.tokens_of(tx, link_id=link.id) if link else None
        offers_reverse = not is_reverse and reverse_links.allowed(tx, services.settings, organization)
    if organization is None:
        raise NotFoundError
    check_policy(organization, link)
    capability = discovery.capability_of(services, organization)
    if capability.code_challenge_methods and "S256" not in capability.code_challenge_methods:
        raise LinkingError("no-s256")
    if not capability.issuer_proven:  # perhaps it was kept before issuers were looked at
        capability = discovery.capability_of(services, organization, fresh=True)
    if not capability.issuer_proven:
        raise LinkingError("issuer-unproven")
    client = registration.client_for(services, organization, capability)
    request = AuthorizationRequest(
        code_verifier=secrets.token_urlsafe(48),
        redirect_uri=registration.redirect_uri(services, client),
        fhir_base=capability.fhir_base,
        issuer=capability.issuer,
        iss_expected=capability.iss_parameter,
        token_endpoint=capability.token_endpoint,
        jwks_uri=capability.jwks_uri,
        nonce=new_secret(),
        client_id=client.client_id,
        scopes=scopes.to_ask(capability, lasting=not organization.manual, sign_on=True),
        offers_reverse=offers_reverse,
        is_reverse=is_reverse,
        back=back,
    )
    state = new_secret()
    with oauth_client.open_oauth(
        services, client, token_endpoint=request.token_endpoint, redirect_uri=request.redirect_uri
    ) as session:
        address, _ = session.create_authorization_url(
            capability.authorization_endpoint,
            state=state,
            code_verifier=request.code_verifier,
            scope=" ".join(request.scopes),
            aud=organization.fhir_base or request.fhir_base,  # compared letter by letter there
            **({"nonce": request.nonce} if "openid" in request.scopes else {}),
            **({reverse_links.PARAMETER: reverse_links.WISHED} if request.offers_reverse else {}),
            **_grant_action(capability, stored.tokens if stored else None),
        )
    with services.db.transaction() as tx:
        attempts.add(
            tx,
            state=state,
            person_id=person_id,
            organization_id=organization.id,
            account_id=account_id,
            sign_in=sign_in,
            link_id=link.id if link else None,
            request=request,
        )
        audit.record(
            tx,
            action=audit.Action.LINK_START,
            actor=audit.Actor("account", account_id),
            person_id=person_id,
            organization=organization.id,
        )
    return str(address)


def _grant_action(capability: Capability, tokens: Tokens | None) -> dict[str, str]:
    """Say which consent there this one is to replace: that of this link, and no other one of the same person.

    Source: Grant Management for OAuth 2.0 (OpenID FAPI), 5.2. Somebody who chooses their own record there by mistake,
    for their child, would end their own link otherwise.
    """
    if tokens is None:
        return {"grant_management_action": "create"} if "create" in capability.grant_actions else {}
    if tokens.grant_id and "replace" in capability.grant_actions:
        return {"grant_management_action": "replace", "grant_id": tokens.grant_id}
    return {}


def finish(services: Services, *, answer: Mapping[str, str], path: str, actor: Actor, sign_in: str) -> Finished:
    """Finish an attempt: check the answer, exchange the code, make the link. A repeated callback gives the same link.

    Args:
        answer: the query of the callback.
        path: where it came to; only the address that the organization was told is taken.
        actor, sign_in: who is signed in in the browser that came back.

    Raises:
        AttemptError: see ``portal.web.links.words.ending`` for all codes.
    """
    with services.db.transaction() as tx:
        taken = attempts.take(tx, state=answer.get("state", "")[:200])
        if taken is None:
            raise AttemptError("state-unknown")
        attempt, first = taken
        is_own = attempt.account_id == actor.account_id and attempt.sign_in_hash == sign_ins.secret_hash(tx, sign_in)
        late = attempt.expires_at <= tx.now
    if not is_own:
        raise AttemptError("other-session")  # used up: a state seen elsewhere is no secret any more
    if not first:
        if attempt.link_id:
            return _finished(attempt, attempt.link_id)
        raise _ended(attempt, "attempt-used")
    if late:
        raise _ended(attempt, "attempt-expired")
    if not can(actor, Permission.MANAGE_LINKS, attempt.person_id):
        raise AttemptError("not-allowed")
    try:
        _check_issuer(attempt.request, answer, came_to=f"{services.settings.base_url}{path}")
        code = _code(answer)
        granted = _exchange(services, attempt, code)
    except LinkingError as error:
        _note_failure(services, attempt, error.code)
        raise _ended(attempt, error.code) from None
    try:
        link, todo = _keep(services, attempt, granted)
    except IntegrityError:
        link, todo = _keep(services, attempt, granted)  # two tabs at once: the other one made the link just now
    enqueue.enqueue(services, todo)
    if link is None:
        raise AttemptError("not-allowed")
    return _finished(attempt, link.id, go_on=reverse_links.goes_on_at(attempt.request, answer))


def _finished(attempt: Attempt, link_id: str, *, go_on: str = "") -> Finished:
    request = attempt.request
    return Finished(link_id, attempt.person_id, go_on=go_on, is_reverse=request.is_reverse, back=request.back)


def check_policy(organization: Organization, link: Link | None) -> None:
    """Whether the organization may be linked now.

    Raises:
        LinkingError: policy-off, exchange-required.
    """
    if organization.policy is LinkPolicy.OFF:
        raise LinkingError("policy-off")
    if organization.policy is LinkPolicy.EXCHANGE_REQUIRED and link is None:
        raise LinkingError("exchange-required")


def _check_issuer(request: AuthorizationRequest, answer: Mapping[str, str], *, came_to: str) -> None:
    """Refuse what another server than the one asked may have answered: by our address it came to, and by ``iss``.

    Source: RFC 9700, 4.4; RFC 9207 (compared character by character).
    """
    if came_to != request.redirect_uri:
        raise LinkingError("issuer-mismatch")
    issuer = answer.get("iss")
    if issuer is None:
        if request.iss_expected:
            raise LinkingError("issuer-missing")
        return
    if issuer != (request.issuer or request.fhir_base):
        raise LinkingError("issuer-mismatch")


def _code(answer: Mapping[str, str]) -> str:
    if "error" in answer:
        raise LinkingError(_ANSWERED.get(answer["error"], "request-refused"))
    code = answer.get("code", "")
    if not code or len(code) > 4096:
        raise LinkingError("code-missing")
    return code


def _exchange(services: Services, attempt: Attempt, code: str) -> GrantedTokens:
    request = attempt.request
    client = oauth_client.client_of(services, attempt.organization_id)
    if client.client_id != request.client_id:
        raise LinkingError("registration-changed")
    try:
        with oauth_client.open_oauth(
            services, client, token_endpoint=request.token_endpoint, redirect_uri=request.redirect_uri
        ) as session:
            answer = session.fetch_token(
                request.token_endpoint,
                grant_type="authorization_code",
                code=code,
                code_verifier=request.code_verifier,
            )
    except TokenRefusedError as error:
        raise LinkingError("not-registered" if error.error == "invalid_client" else "code-refused") from None
    except HttpStatusError:
        raise LinkingError("unavailable-there") from None
    except OutsideError as error:
        raise LinkingError("token-redirect" if error.code == "redirect" else "unavailable-there") from None
    granted = oauth_client.read_granted(dict(answer), requested=request.scopes, issuer=request.issuer)
    signed_on = granted.id_token and "openid" in request.scopes
    fhir_user = id_token.fhir_user(services, granted.id_token, request=request) if signed_on else ""
    if granted.tokens.patient:
        return granted
    patient = patient_of_token.find(services, attempt, granted.tokens, fhir_user=fhir_user)
    return replace(granted, tokens=msgspec.structs.replace(granted.tokens, patient=patient))


def _keep(services: Services, attempt: Attempt, granted: GrantedTokens) -> tuple[Link | None, list[Work]]:
    """Keep all that came of it in one transaction. No link for who may not act any more: their tokens end there.

    Nor does anybody else take over a link that the person keeps private.
    """
    tokens = granted.tokens
    lasting = bool(tokens.refresh_token) and "offline_access" in attempt.request.scopes
    if not lasting:
        tokens = _without_refresh(tokens)
    account_id, person_id, organization_id = attempt.account_id, attempt.person_id, attempt.organization_id
    with services.db.transaction() as tx:
        allowed = proxies.may_link(tx, account_id=account_id, person_id=person_id, teen_age=services.settings.teen_age)
        previous = links.live_link(tx, person_id=person_id, organization_id=organization_id)
        seen = proxies.link_seen_by(tx, account_id=account_id, person_id=person_id, organization_id=organization_id)
        if not allowed or seen != previous:
            return None, [transitions.revoke(tx, organization_id=organization_id, ended=granted.tokens)]
        patient_hash = links.patient_hash(tx, organization_id=organization_id, patient=tokens.patient)
        todo: list[Work] = []
        if previous is None:
            link = _new(tx, attempt)
        else:
            todo += transitions.drop_tokens(tx, previous)
        renewed = previous is not None and _is_renewal(tx, previous, patient_hash)
        if previous is not None:
            actor = audit.Actor("account", attempt.account_id)
            link = transitions.make(tx, previous, Move.RENEWED if renewed else Move.AUTHORIZED, By.PATIENT, actor=actor)
        links.put(tx, link_id=link.id, patient_hash=patient_hash, lasting=lasting, finding=None, tier=Tier.ACCOUNT)
        links.put(tx, link_id=link.id, ends_at=None, warned_at=None)
        expires_at = tx.now + timedelta(seconds=granted.expires_in)
        link_tokens.put_tokens(tx, link_id=link.id, tokens=tokens, expires_at=expires_at)
        attempts.set_link(tx, state_hash=attempt.state_hash, link_id=link.id)
        todo.append(transitions.request_refresh(tx, link, "asked") if renewed else transitions.verify_work(link.id))
    return link, todo


def _new(tx: Tx, attempt: Attempt) -> Link:
    link = links.add(
        tx,
        person_id=attempt.person_id,
        organization_id=attempt.organization_id,
        state=LinkState.LINKING,
        tier=Tier.ACCOUNT,
        created_by=attempt.account_id,
        move=Move.AUTHORIZED.value,
    )
    audit.record(
        tx,
        action=audit.Action.LINK_CHANGE,
        actor=audit.Actor("account", attempt.account_id),
        person_id=link.person_id,
        link=link.id,
        organization=link.organization_id,
        move=Move.AUTHORIZED.value,
    )
    return link


def _is_renewal(tx: Tx, link: Link, patient_hash: str) -> bool:
    """Signed in to the very account that was verified within the year."""
    return (
        link.patient_hash == patient_hash
        and link.verified_at is not None
        and tx.now - link.verified_at < VERIFY_EVERY
        and link.state in VERIFIED | {LinkState.NEEDS_VERIFICATION}
        and link.reason != "wrong-person"
    )


def _without_refresh(tokens: Tokens) -> Tokens:
    return Tokens(access_token=tokens.access_token, scopes=tokens.scopes, patient=tokens.patient, issuer=tokens.issuer)


def _note_failure(services: Services, attempt: Attempt, reason: str) -> None:
    with services.db.transaction() as tx:
        audit.record(
            tx,
            action=audit.Action.LINK_START,
            actor=audit.Actor("account", attempt.account_id),
            person_id=attempt.person_id,
            outcome="failed",
            organization=attempt.organization_id,
            reason=reason,
        )


def _ended(attempt: Attempt, code: str) -> AttemptError:
    return AttemptError(
        code,
        organization_id=attempt.organization_id,
        person_id=attempt.person_id,
        is_reverse=attempt.request.is_reverse,
        back=attempt.request.back,
    )
