"""Finding a clinician by what a person calls them: "Dr Owen", "my heart doctor", "mi cardióloga". Pure."""

from portal.merge.words.text import plain

_EMPTY = frozenset(
    {"a", "an", "and", "at", "de", "del", "doc", "doctor", "doctora", "dr", "dra", "el", "la", "los", "las", "md", "mi"}
    | {"mis", "my", "nurse", "of", "our", "the", "un", "una"}
)
"""Words that name nobody: everybody in the list is a doctor."""

_ROLES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (("heart", "cardiac", "corazon"), ("cardi",)),
    (("hip", "knee", "bone", "joint", "cadera", "rodilla", "hueso", "huesos"), ("ortho", "surgeon", "ortop")),
    (("child", "children", "kid", "kids", "baby", "nino", "ninos", "bebe"), ("pediatr",)),
    (("diabetes", "sugar", "thyroid", "hormone", "azucar", "tiroides"), ("endocrin",)),
    (("family", "primary", "regular", "main", "familia", "cabecera"), ("primary", "family", "general", "intern")),
    (("skin", "piel"), ("dermat",)),
    (("eye", "eyes", "ojo", "ojos"), ("ophthal", "optom", "oftalm")),
    (("lung", "lungs", "asthma", "breathing", "pulmon", "pulmones", "asma"), ("pulm", "neumo", "asthma")),
    (("brain", "nerve", "nerves", "headache", "cerebro", "nervios"), ("neuro",)),
    (("cancer",), ("oncol",)),
    (("stomach", "gut", "estomago"), ("gastro",)),
    (("kidney", "kidneys", "rinon", "rinones"), ("nephro", "nefro")),
    (("bladder", "prostate", "vejiga", "prostata"), ("urolog",)),
    (("women", "pregnancy", "embarazo", "mujer"), ("gyn", "obstet", "ginec")),
    (("mental", "mind", "therapy", "mente"), ("psych", "psiq", "psic")),
    (("ear", "nose", "throat", "oido", "nariz", "garganta"), ("otolaryng", "otorrino")),
)


def fits(query: str, *, name: str, role: str) -> bool:
    """Tell whether somebody of this name and role may be meant: each word begins one of theirs, or means their role."""
    theirs = plain(f"{name} {role}").split()
    roles = plain(role).split()
    words = [word for word in plain(query).split() if word not in _EMPTY]
    return all(
        any(part.startswith(word) for part in theirs) or any(part.startswith(_stems(word)) for part in roles)
        for word in words
    )


def _stems(word: str) -> tuple[str, ...]:
    """Return how the roles begin that a word of everyday language means."""
    return tuple(stem for everyday, stems in _ROLES if word in everyday for stem in stems) or ("\0",)
