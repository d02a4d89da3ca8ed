"""What is coded in a C-CDA document, as FHIR resources: allergies, medications, problems, immunizations, results.

A small table, not all of C-CDA: what it cannot be sure of it leaves to the document, which is there to be read, and an
entry that is broken is left out alone. Source: HL7 C-CDA R2.1; its mapping: HL7 "C-CDA on FHIR".
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from portal.domain.result_timing import ResultKind
from portal.normalise.ccda.document import time_of
from portal.normalise.ccda.markup import Element, child, children, parsed, text_of
from portal.normalise.elements import items, line
from portal.normalise.result_kinds import kinds_of

Resource = dict[str, Any]

_MOST = 2000  # resources of one document
_HL7 = "http://terminology.hl7.org/CodeSystem/"
_INTERPRETATION = f"{_HL7}v3-ObservationInterpretation"
_SYSTEMS = {
    "2.16.840.1.113883.5.83": _INTERPRETATION,
    "2.16.840.1.113883.6.96": "http://snomed.info/sct",
    "2.16.840.1.113883.6.1": "http://loinc.org",
    "2.16.840.1.113883.6.88": "http://www.nlm.nih.gov/research/umls/rxnorm",
    "2.16.840.1.113883.6.69": "http://hl7.org/fhir/sid/ndc",
    "2.16.840.1.113883.12.292": "http://hl7.org/fhir/sid/cvx",
    "2.16.840.1.113883.6.90": "http://hl7.org/fhir/sid/icd-10-cm",
    "2.16.840.1.113883.6.103": "http://hl7.org/fhir/sid/icd-9-cm",
    "2.16.840.1.113883.4.9": "http://fdasis.nlm.nih.gov",
}
_CONCERN = {"active": "active", "completed": "inactive", "aborted": "inactive", "suspended": "inactive"}
_STATED = {"55561003": "active", "73425007": "inactive", "413322009": "resolved", "277022003": "remission"}
"""SNOMED CT codes of a status observation (C-CDA "Problem Status", "Allergy Status")."""
_STATUS_CODE = "33999-4"
_TAKEN = {"active": "active", "completed": "completed", "aborted": "stopped", "suspended": "on-hold"}
_INTENTS = {"INT": "plan", "RQO": "order"}
_IN_WORDS = "76662-6"  # LOINC: how to take it, as the prescriber wrote it
_UNITS = frozenset({"s", "min", "h", "d", "wk", "mo", "a"})
_NUMBER = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)
_REPORTED = {"completed": "final", "active": "preliminary"}


def resources_in(
    raw: bytes, *, document: str, patient: str, meta: Resource, described: Mapping[str, Any] | None = None
) -> dict[str, list[Resource]]:
    """Return the coded entries of a document by type of resource.

    Args:
        raw: its bytes.
        document: what tells it from others; ids are made of it.
        patient: reference to whom it is about.
        meta: of each resource: that it was made from a document, and how confidential that is.
        described: the DocumentReference; what it or the document calls itself, its results are (``result_kinds``).

    Raises:
        InvalidInputError: as ``markup.parsed``.
    """
    root = parsed(raw)
    written = time_of(child(root, "effectiveTime"))
    categories = _categories(root, described or {})
    resources: dict[str, list[Resource]] = {}
    numbers: Counter[str] = Counter()  # some write several sections of one kind: one for each visit
    for section in root.iter("{*}section"):
        code = _attribute(child(section, "code"), "code")
        reader = _READERS.get(code)
        texts = _Texts(child(section, "text"), written)
        for resource in reader(section, texts) if reader else ():
            if sum(map(len, resources.values())) >= _MOST:
                return resources
            kind = resource["resourceType"]
            name = f"{document}|{kind}|{code}|{numbers[code]}"
            numbers[code] += 1
            whose = "patient" if kind in ("AllergyIntolerance", "Immunization") else "subject"
            about: Resource = {"id": str(uuid5(NAMESPACE_URL, name)), "meta": meta, whose: {"reference": patient}}
            if kind == "Observation" and categories:
                about["category"] = [*items(resource.get("category")), *categories]
            dated = {_RECORDED[kind]: written} if kind in _RECORDED and written else {}
            resources.setdefault(kind, []).append({**dated, **_without_blanks(resource), **about})
    return resources


def _categories(root: Element, described: Mapping[str, Any]) -> list[Resource]:
    """Return the categories of a document's results: a biopsy in a pathologist's document is one of pathology."""
    code, title = child(root, "code"), text_of(child(root, "title"))
    words = f"{_attribute(code, 'displayName')} {line(title)}"
    own = {"type": {"coding": [{"code": _attribute(code, "code")}], "text": words}}
    kinds = kinds_of(own) | kinds_of({**described, "resourceType": "DocumentReference"})
    return [
        {"coding": [{"system": f"{_HL7}v2-0074", "code": _SERVICES[kind]}]}
        for kind in ResultKind
        if kind in kinds and kind in _SERVICES
    ]


_SERVICES = {ResultKind.IMAGING: "RAD", ResultKind.PATHOLOGY: "PAT", ResultKind.GENETICS: "GE"}
_RECORDED = {"AllergyIntolerance": "recordedDate", "Condition": "recordedDate", "MedicationStatement": "dateAsserted"}


class _Texts:
    """The narrative's parts by their ``ID``, to which coded entries refer for the words a reader sees."""

    def __init__(self, narrative: Element | None, written: str | None) -> None:
        self.written = written or ""  # when the document was
        parts = narrative.iter() if narrative is not None else ()
        self._parts = {part.get("ID"): part for part in parts if isinstance(part.tag, str) and part.get("ID")}

    def of(self, element: Element | None) -> str:
        """Return the words of an ``originalText`` or ``text``: its own, or those that it refers to."""
        reference = _attribute(child(element, "reference"), "value")
        target = self._parts.get(reference.removeprefix("#")) if reference.startswith("#") else None
        return line(text_of(target)) or line(text_of(element))


