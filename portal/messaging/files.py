"""Which files a message may carry: pictures and PDF documents, looked at by their content. Pure.

A file is what its bytes are, not what it is called. What can run (macros, scripts), what unpacks into far more than it
is, and what does not end as it should is refused; ``InvalidInputError.code`` says why.

Sources: PNG (ISO/IEC 15948, "IHDR", "IEND"), JPEG (ITU-T T.81, annex B), PDF (ISO 32000-1, 7.3.8 and 12.6.4).
"""

import re
import zlib
from collections.abc import Iterator

from portal.domain.errors import InvalidInputError

MOST_BYTES = 5 * 1024 * 1024
MOST_FILES = 3
TYPES = ("application/pdf", "image/jpeg", "image/png")

_MOST_PIXELS = 100_000_000
_MOST_UNPACKED = 60 * 1024 * 1024  # bytes of all compressed parts of a PDF together
_PNG = b"\x89PNG\r\n\x1a\n"
_RUNS = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia|XFA)\b")
_RUNS_ANYWHERE = re.compile(rb"/(JavaScript|Launch|EmbeddedFile|RichMedia)\b")
_OTHER_FILTERS = re.compile(rb"/(ASCIIHex|ASCII85|LZW|RunLength|Crypt)")
_STREAM = re.compile(rb"stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
_OFFICE = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # zip containers (OOXML too), and the older compound files
_ESCAPED_NAME = re.compile(rb"#([0-9A-Fa-f]{2})")


def checked(content: bytes, *, declared: str = "", size: int | None = None) -> str:
    """Return the media type of a file that may be sent. ``declared`` and ``size`` are what its sender says of it.

    Raises:
        InvalidInputError: "file-empty", "file-too-large", "file-length" (not as long as it says), "file-macros",
            "file-script", "file-packed" (an archive), "file-type" (not one of ``TYPES``), "file-other" (not what it
            says it is), "file-unpacks" (far larger than it seems), "file-broken" (it ends too early).
    """
    if not content:
        raise InvalidInputError("file-empty")
    if len(content) > MOST_BYTES:
        raise InvalidInputError("file-too-large")
    if size is not None and size != len(content):
        raise InvalidInputError("file-length")
    kind = _kind(content)
    media_type = declared.partition(";")[0].strip().lower()
    if media_type and media_type not in (
        "application/octet-stream",
        kind,
        "image/jpg" if kind == "image/jpeg" else kind,
    ):
        raise InvalidInputError("file-other")
    _LOOK[kind](content)
    return kind


def _kind(content: bytes) -> str:
    if content.startswith(_PNG):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    if content.startswith(_OFFICE):
        macros = b"vbaProject" in content or "_VBA_PROJECT".encode("utf-16-le") in content
        raise InvalidInputError("file-macros" if macros else "file-packed")
    start = content[:4096].lower()
    if b"<svg" in start or b"<script" in start or b"<html" in start:
        raise InvalidInputError("file-script")
    if content.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"7z\xbc\xaf", b"Rar!")):
        raise InvalidInputError("file-packed")
    raise InvalidInputError("file-type")


def _png(content: bytes) -> None:
    if len(content) < 33 or content[12:16] != b"IHDR" or not content.endswith(b"IEND\xaeB`\x82"):
        raise InvalidInputError("file-broken")
    _pixels(int.from_bytes(content[16:20]), int.from_bytes(content[20:24]))


def _jpeg(content: bytes) -> None:
    if b"\xff\xd9" not in content[-64:]:
        raise InvalidInputError("file-broken")
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker, length = content[at + 1], int.from_bytes(content[at + 2 : at + 4])
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # a frame header: its size in pixels
            height, width = int.from_bytes(content[at + 5 : at + 7]), int.from_bytes(content[at + 7 : at + 9])
            _pixels(width, height)
            return
        at += 2 + max(length, 2)
    raise InvalidInputError("file-broken")


def _pixels(width: int, height: int) -> None:
    if not width or not height:
        raise InvalidInputError("file-broken")
    if width * height > _MOST_PIXELS:
        raise InvalidInputError("file-unpacks")


def _pdf(content: bytes) -> None:
    if b"%%EOF" not in content[-1024:]:
        raise InvalidInputError("file-broken")
    # A reader may be led into a stream, so that the long names must be nowhere; the short ones are there by chance.
    if _RUNS_ANYWHERE.search(_named(content)) or _RUNS.search(_named(_STREAM.sub(b"", content))):
        raise InvalidInputError("file-macros")
    if any(_RUNS.search(_named(part)) for part in _unpacked(content)):
        raise InvalidInputError("file-macros")


def _named(content: bytes) -> bytes:
    """Return it with names as they are read: "/J#61vaScript" is "/JavaScript"."""
    return _ESCAPED_NAME.sub(lambda match: bytes([int(match[1], 16)]), content)


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Yield what object streams hold, in which names may hide; all compressed parts count for the limit.

    Raises:
        InvalidInputError: "file-unpacks"; "file-macros" for an object stream that cannot be looked into.
    """
    left, end = _MOST_UNPACKED, 0
    for match in _STREAM.finditer(content):
        before, end = _named(content[end : match.start()]), match.end()
        holds_objects = b"/ObjStm" in before
        try:
            part = zlib.decompressobj().decompress(match[1], left + 1)
        except zlib.error:
            if not holds_objects:
                continue
            part = match[1]
            if b"/Filter" in before:
                raise InvalidInputError("file-macros") from None
        left -= len(part)
        if left < 0:
            raise InvalidInputError("file-unpacks")
        if holds_objects:
            if _OTHER_FILTERS.search(before):
                raise InvalidInputError("file-macros")
            yield part


_LOOK = {"image/png": _png, "image/jpeg": _jpeg, "application/pdf": _pdf}
