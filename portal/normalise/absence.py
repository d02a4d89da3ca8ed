"""Documented absence: "no known allergies", "no current medications", and what only looks like it ("not asked").

Sources: SNOMED CT (situations "No known …"), HL7 v3 NullFlavor, FHIR data-absent-reason, HL7 IPS absent-unknown-uv-ips
(https://hl7.org/fhir/uv/ips/CodeSystem-absent-unknown-uv-ips.html), and the words of charts in English and Spanish.
"""

import re
from functools import lru_cache

from portal.domain.entry import Absence
from portal.domain.sections import Section
from portal.normalise.coding import SNOMED, codings
from portal.normalise.elements import items, line, uri, word, words

_SNOMED_SCOPES = {
    "716186003": "all",
    "160244002": "all",  # "No known allergies", an older concept
    "409137002": "drug",
    "428607008": "environment",
    "429625007": "food",
    "1003774007": "latex",
    "716184000": "latex",
    "716185004": "all",  # no known allergic disposition
    "716220001": "animal",
    "428197003": "insect",
    "160245001": "all",  # no current problems or disability
    "409586006": "all",  # complaint: none
    "787481004": "all",  # no known medications
    "416128008": "all",  # no drug therapy prescribed
}
_SNOMED_UNSURE = {
    "1631000175102": Absence.NOT_ASKED,  # patient not asked
    "443508001": Absence.NOT_ASKED,  # no information about
    "182904002": Absence.UNKNOWN,  # drug treatment unknown
}
_IPS = ("http://hl7.org/fhir/uv/ips/CodeSystem/absent-unknown-uv-ips", "urn:oid:2.16.840.1.113883.11.22.9")
_IPS_SCOPES = {
    "no-known-allergies": "all",
    "no-known-medication-allergies": "drug",
    "no-known-environmental-allergies": "environment",
    "no-known-food-allergies": "food",
    "no-known-problems": "all",
    "no-known-medications": "all",
    "no-known-procedures": "all",
    "no-known-devices": "all",
    "no-known-immunizations": "all",
}
_NOT_ASKED = words("not-asked NASK NAV")
_UNKNOWN = words("unknown asked-unknown temp-unknown asked-declined masked UNK ASKU NI MSK")
_OWN_CODES = words("NKA NKDA NKMA NKFA NKEA NKLA NO_KNOWN_ALLERGIES NoKnownAllergies no-known-allergy")
"""Codes of charts' own lists that mean the same everywhere, in capitals."""

