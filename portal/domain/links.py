"""The words for a link's life (product.md §1 and §2)."""

from enum import StrEnum


class LinkState(StrEnum):
    """The stored state of a link. What is shown beside it (new items, throttled, hidden) is computed from its fields.

    The value is what ``data-state`` says in the pages.
    """

    LINKING = "linking"  # the account was signed in to; verification and the first refresh are under way
    CONFIRM = "confirm"  # a near match: the patient must confirm that this is them
    ACTIVE = "active"
    NO_ACCOUNT = "no-account"  # record only: found by a certain match, four basic sections
    NEEDS_VERIFICATION = "needs-verification"
    ERROR = "error"  # retrieving failed; the last good data stay
    UNAVAILABLE = "unavailable"  # the organization switched linking off
    REFUSED = "refused"  # another person's account; nothing was kept
    CANCELLED = "cancelled"
    UNLINKED = "unlinked"


LIVE = frozenset(
    {
        LinkState.LINKING,
        LinkState.CONFIRM,
        LinkState.ACTIVE,
        LinkState.NO_ACCOUNT,
        LinkState.NEEDS_VERIFICATION,
        LinkState.ERROR,
        LinkState.UNAVAILABLE,
    }
)
"""States in which the link exists for its person; the others are history."""

VERIFIED = frozenset({LinkState.ACTIVE, LinkState.ERROR})
"""States in which a link with an account is asked for records."""

WORKING = VERIFIED | {LinkState.NO_ACCOUNT}
"""States in which a link of any tier is asked for records."""


class Shown(StrEnum):
    """What a page says about a link: one glyph shape and one label each (product.md §2)."""

    SUGGESTED = "suggested"
    LINKING = "linking"
    CONFIRM = "confirm"
    ACTIVE = "active"
    ACTIVE_NEW = "active-new"
    NO_ACCOUNT = "no-account"
    NEEDS_VERIFICATION = "needs-verification"
    UPDATE_DUE = "update-due"
    THROTTLED = "throttled"
    ERROR = "error"
    UNAVAILABLE = "unavailable"
    HIDDEN = "hidden"
    UNLINKED = "unlinked"


class Tier(StrEnum):
    """What a link rests on (product.md §1); ``HOME`` is our own organization's FHIR server (product.md §5)."""

    RECORD_ONLY = "record-only"
    ACCOUNT = "account"
    HOME = "home"

    @property
    def by_trust(self) -> bool:
        """Its tokens are ours by the trust between two servers (Backend Services), not a person's."""
        return self is not Tier.ACCOUNT


class OrganizationKind(StrEnum):
    PROVIDER = "provider"
    CLINIC = "clinic"
    LABORATORY = "laboratory"
    INSURER = "insurer"


class LinkPolicy(StrEnum):
    OPEN = "open"
    EXCHANGE_REQUIRED = "exchange-required"  # only after records were exchanged
    OFF = "off"


class Outcome(StrEnum):
    """How one section of one refresh ended."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    PARTLY = "partly"  # a limit was reached: not everything could be loaded
    REFUSED = "refused"  # the organization answered 403: not released
    NOT_OFFERED = "not-offered"  # its server does not have this kind of record, or the tier or the grant excludes it
    FAILED = "failed"
    CANCELLED = "cancelled"
