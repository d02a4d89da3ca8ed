"""``/health``: the sections of a record, one organization's part of each, and each item."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.access import Permission, can
from portal.domain.errors import ConflictError, NotFoundError
from portal.domain.result_timing import DAYS
from portal.domain.sections import Section
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.store.records import topics
from portal.web import formats
from portal.web.guards import current_actor, current_person_id, person_route
from portal.web.health import (
    calendar,
    corrections,
    download_files,
    entry_page,
    file_page,
    record_page,
    section_page,
    summary_page,
    topic_page,
    trend,
)
from portal.web.health import download as downloads
from portal.web.health import not_shown as not_shown_page
from portal.web.health import receipt as receipts
from portal.web.health import waiting as waiting_page
from portal.web.health.narrow import Narrowing
from portal.web.health.part_status import part_statuses
from portal.web.htmx import asked_along, is_fragment, render
from portal.web.linked import link_address
from portal.web.phrases import gettext as _

blueprint = Blueprint("health", __name__)
_SHOW = "show"


def _section(word: str) -> Section:
    try:
        return Section(word)
    except ValueError:
        raise NotFoundError from None


def _number(name: str) -> int:
    text = request.args.get(name, "0")
    return int(text) if text.isdecimal() and len(text) <= 15 else 0


@person_route(blueprint, "/health")
@for_person(Permission.VIEW_RECORD)
def overview() -> Response:
    """All sections with their counts."""
    with current_services().db.reading() as tx:
        tiles = section_page.tiles(tx, person_id=current_person_id(), sections=record_page.readable_sections())
        unshown = not_shown_page.counted(tx, person_id=current_person_id())
    notice = not_shown_page.notice(unshown, everything=True)
    waits = waiting_page.notice(unshown, everything=True)
    may_share = can(current_actor(), Permission.SHARE_RECORD, current_person_id())
    return render("health/overview.html", tiles=tiles, notice=notice, waits=waits, may_share=may_share)


@person_route(blueprint, "/health/summary")
@for_person(Permission.VIEW_RECORD)
def summary() -> Response:
    """Say what a doctor elsewhere asks for first, to read or to print."""
    return render("health/summary.html", summary=summary_page.summary(current_person_id()))


@person_route(blueprint, "/health/search")
@for_person(Permission.VIEW_RECORD)
def search() -> Response:
    """Words in all sections."""
    search = record_page.search(current_person_id(), request.args.get("q", ""))
    about = topic_page.links(topics.of_words(search.q))
    return render("health/search.html", fragment="found", search=search, about=about)


@person_route(blueprint, "/health/about/<topic>")
@for_person(Permission.VIEW_RECORD)
def topic(topic: str) -> Response:
    """Return everything about one thing, from all sections."""
    return render("health/topic.html", page=topic_page.page(current_person_id(), topic))


@person_route(blueprint, "/health/new")
@for_person(Permission.VIEW_RECORD)
def new() -> Response:
    """Say what came from outside and was not read yet."""
    return render("health/new.html", news=record_page.news(current_person_id()))


@person_route(blueprint, "/health/new", methods=["POST"])
@for_person(Permission.VIEW_RECORD)
def clear_new() -> ResponseReturnValue:
    """Everything counts as read."""
    record_page.clear_news(current_person_id())
    flash(_("Everything is marked as read."))
    return redirect(url_for("health.new"), 303)


def _show(person_id: str) -> str:
    """Show on test results is remembered until signing out; gives what to go to when the address does not say it."""
    remembered: dict[str, str] = session.get(_SHOW, {})
    if "source" in request.args:
        session[_SHOW] = remembered | {person_id: request.args["source"][:40]}
        return ""
    return remembered.get(person_id, "")


@person_route(blueprint, "/health/corrections")
@for_person(Permission.VIEW_RECORD)
def corrections_page() -> Response:
    """Say what was asked of the staff here, and what they answered."""
    return render("health/corrections.html", requests=corrections.requests(current_person_id()))


@person_route(blueprint, "/health/not-shown")
@for_person(Permission.VIEW_RECORD)
def not_shown() -> Response:
    """List what was received and could not be shown, of all organizations or of one ``source``."""
    page = not_shown_page.page(current_person_id(), source=request.args.get("source", ""))
    return render("health/not_shown.html", page=page)


@person_route(blueprint, "/health/waiting")
@for_person(Permission.VIEW_RECORD)
def waiting() -> Response:
    """Say which results wait, and offer when new ones are shown."""
    page = waiting_page.page(current_person_id())
    return render("health/waiting.html", page=page, timings=waiting_page.TIMINGS, days=DAYS)


@person_route(blueprint, "/health/waiting", methods=["POST"])
@for_person(Permission.VIEW_RECORD)
def show_waiting() -> ResponseReturnValue:
    """Show one result that waits, or all of them."""
    if waiting_page.show(current_person_id()):
        flash(_("They are shown now, marked as new."))
    return redirect(url_for("health.section", section=Section.TEST_RESULTS.value), 303)


@person_route(blueprint, "/health/waiting/choices", methods=["POST"])
@for_person(Permission.VIEW_RECORD)
def choose_release() -> ResponseReturnValue:
    """Keep when new results are shown."""
    waiting_page.choose(current_person_id())
    flash(_("Your choice is saved."))
    return redirect(url_for("health.waiting"), 303)


@person_route(blueprint, "/health/receipt/<link>")
@for_person(Permission.VIEW_RECORD)
def receipt(link: str) -> Response:
    """Return what was asked of a linked organization, what came, and what could not be shown."""
    return render("health/receipt.html", receipt=receipts.receipt(current_person_id(), link), back=link_address(link))


@person_route(blueprint, "/health/receipt/<link>/table.csv")
@for_person(Permission.VIEW_RECORD)
def receipt_file(link: str) -> Response:
    """Return the same as a table to keep."""
    table = receipts.as_csv(receipts.receipt(current_person_id(), link))
    return file_page.download(table, "text/csv; charset=utf-8", "attachment; filename=receipt.csv")


@person_route(blueprint, "/health/<section>")
@for_person(Permission.VIEW_RECORD)
def section(section: str) -> ResponseReturnValue:
    """Return a section from everywhere, or from one ``source``; ``status`` narrows it, ``after`` goes on."""
    section_ = _section(section)
    if section_ is Section.MESSAGES:
        return redirect(url_for("messages.inbox"), 303)
    if section_ is Section.TEST_RESULTS and (remembered := _show(current_person_id())):
        others: dict[str, Any] = {**request.args, "section": section, "source": remembered}
        return redirect(url_for("health.section", **others), 303)
    page = section_page.section_page(
        current_person_id(),
        section_,
        narrowing=Narrowing(request.args),
        source=request.args.get("source", ""),
        status=request.args.get("status", ""),
        after=request.args.get("after"),
        by=request.args.get("by", ""),
    )
    may_share, may_add = (
        can(current_actor(), permission, current_person_id())
        for permission in (Permission.SHARE_RECORD, Permission.ADD_READINGS)
    )
    return render(
        "health/section.html",
        fragment="list",
        page=page,
        may_share=may_share,
        may_add=may_add,
        printed=formats.day_of(datetime.now(UTC)),
    )


@person_route(blueprint, "/health/<section>/download")
@for_person(Permission.VIEW_RECORD)
def download(section: str) -> ResponseReturnValue:
    """Offer a section as a file, for a range of days; with a ``format`` return it."""
    section_ = _section(section)
    if section_ is Section.MESSAGES:
        return redirect(url_for("messages.inbox"), 303)
    chosen = "format" in request.args
    form = downloads.DownloadForm(request.args)
    if not chosen or not form.validate():
        offer = downloads.offer(current_person_id(), section_)
        return render("health/download.html", form=form, section=section_, offer=offer, status=422 if chosen else 200)
    kind = form.format.data
    return file_page.download(
        download_files.made(current_person_id(), section_, kind, since=form.since.data, until=form.until.data),
        download_files.CONTENT_TYPES[kind],
        f"attachment; filename={section_.value}.{kind}",
    )


@person_route(blueprint, "/health/<section>/from/<link>")
@for_person(Permission.VIEW_RECORD)
def part(section: str, link: str) -> ResponseReturnValue:
    """One organization's part: its items, or with ``show=status`` only how it stands, and others beside it."""
    section_ = _section(section)
    if section_ is Section.MESSAGES:
        return redirect(url_for("messages.inbox", source=link), 303)
    if request.args.get("show") == "status" and is_fragment():
        others = [each for each in asked_along() if each != link]
        place, *beside = part_statuses(
            current_person_id(), section_, (link, *others), since=_number("since"), attempt=min(_number("look"), 99)
        )
        removed = set(others) - {each.link_id for each in beside}
        return render(
            "health/part.html", fragment="status", place=place, beside=beside, removed=sorted(removed), section=section_
        )
    page = section_page.part_page(current_person_id(), section_, link, after=request.args.get("after"))
    return render(
        "health/part.html", fragment="items", place=page.place, beside=(), removed=(), section=section_, page=page
    )


