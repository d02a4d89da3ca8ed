"""Clinical documents (C-CDA) from files, alone or in an XDM package, as DocumentReferences that hold them.

Source: HL7 C-CDA on FHIR, "DocumentReference"; IHE XDM (a zip whose documents are XML files beside indexes and style
sheets). Whose a document is, is decided by ``owner`` from the people named in it.
"""

import zlib
from base64 import b64encode
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import NAMESPACE_URL, uuid5
from zipfile import BadZipFile, ZipFile, ZipInfo

from portal.domain.clinical_document import ClinicalDocument
from portal.domain.errors import InvalidInputError
from portal.domain.people import Person
from portal.identity.comparison import Verdict, compare
from portal.normalise.ccda import clinical_document
from portal.normalise.ccda.markup import MOST_BYTES
from portal.normalise.provenance import FROM_DOCUMENT

SUFFIXES = (".xml", ".zip")
_MOST_MEMBERS = 2000
_MOST_UNPACKED = 400_000_000  # bytes of all members together
_FURNITURE = frozenset((".xsl", ".xslt", ".css", ".htm", ".html", ".txt", ".md", ".xsd", ".gif", ".png", ".jpg"))
"""What an XDM package has beside its documents, to look at them: indexes, style sheets, their pictures."""
_RESTRICTED = frozenset(("R", "V"))
_SYSTEMS = "http://terminology.hl7.org/CodeSystem/"
_TAG = dict(zip(("system", "code"), FROM_DOCUMENT, strict=True))


def is_clinical(path: Path, start: bytes) -> bool:
    """Tell whether a file is XML or a zip: by its name, or by its first bytes where the name says nothing."""
    suffix = path.suffix.lower()
    return suffix in SUFFIXES or (not suffix and start.lstrip().startswith((b"PK\x03\x04", b"<")))


def documents_of(path: Path, raw: bytes) -> Iterator[tuple[ClinicalDocument | None, bytes]]:
    """Yield each clinical document of a file with its bytes; None for what is of another kind.

    Raises:
        InvalidInputError: "broken-file": what cannot be read, or lies beyond the limits; names the file and why.
    """
    try:
        if not raw.startswith(b"PK\x03\x04"):
            yield clinical_document(raw), raw
            return
        for name, member in _members(path, raw):
            is_xml = PurePosixPath(name).suffix.lower() == ".xml"
            yield clinical_document(member) if is_xml else None, member
    except InvalidInputError as error:
        if error.code == "broken-file":
            raise
        raise InvalidInputError("broken-file", hint=f"{path.name} is no clinical document: {error.code}") from None


