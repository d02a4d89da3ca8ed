"""Names of things: a ``CodeableConcept`` in a patient's words, and its codes.

The organization's own ``text`` comes first, then the display a person chose, then the display of a preferred system.
Source: FHIR R4 datatypes, CodeableConcept ("text" is what the user saw), https://hl7.org/fhir/R4/datatypes.html.
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from portal.domain import code_systems
from portal.domain.entry import Code
from portal.normalise.elements import items, line, uri, word, words

SNOMED, LOINC, RXNORM, NDC = code_systems.SNOMED, code_systems.LOINC, code_systems.RXNORM, code_systems.NDC
CVX, ICD10, CPT = code_systems.CVX, code_systems.ICD10_CM, code_systems.CPT

_ABSENT_SYSTEMS = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/data-absent-reason",
        "http://hl7.org/fhir/data-absent-reason",
        "http://terminology.hl7.org/CodeSystem/v3-NullFlavor",
        "http://hl7.org/fhir/v3/NullFlavor",
    }
)
"""Systems whose codes say why there is no code: never a name, never a code of the thing."""

# SNOMED CT's semantic tags, which belong to the fully specified name and tell a patient nothing.
_TAG = re.compile(
    r"\s*\((?:disorder|finding|procedure|situation|event|person|substance|product|medicinal product|"
    r"medicinal product form|clinical drug|physical object|regime/therapy|regimen/therapy|observable entity|"
    r"body structure|morphologic abnormality|qualifier value|organism|specimen|environment|environment / location|"
    r"record artifact|occupation|navigational concept|social concept|assessment scale|staging scale|tumor staging|"
    r"cell|cell structure|attribute|context-dependent category|geographic location|physical force|"
    r"religion/philosophy|racial group|ethnic group|life style|package)\)\s*$",
    re.IGNORECASE,
)
_UNITS = {"MG": "mg", "ML": "mL", "MCG": "mcg", "G": "g", "KG": "kg", "MEQ": "mEq", "MMOL": "mmol", "HR": "hr"}
_SMALL = words("and or of the in with without for to by on at from per w")
_ACRONYMS = words(
    "A1C ABO ADHD AIDS ALK ALP ALT APTT AST BCG BMI BMP BNP BP BUN CA CBC CDC CK CKD CMP CMV CNS CO2 COPD COVID "
    "CPAP CPR CRP CSF CT CVD CVX DNA DTAP DVT DXA EBV ECG EEG EGFR EKG ENT ER ESR FSH GERD GFR GI HBA1C HCG HCT HDL "
    "HGB HIV HPV HSV IBS ICD ICU IGA IGE IGG IGM II III INR IPV IUD IV IVF KUB LDH LDL LH LLC MCH MCHC MCV MD MMR "
    "MPV MRI MRSA MS NP OB OCD PA PAP PCR PET PH PHD PPD PSA PT PTSD PTT RBC RDW RN RNA RSV SARS STD STI T3 T4 TB "
    "TDAP TIA TSH UA US USA UTI UV VA VLDL WBC XR XL YMCA "
)
_TOKEN = re.compile(r"[A-Z0-9][A-Z0-9']*")


def without_tag(text: str) -> str:
    """The text without the semantic tag of SNOMED CT at its end: "Asthma (disorder)" is "Asthma"."""
    return _TAG.sub("", text) if text.endswith(")") else text


@lru_cache(maxsize=8192)
def tidy(text: str) -> str:
    """The text without SNOMED CT's semantic tag, and not shouting: ALL CAPITALS become capitalised words.

    Text with any small letter stays as written, and so does a single short word (an acronym such as MCV).
    """
    text = without_tag(text)
    if text.upper() != text or text.lower() == text:
        return text
    if len(text) <= 3 or text in _ACRONYMS:
        return text

    def settle(match: re.Match[str]) -> str:
        token = match.group()
        if token in _UNITS and match.start() > 0:
            return _UNITS[token]
        if token in _ACRONYMS or any(character.isdigit() for character in token):
            return token
        if token.lower() in _SMALL and match.start() > 0:
            return token.lower()
        return token.capitalize()

    return _TOKEN.sub(settle, text)


_SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)+")


def _opening(name: str) -> str:
    """The name with a capital at its beginning, unless its first word is written in its own way (pH, mRNA, eGFR)."""
    if _SNAKE.fullmatch(name):
        name = name.replace("_", " ")
    opening = name.split(" ", 1)[0].split("-", 1)[0].rstrip(",;:/")
    return name[0].upper() + name[1:] if opening.isalpha() and opening.islower() else name


def codes_of(*concepts: object) -> tuple[Code, ...]:
    """All codings of the concepts that name something, in the order of the source, each once."""
    found: dict[tuple[str, str], Code] = {}
    for concept in concepts:
        for coding in codings(concept):
            key = (uri(coding.get("system")), word(coding.get("code")))
            if key[1] and key not in found:
                found[key] = Code(system=key[0], code=key[1], display=line(coding.get("display")))
    return tuple(found.values())


def codings(concept: object) -> tuple[Mapping[str, Any], ...]:
    """The codings of a CodeableConcept without those that only say why there is none; a bare Coding counts too."""
    found: list[Mapping[str, Any]] = []
    for one in items(concept):
        inner = items(one.get("coding"))
        found += inner or ([one] if "code" in one else [])
    return tuple(coding for coding in found if uri(coding.get("system")) not in _ABSENT_SYSTEMS)


def name_of(concept: object, preferred: Iterable[str] = (), *, generic: frozenset[str] = frozenset()) -> str:
    """The concept in words, or the empty string.

    Order: its text; the display the user selected; the display of the first preferred system that has one; any display.
    ``generic`` names (in small letters) say nothing and are passed over.
    """
    if isinstance(concept, str):
        return _opening(tidy(line(concept)))
    for one in items(concept):
        found = codings(one)
        candidates = [one.get("text")]
        candidates += [coding.get("display") for coding in found if coding.get("userSelected") is True]
        candidates += [c.get("display") for system in preferred for c in found if c.get("system") == system]
        candidates += [coding.get("display") for coding in found]
        for candidate in candidates:
            name = _opening(tidy(line(candidate)))
            if name and name.casefold() not in generic:
                return name
    return ""


def title_of(concept: object, preferred: Iterable[str] = (), *, generic: frozenset[str] = frozenset()) -> str:
    """``name_of``, else the code with the name of its system ("CPT 33249"): better than hiding it."""
    name = name_of(concept, preferred, generic=generic)
    if name:
        return name
    for coding in codings(concept):
        code = word(coding.get("code"))
        if code:
            system = code_systems.NAMES.get(uri(coding.get("system")), "")
            return f"{system} {code}".strip()
    return ""


def names_of(concepts: object, preferred: Iterable[str] = ()) -> tuple[str, ...]:
    """``title_of`` of each concept of a list, each once."""
    return tuple(dict.fromkeys(name for name in (title_of(one, preferred) for one in items(concepts)) if name))


def code_in(concept: object, *systems: str) -> str:
    """The first code of the concept (of one of ``systems`` where given); a bare string is a code of older FHIR."""
    if isinstance(concept, str):
        return word(concept)
    for coding in codings(concept):
        if not systems or coding.get("system") in systems:
            code = word(coding.get("code"))
            if code:
                return code
    return ""


def all_codes(concepts: object) -> frozenset[str]:
    """The bare codes of a list of concepts, whatever their system."""
    if isinstance(concepts, str):
        return frozenset({word(concepts)})
    return frozenset(word(coding.get("code")) for coding in codings(concepts))
