"""How a link stands, in one sentence, for every page that says it."""

from collections.abc import Mapping

from portal.domain.links import Shown
from portal.domain.phrases import N_
from portal.store.links.links import Link
from portal.web.phrases import gettext as _

SENTENCES: Mapping[Shown, str] = {
    Shown.LINKING: N_("Getting your records from %(name)s"),
    Shown.CONFIRM: N_("Is the account at %(name)s yours?"),
    Shown.NO_ACCOUNT: N_("You have no active account at %(name)s"),
    Shown.NEEDS_VERIFICATION: N_("%(name)s needs you to sign in again"),
    Shown.UPDATE_DUE: N_("%(name)s needs an update"),
    Shown.THROTTLED: N_("%(name)s allows only a few updates a day"),
    Shown.ERROR: N_("We couldn’t update from %(name)s"),
    Shown.UNAVAILABLE: N_("%(name)s switched linking off"),
    Shown.UNLINKED: N_("%(name)s is not linked"),
}
NEEDS_PERSON = frozenset({Shown.CONFIRM, Shown.NEEDS_VERIFICATION, Shown.UPDATE_DUE, Shown.ERROR})
"""The states in which a link needs something of the person."""


def sentence(link: Link, shown: Shown, name: str) -> str:
    """Return how a link stands; empty where that depends on what came from there."""
    if shown is Shown.NEEDS_VERIFICATION and link.verified_at is None:
        return _("%(name)s is not verified yet", name=name)
    return _(SENTENCES[shown], name=name) if shown in SENTENCES else ""
