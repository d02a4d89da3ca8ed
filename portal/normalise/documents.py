"""DocumentReference → documents. Source: https://hl7.org/fhir/R4/documentreference.html."""

from portal.domain.entry import Document, Entry
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.attachments import attachments
from portal.normalise.context import Context, target_of
from portal.normalise.elements import first, items, line, obj, paragraph, period, unique, when, word
from portal.normalise.names import parties, party
from portal.normalise.status import LASTING, status_of


def document(context: Context) -> Entry:
    """The entry of a DocumentReference, with what can be opened in ``detail.attachments``."""
    resource = context.resource
    surroundings = obj(resource.get("context"))
    start, end = period(surroundings.get("period"))
    date = when(resource.get("date")) or when(resource.get("created")) or when(resource.get("indexed"))
    kind = coding.name_of(resource.get("type"), (coding.LOINC,), generic=frozenset({"unknown", "other"}))
    categories = coding.names_of(resource.get("category"))
    files = attachments([one.get("attachment") for one in items(resource.get("content"))])
    description = paragraph(resource.get("description"), 2000)
    title = kind or line(description) or next((one.title for one in files if one.title), "")
    title = title or next(iter(categories), "") or coding.title_of(resource.get("type")) or phrases.DOCUMENT
    authors = parties(items(resource.get("author")), context)
    encounter = surroundings.get("encounter")
    return Entry(
        section=Section.DOCUMENTS,
        title=title,
        status=status_of(resource.get("status"), LASTING),
        start=date or start,
        end=end if not date else None,
        recorded=date,
        recorder=next(iter(authors), "") or party(resource.get("custodian"), context),
        codes=coding.codes_of(resource.get("type")),
        detail=Document(
            document_type=kind,
            author=", ".join(unique(authors)),
            attachments=files,
            description=description,
            visit=target_of(first(encounter)),
            category=categories,
            custodian=party(resource.get("custodian"), context),
            document_status=word(resource.get("docStatus")),
        ),
    )
