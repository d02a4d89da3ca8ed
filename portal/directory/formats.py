"""Reading published lists: User-access Brands and Endpoint bundles (FHIR R4), vendors' lists, NDJSON of either.

Source: SMART App Launch 2.2.0, User-access Brands and Endpoints; the vendor list shape of the Lantern project
(``{"Endpoints": [{"URL", "OrganizationName", "NPIID", "OrganizationZipCode"}]}``).
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from portal.directory import brands
from portal.directory.listing import (
    Endpoint,
    Former,
    Listed,
    RefusedEntryError,
    clean_address,
    clean_name,
    other_names,
    version_of,
)
from portal.domain.errors import InvalidInputError

Parsed = Listed | str
"""An entry, or the reason why it is refused."""


def read(path: Path) -> Iterator[Parsed]:
    """Return the entries of one file, whatever its shape.

    Raises:
        InvalidInputError: "directory-file"; the hint says where it is broken.
    """
    return read_bytes(path.read_bytes(), path.name, as_lines=path.suffix.lower() in {".ndjson", ".jsonl"})


def read_bytes(data: bytes, name: str, *, as_lines: bool = False) -> Iterator[Parsed]:
    """Yield the entries of a list; ``name`` is what errors call it, ``as_lines`` says that it is NDJSON for certain.

    Raises:
        InvalidInputError: as ``read``.
    """
    if as_lines or _is_lines(data):
        yield from _many(_lines(data, name), name)
        return
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise InvalidInputError("directory-file", hint=f"{name}: {error}") from error
    yield from _document(value, name)


def _document(value: Any, name: str) -> Iterator[Parsed]:
    if isinstance(value, dict) and value.get("resourceType") == "Bundle":
        yield from brands.bundle(_list(value.get("entry", []), f"{name}: Bundle.entry"), name)
    elif isinstance(value, dict) and isinstance(value.get("Endpoints"), list):
        yield from _many(value["Endpoints"], name)
    elif isinstance(value, list):
        yield from _many(value, name)
    else:
        raise InvalidInputError("directory-file", hint=f"{name}: neither a Bundle nor a list of endpoints")


def _many(rows: Iterable[Any], name: str) -> Iterator[Parsed]:
    resources: list[Any] = []
    for number, row in enumerate(rows, 1):
        if not isinstance(row, dict):
            raise InvalidInputError("directory-file", hint=f"{name}: entry {number} is not an object")
        if "resourceType" in row:
            resources.append({"resource": row})
        elif isinstance(row.get("URL"), str):
            yield _row(row)
        else:
            raise InvalidInputError("directory-file", hint=f"{name}: entry {number} has no URL")
    if resources:
        yield from brands.bundle(resources, name)


def _row(row: dict[str, Any]) -> Parsed:
    said_name, zip_code, npi = (_text(row, key) for key in ("OrganizationName", "OrganizationZipCode", "NPIID"))
    vendor = _text(row, "developer")
    try:
        address = clean_address(row["URL"])
        name, state = clean_name(said_name)
    except RefusedEntryError as refused:
        return refused.reason
    first, aliases, former = other_names(name)
    return Listed(
        entry=f"{vendor}|{row['URL']}|{said_name}|{zip_code}",
        name=first,
        aliases=aliases,
        former=tuple(Former(old) for old in former),
        endpoints=(Endpoint(address, version_of(address)),),
        vendor=_vendor(vendor),
        npi=npi if npi.isdigit() and len(npi) == 10 else "",
        state=state,
        postal_code=_postal_code(zip_code),
    )


def _postal_code(text: str) -> str:
    """Five digits; a four-digit one has lost its leading zero in somebody's spreadsheet."""
    digits = text.split("-", maxsplit=1)[0].strip()
    if not digits.isdigit():
        return ""
    if len(digits) in {8, 9}:
        digits = digits.zfill(9)[:5]
    return digits.zfill(5) if len(digits) in {4, 5} else ""


def _vendor(text: str) -> str:
    words = text.replace("_", " ").split()
    while len(words) > 1 and (words[-1].isdigit() or words[-1].rstrip(".") in {"Inc", "LLC", "Corporation", "Corp"}):
        words.pop()
    return " ".join(words)[:80]


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def _list(value: Any, where: str) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidInputError("directory-file", hint=f"{where} is not a list")
    return value


def _is_lines(data: bytes) -> bool:
    first = data[:65536].split(b"\n", 2)
    return len(first) > 2 and first[0].strip().endswith(b"}") and first[1].strip().startswith(b"{")


def _lines(data: bytes, name: str) -> Iterator[Any]:
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            yield msgspec.json.decode(line)
        except (msgspec.DecodeError, RecursionError) as error:
            raise InvalidInputError("directory-file", hint=f"{name}, line {number}: {error}") from error
