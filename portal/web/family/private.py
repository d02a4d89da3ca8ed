"""``/family/private``: what the person keeps to themselves, and the one place where that changes."""

from dataclasses import dataclass
from datetime import datetime

from flask import Response, flash, redirect, request, url_for
from werkzeug.wrappers import Response as WerkzeugResponse

from portal.access import Permission
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.endpoints import for_person
from portal.extensions import current_services
from portal.sharing import privacy as keeping
from portal.store import Tx
from portal.store.records import privacy, rows, text_search
from portal.store.records.privacy import PrivateChoice
from portal.web.account.users import safe_next
from portal.web.family.area import blueprint
from portal.web.guards import current_actor, current_person_id, current_sight
from portal.web.health.record_rows import speaking
from portal.web.health.search_text import readable
from portal.web.htmx import render
from portal.web.linked import linked
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext
from portal.web.words import phrase, section_word


@dataclass(frozen=True, slots=True)
class PrivateThing:
    """One thing that is kept private: an item by its title, a section, or a place."""

    section: str
    source: str
    entry: str
    title: str
    note: str
    href: str
    since: datetime | None


_MOST = 100  # items of a topic that are offered at once
_LONGEST = 100  # characters of a topic


@dataclass(frozen=True, slots=True)
class TopicItem:
    """One item about a topic, not private yet. ``value`` names it in the form."""

    value: str
    title: str
    note: str


@blueprint.get("/family/private")
@for_person(Permission.MANAGE_FAMILY)
def private_things() -> Response:
    """List what is private, and offer whole sections and places; with ``about``, every item that says so."""
    person_id, about = current_person_id(), request.args.get("about", "").strip()[:_LONGEST]
    with current_services().db.reading() as tx:
        about_items, more = _about(tx, person_id, about) if about else ([], False)
        choices = privacy.choices(tx, person_id=person_id)
        places = {connection.link.id: connection.name for connection in linked(tx, person_id=person_id)}
        items = _items(tx, person_id, [choice for choice in choices if choice.entry_id])
    places[HOME] = current_services().settings.organization
    topics = [_topic(choice, places) for choice in choices if not choice.entry_id]
    taken = {(topic.section, topic.source) for topic in topics}
    return render(
        "family/private.html",
        things=[*topics, *items],
        sections=[(each.value, section_word(each)) for each in Section if (each.value, "") not in taken],
        places=[(key, name) for key, name in places.items() if key != HOME and ("", key) not in taken],
        about=about,
        about_items=about_items,
        more=more,
    )


def _about(tx: Tx, person_id: str, text: str) -> tuple[list[TopicItem], bool]:
    """Return the items of all sections that match a text and are not private yet, and whether there are more."""
    sight = current_sight()
    matches = text_search.matching(
        tx,
        person_id=person_id,
        text=text,
        words_of=readable,
        sections=tuple(Section),
        sight=sight.without_private,
        limit=_MOST,
    )
    items = [
        TopicItem(f"{row.section.value}/{row.primary_id}", phrase(speaking(row).title), section_word(row.section))
        for row in matches.rows
    ]
    return items, matches.more


@blueprint.post("/family/private")
@for_person(Permission.MANAGE_FAMILY)
def keep_private() -> WerkzeugResponse:
    """Keep one thing private, or no longer: at once, and without being asked who it is."""
    form, person_id = request.form, current_person_id()
    section, source, entry_id = (form.get(name, "")[:40] for name in ("section", "source", "entry"))
    private = form.get("private") == "1"
    with current_services().db.reading() as tx:
        named = [item.partition("/") for item in form.getlist("item")[:_MOST]]
        chosen = (
            [choice for section, _slash, entry in named for choice in _chosen(tx, person_id, section, "", entry[:40])]
            if named
            else _chosen(tx, person_id, section, source, entry_id)
        )
    if not chosen:
        flash(_("Nothing was changed. Choose what to keep private."))
        return redirect(url_for("family.private_things"), 303)
    ended = keeping.keep(
        current_services(),
        person_id=person_id,
        account_id=current_actor().account_id,
        chosen=chosen,
        private=private,
    )
    flash(_("Only you see it now.") if private else _("It is no longer private. Who may see your record sees it."))
    if ended:
        flash(ngettext("%(num)s shared link that may have shown it has ended.",
                       "%(num)s shared links that may have shown it have ended.", ended))  # fmt: skip
    return redirect(safe_next(form.get("next")) if form.get("next") else url_for("family.private_things"), 303)


def _chosen(tx: Tx, person_id: str, section: str, source: str, entry_id: str) -> list[PrivateChoice]:
    """Return the choices that a form names; none when it names nothing of the person."""
    if entry_id:
        row = (
            rows.by_entry(tx, person_id=person_id, section=Section(section), entry_id=entry_id, sight=current_sight())
            if section in set(Section)
            else None
        )
        return [PrivateChoice(section, "", each.id) for each in row.entries] if row else []
    if source:
        sources = {connection.link.id for connection in linked(tx, person_id=person_id)}
        return [PrivateChoice("", source)] if source in sources else []
    return [PrivateChoice(section)] if section in set(Section) else []


def _topic(choice: PrivateChoice, places: dict[str, str]) -> PrivateThing:
    if choice.section:
        name, note = section_word(choice.section), _("The whole section")
        href = url_for("health.section", section=choice.section)
    else:
        name, note, href = places.get(choice.source, _("A place")), _("Everything from there"), ""
    return PrivateThing(choice.section, choice.source, "", name, note, href, choice.chosen_at)


def _items(tx: Tx, person_id: str, choices: list[PrivateChoice]) -> list[PrivateThing]:
    """Return the items that are private, each once whatever number of places says it."""
    sight, listed = current_sight(), {}
    for choice in choices:
        section = Section(choice.section)
        row = rows.by_entry(tx, person_id=person_id, section=section, entry_id=choice.entry_id, sight=sight)
        if row is not None and row.id not in listed:
            href = url_for("health.entry", section=section.value, entry=row.primary_id)
            listed[row.id] = PrivateThing(
                section.value,
                "",
                row.primary_id,
                phrase(speaking(row).title),
                section_word(section),
                href,
                choice.chosen_at,
            )
    return list(listed.values())
