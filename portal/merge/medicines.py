"""A medicine as ingredient, strength, form and release, read exactly from RxNorm's way of writing names.

RxNorm's semantic clinical drug is "Ingredient Strength Dose-form" ("24 HR Metformin hydrochloride 500 MG Extended
Release Oral Tablet"; RxNorm Technical Documentation, §3). Salts and brand words go by the tables below and nothing
else: a name that is not understood completely gives only its exact text.
"""

import re
from collections import defaultdict

import msgspec

from portal.domain.entry import Entry, Medication, Status
from portal.merge.grouping import Bond
from portal.merge.text import number, plain

_SALTS = frozenset({
    "hydrochloride", "hcl", "sodium", "potassium", "calcium", "magnesium", "sulfate", "tartrate", "succinate",
    "maleate", "besylate", "mesylate", "acetate", "phosphate", "fumarate", "citrate", "bromide", "hydrobromide",
    "nitrate", "propionate", "furoate", "dipropionate", "valerate", "monohydrate", "anhydrous", "dihydrate",
    "trihydrate", "hemihydrate", "medoxomil", "axetil", "proxetil", "etexilate", "bitartrate", "disodium",
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
_SAME_INGREDIENT = {"paracetamol": "acetaminophen", "salbutamol": "albuterol", "acetylsalicylic acid": "aspirin"}

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
_FILLERS = frozenset(
    {"release", "coated", "film", "dose", "metered", "of", "for", "oral", "product", "pack", "usp", "mouth"}
)

_STRENGTH = re.compile(
    r"(\d+(?:\.\d+)?(?:-\d+(?:\.\d+)?)?)\s*(mg|mcg|ug|g|meq|unt|units?|iu|ml|%|mmol|actuat)"
    r"(?:\s*/\s*(\d+(?:\.\d+)?)?\s*(ml|mg|g|hr|h|actuat|puff|l))?(?![a-z])"
)
_UNITS = {"ug": "mcg", "unit": "unt", "units": "unt", "iu": "unt", "h": "hr", "puff": "actuat"}
_BRACKETS = re.compile(r"\[[^\]]*\]|\([^)]*\)")
_HOURS = re.compile(r"\b(12|24)\s*(?:hr|hour)\b")
_LEAD_VOLUME = re.compile(r"^\s*\d+(?:\.\d+)?\s*(?:ml|actuat)\s+")


class Product(msgspec.Struct, frozen=True):
    """What a name says. Empty where it says nothing; ``release`` is "ir" unless the name says otherwise."""

    ingredient: str
    strength: str
    form: str
    route: str
    release: str


def read_product(text: str) -> Product | None:
    """The product a name describes, or None when one of its words is not understood or it has no strength."""
    lowered = text.casefold().replace(",", "")
    lowered = _LEAD_VOLUME.sub("", _HOURS.sub(r"\1hr", lowered))
    lowered = _BRACKETS.sub(" ", lowered)
    parts = [part.strip() for part in re.split(r"\s+/\s+", lowered)]
    ingredients: list[str] = []
    strengths: list[str] = []
    form = route = ""
    release = "ir"
    for part in parts:
        found = [_strength(match) for match in _STRENGTH.finditer(part)]
        if not found:
            return None
        name_words: list[str] = []
        for word in plain(_STRENGTH.sub(" ", part)).split():
            if word in _RELEASE:
                release = _RELEASE[word]
            elif word in _FORMS:
                form = form or _FORMS[word]
            elif word in _ROUTES:
                route = route or _ROUTES[word]
            elif word not in _FILLERS:
                name_words.append(word)
        ingredient = ingredient_of(" ".join(name_words))
        if not ingredient:
            return None
        ingredients.append(ingredient)
        strengths.append("+".join(found))
    pairs = sorted(zip(ingredients, strengths, strict=True))
    return Product("/".join(one for one, _ in pairs), "/".join(one for _, one in pairs), form, route, release)


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
    unit = _UNITS.get(unit, unit)
    if "-" not in amount:
        amount = number(amount)
        if unit == "g" and not per_unit:
            amount, unit = number(str(float(amount) * 1000)), "mg"
        elif unit == "mcg" and not per_unit and float(amount) >= 1000:
            amount, unit = number(str(float(amount) / 1000)), "mg"
    if not per_unit:
        return f"{amount}{unit}"
    return f"{amount}{unit}/{number(per) if per else '1'}{_UNITS.get(per_unit, per_unit)}"


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
            keys.append((Bond.SAME, f"product|{what}|{product.strength}|{form}"))
            traits["form"].add(form)
        keys.append((Bond.CODE, f"strength|{what}|{product.strength}"))
        traits["strength"].add(product.strength)
        if entry.status is Status.ACTIVE:
            keys.append((Bond.RIVAL, f"ingredient|{what}"))
    else:
        for system, code in codes:
            if system == "rxnorm":
                traits[system].add(code)
        keys.append((Bond.TEXT, f"text|{plain(entry.title)}"))
    return keys, traits


def _form_of(text: str) -> str:
    return next((_FORMS[word] for word in plain(text).split() if word in _FORMS), "")
