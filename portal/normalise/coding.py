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
from portal.domain.forgetting import remembered
from portal.normalise import phrases
from portal.normalise.elements import NAME_LIMIT, items, line, uri, word, words

SNOMED, LOINC, RXNORM, NDC = code_systems.SNOMED, code_systems.LOINC, code_systems.RXNORM, code_systems.NDC
CVX, ICD10, CPT = code_systems.CVX, code_systems.ICD10_CM, code_systems.CPT

_HL7 = ("http://terminology.hl7.org/", "https://terminology.hl7.org/", "http://hl7.org/")
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
    "ACA ACE ACO ACTH ADL AFB AFP ALS AMA ANA ANC APAP ASA ASD BIPAP BIW BNCR CABG CAD CCDA CDA CHF CHIP CHIPRA CLIA "
    "COBRA "
    "DDAVP DKA DMARD DNAR DOB DPO DPP DVM EGD EIA ELISA EMR EPO ESRD FEV1 FFS FOBT G6PD GAD GCS HAV HBV HCV HDHP "
    "HEPA HFA HMO HRA HSA IDDM INH IPA LPN LVEF LVN MAC MDI MIC MRA MRCP NICU NIDDM NKA NKDA NKFA NKLA NP NPO "
    "NRBC NSAID NSAIDS NSTEMI OCT OD OSA OT OTC PACU PCN PCP PCV PFT PICU POS PPO PRN PTA PTH PVC RAST RBBB RH "
    "RSR SGOT SGPT SIADH SLE SNF SSRI STEMI SVT TB TIBC TPN TTG TURP UDS VAD VNA VSD VTE VZV WNL "
)
_SHORT_WORDS = words("DR ST MR MRS MS JR SR BLVD RD LN PKWY HWY FT MT CTR DRS STR BY MY DRY SKY FLY WHY CRY")
"""Written without a vowel, and no acronyms."""
_VOWELS = frozenset("AEIOUY")
_TOKEN = re.compile(r"[A-Z0-9][A-Z0-9']*")


def without_tag(text: str) -> str:
    """Return the text without the semantic tag of SNOMED CT at its end: "Asthma (disorder)" is "Asthma"."""
    return _TAG.sub("", text) if text.endswith(")") else text


