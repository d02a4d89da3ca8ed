"""What takes two administrators: the release policy, rules of one organization, new partners, the keys of partners.

One proposes; nothing changes before another confirms it. Either may call it off. Both are recorded.
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import msgspec

from portal import audit
from portal.access.policy import OrganizationRules, ReleasePolicy
from portal.authentication import desk_proxies
from portal.domain.addresses import parts_of
from portal.domain.errors import ConflictError, InvalidInputError, NotFoundError
from portal.domain.people import Role
from portal.linking import organization_rules
from portal.provider.oauth import operator
from portal.store import Tx
from portal.store.people import accounts
from portal.store.people.accounts import Account
from portal.store.provider import clients, proposals, release
from portal.store.provider.clients import OAuthClient
from portal.store.provider.proposals import ORGANIZATION, PARTNER, PARTNER_KEYS, RELEASE, Proposal
from portal.store.records import renewals


def propose_release(tx: Tx, policy: ReleasePolicy, *, by: Account) -> str:
    """Propose what apps and other portals get; return the proposal's id."""
    return _propose(tx, RELEASE, "", msgspec.to_builtins(policy), by)


def propose_rules(tx: Tx, *, organization_id: str, rules: OrganizationRules, by: Account) -> str:
    """Propose other rules for one organization; return the proposal's id."""
    return _propose(tx, ORGANIZATION, organization_id, msgspec.to_builtins(rules), by)


def rules_of(proposal: Proposal) -> OrganizationRules:
    """Return the rules that a proposal of that kind would let hold."""
    return msgspec.convert(proposal.data, OrganizationRules)


def propose_partner(tx: Tx, client: OAuthClient, *, by: Account, logo: bytes = b"") -> str:
    """Propose to register a partner, made by ``operator.partner``; return the proposal's id."""
    data = {"client": msgspec.to_builtins(client), "logo": b64encode(logo).decode()}
    return _propose(tx, PARTNER, client.client_id, data, by)


def propose_keys(tx: Tx, *, client_id: str, jwks_uri: str, by: Account) -> str:
    """Propose another address of a partner's keys; return the proposal's id.

    Raises:
        NotFoundError: there is no such partner.
        InvalidInputError: ``jwks``: that is no web address.
    """
    client = clients.client_by_id(tx, client_id=client_id)
    if client is None or not client.partner:
        raise NotFoundError
    parts = parts_of(jwks_uri)
    if parts is None or parts.scheme not in {"https", "http"}:
        raise InvalidInputError("jwks", hint=f"{jwks_uri} is not a web address")
    return _propose(tx, PARTNER_KEYS, client_id, {"jwks_uri": jwks_uri}, by)


def policy_of(proposal: Proposal) -> ReleasePolicy:
    """Return the policy that a proposal of that kind would let hold."""
    return msgspec.convert(proposal.data, ReleasePolicy)


def partner_of(proposal: Proposal) -> OAuthClient:
    """Return the partner that a proposal of that kind would register."""
    return msgspec.convert(proposal.data["client"], OAuthClient, strict=False)


def confirm(tx: Tx, *, proposal_id: str, by: Account) -> Proposal:
    """Let a proposal take effect, at the word of another administrator.

    Raises:
        NotFoundError: nothing waits under this id.
        ConflictError: ``second-person``: who proposed it cannot confirm it, with another account of theirs neither.
    """
    waiting = _waiting(tx, proposal_id, by)
    proposer = accounts.by_id(tx, account_id=waiting.proposed_by, disabled=True)
    if proposer is None or desk_proxies.same_human(proposer, by):
        raise ConflictError("second-person", hint="a second administrator confirms it")
    if not proposals.decide(tx, proposal_id=proposal_id, account_id=by.id, confirmed=True):
        raise NotFoundError
    _EFFECTS[waiting.kind](tx, waiting, audit.Actor("account", by.id))
    _record(tx, by, f"{waiting.kind}-confirmed", waiting.subject)
    return replace(waiting, confirmed=True)


def call_off(tx: Tx, *, proposal_id: str, by: Account) -> Proposal:
    """Call a proposal off; nothing changes.

    Raises:
        NotFoundError: nothing waits under this id.
    """
    waiting = _waiting(tx, proposal_id, by)
    if not proposals.decide(tx, proposal_id=proposal_id, account_id=by.id, confirmed=False):
        raise NotFoundError
    _record(tx, by, f"{waiting.kind}-called-off", waiting.subject)
    return waiting


def _register_partner(tx: Tx, proposal: Proposal, actor: audit.Actor) -> None:
    if clients.client_by_id(tx, client_id=proposal.subject, disabled=True) is None:
        operator.add(tx, partner_of(proposal), actor=actor, logo=b64decode(proposal.data["logo"]))


def _label_anew(tx: Tx, proposal: Proposal, _actor: audit.Actor) -> None:
    """Let wait what the policy labels differently. The newest one that was confirmed is in force."""
    before = frozenset(release.before(tx, proposal_id=proposal.id).confidential)
    changed = before ^ frozenset(policy_of(proposal).confidential)
    if changed:
        renewals.add_with_types(tx, types={kind.partition("|")[0] for kind in changed})


def _set_rules(tx: Tx, proposal: Proposal, actor: audit.Actor) -> None:
    organization_rules.apply(tx, organization_id=proposal.subject, rules=rules_of(proposal), actor=actor)


def _set_keys(tx: Tx, proposal: Proposal, _actor: audit.Actor) -> None:
    clients.set_key_address(tx, client_id=proposal.subject, jwks_uri=proposal.data["jwks_uri"])


_EFFECTS: Mapping[str, Callable[[Tx, Proposal, audit.Actor], None]] = {
    RELEASE: _label_anew,
    ORGANIZATION: _set_rules,
    PARTNER: _register_partner,
    PARTNER_KEYS: _set_keys,
}


def _propose(tx: Tx, kind: str, subject: str, data: Any, by: Account) -> str:
    _check(by)
    _record(tx, by, f"{kind}-proposed", subject)
    return proposals.add(tx, kind=kind, subject=subject, data=data, account_id=by.id)


def _waiting(tx: Tx, proposal_id: str, by: Account) -> Proposal:
    _check(by)
    proposal = proposals.by_id(tx, proposal_id=proposal_id)
    if proposal is None or proposal.decided_at is not None:
        raise NotFoundError
    return proposal


def _check(by: Account) -> None:
    if by.role is not Role.ADMIN or by.disabled:
        raise ConflictError("not-administrator", hint="only an administrator's account may do this")


def _record(tx: Tx, by: Account, change: str, subject: str) -> None:
    actor = audit.Actor("account", by.id)
    audit.record(tx, action=audit.Action.SETTINGS_CHANGE, actor=actor, change=change, client=subject[:40])
