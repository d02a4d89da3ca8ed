"""Files of a record item: which there are, and the bytes of one that a browser can show by itself.

Source: FHIR R4 ``Attachment`` (datatypes.html#attachment) and ``Binary`` (binary.html).
"""

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup

from portal import audit
from portal.domain.clinical_document import ClinicalDocument
from portal.domain.errors import AddressRefusedError, BadAnswerError, InvalidInputError, NotFoundError
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.fhir.authorised import same_origin
from portal.normalise.attachments import attachments
from portal.normalise.ccda import clinical_document
from portal.refresh import binary
from portal.store import Tx
from portal.store.links import links
from portal.store.messages import outgoing
from portal.store.records import resources, rows
from portal.web import formats
from portal.web.guards import current_sight
from portal.web.narrative import attachments_of, is_text, text_of
from portal.web.phrases import gettext as _
from portal.web.phrases import ngettext
from portal.web.viewed import viewed

_SIGNATURES = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
"""What is shown: a browser shows it without running anything of it in our origin. How such a file begins."""
_CAME = "Binary/"  # how a message here refers to a file that came with it
_XML = frozenset(("text/xml", "application/xml", "application/hl7-cda+xml", "application/cda+xml"))
_PAGE = re.compile(rb"<html[\s>]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class File:
    """One attachment. ``number`` is its place in the resource; ``opens`` is false for what a browser cannot show.

    ``saves``: its bytes can be had, here or from its organization. ``elsewhere``: the host that keeps it, where that is
    not the organization's; ``missing``: it is only referred to, and there is nobody to ask for it.
    """

    number: int
    title: str
    kind: str
    size: str
    opens: bool
    saves: bool
    elsewhere: str = ""
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """Bytes to be sent as they are, or a ``text`` or a clinical document to be put into a page.

    ``code``: why it is not shown but can be saved.
    """

    title: str
    content_type: str
    data: bytes = b""
    text: Markup | None = None
    document: ClinicalDocument | None = None
    code: str = ""


def listed(body: Mapping[str, Any], base: str | None = None, *, home: bool = False) -> tuple[File, ...]:
    """Return the attachments of a resource, but for texts inside it, which the page shows as they are.

    ``base``: the FHIR base of the organization that it is from; without one nothing can be fetched, but (``home``) what
    came with a message to this one.
    """
    listed_ = []
    for number, attachment in enumerate(attachments_of(body)):
        read = next(iter(attachments([attachment])), None)
        if read is None or (read.inline and is_text(read.content_type)):
            continue
        kind = _kind(read.content_type)
        elsewhere = "" if read.inline else _elsewhere(read.url, base)
        saves = read.inline or bool(read.url and base and not elsewhere) or (home and read.url.startswith(_CAME))
        listed_.append(
            File(
                number,
                read.title or _("File"),
                kind_words(kind),
                _size(read.size),
                opens=shown(kind) and saves,
                saves=saves,
                elsewhere=elsewhere,
                missing=not saves and not elsewhere,
            )
        )
    return tuple(listed_)


def _elsewhere(url: str, base: str | None) -> str:
    """Return the host of an address that is not the organization's; empty where it is, or is none."""
    try:
        host = urlsplit(url).hostname or ""
        if host and base:
            same_origin(url, base, below=False)
    except AddressRefusedError:
        return host
    except ValueError:
        return ""
    return host if not base else ""


def opened(
    person_id: str, section: Section, entry_id: str, number: int, *, save: bool = False, inside: bool = False
) -> Opened:
    """Return one attachment, from the record or, where it is only referred to, from its organization now.

    ``save``: as it is, of whatever kind, to be saved and not shown. ``inside``: the file that a clinical document is
    only the envelope of.

    Raises:
        NotFoundError: there is no such file of this person, or it is not to be saved and none that is shown.
        OutsideError: the organization did not give it.
        BadAnswerError: "not-what-it-says": the bytes are of another kind than announced.
    """
    services = current_services()
    with services.db.reading() as tx:
        row = rows.by_entry(tx, person_id=person_id, section=section, entry_id=entry_id, sight=current_sight())
        source = next((sourced.source for sourced in row.entries if sourced.id == entry_id), None) if row else None
        resource = resources.by_id(tx, resource_id=entry_id) if source else None
        if source is None or resource is None:
            raise NotFoundError
        home = links.to_home(tx, person_id=person_id) if source == HOME else None
        link_id = (home.id if home else "") if source == HOME else source
        attachment = dict(enumerate(attachments_of(resource.body))).get(number)
        came = _came(tx, attachment, resource.fhir_id) if source == HOME else None
    viewed(person_id, audit.Action.VIEW_ENTRY, section=section.value, entry=entry_id)
    content_type = str(attachment.get("contentType", "")) if attachment else ""
    kind = _kind(content_type)
    if attachment is None or not (save or inside or shown(kind)):
        raise NotFoundError
    if attachment.get("data"):
        raw = _bytes(attachment["data"])
    elif came is not None:
        raw = came[3]
    elif link_id and isinstance(attachment.get("url"), str):
        raw = binary.fetch(services, link_id=link_id, url=attachment["url"])
    else:
        raise NotFoundError
    title = str(attachment.get("title") or "")
    if inside:
        kind, raw = _inside(raw)
        content_type = kind
    if save:
        return Opened(title, kind, raw)
    return _readable(title, content_type, kind, raw)


def _came(tx: Tx, attachment: Mapping[str, Any] | None, fhir_id: str) -> tuple[str, str, str, bytes] | None:
    """Return a file that came with this message."""
    url = str(attachment.get("url", "")) if attachment else ""
    came = outgoing.came(tx, file_id=url.removeprefix(_CAME)) if url.startswith(_CAME) else None
    return came if came is not None and came[0] == fhir_id else None


def _readable(title: str, content_type: str, kind: str, raw: bytes) -> Opened:
    if is_text(kind):
        return Opened(title, kind, text=text_of(raw, content_type))
    if kind in _XML:
        return _from_xml(title, content_type, kind, raw)
    if kind not in _SIGNATURES:
        raise NotFoundError
    if not raw.startswith(_SIGNATURES[kind]):
        raise BadAnswerError("not-what-it-says")
    return Opened(title, kind, raw)


def _from_xml(title: str, content_type: str, kind: str, raw: bytes) -> Opened:
    """Return a clinical document as its sections, a page that is called XML as its text; else why it is not shown."""
    if _PAGE.search(raw[:2000].replace(b"\0", b"")):
        return Opened(title, kind, text=text_of(raw, content_type))
    try:
        document = clinical_document(raw)
    except InvalidInputError as error:
        return Opened(title, kind, code=error.code)
    return Opened(title, kind, document=document, code="" if document else "xml-other")


def _inside(raw: bytes) -> tuple[str, bytes]:
    """Return media type and bytes of the file in a clinical document that has no sections."""
    try:
        document = clinical_document(raw)
    except InvalidInputError:
        document = None
    if document is None or document.enclosed is None:
        raise NotFoundError
    return document.enclosed.content_type, _bytes(document.enclosed.data)


_ENDINGS = {
    "application/pdf": "pdf",
    "application/rtf": "rtf",
    "application/xhtml+xml": "xhtml",
    "application/xml": "xml",
    "image/gif": "gif",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tif",
    "text/html": "html",
    "text/plain": "txt",
    "text/rtf": "rtf",
    "text/xml": "xml",
}


def name_to_save(opened: Opened) -> str:
    """Return a file name of plain letters, with the ending of its media type."""
    stem = re.sub(r"[^A-Za-z0-9]+", "-", opened.title)[:60].strip("-") or "document"
    return f"{stem}.{_ENDINGS.get(opened.content_type, 'bin')}"


def shown(kind: str) -> bool:
    return kind in _SIGNATURES or kind in _XML or is_text(kind)


def _bytes(data: object) -> bytes:
    try:
        return b64decode(str(data), validate=False)
    except (NotBase64, ValueError):
        raise BadAnswerError("not-base64") from None


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def kind_words(kind: str) -> str:
    if kind == "application/pdf":
        return _("PDF document")
    if kind.startswith("image/"):
        return _("Picture")
    if is_text(kind):
        return _("Text")
    if kind in _XML:
        return _("Document")
    return _("File to be saved")


def _size(size: int | None) -> str:
    if size is None:
        return ""
    kilobytes = max(1, size // 1000)
    if kilobytes < 1000:
        return ngettext("%(num)s kB", "%(num)s kB", kilobytes)
    return _("%(num)s MB", num=formats.number(f"{Decimal(kilobytes) / 1000:.1f}"))
