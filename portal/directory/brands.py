"""FHIR bundles of Organization and Endpoint, in both directions that vendors publish them.

Organization with ``endpoint`` references or the portal extension (User-access Brands), Endpoint with a contained
``managingOrganization`` (Epic's list), contained or separate Endpoints, relative, absolute and bare references.
"""

from collections.abc import Iterator
from typing import Any

from portal.directory.listing import (
    Endpoint,
    Former,
    Listed,
    RefusedEntryError,
    clean_address,
    clean_name,
    version_of,
)
from portal.domain.errors import InvalidInputError
from portal.domain.identifiers import NPI
from portal.domain.places import state_code

_PORTAL = "organization-portal"
_BRAND = "organization-brand"
_KINDS = {
    "ins": "insurer",
    "pay": "insurer",
    "prov": "provider",
    "dept": "clinic",
    "team": "clinic",
    "lab": "laboratory",
}

Resource = dict[str, Any]


def bundle(entries: list[Any], name: str) -> Iterator[Listed | str]:
    """Yield the organizations of a bundle's entries, or why one is refused.

    Raises:
        InvalidInputError: "directory-file"; the hint says which entry is broken.
    """
    index: dict[str, Resource] = {}
    organizations: list[tuple[str, Resource]] = []
    lone: list[tuple[str, Resource]] = []
    for number, entry in enumerate(entries):
        resource = entry.get("resource") if isinstance(entry, dict) else None
        if not isinstance(resource, dict) or not isinstance(resource.get("resourceType"), str):
            raise InvalidInputError("directory-file", hint=f"{name}: Bundle.entry[{number}] has no resource")
        kind, full = resource["resourceType"], entry.get("fullUrl")
        key = f"{kind}/{resource.get('id', number)}"
        index[key] = resource
        if isinstance(full, str):
            index[full] = resource
            resource = {**resource, "_full": full}
        if kind == "Organization":
            organizations.append((key, resource))
        elif kind == "Endpoint":
            lone.append((key, resource))
    used: set[str] = set()
    for key, resource in organizations:
        yield from _organization(key, resource, index, used)
    for key, resource in lone:
        if resource.get("managingOrganization") is not None or not organizations:
            yield from _endpoint(key, resource, index, used)


def _organization(key: str, resource: Resource, index: dict[str, Resource], used: set[str]) -> Iterator[Listed | str]:
    contained = {f"#{item.get('id')}": item for item in _dicts(resource.get("contained"))}
    portals = [_parts(extension) for extension in _extensions(resource, _PORTAL)]
    if resource.get("active") is False:
        yield "inactive"
        return
    try:
        fields = _fields(key, resource)
    except RefusedEntryError as refused:
        yield refused.reason
        return

    def endpoints(references: list[Any]) -> tuple[Endpoint, ...]:
        resolved = []
        for reference in references:
            target = contained.get(reference) or _find(index, reference)
            if target is not None:
                used.add(str(target.get("address")))
                resolved += _endpoints(target)
        return tuple(dict.fromkeys(resolved))

    own = endpoints([_reference(item) for item in _dicts(resource.get("endpoint"))])
    by_portal = [endpoints([_reference(item) for item in portal.get("portalEndpoint", [])]) for portal in portals]
    first = by_portal[0] if by_portal else ()
    others = {endpoint for more in by_portal[1:] for endpoint in more} - set(first)
    urls = [str(portal.get("portalUrl", [""])[0]) for portal in portals]
    fields |= {
        "endpoints": tuple(e for e in dict.fromkeys(first + own) if e not in others),
        "portal_url": _web(urls[0]) if urls else "",
    }
    part_of = _reference(resource.get("partOf"))
    if part_of and (owner := _find_key(index, part_of)):
        fields["part_of"] = owner
    if not fields["endpoints"] and "part_of" not in fields:
        yield "no-endpoint"
        return
    yield Listed(**fields)
    for number, (portal, more) in enumerate(zip(portals[1:], by_portal[1:], strict=True), 2):
        if more and set(more) - set(first):
            # A second portal of the same brand with a server of its own is found beside it, as a part of it.
            name = str(portal.get("portalName", [fields["name"]])[0])
            yield Listed(
                entry=f"{key}#portal{number}",
                name=name,
                kind=fields["kind"],
                aliases=(fields["name"], *fields["aliases"]),
                endpoints=more,
                part_of=key,
                portal_url=_web(urls[number - 1]),
            )


def _endpoint(key: str, resource: Resource, index: dict[str, Resource], used: set[str]) -> Iterator[Listed | str]:
    if str(resource.get("address")) in used:
        return
    endpoints = _endpoints(resource)
    contained = {str(item.get("id")): item for item in _dicts(resource.get("contained"))}
    reference = _reference(resource.get("managingOrganization"))
    manager = (
        contained.get(reference.removeprefix("#")) or _find(index, reference) or next(iter(contained.values()), {})
    )
    if resource.get("status") in {"off", "entered-in-error", "test", "error"}:
        yield "inactive"
        return
    try:
        clean_address(str(resource.get("address", "")))
        fields = _fields(key, {"name": resource.get("name"), **manager})
    except RefusedEntryError as refused:
        yield refused.reason
        return
    yield Listed(**{**fields, "entry": key, "endpoints": endpoints})


