"""Codes that mean the same at every organization; local codes never join."""

import re
from collections.abc import Iterable, Mapping

from portal.domain.entry import Code
from portal.merge.words.text import word_set

_SYSTEMS: Mapping[str, str] = {
    "http://snomed.info/sct": "snomed",
    "http://loinc.org": "loinc",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "http://hl7.org/fhir/sid/ndc": "ndc",
    "http://hl7.org/fhir/sid/cvx": "cvx",
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "urn:oid:2.16.840.1.113883.6.90": "icd10",
    "http://hl7.org/fhir/sid/icd-9-cm": "icd9",
    "urn:oid:2.16.840.1.113883.6.103": "icd9",
    "http://www.ama-assn.org/go/cpt": "cpt",
    "urn:oid:2.16.840.1.113883.6.12": "cpt",
    "http://www.ada.org/cdt": "cdt",
    "urn:oid:2.16.840.1.113883.6.13": "cdt",
    "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets": "hcpcs",
    "http://www.cms.gov/Medicare/Coding/ICD10": "icd10pcs",
    "http://fdasis.nlm.nih.gov": "unii",
    "http://hl7.org/fhir/ndfrt": "ndfrt",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "urn:oid:2.16.840.1.113883.12.292": "cvx",
}


def shared_codes(codes: Iterable[Code]) -> list[tuple[str, str]]:
    """Return (short name of the system, code) of the codes that mean the same everywhere."""
    pairs = []
    for code in codes:
        system = _SYSTEMS.get(code.system)
        if system and code.code:
            value = code.code.strip().upper()
            if system in ("icd10", "icd9"):
                value = value.replace(".", "")
            if system == "cvx":
                value = value.lstrip("0") or "0"
            pairs.append((system, _eleven_digits(value) if system == "ndc" else value))
    return pairs


def identifier_parts(identifier: str) -> tuple[str, str, str]:
    """Return (type, system, value) of an entry's identifier, "type|system|value"; of any other text no value."""
    kind, _bar, rest = identifier.partition("|")
    system, _bar, value = rest.partition("|")
    return kind, system, value


def _eleven_digits(ndc: str) -> str:
    """Return an NDC as it is billed: the labeler in five, the product in four, the package in two digits."""
    parts = ndc.split("-")
    if len(parts) == len(_NDC_DIGITS):
        return "".join(part.zfill(digits) for part, digits in zip(parts, _NDC_DIGITS, strict=True))
    return "".join(parts)


_NDC_DIGITS = (5, 4, 2)


def displays(codes: Iterable[Code], *systems: str) -> list[str]:
    """Return the displays of the codes of these systems (by their short names; all when none is named)."""
    return [code.display for code in codes if code.display and (not systems or _SYSTEMS.get(code.system) in systems)]


def says_nothing(system: str, code: str) -> bool:
    """Tell whether a code names no one thing: the tops of SNOMED CT's hierarchies, CPT's unlisted procedures."""
    return code in _TOPS if system == "snomed" else system == "cpt" and _UNLISTED.fullmatch(code) is not None


_UNLISTED = re.compile(
    r"\d{3}99|21089|37501|38129|38589|43289|43659|44238|44979|47379|47579|49329|49659|50549|50949|55559|5857[89]|58679"
    r"|5989[78]|60659|69949|69979"
)
"""AMA, CPT: most end in 99, the laparoscopic ones do not."""
_TOPS = word_set("""
71388002 404684003 64572001 387713003 363679005 103693007 243796009 55607006 282291009 439401001 418799008 138875005
417662000 443938003 363787002 128927009 277132007 108252007
""")
"""Procedure, clinical finding, disease, surgical procedure, imaging, situation, problem and the like."""


def says_what_was_done(system: str, code: str) -> bool:
    """Tell whether a code of a procedure says all but the place: not what was injected, tested or talked about."""
    return (
        system in _OF_PROCEDURES
        and not says_nothing(system, code)
        and not (system == "cpt" and _OF_OTHER_THINGS.fullmatch(code))
    )


_OF_PROCEDURES = frozenset({"cpt", "cdt", "hcpcs", "icd10pcs"})
_OF_OTHER_THINGS = re.compile(r"(?:8\d|9[079]|96[34])\d+|36415")
"""CPT's ranges of tests, vaccines and medicines given, therapies and talks."""
