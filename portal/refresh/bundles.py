"""Files of FHIR JSON: every resource in them, checked, held once as bytes and decoded one at a time.

Clinical documents (XML, or a zip of them) come as the DocumentReferences that hold them.

Bundles of any type (transaction, batch, collection, searchset, …), single resources, and NDJSON with one of these a
line. A file is mapped into memory rather than read, and all files are decoded once before anything is stored: a broken
one is found while nothing has changed yet.
"""

import mmap
import re
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from portal.domain import surrogates
from portal.domain.errors import InvalidInputError
from portal.domain.people import Person
from portal.normalise.elements import items, obj
from portal.refresh.clinical_files import SUFFIXES, documents_of, is_clinical, reference_of
from portal.store.records import packing

_SUFFIXES = (".json", ".ndjson", ".jsonl", *SUFFIXES)
_OFFSET = re.compile(r"byte (\d+)")
_DEEPEST = 5  # bundles inside bundles
_SUMMARY = "60591-5"  # LOINC: Patient summary Document


class Content(msgspec.Struct, frozen=True):
    """A resource in a file: its bytes (a view, nothing is copied), its bundle's number, its ``fullUrl``.

    ``named``: of a clinical document, the patients in its header; it has no subject yet. ``summary``: it is a whole
    patient summary (a Bundle of type ``document``), which is somebody else's statement and is not opened.
    """

    data: memoryview
    bundle: int
    full_url: str
    named: tuple[Person, ...] | None = None
    summary: bool = False


class _BundleEntry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw()
    fullUrl: Any = None  # noqa: N815 -- FHIR's word


class _Bundle(msgspec.Struct):
    type: Any = None
    entry: list[_BundleEntry] = []


class _Head(msgspec.Struct):
    resourceType: Any = None  # noqa: N815 -- FHIR's word


def files_of(paths: Iterable[Path]) -> list[Path]:
    """Return the files themselves, and those of folders with a name of FHIR, XML or zip, sorted."""
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            files += sorted(file for file in path.rglob("*") if file.suffix.lower() in _SUFFIXES)
        else:
            files.append(path)
    return files


def resources_of(files: Iterable[Path]) -> Iterator[tuple[Content, Mapping[str, Any]]]:
    """Yield every resource of the files with its decoded form; bundles are opened, they do not come themselves.

    Raises:
        InvalidInputError: "broken-file": names the file, the line and the byte where it broke.
    """
    numbers = _Numbers()
    for path in files:
        data = _without_mark(_mapped(path))
        if is_clinical(path, bytes(data[:100])):
            yield from _documents(path, bytes(data))
        elif _is_lines(path, data):
            for line, start, end in _lines(data):
                yield from _opened(data[start:end], numbers, _Place(path, data, line, start))
        else:
            yield from _opened(data, numbers, _Place(path, data, None, 0))


def _documents(path: Path, raw: bytes) -> Iterator[tuple[Content, Mapping[str, Any]]]:
    """Yield the clinical documents of a file as DocumentReferences; what is of another kind as its name alone."""
    for document, own in documents_of(path, raw):
        resource: dict[str, Any] = reference_of(document, own) if document else {"resourceType": "Binary"}
        data = memoryview(packing.encode(resource))
        yield Content(data, 0, "", named=document.patients if document else ()), resource


class _Numbers:
    def __init__(self) -> None:
        self.last = 0

    def next(self) -> int:
        self.last += 1
        return self.last


class _Place(msgspec.Struct, frozen=True):
    """Where in which file, for the message about a broken one."""

    path: Path
    data: memoryview
    line: int | None
    start: int

    def broken(self, error: Exception) -> InvalidInputError:
        match = _OFFSET.search(str(error))
        offset = self.start + (int(match.group(1)) if match else 0)
        if match is None and "truncated" in str(error):
            offset = len(self.data) if self.line is None else self.start
        line = self.line or bytes(self.data[:offset]).count(b"\n") + 1
        state = "is cut off" if "truncated" in str(error) else "is no FHIR JSON"
        return InvalidInputError("broken-file", hint=f"{self.path.name} {state}: line {line}, byte {offset}")


def _mapped(path: Path) -> memoryview:
    try:
        with path.open("rb") as file:
            if not file.seek(0, 2):
                return memoryview(b"")
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise InvalidInputError("broken-file", hint=f"{path.name} cannot be read") from error


