"""Communication → messages. Source: https://hl7.org/fhir/R4/communication.html."""

from portal.domain.entry import Entry, Message
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.attachments import attachments
from portal.normalise.context import Context, target_of
from portal.normalise.elements import first, items, line, notes, paragraph, unique, when, word
from portal.normalise.medications import reasons
from portal.normalise.names import parties, party
from portal.normalise.status import EVENT, status_of

_TITLE_LENGTH = 80


def message(context: Context) -> Entry:
    """The entry of a Communication. Unsent ones are refused: "draft" (preparation), "not-done"."""
    resource = context.resource
    status = word(resource.get("status"))
    if status in ("preparation", "not-done"):
        raise NormaliseError("draft" if status == "preparation" else "not-done")
    payload = items(resource.get("payload"))
    body = "\n\n".join(unique(paragraph(one.get("contentString")) for one in payload))
    topic = coding.name_of(resource.get("topic")) or "; ".join(coding.names_of(resource.get("reasonCode")))
    sent = when(resource.get("sent"))
    sender = party(resource.get("sender"), context)
    files = attachments([one.get("contentAttachment") for one in payload])
    title = topic or line(body.split("\n", 1)[0], _TITLE_LENGTH) or next((one.title for one in files if one.title), "")
    return Entry(
        section=Section.MESSAGES,
        title=title or coding.name_of(resource.get("category")) or phrases.MESSAGE,
        status=status_of(status, EVENT),
        start=sent,
        recorded=sent or when(resource.get("received")),
        recorder=sender,
        codes=coding.codes_of(*items(resource.get("category"))),
        notes=notes(resource.get("note")),
        detail=Message(
            sender=sender,
            recipients=parties(items(resource.get("recipient")), context),
            body=body,
            topic=topic or "; ".join(reasons(resource.get("about"), context)),
            thread=_thread(context),
            attachments=files,
        ),
    )


def _thread(context: Context) -> str:
    """What groups messages: the order or message it belongs to or answers, else a group identifier."""
    resource = context.resource
    for element in ("partOf", "inResponseTo"):
        target = target_of(first(resource.get(element)))
        if target:
            return target
    return line(first(resource.get("groupIdentifier")).get("value"))
