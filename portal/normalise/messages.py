"""Communication → messages. Source: https://hl7.org/fhir/R4/communication.html."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from portal.domain.detail import Attachment
from portal.domain.entry import Entry, Message
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.attachments import attachments
from portal.normalise.context import Context, target_of
from portal.normalise.elements import first, items, line, narrative, notes, obj, paragraph, unique, when, word
from portal.normalise.facts import facts, qualifiers, visit_of
from portal.normalise.names import parties, party
from portal.normalise.reasons import reasons
from portal.normalise.status import EVENT, status_of

_TITLE_LENGTH = 80
_LONGEST_CHAIN = 50  # answers to answers that are followed to the first message


def message(context: Context) -> Entry:
    """Return the entry of a Communication. Unsent ones are refused: "draft" (preparation), "not-done"."""
    resource = context.resource
    status = word(resource.get("status"))
    if status in ("preparation", "not-done"):
        raise NormaliseError("draft" if status == "preparation" else "not-done")
    payload = items(resource.get("payload"))
    concepts = [coding.name_of(part.get("contentCodeableConcept")) for part in payload]  # R5
    body = "\n\n".join(unique([*(paragraph(part.get("contentString")) for part in payload), *concepts]))
    topic = coding.name_of(resource.get("topic")) or "; ".join(coding.names_of(resource.get("reasonCode")))
    sent = when(resource.get("sent"))
    sender = party(resource.get("sender"), context)
    files = (*attachments([part.get("contentAttachment") for part in payload]), *_documents(payload, context))
    body = body or ("" if files else narrative(resource))
    title = topic or line(body.split("\n", 1)[0], _TITLE_LENGTH)
    title = title or next((file.title for file in files if file.title), "")
    return Entry(
        section=Section.MESSAGES,
        title=title or coding.name_of(resource.get("category")) or phrases.MESSAGE,
        status=status_of(status, EVENT),
        start=sent,
        recorded=sent or when(resource.get("received")),
        recorder=sender,
        codes=coding.codes_of(*items(resource.get("category"))),
        notes=notes(resource.get("note")),
        qualifiers=qualifiers(phrases.EVENT_STATUS.get(status, "")),
        facts=facts(
            (phrases.KIND, coding.names_of(resource.get("category"))),
            (phrases.PRIORITY, "" if word(resource.get("priority")) == "routine" else word(resource.get("priority"))),
            (phrases.WHY_STATUS, coding.name_of(resource.get("statusReason"))),
            (phrases.FOCUS, reasons(resource.get("about"), context)),
            (phrases.REASON, reasons(resource.get("reasonReference"), context)),
            (phrases.RECEIVED, when(resource.get("received")) or "" if sent else ""),
            (phrases.ATTACHED, [file.title for file in files]),
        ),
        visit=visit_of(resource),
        detail=Message(
            sender=sender,
            recipients=parties(items(resource.get("recipient")), context),
            body=body,
            topic=topic or "; ".join(reasons(resource.get("about"), context)),
            thread=_thread(context),
            attachments=files,
            received=when(resource.get("received")) or "",
            own=_is_own(context),
            reply_to=target_of(first(resource.get("recipient")) if _is_own(context) else resource.get("sender")),
        ),
    )


def _documents(payload: tuple[Mapping[str, Any], ...], context: Context) -> tuple[Attachment, ...]:
    """Return the files of documents that a message refers to; a document that is not at hand has its name."""
    files: list[Attachment] = []
    for part in payload:
        reference = part.get("contentReference")
        if not reference:
            continue
        target = context.resolve(reference)
        inner = items(target.resource.get("content")) if target else ()
        inside = attachments([content.get("attachment") for content in inner])
        name = coding.tidy(line(obj(reference).get("display")))
        if inside:
            files += [replace(file, title=file.title or name) for file in inside]
        elif name or target_of(reference).startswith("Binary/"):
            files.append(Attachment(title=name, url=target_of(reference)))
    return tuple(files)


def _is_own(context: Context) -> bool:
    """Tell whether the patient wrote it, or somebody for them: the sender is a Patient or a RelatedPerson."""
    sender = context.resource.get("sender")
    target = context.resolve(sender)
    kind = word(target.resource.get("resourceType")) if target else ""
    return (kind or target_of(sender).rpartition("/")[0].rpartition("/")[2]) in ("Patient", "RelatedPerson")


def _thread(context: Context) -> str:
    """Return what groups messages: the order or message it belongs to, the first of those it answers, or an identifier.

    A chain of answers is followed as far as its messages are at hand.
    """
    message = context
    thread = line(first(context.resource.get("groupIdentifier")).get("value"))
    for _step in range(_LONGEST_CHAIN):
        parent = next(
            (part for name in ("partOf", "inResponseTo") if target_of(part := first(message.resource.get(name)))), None
        )
        if parent is None:
            break
        thread = target_of(parent)
        before = context.resolve(parent) if thread.rpartition("/")[0].endswith("Communication") else None
        if before is None:
            break
        message = before
    return thread
