"""Two people with the same record, but that the one's also holds confidential items; and what may be asked about it."""

import json
from collections.abc import Iterator
from typing import Any

from portal.normalise.search_tokens import tokens
from portal.provider.fhir.definitions import INCLUDES, REVINCLUDES, parameters_of
from portal.provider.types import SERVED, SHARED
from tests.hostile.web.record import filled

SECRET = "qzsecret"
"""In every text, and in every id, of what is confidential or what only that leads to."""
LABEL = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}
Resource = dict[str, Any]


def _to(reference: str, display: str = "") -> Resource:
    return {"reference": reference, **({"display": display} if display else {})}


def _about(name: str, resources: list[Resource], key: str) -> list[Resource]:
    """Return the resources with this person as their subject, and their clinicians named by ``key``."""
    text = (
        json.dumps(resources)
        .replace("Patient/p", f"Patient/{name}")
        .replace("Practitioner/x", f"Practitioner/{key}-dr")
    )
    changed: list[Resource] = json.loads(text)
    return changed


def _led_to(resource: Resource, key: str) -> Resource:
    """Return a resource that leads to a medicine and to places."""
    kind = resource["resourceType"]
    if kind in ("MedicationRequest", "MedicationStatement"):
        resource = {name: value for name, value in resource.items() if name != "medicationCodeableConcept"}
        return resource | {"medicationReference": _to(f"Medication/{key}-med")}
    if kind == "Encounter":
        places = [{"location": _to(f"Location/{key}-place")}]
        return resource | {"location": places, "serviceProvider": _to(f"Organization/{key}-org")}
    return resource


def shared(key: str) -> list[Resource]:
    """Return clinician, role, places and medicine that only the resources of this key lead to."""
    return [
        {"resourceType": "Medication", "id": f"{key}-med", "code": {"text": f"{key} medicine"}},
        {"resourceType": "Practitioner", "id": f"{key}-dr", "name": [{"family": f"{key} doctor"}]},
        {"resourceType": "Location", "id": f"{key}-place", "name": f"{key} ward"},
        {"resourceType": "Organization", "id": f"{key}-org", "active": True, "name": f"{key} clinic"},
        {
            "resourceType": "PractitionerRole",
            "id": f"{key}-role",
            "practitioner": _to(f"Practitioner/{key}-dr"),
            "organization": _to(f"Organization/{key}-org"),
            "location": [_to(f"Location/{key}-place")],
        },
    ]


def open_items(name: str) -> list[Resource]:
    """Return one item of each kind that everybody may see who sees the record."""
    patient = {"resourceType": "Patient", "id": name, "name": [{"family": f"Family {name}"}], "birthDate": "1980-03-04"}
    items = [_led_to(each, "open") for each in _about(name, filled(lambda kind: f"open {kind}", key=name), "open")]
    targets = [_to(f"{each['resourceType']}/{each['id']}") for each in items[:3]]
    return [patient, *items, *_uses(items, "open"), _provenance(f"source-{name}", targets)]


def secret_items(name: str) -> list[Resource]:
    """Return the same again, labelled, each leading to what nothing else leads to."""
    texts = filled(lambda kind: f"{SECRET} {kind}", key=f"{SECRET}-{name}")
    items = [_led_to(each, SECRET) | {"meta": LABEL} for each in _about(name, texts, SECRET)]
    secret = [_to(f"{each['resourceType']}/{each['id']}") for each in items[:3]]
    others = [_to(f"{each['resourceType']}/{each['id']}") for each in open_items(name)[1:4]]
    return [
        *items,
        *_uses(items, SECRET),  # without a label of their own
        _provenance(f"{SECRET}-source-{name}", secret) | {"meta": LABEL},
        _provenance(f"{SECRET}-only-{name}", secret),
        _provenance(f"{SECRET}-more-{name}", [*secret, *others]) | {"meta": LABEL},
    ]


