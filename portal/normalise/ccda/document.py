"""CDA R2 header and sections. Source: HL7 CDA R2; C-CDA R2.1 (US Realm Header, Unstructured Document)."""

import re
from collections.abc import Iterator

from portal.domain.clinical_document import ClinicalDocument, DocumentSection, Enclosed
from portal.domain.dates import parse_when
from portal.domain.people import Address, HumanName, Identifier, Person
from portal.normalise.ccda.markup import Element, child, children, name_of, parsed, text_of
from portal.normalise.ccda.narrative import NarrativeReader
from portal.normalise.elements import line

_NAMESPACE = "urn:hl7-org:v3"
_LONGEST = 600_000  # characters of all sections: a page that a browser can show; the whole text is in the file
_TIME = re.compile(r"(\d{4})(\d\d)?(\d\d)?(?:(\d\d)(\d\d)(\d\d)?(?:\.\d+)?)?([+-]\d{4})?", re.ASCII)
_SEXES = {"M": "male", "F": "female", "UN": "other"}
_USES = {"L": "usual", "OR": "official", "C": "official", "P": "nickname", "BR": "maiden"}


def clinical_document(raw: bytes) -> ClinicalDocument | None:
    """Return a CDA document, or None for XML of another kind.

    Raises:
        InvalidInputError: as ``markup.parsed``.
    """
    root = parsed(raw)
    if name_of(root) != "ClinicalDocument" or str(root.tag).rpartition("}")[0] not in ("", "{" + _NAMESPACE):
        return None
    code = child(root, "code")
    body = child(root, "component", "structuredBody")
    return ClinicalDocument(
        title=line(text_of(child(root, "title"))) or _display(code),
        date=time_of(child(root, "effectiveTime")),
        identifier=_identifier_of(child(root, "id")),
        code=_attribute(code, "code"),
        kind=_display(code),
        language=_attribute(child(root, "languageCode"), "code"),
        confidentiality=_attribute(child(root, "confidentialityCode"), "code"),
        patients=tuple(_patient(target) for target in children(root, "recordTarget")),
        authors=tuple(dict.fromkeys(filter(None, map(_author, children(root, "author"))))),
        custodian=_name(
            child(root, "custodian", "assignedCustodian", "representedCustodianOrganization", "name")
        ).display,
        sections=tuple(_sections(body, NarrativeReader(_LONGEST))),
        enclosed=_enclosed(child(root, "component", "nonXMLBody", "text")),
    )


def _sections(body: Element | None, reader: NarrativeReader, level: int = 1) -> Iterator[DocumentSection]:
    for component in children(body, "component"):
        for section in children(component, "section"):
            text = child(section, "text")
            reader.struck = False
            blocks = reader.blocks(text) if text is not None else ()
            title = line(text_of(child(section, "title"))) or _display(child(section, "code"))
            yield DocumentSection(title, min(level, 4), blocks, struck=reader.struck, cut=reader.cut)
            yield from _sections(section, reader, level + 1)


def _patient(target: Element) -> Person:
    role = child(target, "patientRole")
    patient = child(role, "patient")
    telecoms = [_attribute(part, "value") for part in children(role, "telecom")]
    return Person(
        names=tuple(name for name in map(_name, children(patient, "name")) if name.display),
        birth_date=(time_of(child(patient, "birthTime")) or "")[:10],
        sex=_SEXES.get(_attribute(child(patient, "administrativeGenderCode"), "code"), ""),
        addresses=tuple(_address(part) for part in children(role, "addr")),
        phones=tuple(value.removeprefix("tel:") for value in telecoms if value.startswith("tel:")),
        emails=tuple(value.removeprefix("mailto:") for value in telecoms if value.startswith("mailto:")),
        identifiers=tuple(
            Identifier(system=f"urn:oid:{_attribute(part, 'root')}", value=_attribute(part, "extension"))
            for part in children(role, "id")
            if _attribute(part, "extension")
        ),
    )


def _name(element: Element | None) -> HumanName:
    """Return a name of a person, or of an organization, which comes in one piece."""
    if element is None:
        return HumanName()
    parts = {kind: [line(text_of(part)) for part in children(element, kind)] for kind in _PARTS}
    given_names, family = tuple(filter(None, parts["given"])), " ".join(filter(None, parts["family"]))
    return HumanName(
        family=family,
        given=given_names,
        prefix=tuple(filter(None, parts["prefix"])),
        suffix=tuple(filter(None, parts["suffix"])),
        use=_USES.get((element.get("use") or "").partition(" ")[0], ""),
        text="" if given_names or family else line(text_of(element)),
    )


_PARTS = ("prefix", "given", "family", "suffix")


def _address(element: Element) -> Address:
    def part(kind: str) -> str:
        return line(text_of(child(element, kind)))

    return Address(
        line=tuple(filter(None, (line(text_of(street)) for street in children(element, "streetAddressLine")))),
        city=part("city"),
        state=part("state"),
        postal_code=part("postalCode"),
        country=part("country"),
    )


def _author(element: Element) -> str:
    author = child(element, "assignedAuthor")
    device = child(author, "assignedAuthoringDevice", "softwareName")
    organization = _name(child(author, "representedOrganization", "name")).display
    name = _name(child(author, "assignedPerson", "name")).display or line(text_of(device))
    return ", ".join(part for part in (name, organization) if part)


def _enclosed(text: Element | None) -> Enclosed | None:
    if text is None:
        return None
    data = "".join(text.itertext()).strip()
    if text.get("representation") != "B64" or not data:
        return None
    return Enclosed((text.get("mediaType") or "").partition(";")[0].strip().lower(), data)


def time_of(element: Element | None) -> str | None:
    """Return a CDA time stamp as a FHIR date, as precise as it is written: a time without a zone stays without."""
    match = _TIME.fullmatch(_attribute(element, "value") or _attribute(child(element, "low"), "value"))
    if match is None:
        return None
    year, month, day, hour, minute, second, offset = match.groups()
    when = "-".join(part for part in (year, month, day) if part)
    if hour and day:
        when += f"T{hour}:{minute}:{second or '00'}" + (f"{offset[:3]}:{offset[3:]}" if offset else "")
    return parse_when(when)


def _identifier_of(element: Element | None) -> str:
    return "^".join(part for part in (_attribute(element, "root"), _attribute(element, "extension")) if part)


def _display(code: Element | None) -> str:
    return line(_attribute(code, "displayName")) or line(text_of(child(code, "originalText")))


def _attribute(element: Element | None, name: str) -> str:
    return line(element.get(name) or "") if element is not None else ""
