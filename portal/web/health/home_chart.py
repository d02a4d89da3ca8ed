"""What is not as it should be with the home chart, where it is read from the organization's own FHIR server."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from portal.domain.ids import HOME
from portal.domain.links import LinkState, Outcome
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store.links.links import Link
from portal.store.links.refreshes import SectionState
from portal.web import formats
from portal.web.health import missing_reasons
from portal.web.health.missing_reasons import Cause, Why
from portal.web.phrases import gettext as _


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence or two for the top of a page. ``wrong``: something failed, and not only is not there."""

    text: str
    wrong: bool = False


def notice(
    link: Link | None, all_states: Mapping[str, Mapping[Section, SectionState]], *, section: Section | None = None
) -> Notice | None:
    """Return the notice for the whole record, or for one section; None when all is well.

    ``link``: by which the home chart is read. ``all_states``: by source (``refreshes.of_person``).
    """
    if link is None:
        return None
    name = current_services().settings.organization
    states = all_states.get(HOME, {})
    state = states.get(section) if section else None
    outcome = state.outcome if state else None
    if link.state is not LinkState.ACTIVE or outcome is Outcome.FAILED:
        stopped = link.state in (LinkState.NEEDS_VERIFICATION, LinkState.UNAVAILABLE)
        return Notice(_failed(name, state.good_at if state else link.refreshed_at, stopped=stopped), wrong=True)
    if (section or not states) and outcome in (None, Outcome.CANCELLED):
        text = _("The record at %(name)s has not been read completely yet. Look again in a few minutes.", name=name)
        return Notice(text)
    lacking = _LACKING.get(outcome) if outcome else None
    return Notice(missing_reasons.text(Cause(lacking, (name,)))) if lacking else None


_LACKING: Mapping[Outcome, Why] = {
    Outcome.PARTLY: Why.PARTLY,
    Outcome.REFUSED: Why.NOT_RELEASED,
    Outcome.NOT_OFFERED: Why.NOT_OFFERED,
}


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
    then = _("The organization has been told.") if stopped else _("We will try again.")
    return f"{sentence} {then}"
