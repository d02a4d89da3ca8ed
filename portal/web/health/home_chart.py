"""What is not as it should be with the home chart, where it is read from the organization's own FHIR server."""

from datetime import datetime

from flask_babel import gettext as _

from portal.domain.links import LinkState, Outcome
from portal.domain.sections import Section
from portal.extensions import services
from portal.store import Tx, links, refreshes
from portal.web import formats


def sentence(tx: Tx, *, person_id: str, section: Section | None = None) -> str:
    """One sentence for the top of a page, of the whole record or of one section; empty when all is well."""
    settings = services().settings
    link = links.to_home(tx, person_id=person_id) if settings.chart_base else None
    if link is None:
        return ""
    states = refreshes.states(tx, link_ids=[link.id])[link.id]
    state = states.get(section) if section else None
    outcome = state.outcome if state else None
    good_at = state.good_at if state else link.refreshed_at
    if link.state is not LinkState.ACTIVE or outcome is Outcome.FAILED:
        return _failed(settings.organization, good_at)
    if (section or not states) and outcome in (None, Outcome.CANCELLED):
        return _(
            "The record at %(name)s has not been read completely yet. Look again in a few minutes.",
            name=settings.organization,
        )
    said = {
        Outcome.PARTLY: _("%(names)s has more than could be loaded at once.", names=settings.organization),
        Outcome.REFUSED: _("%(names)s does not release this section to patients.", names=settings.organization),
        Outcome.NOT_OFFERED: _("%(names)s does not give out this kind of information.", names=settings.organization),
    }
    return said.get(outcome, "") if outcome else ""


def _failed(name: str, good_at: datetime | None) -> str:
    if good_at is None:
        return _("The record at %(name)s could not be read, so nothing from there is shown yet.", name=name)
    since = formats.moment_text(good_at)
    return _(
        "The record at %(name)s could not be read again. What is shown from there is as of %(since)s.",
        name=name,
        since=since,
    )