@person_route(blueprint, "/health/<section>/<entry>")
@for_person(Permission.VIEW_RECORD)
def entry(section: str, entry: str) -> Response:
    """One item: who says what, since when, and how to reach them."""
    page = entry_page.entry_page(current_person_id(), _section(section), entry)
    is_issue = page.section is Section.HEALTH_ISSUES and not page.item.entry.unsafe
    about = topic_page.links(topics.of_entry(page.item.entry)) if is_issue else ()
    return render("health/entry.html", page=page, about=about)


@person_route(blueprint, "/health/<section>/<entry>/trend")
@for_person(Permission.VIEW_RECORD)
def trend_page(section: str, entry: str) -> Response:
    """Return a test over time."""
    return render("health/trend.html", trend=trend.trend(current_person_id(), _section(section), entry))


@person_route(blueprint, "/health/visits/<entry>/calendar.ics")
@for_person(Permission.VIEW_RECORD)
def visit_calendar(entry: str) -> Response:
    """Return a coming visit for the reader's calendar."""
    now = datetime.now(UTC)
    visit, organization = entry_page.speaking(current_person_id(), Section.VISITS, entry)
    zone = ZoneInfo(current_services().settings.time_zone)
    if not calendar.fits(visit, now, zone):
        raise NotFoundError
    page = url_for("health.entry", section=Section.VISITS.value, entry=entry, _external=True)
    event = calendar.ics(visit, uid=f"{entry}@tributary", url=page, organization=organization, now=now, zone=zone)
    return file_page.download(event, "text/calendar; charset=utf-8", "attachment; filename=appointment.ics")


