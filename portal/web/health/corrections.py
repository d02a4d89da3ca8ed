"""Asking for a correction (product.md §3.13): of the staff here, or with a letter to whoever documented the item."""

from dataclasses import dataclass
from datetime import datetime

from flask_wtf import FlaskForm
from wtforms import TextAreaField
from wtforms.validators import DataRequired, Length

from portal import audit
from portal.access import may_see_choice
from portal.domain.entry import Entry
from portal.domain.errors import NotFoundError
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.store.people import people, proxies
from portal.store.records import corrections, rows
from portal.store.records.corrections import CorrectionRequest, CorrectionState
from portal.web import formats
from portal.web.guards import audit_actor, current_actor, current_sight
from portal.web.linked import linked
from portal.web.phrases import gettext
from portal.web.phrases import lazy_gettext as _
from portal.web.words import phrase, section_word

_LONGEST = 2000
_TOO_LONG = _("Write at most 2000 characters; say the rest when they call you.")


class CorrectionForm(FlaskForm):  # type: ignore[misc]
    wrong = TextAreaField(
        _("What is wrong?"), [DataRequired(_("Say what is wrong.")), Length(max=_LONGEST, message=_TOO_LONG)]
    )
    right = TextAreaField(_("What should it say?"), [Length(max=_LONGEST, message=_TOO_LONG)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The item, as the organization that documented it has it, and where to write to."""

    section: Section
    entry: str
    title: str
    when: str
    home: bool
    organization: str
    address: str
    phone: str
    portal_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    subject: Subject
    name: str
    birth_date: str | None
    address: tuple[str, ...]
    day: datetime
    wrong: str
    right: str


@dataclass(frozen=True, slots=True)
class Request:
    """One of the person's requests. ``href`` leads to the item, which may be gone meanwhile."""

    title: str
    section: str
    href: tuple[Section, str]
    asked_at: datetime
    wrong: str
    state: CorrectionState
    words: str
    answer: str
    answered_at: datetime | None


def subject(person_id: str, section: Section, entry_id: str) -> Subject:
    """Say what is to be corrected.

    Raises:
        NotFoundError: there is no such item of this person.
    """
    return _subject(person_id, section, entry_id)[0]


def _subject(person_id: str, section: Section, entry_id: str) -> tuple[Subject, Entry]:
    with current_services().db.reading() as tx:
        row = rows.by_entry(tx, person_id=person_id, section=section, entry_id=entry_id, sight=current_sight())
        connections = {link.link.id: link for link in linked(tx, person_id=person_id)}
    sourced = next((entry for entry in row.entries if entry.id == entry_id), None) if row else None
    if sourced is None:
        raise NotFoundError
    link = connections.get(sourced.source)
    organization = link.organization if link else None
    subject_ = Subject(
        section=section,
        entry=entry_id,
        title=phrase(sourced.entry.title),
        when=formats.date_text(sourced.entry.when) if sourced.entry.when else "",
        home=sourced.source == HOME,
        organization=link.name if link else current_services().settings.organization,
        address=organization.address if organization else "",
        phone=organization.phone if organization else "",
        portal_url=(organization.portal_url or "") if organization else "",
    )
    return subject_, sourced.entry


def ask(person_id: str, section: Section, entry_id: str, *, wrong: str, right: str) -> Letter | None:
    """Send a request to the staff here, or give the letter to the other organization, of which nothing is kept.

    Raises:
        NotFoundError: there is no such item of this person.
        ConflictError: "too-many" requests are waiting.
    """
    about, entry = _subject(person_id, section, entry_id)
    with current_services().db.transaction() as tx:
        if about.home:
            corrections.ask(
                tx,
                person_id=person_id,
                account_id=current_actor().account_id,
                section=section,
                entry_id=entry_id,
                request=CorrectionRequest(title=entry.title, when=entry.when, wrong=wrong, right=right),
            )
        audit.record(
            tx,
            action=audit.Action.CORRECTION,
            actor=audit_actor(),
            person_id=person_id,
            section=section.value,
            entry=entry_id,
        )
        person = people.by_id(tx, person_id=person_id)
        actor = current_actor()
        apart = actor.own_person_id != person_id and proxies.shares_person(
            tx, account_id=actor.account_id, person_id=person_id
        )
        day = tx.now
    if about.home or person is None:
        return None
    demographics = person.demographics
    home = None if apart else next(iter(demographics.addresses), None)
    return Letter(
        subject=about,
        name=demographics.display,
        birth_date=demographics.birth_date,
        address=(*home.line, f"{home.city}, {home.state} {home.postal_code}".strip(", ")) if home else (),
        day=day,
        wrong=wrong,
        right=right,
    )


def requests(person_id: str) -> tuple[Request, ...]:
    """Say what was asked of the staff here for this person, newest first.

    Who may not see what is confidential sees only what they asked for themselves (``may_see_choice``).
    """
    with current_services().db.reading() as tx:
        requests_ = corrections.of_person(tx, person_id=person_id)
    requests_ = tuple(
        request for request in requests_ if may_see_choice(current_actor(), person_id, account_id=request.account_id)
    )
    states = {
        CorrectionState.OPEN: gettext("Waiting for an answer"),
        CorrectionState.CORRECTED: gettext("Corrected"),
        CorrectionState.DECLINED: gettext("Not changed"),
    }
    return tuple(
        Request(
            title=phrase(request.request.title),
            section=section_word(request.section),
            href=(request.section, request.entry_id),
            asked_at=request.created_at,
            wrong=request.request.wrong,
            state=request.state,
            words=states[request.state],
            answer=request.answer,
            answered_at=request.answered_at,
        )
        for request in requests_
    )
