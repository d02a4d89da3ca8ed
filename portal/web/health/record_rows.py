"""Rows as the pages show them: every value of a disagreement, what one stands for, who says there is none."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from flask_login import current_user

from portal.domain import entry as e
from portal.domain.dates import sort_key
from portal.domain.entry import Entry, Status
from portal.domain.ids import HOME, OWN
from portal.domain.links import Outcome
from portal.domain.listing import documents_absence
from portal.domain.plans import Dispense
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.merge import Disagreement, SourcedEntry, leads, wordings
from portal.merge.completing import completed
from portal.merge.versions import ended_since, undecided
from portal.store import Tx
from portal.store.links.refreshes import SectionState
from portal.store.records import news, visits
from portal.store.records.rows import RecordRow
from portal.web import formats
from portal.web.health import headings, lines
from portal.web.health.differences import field_label, value_text
from portal.web.health.models import Item, Origin, Repeat, Repeats, SourcedLine
from portal.web.health.neighbours import neighbours
from portal.web.health.original import guarded, safe_line, unrendered_line
from portal.web.health.vocabulary import Tag, status_word
from portal.web.linked import Linked, entry_address
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext
from portal.web.whose import others_name

States = Mapping[str, Mapping[Section, SectionState]]
MOST_REPEATS = 12  # of one row in a list; the item's page has all


class Origins:
    """Names and dates of where things come from, for one page."""

    def __init__(self, connections: tuple[Linked, ...], states: States, home_name: str) -> None:
        self._by_id = {connection.link.id: connection for connection in connections}
        self._states = states
        self._home = home_name
        self._of: dict[tuple[str, Section], Origin] = {}
        self.counted = news.counted((connection.link.id, connection.link.state) for connection in connections)

    def of(self, source: str, section: Section) -> Origin:
        origin = self._of.get((source, section))
        if origin is None:
            origin = self._of[source, section] = self._origin(source, section)
        return origin

    def _origin(self, source: str, section: Section) -> Origin:
        if source == HOME:
            return Origin(self._home, None, home=True)
        if source == OWN:
            return Origin(_("Your own file") if section is Section.VISITS else _("Your own readings"), None)
        connection = self._by_id.get(source)
        if connection is None:  # it was linked after the links of this page were read
            return Origin(_("Another organization"), None)
        state = self._states.get(source, {}).get(section)
        return Origin(connection.name, (state.good_at if state else None) or connection.link.refreshed_at)

    def link(self, source: str) -> Linked | None:
        return self._by_id.get(source)

    def names(self, sources: Iterable[str], section: Section) -> str:
        return formats.listing([self.of(source, section).name for source in sources])

    def complete(self, sources: Iterable[str], section: Section) -> bool:
        """Tell whether these are all organizations of the person, and each answered the section completely."""
        named = set(sources)
        states = [self._states.get(link_id, {}).get(section) for link_id in self._by_id]
        return {HOME, *self._by_id} <= named and all(state and state.outcome is Outcome.DONE for state in states)

    def line(self, entry: Entry, sources: tuple[str, ...]) -> lines.Line:
        """Return an entry as a line. That there is nothing ("no known allergies") holds only where it is documented."""
        line = safe_line(entry)
        if not documents_absence(entry) or entry.unsafe:
            return line
        noted = entry.recorded or entry.start
        facts_ = (_("Noted: %(date)s", date=formats.day(noted)),) if noted else ()
        line = lines.Line(line.title, line.main if line.original else "", facts=facts_, original=line.original)
        if self.complete(sources, entry.section):
            return line
        names = self.names(sources, entry.section)
        return replace(line, title=_("%(what)s, according to %(names)s", what=line.title, names=names))


def item(row: RecordRow, origins: Origins, source: str | None = None) -> Item:
    """Return a row as one line; with ``source`` in that organization's words. It never raises."""
    return guarded(
        lambda: _item(row, origins, source),
        lambda: _bare(row, origins, unrendered_line(row.primary.entry)),
        place=f"row:{row.section}",
    )