_SHORT = {
    "nka": "all",
    "nkda": "drug",
    "nkma": "drug",
    "nkfa": "food",
    "nkea": "environment",
    "nkla": "latex",
    "nil known": "all",
    "none known": "all",
    "ninguna conocida": "all",
    "ninguno conocido": "all",
}
_OPENING = (
    r"(?:(?:the|el|la) )?(?:patient |pt |paciente )?(?:has |reports |denies |denies any |with |states )?"
    r"(?:no tiene|no hay|no es(?= alergic)|no|not|denies|negative for|without|sin|niega|ninguna?)\b"
    r"(?: (?:any|known|history of|documented|significant|active|current|reported|have|se (?:le )?conocen?|existen?"
    r"|presenta|refiere|reporta|tener|padece(?: de)?|sufre(?: de)?|historial de|antecedentes? de))*"
    r" (?P<about>[^,;.]*?)\b(?P<thing>"
)
_THINGS = {
    Section.ALLERGIES: (
        r"allerg(?:y|ies|ens?|ic)|sensitivit(?:y|ies)|alergias?|alergic[oa]s?"
        r"|adverse (?:drug )?reactions?|intolerances?|intolerancias?"
    ),
    Section.HEALTH_ISSUES: (
        r"problems?|health (?:issues|problems)|problemas(?: de salud)?|enfermedades|conditions?|diagnos[ei]s"
    ),
    Section.MEDICATIONS: r"medications?|medicines?|drugs?|medicamentos?|medicinas?",
    Section.PROCEDURES: r"procedures?|surger(?:y|ies)|procedimientos?|cirugias?",
    Section.IMPLANTS: r"implants?|devices?|implantes?|dispositivos?",
    Section.IMMUNIZATIONS: r"immunizations?|vaccinations?|vaccines?|vacunas?",
}
_NONE = {section: re.compile(rf"{_OPENING}{things})(?P<rest>(?: [^,;.]*)?)\.?") for section, things in _THINGS.items()}
_HEADED = re.compile(
    r"(?P<what>(?:[a-z]+ )?(?:allergies|allergy|alergias?)(?: (?:a|to) [a-z]+)?)(?: known| conocidas?)?\s*(?::| -|,)\s*"
    r"(?:no|none|nil|denies|denied|none known|no known|none reported|ningun[oa]|ningun[oa] conocid[oa]|no conocidas?"
    r"|no refiere|no tiene|no reporta|niega|negad[oa]s|negativ[oa]s)"
    r"|(?P<adjective>alergias(?: [a-z]+as)?) no conocidas"
)
"""What the words of a heading are denied by: "Drug allergies: none". "Alergias a medicinas no conocidas" may be to
medicines that nobody knows, and is left as a thing."""
_HEADING = re.compile(r"(?:known )?(?:allergies|allergy|alergias?)\s*(?::| -)\s*(?=\w)")
_UNDOCUMENTED = re.compile(r"\b(?:on file|recorded|documented|documentad[oa]s?|registrad[oa]s?)\b")
"""Nothing was written down: that is not "none"."""
_SCOPES = (
    (
        "drug",
        r"\b(?:drugs?|medications?|medicines?|medicamentos?|medicamentosas?|farmacos?|meds?|medicinas?|drogas?)\b",
    ),
    ("food", r"\b(?:foods?|alimentos?|alimentarias?|alimenticias?|comidas?)\b"),
    ("latex", r"\blatex\b"),
    ("contrast", r"\b(?:contrast|contraste|iodinated|iodine|yodo)\b"),
    ("environment", r"\b(?:environment(?:al)?|ambientales|ambiente|ambiental|seasonal|estacionales|pollen|polen)\b"),
    ("animal", r"\b(?:animals?|animales|pets?|mascotas)\b"),
    ("insect", r"\b(?:insects?|insectos|bee|abejas?)\b"),
)
_PLAIN = words(
    "any a an the los las la el of de del to al is are known conocida conocidas conocido conocidos reported or and "
    "ningun ninguna nor y ni o at this time actualmente have has se tener que s nka nkda nkfa"
)
"""What may stand around "allergies" without narrowing what it is said of."""
_NOT_ASKED_WORDS = re.compile(
    r"(?:allerg(?:y|ies)(?: status)? )?(?:not (?:asked|assessed|reviewed|on file|recorded|documented)|unassessed"
    r"|never asked|no se pregunto|sin preguntar|not yet asked|no preguntado|no allergy information"
    r"|no information(?: about| on)?(?: known)? allergies|no se ha preguntado)"
    r"(?: (?:about )?allerg(?:y|ies))?\.?"
)
_UNKNOWN_WORDS = re.compile(
    r"(?:allerg(?:y|ies)(?: status)? (?:is )?(?:unknown|not known)|unknown(?: allerg(?:y|ies))?"
    r"|unable to (?:assess|obtain)(?: allerg(?:y|ies))?|desconocid[oa]s?|alergias desconocidas|se desconoce)\.?"
)
_TAG = re.compile(r"\s*\((?:situation|finding|disorder|situacion|hallazgo)\)\s*$")
_ACCENTS = str.maketrans("áéíóúñü", "aeiounu")


