"""Entries of clinical documents that a linked organization sends, for sections of which it gives no resources.

As in the home chart (``portal.refresh.from_documents``): the newest document of each custodian counts, a section that
the organization fills itself is left alone, and the entries say where they are from. A file that is only referred to is
fetched with the link's own token, within the limits of every file, and only once for each version of the document.
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from typing import Any

from portal.domain.errors import InvalidInputError, NotFoundError, OutsideError
from portal.domain.people import Person
from portal.identity.comparison import Verdict, compare
from portal.normalise.ccda import clinical_document
from portal.normalise.ccda.entries import resources_in
from portal.normalise.elements import items, obj, word
from portal.normalise.provenance import FROM_SENT_DOCUMENT
from portal.refresh import binary
from portal.refresh.clinical_files import security_of
from portal.refresh.from_documents import SECTIONS
from portal.refresh.ingest import ingest
from portal.refresh.own_references import SourceAddress
from portal.services import Services
from portal.store import Tx
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.links.links import Link
from portal.store.people import people
from portal.store.records import derived, holding, writing
from portal.store.records import resources as stored_resources
from portal.store.records.resources import StoredResource

_XML = frozenset({"text/xml", "application/xml", "application/hl7-cda+xml", "application/cda+xml"})
_MOST = 100  # documents that are looked through
_READ = 3  # documents that are read in one refresh


def fill_from_documents(
    services: Services, link: Link, organization: Organization, patient: str, *, server: SourceAddress
) -> None:
    """Make the entries of an organization's documents, and take away those of sections that it now fills itself.

    ``patient``: the person's FHIR id there; ``server``: as in ``ingest``.
    """
    with services.db.reading() as tx:
        start = derived.prefix(tx, source=link.source)
        sections = frozenset(SECTIONS.values())
        before = derived.entries_of(tx, person_id=link.person_id, source=link.source, sections=sections)
        closed = {each.section for each in before if not each.derived}
        stored = derived.documents(tx, person_id=link.person_id, source=link.source, limit=_MOST)
        documents = _newest(tx, stored)
        person = people.by_id(tx, person_id=link.person_id)
    present = {each.fhir_id.removeprefix(start)[: derived.KEY] for each in before if each.derived}
    resources: list[dict[str, Any]] = []
    read_out_of: dict[str, str] = {}
    lasting = set(documents) & present
    if closed < sections and person is not None:
        for key in sorted(documents.keys() - present):
            entries = _read(services, link, documents[key], patient=patient, person=person.demographics)
            if entries is None:  # not now: what an earlier version said stays meanwhile
                lasting |= present
                continue
            named = ({**resource, "id": f"{start}{key}-{resource['id']}"} for resource in entries)
            filling = [each for each in named if SECTIONS[each["resourceType"]] not in closed]
            read_out_of |= {each["id"]: documents[key].id for each in filling}
            resources += filling
    if resources:
        ingest(
            services.db,
            person_id=link.person_id,
            source=link.source,
            resources=resources,
            confidential=organization.sensitive,
            server=server,
            read_out_of=read_out_of,
        )
    gone = [
        each
        for each in before
        if each.derived and (each.section in closed or each.fhir_id.removeprefix(start)[: derived.KEY] not in lasting)
    ]
    for section in sorted({each.section for each in gone}):
        removed = [each.id for each in gone if each.section is section]
        with services.db.transaction() as tx:
            writing.settle(tx, person_id=link.person_id, source=link.source, section=section, removed=removed)
    if resources:
        with services.db.transaction() as tx:
            now = links.by_id(tx, link_id=link.id)
            if now is None or not now.live:  # unlinked meanwhile
                stored_resources.remove_source(tx, source=link.id)


def _newest(tx: Tx, stored: tuple[StoredResource, ...]) -> dict[str, StoredResource]:
    """Return the newest document of each custodian by what tells its version; ``stored`` are newest first.

    What is kept private, waits until the person wants to see it, or is of somebody's message gives no entries.
    """
    custodians: set[str] = set()
    held = holding.held_ids(tx, ids=[document.id for document in stored])
    newest: dict[str, StoredResource] = {}
    for document in stored:
        custodian = word(obj(document.body.get("custodian")).get("display")) or ""
        if document.deleted or document.author or custodian in custodians or not any(_files(document.body)):
            continue
        if word(document.body.get("status")) in ("superseded", "entered-in-error"):
            continue
        custodians.add(custodian)
        if document.private or document.id in held:  # its entries would be open: they have ids of their own
            continue
        newest[derived.document_key(tx, document)] = document
        if len(newest) == _READ:
            break
    return newest


def _files(body: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for content in items(body.get("content")):
        attachment = obj(content.get("attachment"))
        if word(attachment.get("contentType")).partition(";")[0].strip().lower() in _XML:
            yield attachment


def _read(
    services: Services, link: Link, document: StoredResource, *, patient: str, person: Person
) -> list[dict[str, Any]] | None:
    """Return the entries of a document; none where it is no clinical document of this person; None: not to be had."""
    meta = obj(document.body.get("meta"))
    tag = dict(zip(("system", "code"), FROM_SENT_DOCUMENT, strict=True))
    for attachment in _files(document.body):
        try:
            raw = _bytes(services, link, attachment)
            read = clinical_document(raw)
            if read is None or not _is_of(person, read.patients):
                continue
            security = [*items(meta.get("security")), *security_of(read)]
            own = {"tag": [tag]} | ({"security": security} if security else {})
            by_kind = resources_in(
                raw, document=document.fhir_id, patient=f"Patient/{patient}", meta=own, described=document.body
            )
        except InvalidInputError:
            continue  # its page says why it cannot be read
        except (OutsideError, NotFoundError):
            return None
        return [resource for entries in by_kind.values() for resource in entries]
    return []


def _bytes(services: Services, link: Link, attachment: Mapping[str, Any]) -> bytes:
    data, url = attachment.get("data"), attachment.get("url")
    if isinstance(data, str) and data:
        try:
            return b64decode(data)
        except (NotBase64, ValueError):
            raise InvalidInputError("not-base64") from None
    return binary.fetch(services, link_id=link.id, url=url) if isinstance(url, str) and url else b""


def _is_of(person: Person, named: tuple[Person, ...]) -> bool:
    """Tell whether a document names one person, and none who is certainly another."""
    return len(named) == 1 and compare(person, named[0]).verdict is not Verdict.DIFFERENT
