"""Where and how a vaccine was given and who made it, made comparable: codes, abbreviations, words of two languages."""

import re
from collections.abc import Mapping
from functools import lru_cache

from portal.merge.medications.drug_forms import ROUTES
from portal.merge.words.concepts import read_concept
from portal.merge.words.text import plain, synonyms, word_set

_SITES: Mapping[str, str] = {
    "la": "left arm", "ra": "right arm", "ld": "left deltoid", "rd": "right deltoid", "lt": "left thigh",
    "rt": "right thigh", "lg": "left gluteus", "rg": "right gluteus", "lvl": "left thigh", "rvl": "right thigh",
    "lua": "left arm", "rua": "right arm", "llfa": "left forearm", "rlfa": "right forearm", "lfa": "left forearm",
    "rfa": "right forearm", "lut": "left thigh", "rut": "right thigh", "lmt": "left thigh", "rmt": "right thigh",
    "lalt": "left thigh", "ralt": "right thigh", "ldelt": "left deltoid", "rdelt": "right deltoid",
    "snomed ct 368208006": "left arm", "snomed ct 368209003": "right arm",
    "lvg": "left gluteus", "rvg": "right gluteus", "lb": "left gluteus", "rb": "right gluteus",
}  # fmt: skip
"""Abbreviations of HL7 v2 table 0163 (administrative site) and of immunization registries."""

_PARTS: Mapping[str, str] = synonyms("""
deltoid, deltoids, delt, upper arm, arm, arms, brazo, deltoides, triceps, upper extremity, upper limb: arm
forearm, lower forearm, lower arm, volar, antebrazo: forearm
thigh, thighs, vastus lateralis, quadriceps, anterolateral, muslo, upper leg, leg, pierna: thigh
gluteus, gluteal, gluteus medius, gluteus maximus, buttock, buttocks, ventrogluteal, dorsogluteal, ventragluteal, nalga, gluteo: buttock
mouth, oral, boca: mouth
nose, nasal, intranasal, nostril, nostrils, nares, nariz: nose
""")  # noqa: E501 (a table is read line by line)


_UNSAID = frozenset(["unknown", "other", "not specified", "unspecified", "not recorded", "unk", "n a", "999"])


def site_of(text: str) -> tuple[str, str]:
    """Return the side and the part of the body; words that no table has stand for the part."""
    written = plain(text).removeprefix("hl7 ")
    written = "" if written in _UNSAID else _SITES.get(written, written)
    concept = read_concept(written)
    padded = f" {written} "
    known = [part for name, part in _PARTS.items() if f" {name} " in padded]
    part = "forearm" if "forearm" in known else known[0] if known else " ".join(concept.words)
    return concept.side, part


def same_site(left: tuple[str, str], right: tuple[str, str]) -> bool:
    """Tell whether two sites agree: what one leaves unsaid does."""
    return all(part == other or not part or not other for part, other in zip(left, right, strict=True))


def route_of(text: str) -> str:
    """Return the route by its name of ``drug_forms``; other words as they are."""
    written = plain(text)
    words = [_ROUTES.get(word, word) for word in written.split()]
    for length in (3, 2, 1):
        for start in range(len(words) - length + 1):
            route = ROUTES.get(" ".join(words[start : start + length]))
            if route:
                return route
    return "" if written in _UNSAID else " ".join(words)


_ROUTES = {
    "id": "intradermal", "ns": "nasal", "in": "nasal", "subcut": "subcutaneous", "subcutanea": "subcutaneous",
    "intramuscularmente": "intramuscular", "imi": "intramuscular", "c28161": "intramuscular",
    "c38299": "subcutaneous", "c38284": "nasal", "c38288": "oral", "c38238": "intradermal", "c38276": "intravenous",
    "78421000": "intramuscular", "34206005": "subcutaneous", "26643006": "oral", "46713006": "nasal",
    "372464004": "intradermal", "47625008": "intravenous",
}  # fmt: skip
"""Further abbreviations, and codes of NCIt (CDC, HL7 v2 implementation guide) and SNOMED CT without words."""