def absence_of(concept: object, section: Section) -> tuple[Absence | None, str]:
    """Return what a CodeableConcept documents the absence of, and its scope; (None, "") when it names a thing.

    The scope is "all" of the section, or for allergies one or several, with a space between, of "drug", "food",
    "environment", "latex", "contrast", "animal", "insect". An absence whose scope is not understood is none here: it
    would contradict nothing and hide something.
    """
    by_code = _by_code(concept)
    if by_code[0] is not None:
        return by_code
    for part in items(concept):
        texts = [line(part.get("text")), *(line(coding.get("display")) for coding in codings(part))]
        for text in texts:
            by_words = _by_words(text, section) if text else (None, "")
            if by_words[0] is not None:
                return by_words
    if concept and not codings(concept) and not any(line(part.get("text")) for part in items(concept)):
        return _by_reason(concept)
    return None, ""


def _by_code(concept: object) -> tuple[Absence | None, str]:
    for coding in codings(concept):
        system, code = uri(coding.get("system")), word(coding.get("code"))
        if system in (SNOMED, "urn:oid:2.16.840.1.113883.6.96"):
            if code in _SNOMED_SCOPES:
                return Absence.NONE, _SNOMED_SCOPES[code]
            if code in _SNOMED_UNSURE:
                return _SNOMED_UNSURE[code], "all"
        elif code in _IPS_SCOPES and (system in _IPS or not system):
            return Absence.NONE, _IPS_SCOPES[code]
        elif system in _IPS and code.endswith("-info"):
            return Absence.NOT_ASKED, "all"
        elif code in _OWN_CODES:
            return Absence.NONE, _SHORT.get(code.casefold(), "all")
    return None, ""


def _by_reason(concept: object) -> tuple[Absence | None, str]:
    """Null flavors and data-absent-reasons in the place of a code, with no word beside them."""
    for coding in codings(concept, absent=True):
        code = word(coding.get("code"))
        if code in _NOT_ASKED:
            return Absence.NOT_ASKED, "all"
        if code in _UNKNOWN:
            return Absence.UNKNOWN, "all"
    return None, ""


@lru_cache(maxsize=4096)
def _by_words(text: str, section: Section) -> tuple[Absence | None, str]:
    allergies = section is Section.ALLERGIES
    folded = _TAG.sub("", " ".join(text.casefold().translate(_ACCENTS).replace("*", " ").split())).strip(" .-")
    if allergies and folded in _SHORT:
        return Absence.NONE, _SHORT[folded]
    if _NOT_ASKED_WORDS.fullmatch(folded):
        return Absence.NOT_ASKED, "all"
    if _UNKNOWN_WORDS.fullmatch(folded) and (allergies or not folded.startswith("unknown")):
        return Absence.UNKNOWN, "all"
    if allergies:
        heading, headed = _HEADING.match(folded), _HEADED.fullmatch(folded)
        under_it = _by_words(folded[heading.end() :], section) if heading else (None, "")
        if under_it[0] is not None:
            return under_it
        folded = f"no {headed['what'] or headed['adjective']}" if headed else folded
    return _denied(folded, section)


def _denied(folded: str, section: Section) -> tuple[Absence | None, str]:
    """Return the scope of a sentence that denies what a section is of: "no known allergies to medications"."""
    pattern = _NONE.get(section)
    match = pattern.fullmatch(folded) if pattern else None
    if match is None:
        return None, ""
    if _UNDOCUMENTED.search(folded):
        return Absence.UNKNOWN, "all"
    about = f"{match['about']} {match['rest']}".strip()
    if section is not Section.ALLERGIES:
        return (Absence.NONE, "all") if _is_plain(about) else (None, "")
    if match["thing"].startswith("adverse drug"):
        about = f"drug {about}"
    scopes = [scope for scope, words_for in _SCOPES if re.search(words_for, about)]
    for _scope, words_for in _SCOPES:
        about = re.sub(words_for, "", about)
    if not _is_plain(about):
        return None, ""
    return Absence.NONE, " ".join(scopes) or "all"


def _is_plain(text: str) -> bool:
    return all(part in _PLAIN for part in re.findall(r"[^\s/()-]+", text))