def _allergies(section: Element, texts: _Texts) -> Iterator[Resource]:
    for act, observation in _concerns(section):
        entity = child(observation, "participant", "participantRole", "playingEntity")
        agent = _concept(child(entity, "code"), texts) or _named(line(text_of(child(entity, "name"))))
        if _is_negated(observation):
            if agent.get("coding"):
                continue  # that something is not so is left to the document's own words
            agent = _coded("http://snomed.info/sct", "716186003", "No known allergy")
        if not agent:
            continue
        reactions = [_concept(child(part, "value"), texts) for part in _related(observation, "MFST")]
        yield {
            "resourceType": "AllergyIntolerance",
            "clinicalStatus": _coded(f"{_HL7}allergyintolerance-clinical", _clinical(act, observation)),
            "code": agent,
            "onsetDateTime": _low(observation),
            "reaction": [{"manifestation": [reaction]} for reaction in reactions if reaction],
        }


def _problems(section: Element, texts: _Texts) -> Iterator[Resource]:
    for act, observation in _concerns(section):
        concept = _concept(child(observation, "value"), texts)
        if not concept or _is_negated(observation):
            continue
        ended = time_of(child(observation, "effectiveTime", "high"))
        status = "resolved" if ended else _clinical(act, observation)
        yield {
            "resourceType": "Condition",
            "clinicalStatus": _coded(f"{_HL7}condition-clinical", status),
            "category": [_coded(f"{_HL7}condition-category", "problem-list-item")],
            "code": concept,
            "onsetDateTime": _low(observation),
            "abatementDateTime": ended,
        }


