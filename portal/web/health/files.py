"""Files of a record item: which there are, and the bytes of one that a browser can show by itself.

Source: FHIR R4 ``Attachment`` (datatypes.html#attachment) and ``Binary`` (binary.html).
"""

from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup

from portal import audit
from portal.domain.errors import BadAnswerError, NotFoundError
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.extensions import current_services
from portal.normalise.attachments import attachments
from portal.refresh import binary
from portal.store.links import links
from portal.store.records import resources, rows
from portal.web.guards import audit_actor, sees_confidential
from portal.web.narrative import attachments_of, is_text, written_in

_SIGNATURES = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/gif": (b"GIF87a", b"GIF89a"),
}
"""What is shown: a browser shows it without running anything of it in our origin. How such a file begins."""


@dataclass(frozen=True, slots=True)
class File:
    """One attachment. ``number`` is its place in the resource; ``opens`` is false for what a browser cannot show."""

    number: int
    title: str
    kind: str
    size: str
    opens: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """Bytes to be sent as they are, or a ``text`` to be put into a page."""

    title: str
    content_type: str
    data: bytes = b""
    text: Markup | None = None


def listed(body: Mapping[str, Any]) -> tuple[File, ...]:
    """The attachments of a resource, but for texts inside it, which the page shows as they are."""
    found = []
    for number, one in enumerate(attachments_of(body)):
        read = next(iter(attachments([one])), None)
        if read is None or (read.inline and is_text(read.content_type)):
            continue
        kind = _kind(read.content_type)
        opens = _shown(kind) and (read.inline or bool(read.url))
        found.append(File(number, read.title or _("File"), _kind_words(kind), _size(read.size), opens))
    return tuple(found)


def opened(person_id: str, section: Section, entry_id: str, number: int) -> Opened:
    """One attachment, from the record or, where it is only referred to, from its organization now.

    Raises:
        NotFoundError: there is no such file of this person, or none that is shown.
        OutsideError: the organization did not give it.
        BadAnswerError: "not-what-it-says": the bytes are of another kind than announced.
    """
    services = current_services()
    with services.db.transaction() as tx:
        row = rows.by_entry(
            tx, person_id=person_id, section=section, entry_id=entry_id, confidential=sees_confidential()
        )
        source = next((one.source for one in row.entries if one.id == entry_id), None) if row else None
        kept = resources.by_id(tx, resource_id=entry_id) if source else None
        if source is None or kept is None:
            raise NotFoundError
        home = links.to_home(tx, person_id=person_id) if source == HOME else None
        link_id = (home.id if home else "") if source == HOME else source
        audit.record(
            tx,
            action=audit.Action.VIEW_ENTRY,
            actor=audit_actor(),
            person_id=person_id,
            section=section.value,
            entry=entry_id,
        )
    one = dict(enumerate(attachments_of(kept.body))).get(number)
    said = str(one.get("contentType", "")) if one else ""
    kind = _kind(said)
    if one is None or not _shown(kind):
        raise NotFoundError
    if one.get("data"):
        data = one["data"]
    elif link_id and isinstance(one.get("url"), str):
        data = binary.fetch(services, link_id=link_id, url=one["url"])
    else:
        raise NotFoundError
    title = str(one.get("title") or "")
    if is_text(kind):
        return Opened(title, kind, text=written_in(data, said))
    raw = _bytes(data)
    if not raw.startswith(_SIGNATURES[kind]):
        raise BadAnswerError("not-what-it-says")
    return Opened(title, kind, raw)


def _shown(kind: str) -> bool:
    return kind in _SIGNATURES or is_text(kind)


def _bytes(data: object) -> bytes:
    try:
        return b64decode(str(data), validate=False)
    except (NotBase64, ValueError):
        raise BadAnswerError("not-base64") from None


def _kind(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _kind_words(kind: str) -> str:
    if kind == "application/pdf":
        return _("PDF document")
    if kind.startswith("image/"):
        return _("Picture")
    if is_text(kind):
        return _("Text")
    return _("File that cannot be shown here")


def _size(size: int | None) -> str:
    if size is None:
        return ""
    kilobytes = max(1, round(size / 1000))
    if kilobytes < 1000:
        return ngettext("%(num)s kB", "%(num)s kB", kilobytes)
    return _("%(num)s MB", num=round(kilobytes / 1000, 1))