def _without_mark(data: memoryview) -> memoryview:
    """Return the file without the byte order mark that some programs of Windows put first."""
    return data[len(BOM_UTF8) :] if bytes(data[: len(BOM_UTF8)]) == BOM_UTF8 else data


def _is_lines(path: Path, data: memoryview) -> bool:
    """NDJSON by its name; a file with another name when its first line is complete and another one follows."""
    if path.suffix in (".ndjson", ".jsonl"):
        return True
    end = _find(data, 0)
    if end < 0 or end > 50_000_000 or not bytes(data[end : end + 4096]).strip():
        return False
    try:
        msgspec.json.decode(data[:end], type=_Head)
    except (msgspec.DecodeError, RecursionError):
        return False
    return True


def _find(data: memoryview, start: int) -> int:
    """Return the place of the next line feed, or -1."""
    buffer = data.obj
    if not isinstance(buffer, bytes | mmap.mmap):
        return -1
    skipped = len(buffer) - len(data)  # a view begins later than its file only by a byte order mark
    place = buffer.find(b"\n", start + skipped)
    return place - skipped if place >= 0 else -1


def _lines(data: memoryview) -> Iterator[tuple[int, int, int]]:
    """Yield (number, start, end) of each line that is not blank."""
    number, start, size = 0, 0, len(data)
    while start < size:
        number += 1
        end = _find(data, start)
        end = size if end < 0 else end
        if bytes(data[start:end]).removeprefix(BOM_UTF8).strip():
            marked = bytes(data[start : start + len(BOM_UTF8)]) == BOM_UTF8  # of a file that was put behind another one
            yield number, start + len(BOM_UTF8) * marked, end
        start = end + 1


def _is_summary(bundle: _Bundle) -> bool:
    """Tell whether it is a patient summary: a document whose Composition says so (FHIR R4, documents.html)."""
    if bundle.type != "document" or not bundle.entry or not memoryview(bundle.entry[0].resource):
        return False
    composition = obj(packing.decode(bundle.entry[0].resource))
    codes = {coding.get("code") for coding in items(obj(composition.get("type")).get("coding"))}
    return composition.get("resourceType") == "Composition" and _SUMMARY in codes


def _kind_of(data: memoryview) -> tuple[Any, memoryview]:
    """Return the type of a resource, and its bytes without lone surrogates; these are looked for where it broke."""
    try:
        return msgspec.json.decode(data, type=_Head).resourceType, data
    except msgspec.DecodeError:
        repaired = memoryview(surrogates.replaced_in_json(bytes(data)))
        return msgspec.json.decode(repaired, type=_Head).resourceType, repaired


_BROKEN = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)  # the last of JSON nested without end
_SMALL = 65_536  # bytes; what is larger may be a bundle, whose resources are not decoded all at once


def _small(data: memoryview) -> Mapping[str, Any] | None:
    """Return a resource decoded at once; None of a bundle, of what is large, and of what has to be looked at closer."""
    if len(data) > _SMALL:
        return None
    try:
        resource = packing.decode(data)
    except _BROKEN:
        return None
    return resource if type(resource) is dict and resource.get("resourceType") != "Bundle" else None


def _opened(
    data: memoryview, numbers: _Numbers, place: _Place, *, bundle: int = 0, full_url: str = "", depth: int = 0
) -> Iterator[tuple[Content, Mapping[str, Any]]]:
    resource = _small(data)
    if resource is not None:
        yield Content(data, bundle, full_url), resource
        return
    try:
        kind, data = _kind_of(data)
        if kind != "Bundle":
            yield Content(data, bundle, full_url), packing.decode(data)
            return
        whole = msgspec.json.decode(data, type=_Bundle)
        if _is_summary(whole):
            yield Content(data, bundle, full_url, summary=True), {}
            return
    except _BROKEN as error:
        raise place.broken(error) from None
    if depth >= _DEEPEST:
        raise InvalidInputError("broken-file", hint=f"{place.path.name} has bundles in bundles without end")
    number = numbers.next()
    for entry in whole.entry:
        inner = memoryview(entry.resource)
        if inner:
            url = entry.fullUrl if isinstance(entry.fullUrl, str) else ""
            yield from _opened(inner, numbers, place, bundle=number, full_url=url, depth=depth + 1)
