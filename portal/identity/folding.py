"""One folding of names for everybody who compares or looks up: nothing of it takes a letter away. Pure.

Case, accents and the ways of writing blanks, hyphens and apostrophes are folded; letters stay in their own script (王
is 王, and no other name that sounds alike). ``romanised`` is for comparing across scripts, and never proof of anything.
"""

import unicodedata

from anyascii import anyascii

_APOSTROPHES = frozenset("'`´‘’‛ʹʻʼʽˈ′＇")
_INVISIBLE = frozenset("\u034f\u115f\u1160\u3164\uffa0")  # joiners and fillers that Unicode counts as marks and letters
_UNMARKED = frozenset({"LATIN", "GREEK", "HEBREW", "ARABIC"})
"""Scripts whose marks are accents or optional vowels. Elsewhere a mark makes another letter (й, が, ç's of Indic)."""
_ACUTE, _GRAVE, _DIAERESIS = "\u0301", "\u0300", "\u0308"


def fold(text: str) -> str:
    """Return lower-case words: José  O'Neil → jose oneil; Sørensen → sorensen; ИВАНОВ → иванов; 王 → 王."""
    return " ".join(words(text))


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text; empty when there is no letter or digit in it."""
    if text.isascii():
        plain = text.replace("'", "").replace("`", "").casefold()
    else:
        visible = "".join(char for char in text if char not in _APOSTROPHES and not _invisible(char))
        plain = _unmarked(unicodedata.normalize("NFKC", visible).casefold())
    return tuple("".join(char if _in_word(char) else " " for char in plain).split())


def romanised(word: str) -> str:
    """Return a folded word in Latin letters, by sound: 王 → wang, иванов → ivanov."""
    return word if word.isascii() else "".join(words(anyascii(word)))


def is_latin(word: str) -> bool:
    """Tell whether a folded word is of Latin letters and digits."""
    return word.isascii()


def _invisible(char: str) -> bool:
    return unicodedata.category(char) == "Cf" or char in _INVISIBLE or "\ufe00" <= char <= "\ufe0f"


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char).startswith("M")


def _unmarked(text: str) -> str:
    """Take off accents, and write Latin letters without their own decomposition (ø, ß, ł, ı) in ASCII."""
    parts: list[str] = []
    base, script = "", ""
    for char in unicodedata.normalize("NFD", text):
        if not unicodedata.category(char).startswith("M"):
            base, script = char, unicodedata.name(char, "").partition(" ")[0]
            parts.append(anyascii(char).lower() if script in ("LATIN", "MODIFIER") else char)
        elif script not in _UNMARKED and not _is_cyrillic_accent(base, script, char):
            parts.append(char)
    # Greek writes a final sigma in another form; capitals have only one.
    return unicodedata.normalize("NFC", "".join(parts)).replace("ς", "σ")


def _is_cyrillic_accent(base: str, script: str, mark: str) -> bool:
    """Tell whether the mark is a stress, or the dots of ё, which are commonly left out (not those of й and ї)."""
    return script == "CYRILLIC" and (mark in (_ACUTE, _GRAVE) or (mark == _DIAERESIS and base == "е"))