_MAKERS: Mapping[str, str] = synonyms("""
msd, merck sharp dohme, merck sharp and dohme, merck sharp dohme llc: merck
gsk, skb, glaxo, glaxo smith kline, glaxosmithkline, smithkline beecham, smithkline, id biomedical: glaxosmithkline
pmc, sanofi pasteur, aventis pasteur, connaught, pasteur merieux connaught, pasteur merieux: sanofi
pfr, wal, wyeth, wyeth ayerst, wyeth lederle, lederle, pfizer wyeth: pfizer
mod, modernatx, moderna tx, moderna: moderna
jsn, jnj, janssen, johnson johnson, johnson and johnson: johnson johnson
seq, csl, csl seqirus, seqirus, biocsl: seqirus
med, medimmune, astrazeneca, astra zeneca: astrazeneca
nvx, novavax: novavax
dvx, dvc, dynavax, dynavax technologies: dynavax
bn, bav, bavarian nordic: bavarian nordic
val, valneva: valneva
""")
"""Makers by their names, their parts of names and the codes of CDC's MVX table."""
_FIRM = word_set("""
inc llc lp ltd co corp corporation company products biologicals biologics sa s a ag gmbh nv bv plc vaccines vaccine
usa us the and of pharmaceuticals pharmaceutical pharma pharms pharm labs laboratories limited group international
biotech biontech
""")


@lru_cache(maxsize=1024)
def maker(name: str) -> str:
    """Return a maker without its legal form, its words sorted."""
    written = plain(name).removeprefix("mvx ")
    words = " ".join(word for word in written.split() if word not in _FIRM or word == "and")
    words = _MAKERS.get(words, words)
    for known, short in _MAKERS.items():
        if len(known) > len("csl") and known in words:
            words = re.sub(rf"\b{known}\b", short, words)
    return " ".join(sorted(set(words.split()) - {"and"}))


_BRANDS: Mapping[str, str] = {
    brand: firm
    for firm, brands in {
        "sanofi": "fluzone flublok adacel daptacel pentacel quadracel menactra menquadfi imovax typhim ipol tenivac",
        "seqirus": "afluria flucelvax fluad",
        "glaxosmithkline": "fluarix flulaval havrix engerix boostrix infanrix pediarix kinrix cervarix shingrix menveo"
        " bexsero rotarix priorix arexvy twinrix hiberix",
        "astrazeneca": "flumist",
        "merck": "vaqta recombivax gardasil zostavax pneumovax rotateq varivax proquad vaxneuvance pedvaxhib",
        "pfizer": "prevnar trumenba comirnaty abrysvo nimenrix",
        "moderna": "spikevax mresvia",
        "dynavax": "heplisav",
        "novavax": "nuvaxovid",
        "valneva": "ixiaro",
    }.items()
    for brand in brands.split()
}


def brand_maker(title: str) -> str:
    """Return who makes the brand that the name of a vaccine says, as ``maker`` does; empty for none or several."""
    firms = {_BRANDS[word] for word in plain(title).split() if word in _BRANDS}
    return firms.pop() if len(firms) == 1 else ""


def dose_number(text: str) -> str:
    """Return the number of a dose: "Dose 2", "2 of 3" and "2nd" are 2; words without a number as they are."""
    folded = plain(text)
    if folded in _UNSAID:
        return ""
    if _BOOSTER.search(folded):
        return "booster"
    number = re.search(r"\d+", folded)
    if number:
        return number[0].lstrip("0") or "0"
    return next((number for word, number in _ORDINALS.items() if word in folded.split()), folded)


_BESIDE_A_LOT = re.compile(
    r"(?<=\d) (?:(?:given|in|on|the|im|en|el) )*"
    r"(?:l|r|lt|rt|left|right|brazo|deltoides|muslo) ?(?:arm|deltoid|thigh|izq\w*|der\w*)?$"
)


def lot(text: str) -> str:
    """Return a lot's signs without blanks, dashes, the word itself and a date of expiry or a side beside it."""
    written = re.sub(r"\b(?:lot|lote|batch)\b(?: (?:number|no|num|nbr)\b)?|\bexp\w*\b.*", " ", plain(text))
    written = _BESIDE_A_LOT.sub("", written)
    return written.replace(" ", "")


_BOOSTER = re.compile(r"\bbooster\b(?! \d)|^b$|\brefuerzo\b(?! \d)")
_ORDINALS = {
    "i": "1", "ii": "2", "iii": "3", "iv": "4",
    "first": "1", "one": "1", "primera": "1", "second": "2", "two": "2", "segunda": "2", "third": "3", "three": "3",
    "tercera": "3", "fourth": "4", "four": "4", "fifth": "5", "five": "5",
}  # fmt: skip
