"""Folding names of organizations into words that compare equal when a patient would call them the same.

Used for the directory's index and for what is typed into its search, so that both sides fold alike. Pure.
"""

import re
import unicodedata

# One spelling for what is written in several ways. "st" stays short because it is both Saint and Street.
_CANONICAL = {
    word: canonical
    for canonical, words in {
        "st": "saint sainte street str ste",
        "mt": "mount",
        "ft": "fort",
        "hospital": "hosp hospitals hsp hospital's",
        "center": "centre ctr cntr cente centers centres",
        "medical": "med medic",
        "medicine": "medicin",
        "health": "hlth hlt hth",
        "healthcare": "hlthcare healthcr",
        "clinic": "clin clinics",
        "regional": "reg regl rgnl",
        "memorial": "mem meml",
        "community": "comm cmty commty",
        "university": "univ uni",
        "national": "natl",
        "general": "gen genl",
        "county": "cnty co",
        "department": "dept",
        "associate": "assoc assocs asso associates associatio association associations",
        "physician": "phys physicians",
        "practice": "pract practices",
        "family": "fam fmly",
        "pediatric": "ped peds pediatrics paediatric paediatrics",
        "children": "childrens child childs chldrns",
        "woman": "women womens womans",
        "orthopedic": "ortho orthopaedic orthopaedics orthopedics",
        "gynecology": "gyn gynaecology",
        "obstetrics": "ob",
        "surgery": "surg",
        "surgical": "surgic",
        "rehabilitation": "rehab",
        "psychiatric": "psych",
        "cardiology": "cardio",
        "dermatology": "derm",
        "internal": "int intern",
        "system": "sys systems",
        "service": "svc svcs serv services",
        "group": "grp groups",
        "north": "n no",
        "south": "s so",
        "east": "e",
        "west": "w",
        "northwest": "nw",
        "northeast": "ne",
        "southwest": "sw",
        "southeast": "se",
        "laboratory": "lab labs laboratories",
        "specialist": "spec specialists",
        "institute": "inst",
        "doctor": "dr doctors",
        "brother": "bros brothers",
        "1": "one",
        "2": "two",
        "3": "three",
        "4": "four",
        "5": "five",
        "6": "six",
        "7": "seven",
        "1st": "first",
        "2nd": "second",
    }.items()
    for word in words.split()
}

_STOP = "of the and at for in on an a to by with de la inc llc pllc ltd corp corporation lp llp plc"
_FORMS = frozenset(_STOP.split()[14:])
_COMMON = """
hospital center medical medicine health healthcare clinic regional memorial community university general county
department associate physician practice family pediatric children woman orthopedic surgery surgical system service
group care primary internal specialist institute doctor st md do pc pa np dds office wellness network partner
professional therapy rehabilitation counseling urgent dental eye home living
"""
STOP = frozenset(_STOP.split())
"""Words that name nothing: not indexed, not asked for (unless a name has nothing else)."""

COMMON = frozenset(_COMMON.split())
"""Words in so many names that they tell little (common words are weighted down)."""

_MARKS = re.compile(r"['’‘`´]")
_SPLIT = re.compile(r"[^a-z0-9]+")
_DOTTED = re.compile(r"\b(?:[a-z]\.){2,}")
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})


def plain(text: str) -> str:
    """Return a text in lower case, accents folded, apostrophes dropped, "M.D." as "md"."""
    text = text.casefold()
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LETTERS))
        text = "".join(char for char in text if not unicodedata.combining(char))
    text = _MARKS.sub("", text)
    if "." in text:
        text = _DOTTED.sub(lambda match: match.group().replace(".", "") + " ", text)
    return text.replace("&", " and ")


def fold_word(word: str) -> str:
    """Return one plain word in its one spelling: abbreviations written out, a plural's "s" taken off."""
    if word in _CANONICAL:
        return _CANONICAL[word]
    if len(word) > 4 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return _CANONICAL.get(word[:-1], word[:-1])
    return word


def split(text: str) -> list[str]:
    """Return the plain words of a text, in order, unfolded."""
    return [word for word in _SPLIT.split(plain(text)) if word]


def fold(text: str) -> list[str]:
    """Return the folded words of a name, in order, without stop words (all words if there is nothing else)."""
    words = split(text)
    strong = [word for word in words if word not in STOP]
    return [fold_word(word) for word in strong or words]


def initials(name: str) -> list[str]:
    """Return a name of three words or more as initials: "upmc", and with its small words where that differs."""
    words = split(name)
    strong = [word for word in words if word not in STOP]
    if not 3 <= len(strong) <= 7:
        return []
    short = "".join(word[0] for word in strong)
    full = "".join(word[0] for word in words if word not in _FORMS)
    return [short] if short == full else [short, full]
