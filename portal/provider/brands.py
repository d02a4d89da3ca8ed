"""``/brands``: who we are, for the directories of others: a User-access Brands bundle (SMART App Launch 2.2.0).

The portal's name and address come from the settings; clinics, former names and addresses from the file that
``PORTAL_BRANDS`` names.
"""

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import msgspec
from flask import Blueprint, Response, make_response, request, url_for

from portal.config import Settings
from portal.domain.errors import ConfigurationError
from portal.endpoints import public
from portal.extensions import current_services
from portal.provider.cors import allow_cross_origin
from portal.store.records import packing

blueprint = Blueprint("brands", __name__)
_EXTENSION = "http://hl7.org/fhir/StructureDefinition/organization-"
_PROFILE = "http://hl7.org/fhir/smart-app-launch/StructureDefinition/user-access-"
_PERIOD = "http://hl7.org/fhir/StructureDefinition/organization-alias-period"
_STARTED = datetime.now(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


class FormerBrandName(msgspec.Struct, frozen=True):
    """A name until a FHIR date, and since when where that is known."""

    name: str
    until: str
    since: str = ""


class BrandIdentifier(msgspec.Struct, frozen=True):
    """An identifier of the organization's own, as FHIR has it."""

    system: str
    value: str


class BrandPlace(msgspec.Struct, frozen=True, kw_only=True):
    """The organization itself, or one of its clinics, as the brands file describes it."""

    id: str = ""
    name: str = ""
    aliases: tuple[str, ...] = ()
    former_names: tuple[FormerBrandName, ...] = ()
    line: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""
    phone: str = ""
    npi: str = ""
    identifiers: tuple[BrandIdentifier, ...] = ()
    website: str = ""
    logo: str = ""
    logo_license: str = ""


class Brands(BrandPlace, frozen=True, kw_only=True):
    """The whole file. ``kind``: prov, or ins for an insurer (HL7 organization-type).

    ``portal_description`` is Markdown; licences are addresses of what says how a logo may be used.
    """

    kind: str = "prov"
    portal_description: str = ""
    portal_logo: str = ""
    portal_logo_license: str = ""
    clinics: tuple[BrandPlace, ...] = ()


def described(settings: Settings) -> Brands:
    """Return what the brands file says; an empty description without one.

    Raises:
        ConfigurationError: the file cannot be read or has another form.
    """
    if settings.brands is None:
        return Brands()
    try:
        return msgspec.json.decode(settings.brands.read_bytes(), type=Brands)
    except (OSError, msgspec.MsgspecError):
        raise ConfigurationError(hint="PORTAL_BRANDS must name a readable JSON file; see docs/provider.md") from None


def bundle(settings: Settings, *, logo: str) -> dict[str, Any]:
    """Return the bundle: the organization and its portal, clinics as parts, one endpoint. ``logo`` is an address."""
    base = settings.base_url
    brands = described(settings)
    main = _organization(
        settings, brands, id_=brands.id or "organization", name=brands.name or settings.organization, logo=logo
    )
    reference = {"reference": "Endpoint/fhir", "display": f"FHIR R4 endpoint of {settings.name}"}
    main["extension"].append(
        {
            "url": f"{_EXTENSION}portal",
            "extension": [
                {"url": "portalName", "valueString": settings.name},
                *_stated("portalDescription", "valueMarkdown", brands.portal_description),
                {"url": "portalUrl", "valueUrl": base},
                {"url": "portalLogo", "valueUrl": brands.portal_logo or logo},
                *_stated("portalLogoLicense", "valueUrl", brands.portal_logo_license),
                {"url": "portalEndpoint", "valueReference": reference},
            ],
        }
    )
    main["endpoint"] = [reference]
    main["identifier"].insert(0, {"system": "urn:ietf:rfc:3986", "value": base})
    organizations = [main]
    for number, clinic in enumerate(brands.clinics, 1):
        part = _organization(settings, clinic, id_=clinic.id or f"clinic-{number}", name=clinic.name, logo=logo)
        part["partOf"] = {"reference": f"Organization/{main['id']}", "display": main["name"]}
        part["endpoint"] = [reference]
        organizations.append(part)
    endpoint = {
        "resourceType": "Endpoint",
        "id": "fhir",
        "meta": {"profile": [f"{_PROFILE}endpoint"]},
        "extension": [{"url": "http://hl7.org/fhir/StructureDefinition/endpoint-fhir-version", "valueCode": "4.0.1"}],
        "status": "active",
        "connectionType": {
            "system": "http://terminology.hl7.org/CodeSystem/endpoint-connection-type",
            "code": "hl7-fhir-rest",
        },
        "name": f"FHIR R4 endpoint of {settings.name}",
        "managingOrganization": {"reference": f"Organization/{main['id']}"},
        "contact": [{"system": "url", "value": f"{base}/developers"}],
        "payloadType": [
            {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/endpoint-payload-type", "code": "none"}]}
        ],
        "address": settings.fhir_base,
    }
    return {
        "resourceType": "Bundle",
        "meta": {"profile": [f"{_PROFILE}brands-bundle"]},
        "type": "collection",
        "timestamp": _STARTED,
        "entry": [
            {"fullUrl": f"{base}/brands/{part['resourceType']}/{part['id']}", "resource": _without_empty(part)}
            for part in (*organizations, endpoint)
        ],
    }


@blueprint.get("/brands")
@public
def show() -> Response:
    """Return the bundle, for any origin, with an ETag."""
    settings = current_services().settings
    logo = f"{settings.base_url}{url_for('install.icon', hue=settings.accent)}"
    body = packing.encode(bundle(settings, logo=logo))
    response = make_response(body)
    response.content_type = "application/fhir+json; charset=utf-8"
    allow_cross_origin(response)
    response.headers["Access-Control-Expose-Headers"] = "ETag"
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.set_etag(sha256(body).hexdigest()[:20])
    response.make_conditional(request)
    return response


def _organization(settings: Settings, place: BrandPlace, *, id_: str, name: str, logo: str) -> dict[str, Any]:
    former = [
        (former_name.name, {"end": former_name.until} | ({"start": former_name.since} if former_name.since else {}))
        for former_name in place.former_names
    ]
    aliases: list[tuple[str, dict[str, str] | None]] = [*((alias, None) for alias in place.aliases), *former]
    resource: dict[str, Any] = {
        "resourceType": "Organization",
        "id": id_,
        "meta": {"profile": [f"{_PROFILE}brand"]},
        "extension": [
            {
                "url": f"{_EXTENSION}brand",
                "extension": [
                    {"url": "brandLogo", "valueUrl": place.logo or logo},
                    *_stated("brandLogoLicense", "valueUrl", place.logo_license),
                ],
            }
        ],
        "identifier": [
            *([{"system": "http://hl7.org/fhir/sid/us-npi", "value": place.npi}] if place.npi else []),
            *({"system": each.system, "value": each.value} for each in place.identifiers),
        ],
        "active": True,
        "type": [{"coding": [_kind(place)]}],
        "name": name,
        "telecom": [
            {"system": "url", "value": place.website or settings.base_url},
            *([{"system": "phone", "value": place.phone}] if place.phone else []),
        ],
    }
    if aliases:
        resource["alias"] = [alias for alias, _period in aliases]
        if former:
            resource["_alias"] = [
                {"extension": [{"url": _PERIOD, "valuePeriod": period}]} if period else None
                for _alias, period in aliases
            ]
    if place.city or place.line:
        address = {"city": place.city, "state": place.state, "postalCode": place.postal_code, "country": "US"}
        resource["address"] = [
            {key: value for key, value in address.items() if value} | ({"line": [place.line]} if place.line else {})
        ]
    return resource


def _stated(url: str, name: str, text: str) -> list[dict[str, str]]:
    """Return an extension where the file has something for it."""
    return [{"url": url, name: text}] if text else []


def _without_empty(resource: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if value != []}


def _kind(place: BrandPlace) -> dict[str, str]:
    code = place.kind if isinstance(place, Brands) else "prov"
    display = "Insurance Company" if code == "ins" else "Healthcare Provider"
    return {
        "system": "http://terminology.hl7.org/CodeSystem/organization-type",
        "code": code,
        "display": display,
    }
