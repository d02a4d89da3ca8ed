"""DocumentReference and Media → documents. Source: https://hl7.org/fhir/R4/documentreference.html, media.html."""

from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Document, Entry
from portal.domain.sections import Section
from portal.normalise import coding, phrases, request_phrases
from portal.normalise.attachments import attachments
from portal.normalise.context import Context
from portal.normalise.elements import items, line, lines, notes, obj, paragraph, period, unique, when, word
from portal.normalise.facts import facts, qualifiers, visit_of
from portal.normalise.names import display, parties, party
from portal.normalise.reasons import reasons
from portal.normalise.status import EVENT, LASTING, status_of

_GENERIC = frozenset({"unknown", "other"})


def document(context: Context) -> Entry:
    """Return the entry of a DocumentReference, with what can be opened in ``detail.attachments``."""
    resource = context.resource
    surroundings = obj(resource.get("context"))
    start, end = period(surroundings.get("period"))
    date = when(resource.get("date")) or when(resource.get("created")) or when(resource.get("indexed"))
    kind = coding.words_of(resource.get("type"), (coding.LOINC,), generic=_GENERIC)
    categories = coding.names_of(resource.get("category"))
    content = items(resource.get("content"))
    files = attachments([part.get("attachment") for part in content])
    description = paragraph(resource.get("description"), 2000)
    title = kind or line(description) or next((file.title for file in files if file.title), "")
    title = title or next(iter(categories), "") or coding.name_of(resource.get("type")) or phrases.DOCUMENT
    authors = parties(items(resource.get("author")), context)
    status, document_status = word(resource.get("status")), word(resource.get("docStatus"))
    relations = [
        (word(part.get("code")), display(part.get("target"), context)) for part in items(resource.get("relatesTo"))
    ]
    formats = [coding.name_of(part.get("format")) for part in content]
    return Entry(
        section=Section.DOCUMENTS,
        title=title,
        status=status_of("entered-in-error" if document_status == "entered-in-error" else status, LASTING),
        start=date or start,
        end=end if not date else None,
        recorded=date,
        recorder=next(iter(authors), "") or party(resource.get("custodian"), context),
        codes=coding.codes_of(resource.get("type")),
        qualifiers=qualifiers(
            phrases.DOCUMENT_STATUS.get(status, ""), phrases.DOCUMENT_STATUS.get(document_status, "")
        ),
        facts=facts(
            (phrases.REPLACES, [name for code, name in relations if code == "replaces"]),
            (phrases.RELATED, [name for code, name in relations if code != "replaces"]),
            (
                phrases.AT_VISIT,
                [display(part, context) for part in items(surroundings.get("encounter"))],
            ),
            (phrases.KIND, categories),
            (phrases.TITLE, [file.title for file in files]),
            (phrases.SIGNED_BY, party(resource.get("authenticator"), context)),
            (phrases.CLASSIFICATION, coding.names_of(surroundings.get("event"))),
            (phrases.FACILITY, coding.name_of(surroundings.get("facilityType"))),
            (phrases.PRACTICE, coding.name_of(surroundings.get("practiceSetting"))),
            (phrases.VISIT_FROM, start or "" if date else ""),
            (phrases.VISIT_UNTIL, end or "" if date else ""),
            (phrases.FILE_KIND, [line(part.get("contentType"), 127) for part in map(_attachment, content)]),
            (phrases.FORMAT, formats),
            (phrases.ATTACHMENT_DATE, [when(part.get("creation")) or "" for part in map(_attachment, content)]),
            (phrases.LANGUAGE, [" ".join(lines(part.get("language"))) for part in map(_attachment, content)]),
            (phrases.CONFIDENTIAL, coding.names_of(resource.get("securityLabel"))),
        ),
        visit=visit_of(resource),
        detail=Document(
            document_type=kind,
            author=", ".join(unique(authors)),
            attachments=files,
            description=description,
            visit=visit_of(resource),
            category=categories,
            custodian=party(resource.get("custodian"), context),
            document_status=document_status,
        ),
    )


def picture(context: Context) -> Entry:
    """Return the entry of a Media: a photograph, a drawing, a film or a recording."""
    resource = context.resource
    start, end = period(resource.get("createdPeriod"))
    files = attachments([resource.get("content")])
    kind = coding.name_of(resource.get("modality")) or coding.name_of(resource.get("type"))
    operator = party(resource.get("operator"), context)
    status = word(resource.get("status"))
    return Entry(
        section=Section.DOCUMENTS,
        title=next((file.title for file in files if file.title), "") or kind or request_phrases.PICTURE,
        status=status_of(status, EVENT),
        start=when(resource.get("createdDateTime")) or start,
        end=end,
        recorded=when(resource.get("issued")),
        recorder=operator,
        codes=coding.codes_of(resource.get("type")),
        notes=notes(resource.get("note")),
        qualifiers=qualifiers(phrases.EVENT_STATUS.get(status, "")),
        facts=facts(
            (phrases.KIND, (coding.name_of(resource.get("type")), coding.name_of(resource.get("modality")))),
            (request_phrases.BODY_SITE, coding.name_of(resource.get("bodySite"))),
            (phrases.REASON, coding.names_of(resource.get("reasonCode"))),
            (phrases.BASED_ON, reasons(resource.get("basedOn"), context)),
            (phrases.DEVICE, line(resource.get("deviceName")) or party(resource.get("device"), context)),
        ),
        visit=visit_of(resource),
        detail=Document(document_type=kind, author=operator, attachments=files, visit=visit_of(resource)),
    )


def _attachment(content: Mapping[str, Any]) -> Mapping[str, Any]:
    return obj(content.get("attachment"))
