"""What is not as it should be with the home chart, where it is read from the organization's own FHIR server."""

from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _

from portal.domain.links import LinkState, Outcome
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store import Tx
from portal.store.links import links, refreshes
from portal.web import formats


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence or two for the top of a page. ``wrong``: something failed, and not only is not there."""

    text: str
    wrong: bool = False


def notice(tx: Tx, *, person_id: str, section: Section | None = None) -> Notice | None:
    """Return the notice for the whole record, or for one section; None when all is well."""
    settings = current_services().settings
    link = links.to_home(tx, person_id=person_id) if settings.chart_base else None
    if link is None:
        return None
    name = settings.organization
    states = refreshes.states(tx, link_ids=[link.id])[link.id]
    state = states.get(section) if section else None
    outcome = state.outcome if state else None
    if link.state is not LinkState.ACTIVE or outcome is Outcome.FAILED:
        stopped = link.state in (LinkState.NEEDS_VERIFICATION, LinkState.UNAVAILABLE)
        return Notice(_failed(name, state.good_at if state else link.refreshed_at, stopped=stopped), wrong=True)
    if (section or not states) and outcome in (None, Outcome.CANCELLED):
        text = _("The record at %(name)s has not been read completely yet. Look again in a few minutes.", name=name)
        return Notice(text)
    lacking = {
        Outcome.PARTLY: _("%(names)s has more than could be loaded at once.", names=name),
        Outcome.REFUSED: _("%(names)s does not release this section to patients.", names=name),
        Outcome.NOT_OFFERED: _("%(names)s does not give out this kind of information.", names=name),
    }
    return Notice(lacking[outcome]) if outcome in lacking else None


def _failed(name: str, good_at: datetime | None, *, stopped: bool) -> str:
    if good_at is None:
        sentence = _("The record at %(name)s could not be read, so nothing from there is shown yet.", name=name)
    else:
        since = formats.moment_text(good_at)
        sentence = _(
            "The record at %(name)s could not be read again. What is shown from there is as of %(since)s.",
            name=name,
            since=since,
        )
    then = _("The organization has been told.") if stopped else _("It is tried again by itself.")
    return f"{sentence} {then}"
