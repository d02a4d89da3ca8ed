"""What stands behind a name: of which generation somebody is (Jr., III), and what is no part of the name (MD, PhD)."""

from portal.identity.folding import words

_GENERATIONS = {
    "sr": "sr senior snr pere",
    "jr": "jr junior jnr jun hijo filho fils",
    "i": "i 1st first primero",
    "ii": "ii 2nd second 2d segundo",
    "iii": "iii 3rd third 3d tercero",
    "iv": "iv 4th fourth cuarto",
    "v": "v 5th fifth quinto",
    "vi": "vi 6th sixth",
}
_GENERATION = {spelling: generation for generation, spellings in _GENERATIONS.items() for spelling in spellings.split()}

_INSIDE = frozenset({"jr", "junior", "jnr", "sr", "senior", "snr", "ii", "iii", "iv", "2nd", "3rd", "4th", "5th"})
"""What is a suffix also at the end of a family or given name: V may be an initial, Vi and Do are names."""

_TITLE_WORDS = (
    "md phd rn esq esquire dds dmd pharmd dvm edd psyd jd llm mba mph msn bsn np fnp lpn lcsw cpa ret "
    "retd usn usmc facp facs faan"
)
_TITLES = frozenset(_TITLE_WORDS.split())

_ALIKE = ({"jr", "ii"}, {"sr", "i"})
"""What families use for the same thing: no contradiction, and no agreement either."""


def generation(parts: tuple[str, ...]) -> str:
    """Return the generation of a name's ``suffix`` elements: jr, sr, i, ii, …; empty for none and for titles."""
    for word in words(" ".join(parts)):
        if word in _GENERATION:
            return _GENERATION[word]
    return ""


def is_suffix(text: str) -> bool:
    """Tell whether a text is nothing but suffixes and titles, as in "Miller, John, Jr." and "John Miller, MD"."""
    parts = words(text.replace(".", ""))  # dotted titles as one word: M.D., Ph.D.
    return bool(parts) and all(part in _GENERATION or part in _TITLES for part in parts)


def split(name: tuple[str, ...]) -> tuple[tuple[str, ...], str]:
    """Return the words of a family or given name without a suffix at their end, and its generation.

    A name that is nothing but the suffix stays (Junior is a given name too).
    """
    last = ""
    while len(name) > 1 and name[-1] in _INSIDE | _TITLES:
        last = last or _GENERATION.get(name[-1], "")
        name = name[:-1]
    return name, last


def contradict(left: frozenset[str], right: frozenset[str]) -> bool:
    """Tell whether two sets of generations cannot be one person's."""
    if not left or not right or left & right:
        return False
    return not any({first, second} in _ALIKE for first in left for second in right)