def _medications(section: Element, texts: _Texts) -> Iterator[Resource]:
    for administration in _acts(section, "substanceAdministration"):
        concept = _product(administration, texts)
        intent = _INTENTS.get(administration.get("moodCode") or "")
        status = _TAKEN.get(_attribute(child(administration, "statusCode"), "code"))
        if not concept or _is_negated(administration) or status is None:
            continue
        start, end = _low(administration), time_of(child(administration, "effectiveTime", "high"))
        if status == "completed" and not end:
            status = "unknown"  # some write so of whatever is on the list
        if status == "active" and end and end[:10] < texts.written[:10]:
            status = "completed"
        dosage = {
            "text": _directions(administration, texts),
            "timing": _timing(administration),
            "route": _concept(child(administration, "routeCode"), texts),
            "doseAndRate": [{"doseQuantity": dose}]
            if (dose := _quantity(child(administration, "doseQuantity")))
            else [],
        }
        common = {"status": status, "medicationCodeableConcept": concept}
        if intent:
            dosages = {"dosageInstruction": [_without_blanks(dosage)], "authoredOn": start}
            yield {"resourceType": "MedicationRequest", "intent": intent, **common, **dosages}
        else:
            period = _without_blanks({"start": start, "end": end})
            taken = {"dosage": [_without_blanks(dosage)], "effectivePeriod": period}
            yield {"resourceType": "MedicationStatement", **common, **taken}


def _immunizations(section: Element, texts: _Texts) -> Iterator[Resource]:
    for administration in _acts(section, "substanceAdministration"):
        concept = _product(administration, texts)
        when = time_of(child(administration, "effectiveTime")) or _low(administration)
        if not concept or administration.get("moodCode") != "EVN" or not when:
            continue
        material = child(administration, "consumable", "manufacturedProduct", "manufacturedMaterial")
        yield {
            "resourceType": "Immunization",
            "status": "not-done" if _is_negated(administration) else "completed",
            "vaccineCode": concept,
            "occurrenceDateTime": when,
            "lotNumber": line(text_of(child(material, "lotNumberText"))),
        }


def _results(section: Element, texts: _Texts) -> Iterator[Resource]:
    for organizer in _acts(section, "organizer"):
        for component in children(organizer, "component"):
            observation = child(component, "observation")
            concept = _concept(child(observation, "code"), texts)
            value = _value(child(observation, "value"), texts)
            status = _REPORTED.get(_attribute(child(observation, "statusCode"), "code"))
            if not concept or not value or status is None or _is_negated(observation):
                continue
            interpretation = _concept(child(observation, "interpretationCode"), texts)
            ranges = [_range(child(part, "observationRange")) for part in children(observation, "referenceRange")]
            yield {
                "resourceType": "Observation",
                "status": status,
                "category": [_coded(f"{_HL7}observation-category", "laboratory")],
                "code": concept,
                "effectiveDateTime": time_of(child(observation, "effectiveTime")),
                "interpretation": [interpretation] if interpretation else [],
                "referenceRange": [each for each in ranges if each],
                **value,
            }


_READERS: dict[str, Callable[[Element, _Texts], Iterator[Resource]]] = {
    "48765-2": _allergies,
    "10160-0": _medications,
    "11450-4": _problems,
    "11369-6": _immunizations,
    "30954-2": _results,
}
"""LOINC codes of sections."""


def _acts(section: Element, kind: str) -> Iterator[Element]:
    for entry in children(section, "entry"):
        yield from children(entry, kind)


def _concerns(section: Element) -> Iterator[tuple[Element, Element]]:
    """Yield the observations of a concern act, each with its act."""
    for act in _acts(section, "act"):
        for related in children(act, "entryRelationship"):
            if (observation := child(related, "observation")) is not None:
                yield act, observation


def _related(observation: Element, code: str) -> Iterator[Element]:
    for related in children(observation, "entryRelationship"):
        if related.get("typeCode") == code and (inner := child(related, "observation")) is not None:
            yield inner


def _clinical(act: Element, observation: Element) -> str:
    """Return the clinical status: what a status observation says, else what the concern's own status is."""
    for related in children(observation, "entryRelationship"):
        inner = child(related, "observation")
        if _attribute(child(inner, "code"), "code") == _STATUS_CODE:
            return _STATED.get(_attribute(child(inner, "value"), "code"), "")
    return _CONCERN.get(_attribute(child(act, "statusCode"), "code"), "")