def referring(name: str) -> list[Resource]:
    """Return items that are open, and refer to confidential ones and to a ward whose label says so."""
    subject, what = _to(f"Patient/{name}"), f"{SECRET}-{name}"
    code = {"coding": [{"system": "http://loinc.org", "code": "1-8"}], "text": "referring"}
    return [
        {
            "resourceType": "Encounter",
            "id": f"referring-visit-{name}",
            "status": "finished",
            "class": {"code": "AMB"},
            "subject": subject,
            "period": {"start": "2026-01-01"},
            "diagnosis": [{"condition": _to(f"Condition/issue-{what}", f"{SECRET} diagnosis")}],
            "reasonReference": [_to(f"Condition/issue-{what}", f"{SECRET} reason")],
            "location": [{"location": _to(f"Location/{SECRET}-detox", f"{SECRET} ward")}],
        },
        {
            "resourceType": "DiagnosticReport",
            "id": f"referring-report-{name}",
            "status": "final",
            "code": code,
            "subject": subject,
            "result": [_to(f"Observation/words-{what}", f"{SECRET} result")],
        },
        {
            "resourceType": "MedicationRequest",
            "id": f"referring-order-{name}",
            "status": "active",
            "intent": "order",
            "subject": subject,
            "authoredOn": "2026-01-01",
            "medicationCodeableConcept": code,
            "reasonReference": [_to(f"Condition/issue-{what}/_history/1", f"{SECRET} reason")],
            "encounter": _to(f"http://localhost:8000/fhir/Encounter/visit-{what}", f"{SECRET} visit"),
        },
        _provenance(
            f"both-source-{name}",
            [_to(f"Condition/issue-{what}", f"{SECRET} issue"), _to(f"Encounter/referring-visit-{name}")],
        ),
    ]


def labelled_place() -> Resource:
    return {"resourceType": "Location", "id": f"{SECRET}-detox", "name": f"{SECRET} ward", "meta": LABEL}


def _uses(items: list[Resource], key: str) -> list[Resource]:
    """Return what is said of the use of the devices among these."""
    return [
        {
            "resourceType": "DeviceUseStatement",
            "id": f"use-{device['id']}",
            "status": "active",
            "subject": device["patient"],
            "device": _to(f"Device/{device['id']}"),
            "timingDateTime": "2019-05-02",
            "source": _to(f"Practitioner/{key}-dr", f"{key} doctor"),
            "bodySite": {"text": f"{key} eye"},
        }
        for device in items
        if device["resourceType"] == "Device"
    ]


def _provenance(fhir_id: str, targets: list[Resource]) -> Resource:
    return {
        "resourceType": "Provenance",
        "id": fhir_id,
        "target": targets,
        "recorded": "2024-01-01T00:00:00Z",
        "agent": [{"who": {"display": fhir_id.rpartition("-")[0]}}],
    }


def requests(name: str, *, partner: bool) -> Iterator[str]:
    """Yield every read and search about this person: all types, parameters and values of both kinds of items."""
    both = [*open_items(name), *secret_items(name), *referring(name)]
    everything = [*both, *shared("open"), *shared(SECRET), labelled_place()]
    for resource in everything:
        yield f"{resource['resourceType']}/{resource['id']}"
        yield f"{resource['resourceType']}/{resource['id']}/_history/1"
    for kind in sorted(SERVED):
        own = f"patient={name}&" if kind not in SHARED | {"Patient"} and partner else ""
        if kind == "Patient" and partner:
            own = f"_id={name}&"
        yield from (f"{kind}?{own}{more}" for more in _searches(kind, everything))


def _searches(kind: str, everything: list[Resource]) -> Iterator[str]:
    resources = [each for each in everything if each["resourceType"] == kind]
    yield from ("", "_summary=count", "_count=1", "_lastUpdated=ge2000-01-01", "_sort=date", "_sort=-date")
    yield from (f"_id={each['id']}" for each in resources)
    yield from (f"_id={each['id']}&_summary=count" for each in resources)
    yield from (f"_include={kind}:{param}" for param in INCLUDES.get(kind, {}))
    yield from (f"_revinclude={value}" for value in REVINCLUDES)
    types = parameters_of(kind)
    for param, token in sorted({pair for each in resources for pair in tokens(each) if pair[0] in types}):
        yield f"{param}={token}"
        yield f"{param}={token}&_summary=count"
    for param, sort in types.items():
        if sort == "date" and param != "_lastUpdated":
            yield f"{param}=ge1900-01-01"
            yield f"{param}=ge1900-01-01&_summary=count"
        if sort == "string":
            yield f"{param}={SECRET}"
            yield f"{param}={SECRET}&_summary=count"