def _item(row: RecordRow, origins: Origins, source: str | None) -> Item:
    shown = row.status not in (Status.UNSAFE, Status.ABSENT)
    differing = row.disagreements if shown else ()
    entry = speaking(row, source)
    line = _unfinished(row, origins.line(entry, row.sources if source is None else (source,)))
    told = voices(row, origins, (*differing, *(wordings(row.entries) if shown else ())))
    titles = [voice.title for voice in told if voice.title]
    return _bare(
        row,
        origins,
        replace(line, title=" / ".join(titles)) if titles else line,  # where they call it differently, none is it
        entry=entry,
        voices=told,
        asks=asks(differing),
        wording=not differing,
        repeats=_repeats(row, origins),
        neighbours=tuple(neighbours(row, lambda source: origins.of(source, row.section).name)),
    )


def speaking(row: RecordRow, source: str | None = None) -> Entry:
    """Return the entry whose words and values a row shows: of ``source``, else what speaks for all, completed."""
    own = next((sourced.entry for sourced in row.entries if sourced.source == source), None)
    if row.status in (Status.UNSAFE, Status.ABSENT):
        return own or row.primary.entry
    if len(row.sources) < 2 or source is not None:
        return completed(own or row.primary.entry, ())
    return completed(row.primary.entry, [lead.entry for lead in leads(row.entries).values()])


def _bare(row: RecordRow, origins: Origins, line: lines.Line, *, entry: Entry | None = None, **drawn: Any) -> Item:
    """Return a row with this line, and what else was ``drawn`` of it (members of ``Item``)."""
    labels = (Tag(_("Private"), "quiet"),) if row.private else ()
    if labels:
        line = replace(line, tags=(*labels, *line.tags))
    if row.sources == (OWN,):
        line = replace(line, tags=(Tag(_added_by(row.primary.entry), "quiet own"), *line.tags))
    return Item(
        id=row.primary_id,
        href=entry_address(row.section, row.primary_id),
        line=line,
        outside=not row.home and row.sources != (OWN,),
        origins=tuple(origins.of(source, row.section) for source in row.sources),
        new=news.is_new(row, origins.counted),
        past=row.status is Status.PAST and row.section in headings.CURRENT,
        labels=labels,
        entry=entry or row.primary.entry,
        **drawn,
    )


def _added_by(entry: Entry) -> str:
    """Return who added what no organization says: the person (without a name), or somebody for them."""
    reader, others = adder() if entry.recorder else "", others_name()
    if not entry.recorder:
        return _("Added by %(name)s", name=others) if others else _("Added by you")
    if entry.recorder == reader:
        return _("Added by you, for %(name)s", name=others) if others else _("Added by you")
    if others:
        return _("Added by %(name)s, for %(person)s", name=entry.recorder, person=others)
    return _("Added by %(name)s, for you", name=entry.recorder)


def adder() -> str:
    """Return the name of who is signed in, as others read it."""
    account, person = current_user.account, current_user.stored.person
    return (person.demographics.display if person else "") or account.display or account.username


def zone() -> ZoneInfo:
    """Return the time zone in which instants are read."""
    return ZoneInfo(current_services().settings.time_zone)


def by_clock(row: RecordRow, tx: Tx) -> RecordRow:
    """Return a row with the status of its group: of visits as the clock says."""
    return visits.by_clock(row, tx.now, zone()) if row.section is Section.VISITS else row


def _unfinished(row: RecordRow, line: lines.Line) -> lines.Line:
    """Return the line of a past visit that its source left open: it is neither under way nor to come."""
    detail = row.primary.entry.detail
    if row.status is not Status.PAST or not isinstance(detail, e.Visit) or detail.fhir_status not in _OPEN:
        return line
    open_words = {_("Under way"), _("In progress"), _("Proposed"), _("Not yet confirmed"), _("On the waiting list")}
    tags = tuple(tag for tag in line.tags if tag.text not in open_words)
    return replace(line, tags=(*tags, Tag(_("Not marked as finished"), "quiet")))


