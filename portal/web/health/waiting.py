"""Results that wait until the person wants to see them: how many, wherever they would stand; and the page to choose."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for

from portal import audit
from portal.domain.errors import NotFoundError
from portal.domain.result_timing import DAYS, ResultKind, ResultTiming, TimingChoices
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.refresh import result_timing
from portal.store.people import accounts
from portal.store.records import holding, left_out
from portal.store.records.left_out import LeftOut
from portal.web.guards import current_actor, current_person_id, current_sight
from portal.web.health.models import Waits
from portal.web.health.record_rows import Origins
from portal.web.linked import linked
from portal.web.phrases import lazy_gettext, ngettext
from portal.web.viewed import viewed
from portal.web.whose import open_person

KINDS = {
    ResultKind.LABORATORY: lazy_gettext("Blood and other lab tests"),
    ResultKind.IMAGING: lazy_gettext("Images, such as X-rays and scans"),
    ResultKind.PATHOLOGY: lazy_gettext("Tissue and cells, such as biopsies"),
    ResultKind.GENETICS: lazy_gettext("Genetic tests"),
    ResultKind.OTHER: lazy_gettext("All other results"),
}
TIMINGS = {
    ResultTiming.AT_ONCE: lazy_gettext("At once"),
    ResultTiming.COMMENTED: lazy_gettext("When my clinician has commented"),
    ResultTiming.ASKED: lazy_gettext("Ask me first"),
}


@dataclass(frozen=True, slots=True)
class WaitingResult:
    """What is seen together, without its name: that may tell what was found. ``id``: of one of its entries."""

    id: str
    kind: str
    name: str
    came_at: datetime
    until: datetime | None
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    """``choices``: each kind by its name in the form, in words, and what holds for it."""

    results: tuple[WaitingResult, ...]
    choices: tuple[tuple[ResultKind, str, ResultTiming], ...]
    days: int


def notice(
    counts: Iterable[LeftOut], *, section: Section | None = None, source: str = "", everything: bool = False
) -> Waits | None:
    """Return the sentence for a section, a source or (``everything``) the record; None when nothing waits.

    ``counts``: those of ``portal.web.health.not_shown.counted``.
    """
    number = sum(group.held for group in counts if group.source == source and (everything or group.section is section))
    return sentence(number)


def sentence(number: int) -> Waits | None:
    """Return how many results wait, in words; None when there is none."""
    if not number:
        return None
    if may_choose():
        text = ngettext("%(num)s result waits for you.", "%(num)s results wait for you.", number)
        return Waits(number, text, url_for("health.waiting"))
    text = ngettext(
        "%(num)s result waits until %(name)s wants to see it.",
        "%(num)s results wait until %(name)s wants to see them.",
        number,
        name=(open_person() or {"given": ""})["given"],
    )
    return Waits(number, text, "")


def notice_of_all(person_id: str) -> Waits | None:
    """Return how many results of a record wait, for pages that read nothing else that is left out."""
    with current_services().db.reading() as tx:
        counts = left_out.counts(tx, person_id=person_id, sight=current_sight(), states={})
    return notice(counts, everything=True)


def may_choose() -> bool:
    """Whether who is signed in decides when results are shown: the person, or for who has no sign-in of their own
    whoever acts for them and sees all of the record."""
    if current_actor().own_person_id == current_person_id():
        return True
    sight = current_sight()
    if not sight.confidential or sight.sections != frozenset(Section):
        return False
    with current_services().db.reading() as tx:
        return accounts.own_account(tx, person_id=current_person_id()) is None


def page(person_id: str) -> WaitingPage:
    """Return what waits, and what is chosen: for who chooses, as kind and place tell something already.

    Raises:
        NotFoundError: somebody else chooses.
    """
    _check()
    with current_services().db.reading() as tx:
        connections = linked(tx, person_id=person_id)
        waiting = holding.waiting(tx, person_id=person_id, sight=current_sight())
        chosen = holding.choices(tx, person_id=person_id)
    viewed(person_id, audit.Action.VIEW_SECTION, section="waiting")
    origins = Origins(connections, {}, current_services().settings.organization)
    return WaitingPage(
        results=tuple(
            WaitingResult(
                result.ids[0],
                ", ".join(str(KINDS[kind]) for kind in result.kinds),
                origins.of(result.source, Section.TEST_RESULTS).name,
                result.came_at,
                result.until,
                len(result.ids),
            )
            for result in waiting
        ),
        choices=tuple((kind, str(text), chosen.of(kind)) for kind, text in KINDS.items()),
        days=chosen.days,
    )


def show(person_id: str) -> int:
    """Show the result that the form names, or all; return how many were shown."""
    _check()
    only = request.form.get("result", "")
    with current_services().db.reading() as tx:
        waiting = holding.waiting(tx, person_id=person_id, sight=current_sight())
    chosen = [result for result in waiting if only in ("", *result.ids)]
    ids = [entry_id for result in chosen for entry_id in result.ids]
    if ids:
        account_id = current_actor().account_id
        result_timing.show(current_services().db, person_id=person_id, account_id=account_id, ids=ids)
    return len(chosen)


def choose(person_id: str) -> None:
    """Keep all choices of the form; what it does not say stays."""
    _check()
    with current_services().db.reading() as tx:
        before = holding.choices(tx, person_id=person_id)
    timings = {kind.value: _timing(request.form.get(kind.value, ""), before.of(kind)) for kind in ResultKind}
    days = request.form.get("days", "")
    chosen = TimingChoices(**timings, days=int(days) if days in map(str, DAYS) else before.days)
    if chosen == before:
        return
    account_id = current_actor().account_id
    result_timing.choose(current_services().db, person_id=person_id, account_id=account_id, chosen=chosen)


def _check() -> None:
    """Raise NotFoundError for who may look at the record and not decide this."""
    if not may_choose():
        raise NotFoundError


def _timing(text: str, before: ResultTiming) -> ResultTiming:
    return ResultTiming(text) if text in list(ResultTiming) else before
