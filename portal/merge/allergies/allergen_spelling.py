"""One spelling of an allergen's name: product words and salts go, English, Spanish and INN spellings meet.

Drugs have Latin and Greek names, which English and Spanish spell by rule: ph and f, y and i, th and t, double letters,
the last vowel. Folding these joins "penicilina", "peniccilin" and "penicillin" and no two drugs of the tables
(``tests/unit/merge/test_allergens.py`` holds that). Vowels taken for others are explicit patterns, family by family.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from portal.merge.allergies.allergen_names import ABOUT_CONTRAST, ALLERGENS, CONTRAST, IODINE
from portal.merge.medications.drug_brands import BRANDS, ingredients_of
from portal.merge.medications.drug_names import BASES, INGREDIENTS, SALTS
from portal.merge.words.text import word_set

_C_BEFORE = re.compile(r"ch(?=[lr])")
_DIPHTHONG = re.compile(r"[ao]e(?=[a-z]{3})")
_DOUBLE = re.compile(r"([a-z])\1")
_LAST_OE = re.compile(r"(?<=[a-z]{3}o)e$")
_LAST_VOWEL = re.compile(r"(?<=[a-z]{4}[bcdflmnprt])[aeo]$")

_SLIPS = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"p[ei]n+[aei]c+[aeiy]l+[aei]+n\w?", "penicillin"),
        (r"a[mn]ox+[aeiy]c+[aeiy]l+[aei]+n\w?", "amoxicillin"),
        (r"amp[aeiy]c+[aeiy]l+[aei]+n\w?", "ampicillin"),
        (r"[ck]e(?:ph|f)[ao]l[aei]x[aei]+n", "cephalexin"),
        (r"az[aeiy]t?h?r[aeo]m[aeiy]+[cs][aeiy]+n", "azithromycin"),
        (r"er[aeiy]th?r[aeo]m[aeiy]+[cs][aeiy]+n", "erythromycin"),
        (r"cl[aeiy]nd[aeio]m[aeiy]+[cs][aeiy]+n", "clindamycin"),
        (r"v[ae]nc[aeo]m[aeiy]+[cs][aeiy]+n", "vancomycin"),
        (r"c[iy]pr[aeo]fl[ao]x[aei]?c?[aeiy]n", "ciprofloxacin"),
        (r"l[ei]v[aeo]fl[ao]x[aei]?c?[aeiy]n", "levofloxacin"),
        (r"tetr[aeio]c[iy]cl[aeiy]+ne?", "tetracycline"),
        (r"dox[aeiy]c[iy]cl[aeiy]+ne?", "doxycycline"),
        (r"h[iy]dr[aeo]c[aeo]d[aeio]?ne?", "hydrocodone"),
        (r"ox[aeiy]c[aeo]d[aeio]?ne?", "oxycodone"),
        (r"c[aou]d[aei]+ne?", "codeine"),
        (r"m[ao]r(?:ph|f)[aei]+ne?", "morphine"),
        (r"ib[iu]pr[aeo](?:ph|f)[aeiu]n", "ibuprofen"),
        (r"n[aei]pr[aeo]x[aei]n", "naproxen"),
        (r"a[cs]+[ei]t[aeiou]m[aei]+n[aeo](?:ph|f)[aei]n", "acetaminophen"),
        (r"asp[aeiu]r[aei]ne?", "aspirin"),
        (r"l[iy]s[aei]n[aeo]pr[aeiy]l+", "lisinopril"),
        (r"tr[ae]m[aeio]d[aeo]l+", "tramadol"),
        (r"m[ei]tr[aeo]n[aei]d[aeo]z[aeo]le?", "metronidazole"),
        (r"nitr[aeo]f[eu]r[ae]nt[aeio]+n", "nitrofurantoin"),
        (r"[ck]et[aeo]r[aeo]l[aeo]c", "ketorolac"),
    )
)

_ANY_SLIP = re.compile("|".join(f"({pattern.pattern})" for pattern, _name in _SLIPS))

_PRODUCT = word_set("""
tablet tablets tab tabs capsule capsules cap caps injection injectable suspension bulk powder syrup
oral ds es ec er xr base
""")
_FURTHER_SALTS = SALTS | {"zinc"}
_STRENGTH = re.compile(
    r"\b\d+(?:\.\d+)?\s*[/-]\s*\d+(?:\.\d+)?\b(?:\s*mg\b)?"
    r"|\b\d+(?:\.\d+)?\s*(?:mg|mcg|g|ml|units?|%)(?:\s*/\s*(?:\d+(?:\.\d+)?\s*)?(?:ml|mg|g))?(?![a-z])"
)


def without_product(text: str) -> str:
    """Leave out strength and form: an allergy is to the substance ("lisinopril 10 mg tablet")."""
    return _STRENGTH.sub(" ", text)


def without_salt(words: list[str]) -> list[str]:
    """Leave out forms and the salts after a name; of a salt that is the substance (potassium chloride) nothing."""
    named = [word for word in words if word not in _PRODUCT] or words
    if named[0] in BASES:
        return named
    return [named[0], *(word for word in named[1:] if word not in _FURTHER_SALTS)]


_NO_NAME = 3  # letters: of what is so short each counts


def spelling(word: str) -> str:
    """Return a word in the spelling that English, Spanish and slips of the pen share; "ii" is a number."""
    if len(word) <= _NO_NAME:
        return word
    word = word.replace("ph", "f")
    if "ch" in word:
        word = _C_BEFORE.sub("c", word)
    word = word.replace("th", "t")
    if "ae" in word or "oe" in word:
        word = _DIPHTHONG.sub("e", word)
    word = _DOUBLE.sub(r"\1", word.replace("y", "i"))
    if "oe" in word:
        word = _LAST_OE.sub("", word)
    return _LAST_VOWEL.sub("", word)


@cache
def names_of_tables() -> frozenset[str]:
    """Return the names of the tables: each is the only one of its spelling."""
    brands = {part for meaning in BRANDS.values() for part in ingredients_of(meaning)}
    parts = {part for name in ALLERGENS.values() for part in (name, *name.split(" + "))}
    return frozenset({*parts, *INGREDIENTS.values(), *brands, *(name for _pattern, name in _SLIPS)})


@cache
def spellings() -> Mapping[str, str]:
    """Return the names of the tables by their shared spelling."""
    shared = {_shared(name): name for name in sorted(names_of_tables())}
    return {" ".join(sorted(key.split())): name for key, name in shared.items()} | shared


def recognised(name: str) -> str:
    """Return the name of the tables that this is a spelling of; empty for none."""
    if name in names_of_tables():
        return name
    slip = _ANY_SLIP.fullmatch(name) if " " not in name else None
    return _SLIPS[slip.lastindex - 1][1] if slip and slip.lastindex else spellings().get(_shared(name), "")


_LEAST_LETTERS = 7


@lru_cache(maxsize=4096)
def one_letter_off(name: str) -> tuple[str, ...]:
    """Return the names of the tables that a long name which none has is one letter away from: "metformn"."""
    if len(name) < _LEAST_LETTERS or not name.isalpha() or recognised(name):
        return ()
    return tuple(
        right
        for right in spellings().values()
        if right[0] == name[0] and abs(len(right) - len(name)) <= 1 and _one_letter_off(name, right)
    )


def _one_letter_off(name: str, right: str) -> bool:
    place = next((at for at, (left, other) in enumerate(zip(name, right, strict=False)) if left != other), -1)
    rests = {
        (name[place + 1 :], right[place:]),
        (name[place:], right[place + 1 :]),
        (name[place + 1 :], right[place + 1 :]),
    }
    return any(left == other for left, other in rests)


def spelled(name: str) -> str:
    """Return the name of the tables that this is a spelling of; else the shared spelling itself."""
    return recognised(name) or _shared(name)


def _shared(name: str) -> str:
    return " ".join(map(spelling, name.split()))


def by_name(name: str) -> bool:
    """Tell whether the tables have a name."""
    return all(spellings().get(_shared(part)) == part for part in name.split(" + "))


def shared_spelling(name: str) -> str:
    """Return a name of the tables in the spelling in which what is in none of them is compared."""
    return _shared(name)


def iodinated(words: Sequence[str]) -> str:
    """Return what contrast agents with iodine are called, in whatever words: "IV dye, iodine containing contrast"."""
    listed = set(words)
    told = listed <= ABOUT_CONTRAST and listed & IODINE and listed & CONTRAST
    return "iodinated contrast" if told else ""