def _directions(administration: Element, texts: _Texts) -> str:
    for related in children(administration, "entryRelationship"):
        inner = child(related, "substanceAdministration")
        if _attribute(child(inner, "code"), "code") == _IN_WORDS:
            return texts.of(child(inner, "text"))
    return ""


def _timing(administration: Element) -> Resource:
    """Return how often, from a period (CDA R2 ``PIVL_TS``)."""
    for when in children(administration, "effectiveTime"):
        period = child(when, "period")
        number, unit = _attribute(period, "value"), _attribute(period, "unit")
        if _NUMBER.fullmatch(number) and unit in _UNITS:
            return {"repeat": {"frequency": 1, "period": Decimal(number), "periodUnit": unit}}
    return {}


def _product(administration: Element, texts: _Texts) -> Resource:
    material = child(administration, "consumable", "manufacturedProduct", "manufacturedMaterial")
    return _concept(child(material, "code"), texts) or _named(line(text_of(child(material, "name"))))


def _concept(code: Element | None, texts: _Texts) -> Resource:
    """Return a CodeableConcept with its translations; empty where there are neither codes nor words."""
    parts = [part for part in (code, *children(code, "translation")) if part is not None]
    codings = [coding for part in parts if (coding := _coding(part))]
    text = texts.of(child(code, "originalText")) or _attribute(code, "displayName")
    return _without_blanks({"coding": codings, "text": text})


def _coding(code: Element) -> Resource:
    oid = _attribute(code, "codeSystem")
    if code.get("nullFlavor") or not code.get("code"):
        return {}
    system = _SYSTEMS.get(oid) or (f"urn:oid:{oid}" if oid else "")
    display = _attribute(code, "displayName")
    return _without_blanks({"system": system, "code": _attribute(code, "code"), "display": display})


def _coded(system: str, code: str, display: str = "") -> Resource:
    coding = _without_blanks({"system": system, "code": code, "display": display})
    return {"coding": [coding]} if code else {}


def _named(text: str) -> Resource:
    return {"text": text} if text else {}


def _value(value: Element | None, texts: _Texts) -> Resource:
    """Return the value of an Observation; empty where it has none or one of another kind."""
    if value is None or value.get("nullFlavor"):
        return {}
    kind = next((text for name, text in value.attrib.items() if name.endswith("}type")), "").rpartition(":")[2]
    if kind in ("PQ", "INT", "REAL"):
        quantity = _quantity(value)
        return {"valueQuantity": quantity} if quantity else {}
    if kind in ("CD", "CE", "CO", "CV"):
        concept = _concept(value, texts)
        return {"valueCodeableConcept": concept} if concept else {}
    text = texts.of(value) if kind in ("ST", "ED") else ""
    return {"valueString": text} if text else {}


def _quantity(element: Element | None) -> Resource:
    number, unit = _attribute(element, "value"), _attribute(element, "unit")
    if not _NUMBER.fullmatch(number):
        return {}
    unit = "" if unit == "1" else unit
    units = {"unit": unit, "code": unit, "system": "http://unitsofmeasure.org"} if unit else {}
    return {"value": Decimal(number), **units}


def _range(bounds: Element | None) -> Resource:
    value = child(bounds, "value")
    low, high = _quantity(child(value, "low")), _quantity(child(value, "high"))
    return _without_blanks(
        {"low": low, "high": high, "text": "" if low or high else line(text_of(child(bounds, "text")))}
    )


def _low(element: Element) -> str | None:
    return time_of(child(element, "effectiveTime"))


def _is_negated(element: Element | None) -> bool:
    return element is not None and element.get("negationInd") == "true"


def _attribute(element: Element | None, name: str) -> str:
    return line(element.get(name) or "") if element is not None else ""


def _without_blanks(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if value not in (None, "", [], {})}
