"""What an outside summary says, as a page shows it: each item in words, each document as a file to be saved."""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain.errors import NormaliseError, NotFoundError
from portal.domain.listing import listed_as
from portal.domain.people import Person
from portal.domain.sections import Section
from portal.normalise import to_entry
from portal.normalise.context import Lookup
from portal.normalise.demographics import person_of
from portal.normalise.elements import items, line, obj
from portal.sharing import desk_profile, receiving
from portal.sharing.patient_shared import PDF, DocumentKind
from portal.store import Tx
from portal.store.shares import received
from portal.store.shares.received import Received
from portal.web.health import headings
from portal.web.health.lines import Line
from portal.web.health.original import safe_line
from portal.web.received import words
from portal.web.words import section_word

_DOCUMENT = "DocumentReference"


@dataclass(frozen=True, slots=True)
class ReceivedPart:
    """A section; each line with the words of its group ("past", "no longer taken") and the name of its source."""

    name: str
    lines: tuple[tuple[Line, str, str], ...]


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A document. ``number`` is its place in the Bundle; ``kind`` tells whose words it has; None: neither is told."""

    number: int
    kind: DocumentKind | None
    date: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedPage:
    """One summary. ``not_shown``: items of kinds that are not shown here, or that cannot be read."""

    received: Received
    person: Person
    parts: tuple[ReceivedPart, ...]
    files: tuple[ReceivedFile, ...]
    not_shown: int
    problems: tuple[str, ...]


def page(tx: Tx, *, stored: Received) -> ReceivedPage:
    """Return a summary that was filed, in words."""
    bundle = _bundle(tx, stored)
    held = desk_profile.resources(bundle)
    by_section: dict[Section, list[tuple[Line, str, str]]] = {}
    not_shown = 0
    lookup = _lookup(bundle)
    sources = _sources(held)
    for address, resource in desk_profile.addressed(bundle):
        if not desk_profile.is_item(resource) or resource.get("resourceType") == _DOCUMENT:
            continue
        try:
            entry = to_entry(resource, lookup)
        except NormaliseError:
            not_shown += 1
            continue
        heading = headings.of_one(entry.section, listed_as(entry))
        by_section.setdefault(entry.section, []).append((safe_line(entry), heading, sources.get(address, "")))
    return ReceivedPage(
        received=stored,
        person=person_of(receiving.patient_of(bundle)),
        parts=tuple(
            ReceivedPart(section_word(section), tuple(by_section[section]))
            for section in Section
            if section in by_section
        ),
        files=tuple(_files(held)),
        not_shown=not_shown,
        problems=words.problems(stored.origin),
    )


def file(tx: Tx, *, stored: Received, number: int) -> bytes:
    """Return a document of a summary.

    Raises:
        NotFoundError: there is none of this number, or it is no PDF.
    """
    held = dict(enumerate(desk_profile.resources(_bundle(tx, stored))))
    for attachment in _attachments(held.get(number, {})):
        try:
            content = b64decode(str(attachment["data"]))
        except (NotBase64, ValueError):
            break
        if content.startswith(b"%PDF-"):
            return content
    raise NotFoundError


def _bundle(tx: Tx, stored: Received) -> Mapping[str, Any]:
    content = received.content(tx, received_id=stored.id)
    if content is None:
        raise NotFoundError
    return receiving.bundle_of(content)


def _lookup(bundle: Mapping[str, Any]) -> Lookup:
    by_reference: dict[str, Mapping[str, Any]] = {}
    for address, resource in desk_profile.addressed(bundle):
        by_reference[address] = resource
        by_reference[f"{resource.get('resourceType')}/{resource.get('id')}"] = resource
    return by_reference.get


def _sources(held: list[Mapping[str, Any]]) -> dict[str, str]:
    """Return who is said to have documented each item, by its address (Provenance, custodian or author)."""
    sources = {}
    for resource in held:
        if resource.get("resourceType") == "Provenance":
            names = [line(obj(agent.get("who")).get("display")) for agent in items(resource.get("agent"))]
            for target in items(resource.get("target")):
                sources[str(target.get("reference"))] = next(filter(None, names), "")
    return sources


def _files(held: list[Mapping[str, Any]]) -> Iterator[ReceivedFile]:
    for number, resource in enumerate(held):
        if resource.get("resourceType") == _DOCUMENT and any(_attachments(resource)):
            yield ReceivedFile(number, desk_profile.document_kind(resource), str(resource.get("date", ""))[:40])


def _attachments(resource: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the PDFs of a DocumentReference that are in it."""
    for content in items(resource.get("content")):
        attachment = obj(content.get("attachment"))
        if attachment.get("contentType") == PDF and isinstance(attachment.get("data"), str):
            yield attachment