_OPEN = frozenset(
    {"in-progress", "arrived", "triaged", "onleave", "planned", "booked", "pending", "proposed", "waitlist"}
)


def _repeats(row: RecordRow, origins: Origins) -> Repeats | None:
    """Return what a row stands for: "ordered 80 times, last Nov 2", or past orders with their number and span."""
    number, members = sum(row.counts.values()), row.repeats
    if number == len(row.counts) or not members:
        return None
    instructions = {lines.medication_text(sourced.entry) for sourced in members} if row.section else set()
    past_orders = len(instructions) > 1 and row.status is Status.PAST and len(members) == number
    current = sum(1 for sourced in members if sourced.entry.status is Status.ACTIVE)
    contested = undecided((sourced.source, sourced.entry) for sourced in members)
    several = ngettext("%(num)s of them is current", "%(num)s of them are current", current)
    told = several if row.section is Section.MEDICATIONS and current > 1 else ""
    if any(map(_is_reported, members)):
        both = _("This is listed as current and as ended, and nothing says which is newer. Ask which is right")
    else:
        both = _("One order is listed as current and as ended, and nothing says which is newer. Ask which is right")
    over = _over(row, members)
    return Repeats(
        text=_how_often(row, number, members, span=past_orders),
        current=both if contested else over or told,
        listed=tuple(_repeat(sourced, row, origins) for sourced in members),
        more=number - len(members),
        several=contested or bool(over) or (current > 1 and len(instructions) > 1),
    )


def _is_reported(sourced: SourcedEntry) -> bool:
    """Tell whether this is what somebody says is taken, which is no order."""
    return isinstance(sourced.entry.detail, e.Medication) and sourced.entry.detail.statement


def _over(row: RecordRow, members: Sequence[SourcedEntry]) -> str:
    """Return that the last order, or word, of a current medicine says that it was stopped; empty where it does not."""
    since = ended_since((each.source, each.entry) for each in members) if row.status is not Status.PAST else None
    if since is None or not isinstance(since.detail, e.Medication):
        return ""
    word, day = status_word(since.detail.fhir_status), formats.day(since.when)
    if any(map(_is_reported, members)):
        return _(
            "The last entry (%(date)s): %(status)s. An older one is still current. Ask which is right",
            date=day,
            status=word,
        )
    return _(
        "The last order (%(date)s): %(status)s. An older one is still current. Ask which is right",
        date=day,
        status=word,
    )


def _how_often(row: RecordRow, number: int, members: Sequence[SourcedEntry], *, span: bool) -> str:
    days = [sourced.entry.when for sourced in members if sourced.entry.when]
    first, last = (formats.day(most(days, key=sort_key)) if days else "" for most in (min, max))
    handed = sum(1 for sourced in members if isinstance(sourced.entry.detail, Dispense))
    if row.section is not Section.MEDICATIONS or any(map(_is_reported, members)):
        text = ngettext("Recorded %(num)s time", "Recorded %(num)s times", number)
    elif handed == len(members):
        text = ngettext("Handed out %(num)s time", "Handed out %(num)s times", number)
    elif handed:
        text = ngettext("Ordered or handed out %(num)s time", "Ordered or handed out %(num)s times", number)
    elif span and days:
        text = ngettext("%(num)s order", "%(num)s orders", number)
        return _("%(orders)s, %(first)s to %(last)s", orders=text, first=first, last=last) if first != last else text
    else:
        text = ngettext("Ordered %(num)s time", "Ordered %(num)s times", number)
    return _("%(text)s, last %(date)s", text=text, date=last) if last else text


