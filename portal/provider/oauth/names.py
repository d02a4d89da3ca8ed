"""Which names an app may not give itself, however it writes them. Pure.

Compared is what a name looks like: without case, accents, blanks and signs, and with letters and digits that are drawn
alike taken for one (what of Unicode Technical Standard 39, "Confusable Detection", can imitate Latin words).
"""

import unicodedata
from collections.abc import Iterable
from functools import reduce

from portal.identity import folding

_LONG = 6  # letters from which a name is recognised inside another word
_PAIRS = """
аa еe оo рp сc уy хx кk іi јj ѕs һh ԁd ԛq ԝw гr ьb ӏl үy ԍg ѵv Аa Вb Еe Зe Іi Јj Кk Мm Нh Оo Рp Ѕs Сc Тt Уy Хx
αa εe ηn ιi κk νv οo ρp τt υu χx ωw γy ϲc ϳj Αa Βb Εe Ζz Ηh Ιi Κk Μm Νn Οo Ρp Τt Υy Χx
օo ոn հh սu ցg ɡg ɑa |l !l $s @a 0o 1l 3e 5s
"""
_ALIKE = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}
_SAME = (("i", "l"), ("rn", "m"), ("vv", "w"), ("cl", "d"))  # in folded Latin words


def imitates(name: str, *, exactly: Iterable[str], within: Iterable[str]) -> bool:
    """Tell whether a name looks like one of ``exactly``, or has what looks like one of ``within`` in it."""
    words = _drawn(name)
    whole = "".join(words)
    if whole in {"".join(_drawn(other)) for other in exactly} - {""}:
        return True
    runs = {"".join(words[start:end]) for start in range(len(words)) for end in range(start + 1, len(words) + 1)}
    inner = {"".join(_drawn(other)) for other in within} - {""}
    return any(other in runs or (len(other) >= _LONG and other in whole) for other in inner)


def _drawn(text: str) -> list[str]:
    """Return the folded words of a text, with one letter for all that are drawn alike."""
    words = folding.words(unicodedata.normalize("NFKD", text).translate(_ALIKE))
    return [reduce(lambda word, pair: word.replace(*pair), _SAME, word) for word in words]
