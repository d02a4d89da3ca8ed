"""The CapabilityStatement: what is served, how it is searched, and where OAuth is (also in the older extension)."""

from datetime import UTC, datetime
from typing import Any

from portal import __version__
from portal.config import Settings
from portal.domain.resource_types import DESCRIBING, TYPES
from portal.provider.fhir import binaries
from portal.provider.fhir.definitions import INCLUDES, REVINCLUDES, parameters_of
from portal.provider.types import OF_A_PERSON, SERVED

_PROFILES = "http://hl7.org/fhir/us/core/StructureDefinition"
_TARGETS = {"CareTeam:participant": ("Patient", "Practitioner", "PractitionerRole", "RelatedPerson")}
"""The includes that US Core names with the type that is wanted; all others may be narrowed like that too."""
_STARTED = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")

_AUDIT = {
    "type": "AuditEvent",
    "interaction": [{"code": "read"}, {"code": "search-type"}],
    "versioning": "no-version",
    "searchParam": [{"name": "date", "type": "date"}, {"name": "patient", "type": "reference"}],
}

_BINARY = {"type": binaries.KIND, "interaction": [{"code": "read"}], "versioning": "no-version"}


def capability_statement(settings: Settings, *, takes_messages: bool = False) -> dict[str, Any]:
    """Return this instance's FHIR R4 CapabilityStatement. What the release policy withholds is not in it.

    ``takes_messages``: patients may write to its clinicians.
    """
    base = settings.base_url
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": _STARTED,
        "kind": "instance",
        "software": {"name": "Tributary", "version": __version__},
        "implementation": {"description": f"{settings.name}, {settings.organization}", "url": settings.fhir_base},
        "fhirVersion": "4.0.1",
        "format": ["json", "application/fhir+json"],
        "instantiates": ["http://hl7.org/fhir/us/core/CapabilityStatement/us-core-server"],
        "implementationGuide": ["http://hl7.org/fhir/us/core/ImplementationGuide/hl7.fhir.us.core"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "cors": True,
                    "service": [
                        {
                            "coding": [
                                {
                                    "system": "http://terminology.hl7.org/CodeSystem/restful-security-service",
                                    "code": "SMART-on-FHIR",
                                }
                            ]
                        }
                    ],
                    "extension": [
                        {
                            "url": "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris",
                            "extension": [
                                {"url": "authorize", "valueUri": f"{base}/oauth/authorize"},
                                {"url": "token", "valueUri": f"{base}/oauth/token"},
                                {"url": "revoke", "valueUri": f"{base}/oauth/revoke"},
                                {"url": "introspect", "valueUri": f"{base}/oauth/introspect"},
                                {"url": "register", "valueUri": f"{base}/oauth/register"},
                                {"url": "manage", "valueUri": f"{base}/settings"},
                            ],
                        }
                    ],
                },
                "resource": [
                    *(
                        _resource(kind, base=settings.fhir_base, takes_messages=takes_messages)
                        for kind in sorted(SERVED - settings.withheld)
                    ),
                    *([] if "AuditEvent" in settings.withheld else [dict(_AUDIT)]),
                    dict(_BINARY),
                ],
            }
        ],
    }


def _resource(kind: str, *, base: str, takes_messages: bool) -> dict[str, Any]:
    part: dict[str, Any] = {
        "type": kind,
        "interaction": [{"code": "read"}, {"code": "vread"}, {"code": "search-type"}],
        "versioning": "versioned",
        "conditionalRead": "not-match",
        "searchParam": [{"name": name, "type": fhir_type} for name, fhir_type in sorted(parameters_of(kind).items())],
    }
    if profiles := TYPES[kind].profiles:
        part["supportedProfile"] = [_PROFILES + (name if name[0] == "/" else f"/us-core-{name}") for name in profiles]
    if kind in INCLUDES:
        names = [f"{kind}:{name}" for name in sorted(INCLUDES[kind])]
        part["searchInclude"] = [*names, *(f"{name}:{target}" for name in names for target in _TARGETS.get(name, ()))]
    if kind == "Patient":
        part["operation"] = [
            {"name": "match", "definition": "http://hl7.org/fhir/OperationDefinition/Patient-match"},
            {"name": "summary", "definition": "http://hl7.org/fhir/uv/ips/OperationDefinition/summary"},
            {
                "name": "health-cards-issue",
                "definition": "http://hl7.org/fhir/uv/smart-health-cards-and-links/OperationDefinition/patient-i-health-cards-issue",
            },
        ]
    if kind == "Communication" and takes_messages:
        part["interaction"].append({"code": "create"})
        part["conditionalCreate"] = True
        part["operation"] = [
            {"name": name, "definition": f"{base}/OperationDefinition/Communication-{name}"}
            for name in ("recipients", "received")
        ]
    if kind in OF_A_PERSON and kind not in DESCRIBING:  # of what is said of others no Provenance is shown
        part["searchRevInclude"] = list(REVINCLUDES)
    return part
