"""An ingredient and its salt, from the words of one part of a medicine's name."""

from portal.merge.allergies.allergen_spelling import recognised
from portal.merge.medications.drug_names import BASES, INGREDIENTS, SALT_NAMES, SALTS

_CANONICAL = frozenset(INGREDIENTS.values())


def salted(name: str) -> tuple[str, str]:
    """(ingredient, salt) of the words of one ingredient."""
    name = INGREDIENTS.get(name, name)
    words = name.split()
    if name in _CANONICAL or not words or words[0] in BASES:
        return _without_salt_words(name)
    salts = [SALT_NAMES.get(word, word) for word in words if word in SALTS]
    rest = [word for word in words if word not in SALTS]
    if not rest:
        return name, ""
    base = INGREDIENTS.get(" ".join(rest), " ".join(rest))
    if base not in _CANONICAL and len(rest) == 1 and len(base) >= _LONG:
        base = recognised(base) or base  # "metformina"
    return base, " ".join(sorted(set(salts)))


_LONG = 7  # letters of a name whose spelling may differ


def _without_salt_words(name: str) -> tuple[str, str]:
    if name == "fluticasone propionate":
        return "fluticasone", "propionate"
    return name, ""