def _repeat(sourced: SourcedEntry, row: RecordRow, origins: Origins) -> Repeat:
    line = safe_line(sourced.entry)
    return Repeat(
        when=formats.day(sourced.entry.when) or _("Without a date"),
        line=line,
        name=origins.of(sourced.source, row.section).name if len(row.counts) > 1 else "",
    )


_DETAILS = frozenset({"start", "end", "prescriber"})


def asks(differing: Sequence[Disagreement]) -> bool:
    """Tell whether somebody should ask which value is right: not where only dates or names of who ordered it differ."""
    return any(disagreement.field not in _DETAILS for disagreement in differing)


def voices(row: RecordRow, origins: Origins, differing: Sequence[Disagreement]) -> tuple[SourcedLine, ...]:
    """Return every value of a disagreement with its source and date, newest first; nothing where all agree.

    Sources that say the same of all that differs stand in one box.
    """
    if not differing:
        return ()
    by_source = leads(row.entries)
    boxes: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for source in by_source:
        boxes[tuple(_value_of(source, disagreement) for disagreement in differing)].append(source)
    newest_first = sorted(
        boxes.items(),
        key=lambda box: max(sort_key(by_source[source].entry.when) for source in box[1]),
        reverse=True,
    )
    dates = [max(sort_key(by_source[source].entry.when) for source in sources) for _values, sources in newest_first]
    titles = {by_source[sources[0]].entry.title for _values, sources in newest_first}
    return tuple(
        _sourced_line(
            max((by_source[source] for source in sources), key=lambda lead: sort_key(lead.entry.when)),
            names=origins.names(sources, row.section),
            told=[(disagreement.field, value) for disagreement, value in zip(differing, values, strict=True)],
            newest=index == 0 and len(dates) > 1 and dates[0] > dates[1],
            titled=len(titles) > 1,
        )
        for index, (values, sources) in enumerate(newest_first)
    )


def _value_of(source: str, disagreement: Disagreement) -> str:
    return next((opinion.value for opinion in disagreement.values if source in opinion.sources), "")


def _sourced_line(
    lead: SourcedEntry, *, names: str, told: Sequence[tuple[str, str]], newest: bool, titled: bool
) -> SourcedLine:
    """Return one organization's line, with the values that differ spelled out where the line does not say them."""
    line = safe_line(lead.entry)
    tags = (tag.text for tag in line.tags)
    told_there = (line.title, line.main, line.value, line.value_note, *line.facts, *tags)
    written = " ".join((*told_there, *_own_sentences(lead.entry))).casefold()
    state = next((value_text("status", value) for field, value in told if field == "status" and value), "")
    parts = lead.entry.detail.components if isinstance(lead.entry.detail, e.Result) else ()
    told_elsewhere = {"status", "range"} if line.value_note and not parts else {"status"}
    spelled = [
        _("%(label)s: %(value)s", label=field_label(field), value=value_text(field, value) or _("not stated"))
        for field, value in ((field, "" if value == "-" else value) for field, value in told)
        if field not in told_elsewhere and not _is_written(field, value, written)
    ]
    since = lead.entry.when
    return SourcedLine(
        title=line.title if titled else "",
        state=state,
        newest=newest,
        main=line.main,
        value=line.value,
        value_note=line.value_note,
        tags=line.tags,
        facts=tuple(fact for fact in (*spelled, *line.facts) if fact),
        source=names,
        date=formats.day(since) or _("without a date"),
    )


def _own_sentences(entry: Entry) -> tuple[str, ...]:
    """Return how to take a medicine as the entry keeps it: a page in another language says the same."""
    return entry.detail.instructions if isinstance(entry.detail, e.Medication | Dispense) else ()


def _is_written(field: str, value: str, written: str) -> bool:
    """Tell whether a line says a value already; a date stands in it in its short form ("Since Nov 10, 2022")."""
    texts = (value_text(field, value), formats.day(value) if len(value) <= len("2022-11-10") else "")
    return any(text and text.casefold() in written for text in texts)