@remembered
@lru_cache(maxsize=8192)
def tidy(text: str) -> str:
    """Return the text without SNOMED CT's semantic tag, and not shouting: ALL CAPITALS become capitalised words.

    Text with any small letter stays as written, and so do acronyms: those in the list, and what nobody can say as a
    word ("NRBC"), alone or inside a longer text.
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
        if (
            2 <= len(token) <= _UNSAYABLE and token not in _SHORT_WORDS and not _VOWELS & frozenset(token)
        ) or token.startswith("BCBS"):
            return token
        if token.lower() in _SMALL and match.start() > 0:
            return token.lower()
        return token.capitalize()

    return _TOKEN.sub(settle, text)


_UNSAYABLE = 8  # letters; no longer word is without a vowel

_SNAKE = re.compile(r"[a-z]+(?:_[a-z]+)+")


def _opening(name: str) -> str:
    """Return the name with a capital first, unless its first word is written in its own way (pH, mRNA, eGFR)."""
    if _SNAKE.fullmatch(name):
        name = name.replace("_", " ")
    opening = name.split(" ", 1)[0].split("-", 1)[0].rstrip(",;:/")
    return name[0].upper() + name[1:] if opening.isalpha() and opening.islower() else name


def _spoken(text: object) -> str:
    """Return a name as it is shown; names repeat a thousand times in a delivery."""
    if not isinstance(text, str):
        return ""
    return _name(text) if len(text) <= NAME_LIMIT else _opening(tidy(line(text)))


@remembered  # what a message is about and why something was done are names, too
@lru_cache(maxsize=8192)
def _name(text: str) -> str:
    return _opening(tidy(line(text)))


def in_extension(element: Mapping[str, Any], name: str) -> str:
    """Return the words of the first extension whose URL ends in a name ("…/severity"): some charts have no field."""
    for part in items(element.get("extension")):
        if _URL_PARTS.split(uri(part.get("url")).casefold())[-1] == name:
            concept = part.get("valueCodeableConcept") or {"coding": items(part.get("valueCoding"))}
            return name_of(concept) or line(part.get("valueString")) or word(part.get("valueCode"))
    return ""


_URL_PARTS = re.compile(r"[/#:-]")


def codes_of(*concepts: object) -> tuple[Code, ...]:
    """Return all codings of the concepts that name something, in the order of the source, each once."""
    codes = [_code(coding) for concept in concepts if concept for coding in codings(concept)]
    if len(codes) > 1:
        once: dict[tuple[str, str], Code] = {}
        for code in codes:
            once.setdefault((code.system, code.code), code)
        codes = list(once.values())
    return tuple([code for code in codes if code.code])


def _code(coding: Mapping[str, Any]) -> Code:
    system, code, display = coding.get("system"), coding.get("code"), coding.get("display")
    if (
        type(system) is str
        and system in code_systems.NAMES
        and type(code) is str
        and type(display) is str
        and len(code) + len(display) <= NAME_LIMIT  # what is cut anyway fills no memory
    ):
        return _public_code(system, code, display)
    return Code(system=uri(system), code=word(code), display=line(display))


@lru_cache(maxsize=4096)
def _public_code(system: str, code: str, display: str) -> Code:
    """Return a code of a list that everybody uses: a delivery says the same ones a thousand times."""
    return Code(system=uri(system), code=word(code), display=line(display))


def codings(concept: object, *, absent: bool = False) -> tuple[Mapping[str, Any], ...]:
    """Return the codings of a CodeableConcept; a bare Coding counts too.

    Without those that only say why there is none (data-absent-reason, null flavors); with ``absent`` only those.
    """
    if not concept:
        return ()
    if type(concept) is dict:  # most have one
        written = concept.get("coding")
        if type(written) is list and len(written) == 1 and type(written[0]) is dict:
            system = written[0].get("system")
            return (written[0],) if (type(system) is str and system in _ABSENT_SYSTEMS) is absent else ()
    every: list[Mapping[str, Any]] = []
    for part in (concept,) if type(concept) is dict else items(concept):
        inner = items(part.get("coding"))
        every += inner or ([part] if "code" in part else [])
    return tuple(
        [
            coding
            for coding in every
            if (type(system := coding.get("system")) is str and system in _ABSENT_SYSTEMS) is absent
        ]
    )


def words_of(concept: object, preferred: Iterable[str] = (), *, generic: frozenset[str] = frozenset()) -> str:
    """Return the source's words for the concept, or the empty string.

    Order: its text; the display the user selected; the display of the first preferred system that has one; any display.
    ``generic`` names (in small letters) say nothing and are passed over.
    """
    if not concept:
        return ""
    if isinstance(concept, str):
        return _spoken(concept)
    for part in (concept,) if type(concept) is dict else items(concept):
        text = _spoken(part.get("text"))
        if text and not (generic and text.casefold() in generic):
            return text
        own = codings(part)
        candidates = [coding.get("display") for coding in own if coding.get("userSelected") is True]
        candidates += [c.get("display") for system in preferred for c in own if c.get("system") == system]
        candidates += [coding.get("display") for coding in own]
        for candidate in candidates:
            name = _spoken(candidate)
            if name and not (generic and name.casefold() in generic):
                return name
    return ""


def name_of(concept: object, preferred: Iterable[str] = (), *, generic: frozenset[str] = frozenset()) -> str:
    """Return ``words_of``, else our words for a frequent code, else the code with its system ("CPT 33249").

    Nothing that has a code is nameless. A code of a system that nobody knows by name is called a code, so that
    "Code 13" is not read as the number 13.
    """
    if not concept:
        return ""
    name = words_of(concept, preferred, generic=generic)
    if name or isinstance(concept, str):
        return name
    for coding in codings(concept):
        code = word(coding.get("code"))
        everyday = phrases.ANSWERS.get(code, "")
        if everyday.casefold() in generic:
            continue
        if code:
            return everyday or f"{_system_name(uri(coding.get('system')))} {code}"
    return ""


def _system_name(system: str) -> str:
    named = code_systems.NAMES.get(system)
    return named or ("HL7" if system.startswith(_HL7) else "Code")


def names_of(concepts: object, preferred: Iterable[str] = ()) -> tuple[str, ...]:
    """Return ``name_of`` each concept of a list, each once."""
    if not concepts:
        return ()
    names = [name for part in items(concepts) if (name := name_of(part, preferred))]
    return tuple(dict.fromkeys(names)) if len(names) > 1 else tuple(names)


def kinds_of(concepts: object) -> tuple[str, ...]:
    """Return ``names_of`` categories; our words where the source's are only the code's ("Community")."""
    return tuple(dict.fromkeys(filter(None, map(_kind_of, items(concepts)))))


def _kind_of(concept: object) -> str:
    name = name_of(concept)
    code = name.casefold().replace(" ", "-")
    return phrases.ANSWERS.get(code, name) if code in map(word, [c.get("code") for c in codings(concept)]) else name


def code_in(concept: object, *systems: str) -> str:
    """Return the first code of the concept (of ``systems`` if there are any); a bare string is a code of older FHIR."""
    if isinstance(concept, str):
        return word(concept)
    for coding in codings(concept):
        if not systems or coding.get("system") in systems:
            code = word(coding.get("code"))
            if code:
                return code
    return ""


def all_codes(concepts: object) -> frozenset[str]:
    """Return the bare codes of a list of concepts, whatever their system."""
    if isinstance(concepts, str):
        return frozenset({word(concepts)})
    return frozenset([word(coding.get("code")) for coding in codings(concepts)]) if concepts else frozenset()
