"""Names of clinicians made comparable: order, titles, middle names and accents do not count, given names do."""

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from nicknames import NickNamer

from portal.domain.forgetting import remembered
from portal.merge.words.text import plain, word_set

_DEGREES = word_set("""
md do dds dmd phd np pa pac rn rd rdn pharmd pt dpt ot otr lcsw cnm dnp fnp aprn cns crna faafp facp facs mph msn
mba jr sr ii iii iv mbbs mbbch mbchb facc frcpc frcp frcs facog faap facr fasn facep fccp fhm fhrs aahivs agacnp cnp
crnp arnp anp fnpc fnpbc cnpbc pmhnp whnp agnp acnp apn npc npbc pmhnpbc agnpc anpc cdces cde lpn lvn bsn cma lmft
lpc lcpc psyd edd drph otd slp ccc ccm cctp od dc nd cpnp pnp lmsw licsw mha mhs esq
""")
_TITLES = frozenset(["dr", "dra", "doctor", "doctora", "mr", "mrs", "ms", "prof", "professor", "miss"])
_NURSE_PRACTITIONERS = word_set("""
fnp dnp aprn cnp crnp arnp anp fnpc fnpbc pmhnp whnp agnp acnp apn npc npbc pmhnpbc agnpc anpc cnpbc agacnp cpnp pnp
""")
_KIND = {"pac": "pa", "rdn": "rd", **dict.fromkeys(_NURSE_PRACTITIONERS, "np")}
_PROFESSIONS = frozenset(["np", "pa", "rn", "rd", "pharmd", "pt", "dpt", "ot", "lcsw", "cnm", "dds"])


_TWO_WORDS = 2  # before a comma: "García López, María"
_FIELD = re.compile(
    r"(?:logy|logist|ist|ician|medicine|surgery|surgeon|clinic|hospital|care|nurse|group|center)\b", re.IGNORECASE
)
"""What stands behind a name that is written in its usual order: "Ann Lee, Cardiology"."""


def _written(name: str) -> str:
    """Leave out what stands in brackets (pronouns, a nickname), and dots and dashes inside a degree."""
    text = re.sub(r"\([^()]*\)", " ", name) if "(" in name else name
    if "." in text:
        text = re.sub(r"\b([A-Za-z])\.([A-Za-z])\.?(?:([A-Za-z])\.)?", r"\1\2\3", text)
    if "-" not in text:
        return text
    return re.sub(r"\b(PA|FNP|CNP|PMHNP|AGNP|ANP|NP)-(C|BC)\b", r"\1\2", text, flags=re.IGNORECASE)


@remembered
@lru_cache(maxsize=4096)  # the same few clinicians stand in everything of a record
def person(name: str) -> str:
    """Return "family given middle-initial profession"; a name without a given name stays as it is written."""
    text = _written(name)
    family_first = re.match(r"^\s*([^,]+),\s*(.+)$", text)
    words = plain(text).split()
    degrees = [_KIND.get(word, word) for word in words if word in _DEGREES]
    names = [word for word in words if word not in _DEGREES and word not in _TITLES]
    if family_first and plain(family_first[1]) and not set(plain(family_first[2]).split()) <= _DEGREES:
        family = [word for word in plain(family_first[1]).split() if word not in _DEGREES and word not in _TITLES]
        forenames = [word for word in plain(family_first[2]).split() if word not in _DEGREES and word not in _TITLES]
        if len(family) == _TWO_WORDS and _FIELD.search(family_first[2]):
            names = family
        elif forenames and len(family) <= _TWO_WORDS:
            names = [*forenames, *family]
    if len(names) < 2:
        return " ".join(names)
    profession = next((degree for degree in degrees if degree in _PROFESSIONS), "")
    return " ".join(filter(None, (names[-1], names[0], profession)))


def profession(name: str) -> str:
    """Return the profession that the degrees behind a name say, "physician" for a doctor's; empty for none."""
    degrees = [_KIND.get(word, word) for word in plain(_written(name)).split() if word in _DEGREES]
    stated = next((degree for degree in degrees if degree in _PROFESSIONS), "")
    return stated or ("physician" if _PHYSICIANS.intersection(degrees) else "")


_PHYSICIANS = frozenset(["md", "do", "mbbs", "mbbch", "mbchb"])


def middle_initials(name: str) -> str:
    """Return "family given:initial" when a middle name or initial is given; empty otherwise."""
    words = [word for word in plain(_written(name)).split() if word not in _DEGREES and word not in _TITLES]
    main = person(name).split(" ")
    middle = [word for word in words if word not in main]
    return f"{main[0]} {main[1]}:{middle[0][0]}" if len(main) > 1 and middle else ""


_GENERATIONS = frozenset(["jr", "sr", "ii", "iii", "iv"])


def generation(name: str) -> str:
    """Return "family given:jr" of a name that tells father from son; empty otherwise."""
    suffix = next((word for word in plain(name).split() if word in _GENERATIONS), "")
    main = person(name).split(" ")
    return f"{main[0]} {main[1]}:{suffix}" if suffix and len(main) > 1 else ""


def same_person(left: str, right: str) -> bool:
    """Tell whether two names as ``person`` gives them fit: an initial fits a given name that begins with it."""
    names, other_names = left.split(" "), right.split(" ")
    if len(names) < 2 or len(other_names) < 2:
        return left == right
    if names[0] != other_names[0] or (names[2:] and other_names[2:] and names[2:] != other_names[2:]):
        return False
    shorter, longer = sorted((names[1], other_names[1]), key=len)
    return longer == shorter or (len(shorter) == 1 and longer.startswith(shorter))


def people(names: Iterable[str]) -> list[str]:
    return [person(name) for name in names if person(name)]


def may_be_called(left: str, right: str) -> bool:
    """Tell whether two names as ``person`` gives them fit, also by a usual short form: Bob for Robert."""
    if same_person(left, right):
        return True
    names, other_names = left.split(" "), right.split(" ")
    if len(names) < 2 or len(other_names) < 2 or names[0] != other_names[0]:
        return False
    if names[2:] and other_names[2:] and names[2:] != other_names[2:]:
        return False
    return not _short_forms(names[1]).isdisjoint(_short_forms(other_names[1]))


@remembered
@lru_cache(maxsize=1024)
def _short_forms(given_name: str) -> frozenset[str]:
    """Return a given name and those that it is short for."""
    return frozenset({given_name, *_nicknames().canonicals_of(given_name)})


@cache
def _nicknames() -> NickNamer:
    return NickNamer()
