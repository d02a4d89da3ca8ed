"""The bytes of a section's file: a table, a FHIR Bundle, or a PDF."""

from collections.abc import Mapping
from datetime import date
from uuid import uuid4

from portal import audit
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.sharing import rendered, section_bundle
from portal.store.records import packing
from portal.web.health import download, section_table
from portal.web.viewed import viewed

CONTENT_TYPES: Mapping[str, str] = {
    "csv": "text/csv; charset=utf-8",
    "json": "application/fhir+json",
    "pdf": "application/pdf",
}


def made(person_id: str, section: Section, kind: str, *, since: date | None, until: date | None) -> bytes:
    """Return the file of one of ``CONTENT_TYPES``, made now and kept nowhere."""
    most = rendered.MOST_ROWS if kind == "pdf" else download.MOST
    with current_services().db.reading() as tx:
        of = download.section_file(tx, person_id, section, since=since, until=until, limit=most)
        content = download.summary_content(tx, person_id, of) if kind == "json" else None
    viewed(person_id, audit.Action.DOWNLOAD, section=section.value, format=kind)
    if content is not None:
        return packing.encode(section_bundle.bundle(content, bundle_id=uuid4(), notes=of.notes))
    return rendered.pdf(section_table.page(of)) if kind == "pdf" else section_table.as_csv(of)