def _fields(key: str, resource: Resource) -> dict[str, Any]:
    name, state = clean_name(str(resource.get("name") or ""))
    addresses = [_address(item) for item in _dicts(resource.get("address"))]
    first = addresses[0] if addresses else ("", "", state, "")
    telecom = _dicts(resource.get("telecom"))
    aliases, former = _aliases(resource)
    codes = [coding.get("code") for item in _dicts(resource.get("type")) for coding in _dicts(item.get("coding"))]
    brand = [_parts(extension) for extension in _extensions(resource, _BRAND)]
    logos = [str(logo) for part in brand for logo in part.get("brandLogo", [])]
    return {
        "entry": key,
        "name": name,
        "kind": next((_KINDS[code] for code in codes if code in _KINDS), "provider"),
        "aliases": tuple(alias for alias in aliases if alias != name),
        "former": former,
        "website": next((_web(str(t.get("value"))) for t in telecom if t.get("system") == "url"), ""),
        "phone": next((str(t.get("value"))[:60] for t in telecom if t.get("system") == "phone"), ""),
        "npi": next((str(i.get("value")) for i in _dicts(resource.get("identifier")) if i.get("system") == NPI), "")[
            :10
        ],
        "line": first[0],
        "city": first[1],
        "state": first[2] or state,
        "postal_code": first[3],
        "more_places": tuple(f"{city}, {st} {code}".strip() for _, city, st, code in addresses[1:60] if city),
        "logo_url": next((logo for logo in logos if logo.startswith("https://") and len(logo) <= 500), ""),
    }


def _aliases(resource: Resource) -> tuple[list[str], tuple[Former, ...]]:
    """Aliases; one whose period (an extension on the alias) has ended is a former name."""
    aliases: list[str] = []
    former: list[Former] = []
    more = resource.get("_alias")
    details = more if isinstance(more, list) else []
    for at, alias in enumerate(resource.get("alias") or ()):
        if not isinstance(alias, str) or not alias.strip():
            continue
        detail = details[at] if at < len(details) and isinstance(details[at], dict) else {}
        period: Any = next((e["valuePeriod"] for e in _dicts(detail.get("extension")) if "valuePeriod" in e), {})
        if isinstance(period, dict) and period.get("end"):
            former.append(Former(alias, str(period.get("start", ""))[:10], str(period["end"])[:10]))
        else:
            aliases.append(alias.strip()[:300])
    return aliases, tuple(former)


def _address(item: Resource) -> tuple[str, str, str, str]:
    lines = [line for line in item.get("line") or () if isinstance(line, str)]
    city, state, code = (str(item.get(key) or "").strip() for key in ("city", "state", "postalCode"))
    return ", ".join(lines)[:200], city[:100], state_code(state)[:40], code[:10]


def _endpoints(resource: Resource) -> list[Endpoint]:
    if resource.get("status") in {"off", "entered-in-error", "error", "test"}:
        return []
    try:
        address = clean_address(str(resource.get("address", "")))
    except RefusedEntryError:
        return []
    version = next((str(e.get("valueCode")) for e in _extensions(resource, "endpoint-fhir-version")), "")
    return [Endpoint(address, version[:1] or version_of(address), str(resource.get("status", "")))]


def _extensions(resource: Resource, name: str) -> list[Resource]:
    return [e for e in _dicts(resource.get("extension")) if str(e.get("url", "")).rsplit("/", 1)[-1] == name]


def _parts(extension: Resource) -> dict[str, list[Any]]:
    """Return the parts of a complex extension by their url; the value is whatever value[x] it has."""
    parts: dict[str, list[Any]] = {}
    for part in _dicts(extension.get("extension")):
        value = next((item for key, item in part.items() if key.startswith("value")), None)
        if value is not None:
            parts.setdefault(str(part.get("url")), []).append(value)
    return parts


def _find(index: dict[str, Resource], reference: str) -> Resource | None:
    """By relative or absolute reference; an absolute one also by its last two parts."""
    return index.get(reference) or index.get("/".join(reference.split("/")[-2:]))


def _find_key(index: dict[str, Resource], reference: str) -> str:
    target = _find(index, reference)
    return f"{target['resourceType']}/{target.get('id')}" if target else ""


def _reference(value: Any) -> str:
    return str(value.get("reference") or "") if isinstance(value, dict) else ""


def _web(text: str) -> str:
    return text[:500] if text.startswith(("https://", "http://")) else ""


def _dicts(value: Any) -> list[Resource]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
