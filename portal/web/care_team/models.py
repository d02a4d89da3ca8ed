"""What the care team's pages show, computed from the store."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domain.errors import NotFoundError
from portal.domain.people import Role
from portal.normalise import coding
from portal.normalise.context import Context, nothing, target_of
from portal.normalise.elements import items, obj
from portal.normalise.names import human_name, name_in, party
from portal.store import Tx
from portal.store.messages import authors, conversations, policies
from portal.store.messages.conversations import Conversation, ConversationState
from portal.store.messages.policies import Policy, Template
from portal.store.people import accounts, people
from portal.store.records import resources
from portal.web import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationLine:
    id: str
    person_id: str
    patient: str
    subject: str
    clinician: str
    last_at: datetime
    assigned_to: str
    is_mine: bool
    author: str  # portal.access.authors


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamInbox:
    """``load``: how many conversations wait, by the name of who has them; "" for nobody."""

    show: str
    lines: tuple[ConversationLine, ...]
    load: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class TeamFile:
    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TeamMessage:
    sender: str
    own: bool  # the patient's
    at: str
    text: str
    files: tuple[TeamFile, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversationPage:
    """One conversation. ``about`` is the item that it was written from."""

    conversation: Conversation
    patient: str
    born: str
    numbers: tuple[str, ...]
    messages: tuple[TeamMessage, ...]
    about: str
    team: tuple[tuple[str, str], ...]
    templates: tuple[Template, ...]
    closed: bool
    author: str  # portal.access.authors


SHOWN = {
    "waiting": (ConversationState.WAITING,),
    "mine": (ConversationState.WAITING, ConversationState.ANSWERED),
    "answered": (ConversationState.ANSWERED,),
    "closed": (ConversationState.CLOSED,),
}


def inbox(tx: Tx, *, show: str, account_id: str) -> TeamInbox:
    team = dict(_team(tx))
    listed = conversations.listed(tx, states=SHOWN[show], limit=50)
    whose = authors.of_messages(tx, fhir_ids=[conversation.first_id for conversation in listed])
    lines = []
    for conversation in listed:
        if show == "mine" and conversation.assigned_to != account_id:
            continue
        person = people.by_id(tx, person_id=conversation.person_id)
        lines.append(
            ConversationLine(
                id=conversation.id,
                person_id=conversation.person_id,
                patient=person.demographics.display if person else "",
                subject=conversation.topic.subject,
                clinician=conversation.topic.recipient_name,
                last_at=conversation.last_at,
                assigned_to=team.get(conversation.assigned_to, ""),
                is_mine=conversation.assigned_to == account_id,
                author=whose.get(conversation.first_id, ""),
            )
        )
    load = sorted(conversations.load(tx).items(), key=lambda pair: -pair[1])
    return TeamInbox(
        show=show,
        lines=tuple(lines),
        load=tuple((team.get(member, ""), number) for member, number in load),
    )


def page(tx: Tx, *, conversation_id: str) -> ConversationPage:
    """Return one conversation.

    Raises:
        NotFoundError: there is none.
    """
    conversation = conversations.by_id(tx, conversation_id=conversation_id)
    person = people.by_id(tx, person_id=conversation.person_id) if conversation else None
    if conversation is None or person is None:
        raise NotFoundError
    ids = conversations.message_ids(tx, conversation_id=conversation_id)
    stored = resources.many(tx, references=[f"Communication/{fhir_id}" for fhir_id in ids])
    # Who acts for the patient begins a conversation of their own where they answer what others read, too.
    answered = {target_of(part) for resource in stored for part in items(resource.body.get("inResponseTo"))}
    answered -= {f"Communication/{fhir_id}" for fhir_id in ids}
    stored += tuple(
        each for each in resources.many(tx, references=answered) if each.person_id == conversation.person_id
    )
    bodies = sorted((resource.body for resource in stored), key=lambda body: str(body.get("sent", "")))
    demographics = person.demographics
    return ConversationPage(
        conversation=conversation,
        patient=demographics.display,
        born=demographics.birth_date,
        numbers=tuple(number.value for number in demographics.identifiers if number.type == "MR"),
        messages=tuple(_message(body, demographics.display) for body in bodies),
        about=_about(tx, conversation.person_id, bodies),
        team=_team(tx),
        templates=policies.all_policies(tx)[policies.ORGANIZATION].text.templates,
        closed=conversation.state is ConversationState.CLOSED,
        author=authors.of_messages(tx, fhir_ids=[conversation.first_id]).get(conversation.first_id, ""),
    )


def clinicians(tx: Tx) -> tuple[tuple[str, str, Policy], ...]:
    """Return the clinicians of the chart by FHIR id and name, with how they take messages, by name."""
    written = policies.all_policies(tx)
    listed = []
    for stored in resources.shared_of_type(tx, type="Practitioner"):
        name = name_in(Context(stored.body, nothing))
        policy = written.get(stored.fhir_id) or Policy(accepts=True, text=written[policies.ORGANIZATION].text)
        listed.append((stored.fhir_id, name, policy))
    return tuple(sorted(listed, key=lambda clinician: clinician[1]))


def _team(tx: Tx) -> tuple[tuple[str, str], ...]:
    return tuple(
        (account.id, account.display or account.username)
        for account in accounts.everyone(tx)
        if account.role is Role.CARE_TEAM and not account.disabled
    )


def _message(body: Mapping[str, Any], patient: str) -> TeamMessage:
    context = Context(body, nothing)
    sender = target_of(body.get("sender"))
    is_patient = sender.startswith("Patient/")
    payload = items(body.get("payload"))
    written = (obj(part.get("contentAttachment")) for part in payload)
    return TeamMessage(
        sender=patient if is_patient else party(body.get("sender"), context) or human_name(body.get("sender")),
        own=is_patient or sender.startswith("#"),
        at=formats.date_text(str(body.get("sent", ""))),
        text="\n\n".join(str(part["contentString"]) for part in payload if part.get("contentString")),
        files=tuple(
            TeamFile(str(part.get("url", "")).rpartition("/")[2], str(part.get("title") or ""))
            for part in written
            if str(part.get("url", "")).startswith("Binary/")
        ),
    )


def _about(tx: Tx, person_id: str, bodies: list[Mapping[str, Any]]) -> str:
    named = [target_of(part) for body in bodies for part in items(body.get("about"))]
    items_ = (stored for stored in resources.many(tx, references=named) if stored.person_id == person_id)
    return "; ".join(coding.name_of(stored.body.get("code")) or stored.type for stored in items_)
