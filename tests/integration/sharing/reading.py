"""Reading a document Bundle in tests."""

from typing import Any


def resources_of(bundle: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    resources = [entry["resource"] for entry in bundle["entry"]]
    return [resource for resource in resources if kind in ("", resource["resourceType"])]


def section_of(bundle: dict[str, Any], code: str) -> dict[str, Any]:
    sections = bundle["entry"][0]["resource"]["section"]
    section: dict[str, Any] = next(part for part in sections if part["code"]["coding"][0]["code"] == code)
    return section
