"""Who and where: names, telephone numbers and addresses of those a resource refers to."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.normalise.coding import name_of, names_of, tidy
from portal.normalise.context import Context
from portal.normalise.elements import first, items, line, lines, obj, unique, word


def human_name(value: object) -> str:
    """A person's name in one line from a list of ``HumanName``: official or usual, else the first that is not old."""
    found = items(value)
    for use in ("official", "usual", None):
        for name in found:
            if (name.get("use") == use) if use else (name.get("use") not in ("old", "maiden", "anonymous")):
                text = _one_name(name)
                if text:
                    return text
    return _one_name(found[0]) if found else ""


def _one_name(name: Mapping[str, Any]) -> str:
    text = line(name.get("text"))
    if text:
        return tidy(text)
    main = " ".join((*lines(name.get("prefix")), *lines(name.get("given")), *lines(name.get("family"))))
    suffix = " ".join(lines(name.get("suffix")))
    return tidy(f"{main}, {suffix}" if main and suffix else main)


def party(reference: object, context: Context) -> str:
    """The name of who or what a ``Reference`` points to: its display, else from the resource itself, else empty."""
    shown = tidy(line(obj(reference).get("display")))
    if shown:
        return shown
    found = context.resolve(reference)
    return name_in(found) if found else ""


def name_in(context: Context, *, deep: bool = True) -> str:
    """The name a resource gives to itself: a person's, an organization's, a place's, a role's."""
    resource = context.resource
    kind = word(resource.get("resourceType"))
    if kind in ("Practitioner", "Patient", "RelatedPerson", "Person"):
        return human_name(resource.get("name"))
    if kind == "PractitionerRole":
        for element in ("practitioner", "organization"):
            reference = resource.get(element)
            shown = tidy(line(obj(reference).get("display")))
            found = context.resolve(reference) if deep and not shown else None
            name = shown or (name_in(found, deep=False) if found else "")
            if name:
                return name
        return "; ".join(names_of(resource.get("code")))
    if kind == "Device":
        return device_name(resource)
    own = resource.get("name")
    return tidy(line(own)) if isinstance(own, str) else human_name(own)


def device_name(device: Mapping[str, Any]) -> str:
    """A device's name as its user knows it, else its type, its label or its model (FHIR R4 Device.deviceName)."""
    named = {word(one.get("type")): tidy(line(one.get("name"))) for one in items(device.get("deviceName"))}
    model = tidy(line(device.get("modelNumber")))
    for kind in ("patient-reported-name", "user-friendly-name"):
        if named.get(kind) and named[kind] != model:  # a product's name says less than what it is
            return named[kind]
    generic = frozenset({"implant", "implantable device", "device", "medical device", "other", "unknown"})
    return (
        name_of(device.get("type"), generic=generic).removesuffix(", device")
        or next((name for name in named.values() if name), "")
        or model
        or name_of(device.get("type"))
    )


def parties(references: Iterable[object], context: Context) -> tuple[str, ...]:
    """The names of several references, each once."""
    return unique(party(reference, context) for reference in references)


def phone(telecom: object) -> str:
    """The telephone number to call from a list of ``ContactPoint``: work before others, never one that is old."""
    numbers = [one for one in items(telecom) if one.get("system") == "phone" and one.get("use") != "old"]
    numbers.sort(key=lambda one: one.get("use") != "work")
    return next((text for text in (line(one.get("value"), 40) for one in numbers) if text), "")


def address(value: object) -> str:
    """A postal address in one line, from an ``Address`` or a list of them."""
    found = first(value)
    text = line(found.get("text"))
    if text:
        return tidy(text)
    street = ", ".join(tidy(one) for one in lines(found.get("line")))
    city, state, code = tidy(line(found.get("city"))), line(found.get("state")), line(found.get("postalCode"))
    region = " ".join(part for part in (state, code) if part)
    return ", ".join(part for part in (street, city, region) if part)