def _members(path: Path, raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a package, within its limits; what sizes it declares is not believed."""
    left = _MOST_UNPACKED
    try:
        with ZipFile(BytesIO(raw)) as archive:
            members = [info for info in archive.infolist() if not info.is_dir() and not _is_furniture(info)]
            if len(members) > _MOST_MEMBERS:
                raise InvalidInputError("broken-file", hint=f"{path.name} holds more than {_MOST_MEMBERS} files")
            for info in members:
                with archive.open(info) as file:
                    member = file.read(min(MOST_BYTES, left) + 1)
                left -= len(member)
                if left < 0 or len(member) > MOST_BYTES:
                    raise InvalidInputError("broken-file", hint=f"{path.name} unpacks to more than is read")
                yield info.filename, member
    except (BadZipFile, EOFError, zlib.error, OSError, RuntimeError, ValueError) as error:
        raise InvalidInputError("broken-file", hint=f"{path.name} cannot be unpacked") from error


def _is_furniture(info: ZipInfo) -> bool:
    name = PurePosixPath(info.filename.replace("\\", "/"))
    return name.suffix.lower() in _FURNITURE or name.name.lower() == "metadata.xml" or "__MACOSX" in name.parts


def security_of(document: ClinicalDocument) -> list[dict[str, str]]:
    """Return the label of a document whose confidentialityCode (C-CDA) says that it is restricted; else none."""
    if document.confidentiality not in _RESTRICTED:
        return []
    return [{"system": f"{_SYSTEMS}v3-Confidentiality", "code": document.confidentiality}]


def reference_of(document: ClinicalDocument, raw: bytes) -> dict[str, Any]:
    """Return a document as a DocumentReference that holds it, without its subject; the same document, the same id."""
    coding = {"system": "http://loinc.org", "code": document.code, "display": document.kind}
    attachment = {
        "contentType": "text/xml",
        "data": b64encode(raw).decode(),
        "title": document.title,
        "creation": document.date,
        "language": document.language,
    }
    security = security_of(document)
    identifier = document.identifier or b64encode(raw).decode()
    resource = {
        "resourceType": "DocumentReference",
        "id": str(uuid5(NAMESPACE_URL, f"urn:cda:{identifier}")),
        "meta": {"tag": [_TAG]} | ({"security": security} if security else {}),
        "masterIdentifier": {"system": "urn:ietf:rfc:3986", "value": f"urn:oid:{document.identifier}"},
        "status": "current",
        "type": {"coding": [coding] if document.code else [], "text": document.title},
        "date": document.date,
        "author": [{"display": author} for author in document.authors],
        "custodian": {"display": document.custodian} if document.custodian else None,
        "content": [{"attachment": {name: value for name, value in attachment.items() if value}}],
    }
    if not document.identifier:
        del resource["masterIdentifier"]
    return {name: value for name, value in resource.items() if value}


def patient_of(person: Person) -> dict[str, Any]:
    """Return a Patient resource of the demographics of a document; the same demographics, the same id."""
    name = person.name
    numbers = [f"{identifier.system}|{identifier.value}" for identifier in person.identifiers]
    key = numbers[0] if numbers else f"{name.display}|{person.birth_date}"
    resource = {
        "resourceType": "Patient",
        "id": str(uuid5(NAMESPACE_URL, f"urn:cda:patient:{key}")),
        "meta": {"tag": [_TAG]},
        "identifier": [{"system": each.system, "value": each.value} for each in person.identifiers],
        "name": [
            {"use": each.use, "family": each.family, "given": list(each.given), "suffix": list(each.suffix)}
            | ({"text": each.text} if each.text else {})
            for each in person.names
        ],
        "birthDate": person.birth_date,
        "gender": person.sex,
        "telecom": [{"system": "phone", "value": phone} for phone in person.phones]
        + [{"system": "email", "value": email} for email in person.emails],
        "address": [
            {
                "line": list(each.line),
                "city": each.city,
                "state": each.state,
                "postalCode": each.postal_code,
                "country": each.country,
            }
            for each in person.addresses
        ],
    }
    return {name_: value for name_, value in resource.items() if value}


def owner(named: tuple[Person, ...], candidates: Mapping[str, Person], only: str | None) -> str | None:
    """Return which candidate (by FHIR id) a document is of; None when it is of somebody who is not among them.

    ``only``: whom the operator says that it is of. That is believed unless the document names another person.

    Raises:
        InvalidInputError: "no-patient": it names nobody, several, or too little to tell; "other-patient";
            "unknown-patient": it may be of more than one.
    """
    if len(named) != 1:
        raise InvalidInputError("no-patient")
    verdicts = {fhir_id: compare(person, named[0]).verdict for fhir_id, person in candidates.items()}
    if only:
        if verdicts.get(only) is Verdict.DIFFERENT:
            raise InvalidInputError("other-patient")
        return only
    same = [fhir_id for fhir_id, verdict in verdicts.items() if verdict is Verdict.SAME]
    if len(same) > 1:
        raise InvalidInputError("unknown-patient")
    if not same and not (named[0].display and named[0].birth_date):
        raise InvalidInputError("no-patient")
    return same[0] if same else None
