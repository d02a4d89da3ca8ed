"""The life of a link, written down once: which moves there are, from where, who may make them, and where they lead.

Everything that changes a link's state goes through ``portal.linking.transitions``, which asks this table. ``shown``
turns the stored state and what lies beside it into the one thing a page says about the link (product.md §2).
"""

import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from portal.domain.errors import ConflictError
from portal.domain.links import LIVE, WORKING, LinkPolicy, LinkState, Shown, Tier

DUE_AFTER = timedelta(hours=24)
"""When a link that cannot be updated in the background asks for an update."""

VERIFY_EVERY = timedelta(days=365)
"""How long a verification is good for."""


class By(StrEnum):
    """Who makes a move."""

    PATIENT = "patient"  # or who acts for them
    JOB = "job"
    OPERATOR = "operator"
    DESK = "desk"  # the front desk, with an identity document, in an assist that the patient agreed to


class Move(StrEnum):
    AUTHORIZED = "authorized"
    RENEWED = "renewed"
    MATCHED = "matched"
    VERIFIED = "verified"
    NEAR = "near"
    CANNOT_TELL = "cannot-tell"
    UNDECIDED = "undecided"
    CONFIRMED = "confirmed"
    NOT_ME = "not-me"
    REFUSED = "refused"
    TOKEN_LOST = "token-lost"  # noqa: S105 - a move's name
    WRONG_PERSON = "wrong-person"
    EXPIRED = "expired"
    FAILED = "failed"
    RECOVERED = "recovered"
    ENROLLED = "enrolled"
    RESUMED = "resumed"
    SWITCHED_OFF = "switched-off"
    SWITCHED_ON = "switched-on"
    CANCELLED = "cancelled"
    UNLINKED = "unlinked"


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table. ``to`` of None: back to where a link of its tier works (``settled``)."""

    sources: frozenset[LinkState]
    to: LinkState | None
    by: frozenset[By]
    does: str


S = LinkState
_PATIENT, _JOB, _OPERATOR = frozenset({By.PATIENT}), frozenset({By.JOB}), frozenset({By.OPERATOR})

RULES: dict[Move, Rule] = {
    Move.AUTHORIZED: Rule(
        frozenset({S.LINKING, S.CONFIRM, S.ACTIVE, S.NO_ACCOUNT, S.NEEDS_VERIFICATION, S.ERROR}),
        S.LINKING,
        _PATIENT,
        "signed in there: tokens kept, the account is verified by a job",
    ),
    Move.RENEWED: Rule(
        frozenset({S.ACTIVE, S.NEEDS_VERIFICATION, S.ERROR}),
        S.ACTIVE,
        _PATIENT,
        "signed in there to the account that was verified before: tokens kept, a refresh is asked for",
    ),
    Move.MATCHED: Rule(
        frozenset(), S.NO_ACCOUNT, _PATIENT, "found by a certain match and confirmed: four sections are asked for"
    ),
    Move.VERIFIED: Rule(frozenset({S.LINKING}), S.ACTIVE, _JOB, "the same person: a refresh is asked for"),
    Move.NEAR: Rule(frozenset({S.LINKING}), S.CONFIRM, _JOB, "nearly the same: the patient is asked"),
    Move.CANNOT_TELL: Rule(
        frozenset({S.LINKING}), S.CONFIRM, _JOB, "it cannot be told whether it is the same person: the patient is asked"
    ),
    Move.UNDECIDED: Rule(
        frozenset({S.LINKING}),
        S.NEEDS_VERIFICATION,
        _JOB,
        "what decides is missing, above all the birth date: tokens revoked there, nothing kept, the desk can help",
    ),
    Move.CONFIRMED: Rule(
        frozenset({S.CONFIRM}),
        S.ACTIVE,
        _PATIENT | {By.DESK},
        "the patient said so, or an identity document shown at the desk: a refresh is asked for",
    ),
    Move.NOT_ME: Rule(frozenset({S.CONFIRM}), S.REFUSED, _PATIENT | {By.DESK}, "tokens revoked there, nothing kept"),
    Move.REFUSED: Rule(frozenset({S.LINKING}), S.REFUSED, _JOB, "another person: tokens revoked there, nothing kept"),
    Move.TOKEN_LOST: Rule(
        frozenset({S.LINKING, S.CONFIRM, S.ACTIVE, S.NO_ACCOUNT, S.ERROR}),
        S.NEEDS_VERIFICATION,
        _JOB,
        "the authorization ended there or was lost: tokens destroyed, what was loaded stays with its date",
    ),
    Move.WRONG_PERSON: Rule(
        WORKING | {S.LINKING},
        S.NEEDS_VERIFICATION,
        _JOB,
        "records or an account of somebody else came: nothing of it kept, tokens revoked there, an operator is told",
    ),
    Move.EXPIRED: Rule(frozenset({S.ACTIVE, S.ERROR}), S.NEEDS_VERIFICATION, _JOB, "verified more than a year ago"),
    Move.FAILED: Rule(WORKING, S.ERROR, _JOB, "retrieving failed: the last good data stay with their date"),
    Move.RECOVERED: Rule(WORKING, None, _JOB, "retrieving worked again"),
    Move.ENROLLED: Rule(
        frozenset(), S.ACTIVE, _OPERATOR, "a patient of our own server: the home chart is read from there"
    ),
    Move.RESUMED: Rule(
        frozenset({S.NEEDS_VERIFICATION}), None, _OPERATOR, "a home chart that was stopped is read again"
    ),
    Move.SWITCHED_OFF: Rule(
        WORKING | {S.LINKING, S.CONFIRM, S.NEEDS_VERIFICATION}, S.UNAVAILABLE, _OPERATOR, "linking was switched off"
    ),
    Move.SWITCHED_ON: Rule(
        frozenset({S.UNAVAILABLE}), S.NEEDS_VERIFICATION, _OPERATOR, "linking was switched on again"
    ),
    Move.CANCELLED: Rule(
        frozenset({S.LINKING, S.CONFIRM}), S.CANCELLED, _PATIENT, "tokens revoked there, nothing kept"
    ),
    Move.UNLINKED: Rule(
        LIVE, S.UNLINKED, _PATIENT | _OPERATOR, "tokens revoked there and destroyed here, jobs cancelled, items removed"
    ),
}
"""The whole state machine. ``docs/link-states.md`` is generated from it."""


def settled(tier: Tier) -> LinkState:
    """Return the state of a link that works."""
    return S.NO_ACCOUNT if tier is Tier.RECORD_ONLY else S.ACTIVE


def target(move: Move, state: LinkState, tier: Tier, by: By) -> LinkState:
    """Where a move leads from ``state``.

    Raises:
        ConflictError: ``link-moved``: the move is not possible from there, for them; somebody else was quicker.
    """
    rule = RULES[move]
    if state not in rule.sources or by not in rule.by:
        raise ConflictError("link-moved")
    return rule.to or settled(tier)


class LinkFacts(Protocol):
    """What ``shown`` needs of a link (``portal.store.links.links.Link`` has it)."""

    @property
    def state(self) -> LinkState: ...
    @property
    def hidden(self) -> bool: ...
    @property
    def lasting(self) -> bool: ...
    @property
    def refreshed_at(self) -> datetime | None: ...
    @property
    def throttled_until(self) -> datetime | None: ...


_AS_STORED = {
    S.LINKING: Shown.LINKING,
    S.CONFIRM: Shown.CONFIRM,
    S.NO_ACCOUNT: Shown.NO_ACCOUNT,
    S.NEEDS_VERIFICATION: Shown.NEEDS_VERIFICATION,
    S.ERROR: Shown.ERROR,
    S.UNAVAILABLE: Shown.UNAVAILABLE,
    S.REFUSED: Shown.UNLINKED,
    S.CANCELLED: Shown.UNLINKED,
    S.UNLINKED: Shown.UNLINKED,
}


def shown(
    link: LinkFacts,
    *,
    now: datetime,
    new: int = 0,
    policy: LinkPolicy = LinkPolicy.OPEN,
    look_behind_hidden: bool = False,
) -> Shown:
    """Return what a page says about the link.

    Args:
        now: the moment of the page.
        new: unread messages, new results and changed appointments; counts only for an active account.
        policy: the organization's; ``off`` shows as unavailable whatever the link's state.
        look_behind_hidden: for pages that say "hidden" beside the state.
    """
    if link.state not in LIVE:
        return Shown.UNLINKED
    if link.hidden and not look_behind_hidden:
        return Shown.HIDDEN
    if policy is LinkPolicy.OFF:
        return Shown.UNAVAILABLE
    if link.state is not S.ACTIVE:
        return _AS_STORED[link.state]
    if link.throttled_until is not None and link.throttled_until > now:
        return Shown.THROTTLED
    if not link.lasting and (link.refreshed_at is None or now - link.refreshed_at > DUE_AFTER):
        return Shown.UPDATE_DUE
    return Shown.ACTIVE_NEW if new else Shown.ACTIVE


def diagram() -> str:
    """Return the table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    lines += ["    [*] --> linking: authorized (patient)", "    [*] --> no-account: matched (patient)"]
    lines += ["    [*] --> active: enrolled (operator)"]
    for move, rule in RULES.items():
        for source in sorted(rule.sources):
            goals = [rule.to] if rule.to else [S.NO_ACCOUNT if source is S.NO_ACCOUNT else S.ACTIVE]
            who = ", ".join(sorted(rule.by))
            lines += [f"    {source} --> {goal}: {move} ({who})" for goal in goals if goal != source]
    lines += [f"    {state} --> [*]" for state in sorted(set(LinkState) - LIVE)]
    return "\n".join(lines) + "\n"


def document() -> str:
    """``docs/link-states.md``."""
    rows = [
        f"| {move} | {', '.join(sorted(rule.sources)) or '–'} | {rule.to or 'where it works'} | "
        f"{', '.join(sorted(rule.by))} | {rule.does} |"
        for move, rule in RULES.items()
    ]
    return "\n".join(
        [
            "# The life of a link",
            "",
            "Made from `portal/linking/states.py` by `python -m portal.linking.states > docs/link-states.md`; a test",
            "compares them.",
            "",
            f"```mermaid\n{diagram()}```",
            "",
            "| move | from | to | by | what it does |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    sys.stdout.write(document())
