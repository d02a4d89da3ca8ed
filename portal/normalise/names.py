"""Who and where: names, telephone numbers and addresses of those a resource refers to."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.normalise.coding import name_of, names_of, tidy, words_of
from portal.normalise.context import Context
from portal.normalise.elements import first, items, line, lines, obj, unique, word


def human_name(value: object) -> str:
    """Return a person's name in one line from a list of ``HumanName``: official or usual, else the first not old.

    A name that is only text (an organization's, STU3's, some servers') is taken as it is.
    """
    if isinstance(value, str):
        return tidy(line(value))
    names = items(value)
    for use in ("official", "usual", None):
        for name in names:
            if (name.get("use") == use) if use else (name.get("use") not in ("old", "maiden", "anonymous")):
                text = _one_name(name)
                if text:
                    return text
    return _one_name(names[0]) if names else next(iter(lines(value)), "")


def _one_name(name: Mapping[str, Any]) -> str:
    text = line(name.get("text"))
    if text:
        return tidy(text)
    main = " ".join((*lines(name.get("prefix")), *lines(name.get("given")), *lines(name.get("family"))))
    suffix = " ".join(lines(name["suffix"])) if "suffix" in name else ""
    return tidy(f"{main}, {suffix}" if main and suffix else main)


def party(reference: object, context: Context) -> str:
    """Return the name of who or what a ``Reference`` points to: its display, else from the resource, else empty."""
    if not reference:
        return ""
    shown = tidy(line(obj(reference).get("display")))
    if shown:
        return shown
    target = context.resolve(reference)
    return name_in(target) if target else ""


def display(reference: object, context: Context) -> str:
    """Return the display of a ``Reference``; it is looked up, as words for what is confidential are so, too."""
    shown = tidy(line(obj(reference).get("display"))) if reference else ""
    if shown:
        context.resolve(reference)
    return shown


def named(reference: object, target: Context | None) -> str:
    """Return ``party`` of a reference where what it points to is at hand."""
    shown = tidy(line(obj(reference).get("display"))) if reference else ""
    return shown or (name_in(target) if target else "")


def name_in(context: Context, *, deep: bool = True) -> str:
    """Return the name a resource gives to itself: a person's, an organization's, a place's, a role's."""
    resource = context.resource
    kind = word(resource.get("resourceType"))
    if kind == "PractitionerRole":
        for element in ("practitioner", "organization"):
            reference = resource.get(element)
            shown = tidy(line(obj(reference).get("display")))
            target = context.resolve(reference) if deep and not shown else None
            name = shown or (name_in(target, deep=False) if target else "")
            if name:
                return name
        return "; ".join(names_of(resource.get("code")))
    if kind == "Device":
        return device_name(resource)
    return human_name(resource.get("name"))


def device_name(device: Mapping[str, Any]) -> str:
    """Return a device's name as its user knows it, else its type, label or model (FHIR R4 Device.deviceName)."""
    named = {word(part.get("type")): tidy(line(part.get("name"))) for part in items(device.get("deviceName"))}
    model = tidy(line(device.get("modelNumber")))
    for kind in ("patient-reported-name", "user-friendly-name"):
        if named.get(kind) and named[kind] != model:  # a product's name says less than what it is
            return named[kind]
    generic = frozenset({"implant", "implantable device", "device", "medical device", "other", "unknown"})
    return (
        words_of(device.get("type"), generic=generic).removesuffix(", device")
        or next((name for name in named.values() if name), "")
        or model
        or name_of(device.get("type"))
    )


def parties(references: Iterable[object], context: Context) -> tuple[str, ...]:
    """Return the names of several references, each once."""
    return unique([party(reference, context) for reference in references])


def in_role(performer: Mapping[str, Any], context: Context) -> str:
    """Return who did something in which role, and for whom ("Dr. Kim Lee: surgeon, North Clinic")."""
    role = name_of(performer.get("function")) or name_of(performer.get("role"))
    behalf = party(performer.get("onBehalfOf"), context)
    name = party(performer.get("actor"), context)
    return ", ".join(part for part in (f"{name}: {role}" if name and role else role, behalf) if part)


def phone(telecom: object) -> str:
    """Return the telephone number to call from a list of ``ContactPoint``: work before others, never an old one."""
    numbers = [part for part in items(telecom) if part.get("system") == "phone" and part.get("use") != "old"]
    if len(numbers) > 1:
        numbers.sort(key=lambda part: part.get("use") != "work")
    for part in numbers:
        if text := line(part.get("value"), 40):
            return text
    return ""


def email(telecom: object) -> str:
    """Return the e-mail address to write to from a list of ``ContactPoint``: work before others, never an old one."""
    addresses = [part for part in items(telecom) if part.get("system") == "email" and part.get("use") != "old"]
    addresses.sort(key=lambda part: part.get("use") != "work")
    return next((text for text in (line(part.get("value"), 200) for part in addresses) if text), "")


def contacts(telecom: object) -> tuple[str, ...]:
    """Return all telephone numbers and addresses of a list of ``ContactPoint`` that are in use, telephone first."""
    parts = [part for part in items(telecom) if part.get("use") != "old"]
    parts.sort(key=lambda part: part.get("system") != "phone")
    return unique(line(part.get("value"), 200) for part in parts)


def address(value: object) -> str:
    """Return a postal address in one line, from an ``Address`` or a list of them."""
    if not value:
        return ""
    postal = first(value)
    text = line(postal.get("text"))
    if text:
        return tidy(text)
    street = ", ".join(tidy(part) for part in lines(postal.get("line")))
    city, state, code = tidy(line(postal.get("city"))), line(postal.get("state")), line(postal.get("postalCode"))
    region = " ".join(part for part in (state, code) if part)
    return ", ".join(part for part in (street, city, region) if part)