@person_route(blueprint, "/health/<section>/<entry>/file/<int:number>")
@for_person(Permission.VIEW_RECORD)
def file(section: str, entry: str, number: int) -> ResponseReturnValue:
    """Show one attachment of an item, or hand it over to be saved (``?save=1``).

    ``?inside=1``: the file that a clinical document is only the envelope of.
    """
    return file_page.answer(_section(section), entry, number)


@person_route(blueprint, "/health/<section>/<entry>/correction", methods=["GET", "POST"])
@for_person(Permission.VIEW_RECORD)
def correction(section: str, entry: str) -> ResponseReturnValue:
    """Ask for a correction: a request to the staff here, or a letter to the organization that documented the item."""
    form = corrections.CorrectionForm()
    section_, person_id = _section(section), current_person_id()
    if form.validate_on_submit():
        try:
            letter = corrections.ask(person_id, section_, entry, wrong=form.wrong.data, right=form.right.data)
        except ConflictError:
            form.form_errors.append(_("You have 20 requests that are not answered yet. Wait for an answer, or call."))
        else:
            if letter:
                return render("health/letter.html", letter=letter)
            flash(_("Your request is sent."))
            return redirect(url_for("health.corrections_page"), 303)
    about = corrections.subject(person_id, section_, entry)
    return render("health/correction.html", form=form, subject=about, status=422 if form.errors else 200)
