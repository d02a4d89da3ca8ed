"""Codes by the name of their system, for those who want them."""

from portal.domain.code_systems import NAMES
from portal.domain.entry import Entry
from portal.web.phrases import gettext as _


def codes(entry: Entry) -> dict[str, tuple[str, ...]]:
    """Return the codes of the thing, by the name of their system, for those who want them."""
    by: dict[str, list[str]] = {}
    for code in entry.codes:
        by.setdefault(_system(code.system), []).append(f"{code.code} {code.display}".strip())
    return {name: tuple(dict.fromkeys(written)) for name, written in by.items()}


def _system(uri: str) -> str:
    """Return a code system in words. An organization's own has an address that says nothing to a reader."""
    name = NAMES.get(uri)
    if name:
        return name
    if uri.startswith(_HL7):
        return _("HL7 code")
    return _("Code of the organization itself")


_HL7 = ("http://terminology.hl7.org/", "http://hl7.org/fhir/", "http://hl7.org/", "https://terminology.hl7.org/")
