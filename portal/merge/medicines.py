"""A medicine as ingredient, strength, form and release, read exactly from RxNorm's way of writing names.

RxNorm's semantic clinical drug is "Ingredient Strength Dose-form" ("24 HR Metformin hydrochloride 500 MG Extended
Release Oral Tablet"; RxNorm Technical Documentation, §3). Salts and brand words go by the tables below and nothing
else: a name that is not understood completely gives only its exact text.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache

import msgspec

from portal.domain.entry import Entry, Medication, Status
from portal.merge.grouping import Bond
from portal.merge.text import number, plain

_SALTS = frozenset({
    "hydrochloride", "hcl", "sodium", "potassium", "calcium", "magnesium", "sulfate", "tartrate", "succinate",
    "maleate", "besylate", "mesylate", "acetate", "phosphate", "fumarate", "citrate", "bromide", "hydrobromide",
    "nitrate", "propionate", "furoate", "dipropionate", "valerate", "monohydrate", "anhydrous", "dihydrate",
    "trihydrate", "hemihydrate", "oxalate", "pamoate", "lactate", "medoxomil", "axetil", "proxetil", "etexilate",
    "bitartrate", "disodium",
})  # fmt: skip
_SALT_IS_DRUG = frozenset({"sodium", "potassium", "calcium", "magnesium", "phosphate", "citrate", "sulfate", "acetate"})
"""Salts that are the medicine itself in names such as "potassium chloride" or "calcium citrate"."""

_BRANDS = {
    "glucophage": "metformin",
    "fortamet": "metformin",
    "prinivil": "lisinopril",
    "zestril": "lisinopril",
    "lipitor": "atorvastatin",
    "zocor": "simvastatin",
    "crestor": "rosuvastatin",
    "norvasc": "amlodipine",
    "cozaar": "losartan",
    "diovan": "valsartan",
    "lasix": "furosemide",
    "synthroid": "levothyroxine",
    "levoxyl": "levothyroxine",
    "coumadin": "warfarin",
    "jantoven": "warfarin",
    "plavix": "clopidogrel",
    "eliquis": "apixaban",
    "xarelto": "rivaroxaban",
    "ventolin": "albuterol",
    "proair": "albuterol",
    "proventil": "albuterol",
    "flovent": "fluticasone",
    "singulair": "montelukast",
    "tylenol": "acetaminophen",
    "advil": "ibuprofen",
    "motrin": "ibuprofen",
    "aleve": "naproxen",
    "prilosec": "omeprazole",
    "protonix": "pantoprazole",
    "nexium": "esomeprazole",
    "zoloft": "sertraline",
    "lexapro": "escitalopram",
    "prozac": "fluoxetine",
    "neurontin": "gabapentin",
    "lantus": "insulin glargine",
    "amoxil": "amoxicillin",
    "zithromax": "azithromycin",
    "toprol": "metoprolol",
    "lopressor": "metoprolol",
    "jardiance": "empagliflozin",
}
_SAME_INGREDIENT = {
    "paracetamol": "acetaminophen",
    "salbutamol": "albuterol",
    "acetylsalicylic acid": "aspirin",
    "hctz": "hydrochlorothiazide",
    "vitamin d3": "cholecalciferol",
}

_FORMS = {
    "tablet": "tablet", "tablets": "tablet", "tab": "tablet", "tabs": "tablet", "pill": "tablet",
    "capsule": "capsule", "capsules": "capsule", "cap": "capsule", "caps": "capsule",
    "solution": "solution", "suspension": "suspension", "syrup": "solution", "elixir": "solution",
    "cream": "cream", "ointment": "ointment", "gel": "gel", "lotion": "lotion", "patch": "patch",
    "inhaler": "inhaler", "hfa": "inhaler", "spray": "spray", "drops": "drops", "suppository": "suppository",
    "injection": "injection", "injectable": "injection", "prefilled": "injection", "syringe": "injection",
    "auto-injector": "injection", "pen": "injection", "powder": "powder", "implant": "implant", "foam": "foam",
}  # fmt: skip
_ROUTES = {
    "oral": "oral", "mouth": "oral", "chewable": "oral", "disintegrating": "oral", "sublingual": "sublingual",
    "topical": "topical", "ophthalmic": "eye", "otic": "ear", "nasal": "nose", "inhalation": "lung",
    "metered": "lung", "rectal": "rectal", "vaginal": "vaginal", "transdermal": "skin", "dose": "",
}  # fmt: skip
_RELEASE = {
    "extended": "er", "er": "er", "xr": "er", "xl": "er", "sr": "er", "cr": "er", "sustained": "er", "la": "er",
    "24hr": "er", "12hr": "er", "delayed": "dr", "dr": "dr", "ec": "dr", "enteric": "dr",
}  # fmt: skip
_HOURS_OF = {"24hr": "24", "xl": "24", "xr": "24", "12hr": "12", "sr": "12"}
_FILLERS = frozenset(
    {"release", "coated", "film", "dose", "metered", "of", "for", "oral", "product", "pack", "usp", "mouth"}
)

_STRENGTH = re.compile(
    r"(\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)*)\s*(mg|mcg|ug|g|meq|unt|units?|iu|ml|%|mmol|actuat)"
    r"(?:\s*/\s*(\d+(?:\.\d+)?)?\s*(ml|mg|g|hr|h|actuation|actuat|puff|l))?(?![a-z])"
)
_UNITS = {"ug": "mcg", "unit": "unt", "units": "unt", "iu": "unt", "h": "hr", "puff": "actuat", "actuation": "actuat"}
_MICROGRAMS = {"mcg": Decimal(1), "mg": Decimal(1000), "g": Decimal(1_000_000)}
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)")
_HOURS = re.compile(r"\b(12|24)\s*(?:hr|hour)\b")
_LEAD = re.compile(r"^\s*(?:nda\d+\s+)?(?:\d+(?:\.\d+)?\s*(?:ml|actuat)\s+)?")  # RxNorm's quantity factor


class Product(msgspec.Struct, frozen=True):
    """What a name says, empty where it says nothing.

    ``strength`` is in one unit whatever was written (micrograms; per 1 mL), ``shown`` as it was written; ``release`` is
    "ir" unless the name says otherwise, ``hours`` how long a dose is released.
    """

    ingredient: str
    strength: str
    shown: str
    form: str
    route: str
    release: str
    hours: str


@lru_cache(maxsize=4096)
def read_product(text: str) -> Product | None:
    """The product a name describes, or None when it has no strength or no ingredient."""
    lowered = _LEAD.sub("", _HOURS.sub(r"\1hr", text.casefold().replace(",", " ")))
    words = _Words()
    for bracket in _BRACKETS.findall(lowered):
        words.release_of(plain(bracket))
    found: list[tuple[str, str, str]] = []
    for part in re.split(r"\s+/\s+", _BRACKETS.sub(" ", lowered)):
        strengths = list(_STRENGTH.finditer(part))
        if not strengths:
            return None
        name = words.rest_of(_STRENGTH.sub(" ", part))
        found += _dashed(name, strengths) or [
            (ingredient_of(plain(name)), "+".join(map(_strength, strengths)), "+".join(map(_shown, strengths)))
        ]
    if not all(ingredient for ingredient, _, _ in found):
        return None
    found.sort()
    ingredient, strength, shown = (" / ".join(parts) for parts in zip(*found, strict=True))
    return Product(ingredient, strength, shown, words.form, words.route, words.release, words.hours)


class _Words:
    """Form, route and release, picked out of a name; what is left is the ingredient."""

    def __init__(self) -> None:
        self.form = self.route = self.hours = ""
        self.release = "ir"

    def release_of(self, text: str) -> None:
        for word in text.split():
            if word in _RELEASE:
                self.release = _RELEASE[word]
                self.hours = _HOURS_OF.get(word, self.hours)

    def rest_of(self, text: str) -> str:
        rest: list[str] = []
        for written in text.split():
            word = plain(written)
            if word in _RELEASE:
                self.release_of(word)
            elif word in _FORMS:
                self.form = self.form or _FORMS[word]
            elif word in _ROUTES:
                self.route = self.route or _ROUTES[word]
            elif word and word not in _FILLERS:
                rest.append(written)
        return " ".join(rest)


def _dashed(name: str, strengths: Sequence[re.Match[str]]) -> list[tuple[str, str, str]] | None:
    """ "lisinopril-hydrochlorothiazide 10-12.5 mg": as many names as amounts."""
    if len(strengths) != 1 or "-" not in strengths[0][1]:
        return None
    names, amounts, unit = name.split("-"), strengths[0][1].split("-"), strengths[0][2]
    if len(names) != len(amounts):
        return None
    return [
        (ingredient_of(plain(one)), _amount(amount, unit), f"{amount} {unit}")
        for one, amount in zip(names, amounts, strict=True)
    ]


def ingredient_of(words: str) -> str:
    """The ingredient without its salt, and a brand as what is in it."""
    words = _SAME_INGREDIENT.get(words, words)
    if words in _BRANDS:
        return _BRANDS[words]
    kept = [word for word in words.split() if word not in _SALTS]
    if not kept or kept[0] == "chloride" or words.split()[0] in _SALT_IS_DRUG:
        return words
    kept = [_BRANDS[word] if word in _BRANDS and len(kept) == 1 else word for word in kept]
    return _SAME_INGREDIENT.get(" ".join(kept), " ".join(kept))


def _strength(match: re.Match[str]) -> str:
    amount, unit, per, per_unit = match.groups()
    if "-" in amount:
        return f"{amount}{unit}"
    if not per_unit:
        return _amount(amount, unit)
    if per and Decimal(per):
        amount = str(Decimal(amount) / Decimal(per))
    return f"{_amount(amount, unit)}/{_UNITS.get(per_unit, per_unit)}"


def strength_in(shown: str) -> str:
    """A strength as it was written ("0.05 mg / 12.5 mg") in the one unit in which strengths are compared."""
    return " / ".join("+".join(map(_strength, _STRENGTH.finditer(part))) or part for part in shown.split(" / "))


def _amount(amount: str, unit: str) -> str:
    unit = _UNITS.get(unit, unit)
    if unit in _MICROGRAMS:
        amount, unit = str(Decimal(amount) * _MICROGRAMS[unit]), "mcg"
    return f"{number(amount)}{unit}"


def _shown(match: re.Match[str]) -> str:
    amount, unit, per, per_unit = match.groups()
    return f"{amount} {unit}" + (f"/{per or ''}{' ' if per else ''}{per_unit}" if per_unit else "")


def products(entry: Entry) -> tuple[Product, ...]:
    """What the title and the displays of the codes say, most telling first, each ingredient and strength once."""
    texts = [code.display for code in entry.codes if "rxnorm" in code.system] + [entry.title]
    texts += [code.display for code in entry.codes if "rxnorm" not in code.system]
    found: dict[tuple[str, str], Product] = {}
    for text in texts:
        product = read_product(text) if text else None
        if product:
            known = found.get((product.ingredient, product.strength))
            if known is None or (not known.form and product.form):
                found[product.ingredient, product.strength] = product
    return tuple(found.values())


def medication_marks(entry: Entry, codes: list[tuple[str, str]]) -> tuple[list[tuple[Bond, str]], dict[str, set[str]]]:
    """Keys and traits of a medication entry.

    The dose that is taken is no part of the key: the same product with another dosage is one row that disagrees. The
    same ingredient in another strength, active at two organizations, is one row too (``Bond.RIVAL``), unless one of
    them documents both strengths itself: then they are two products taken side by side.
    """
    keys: list[tuple[Bond, str]] = []
    traits: dict[str, set[str]] = defaultdict(set)
    for system, code in codes:
        if system in ("rxnorm", "ndc", "snomed"):
            keys.append((Bond.SAME, f"{system}|{code}"))
    read = products(entry)
    if len(read) == 1:
        product = read[0]
        detail = entry.detail
        form = product.form or (_form_of(detail.form) if isinstance(detail, Medication) else "")
        what = f"{product.ingredient}|{product.release}"
        if form:
            keys.append((Bond.CODE, f"product|{what}|{product.strength}|{form}"))
        keys.append((Bond.CODE, f"strength|{what}|{product.strength}"))
        if entry.status is Status.ACTIVE:
            keys.append((Bond.RIVAL, f"ingredient|{what}"))
        said = {"form": form, "route": product.route, "hours": product.hours, "strength": product.strength}
        for trait, value in said.items():
            if value:
                traits[trait].add(value)
    else:
        for system, code in codes:
            if system == "rxnorm":
                traits[system].add(code)
        keys.append((Bond.TEXT, f"text|{plain(entry.title)}"))
    return keys, traits


def _form_of(text: str) -> str:
    return next((_FORMS[word] for word in plain(text).split() if word in _FORMS), "")
