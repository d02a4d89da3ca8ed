"""What instructions say beyond what ``dosing`` understands: words and numbers that must not vanish."""

import re
from collections.abc import Iterable
from functools import lru_cache

from portal.domain.forgetting import remembered
from portal.merge.medications import dosing_tables as tables
from portal.merge.medications.dosing_patterns import (
    AMOUNT,
    BARE_AMOUNT,
    DAY,
    DURATION,
    EVERY,
    HANDLING,
    MAXIMUM,
    NEEDED,
    NEXT_ONE,
    REASON,
    REPEATED,
    TIMES,
    X_PER,
)
from portal.merge.medications.dosing_places import SIDES
from portal.merge.medications.dosing_rates import SOME_DAYS
from portal.merge.medications.dosing_words import UNTIL, even
from portal.merge.medications.drug_forms import ROUTES
from portal.merge.medications.sig_words import sig_text
from portal.merge.words.text import plain, word_set

_ROUTE = re.compile(rf"\b(?:{'|'.join(sorted(map(re.escape, ROUTES), key=len, reverse=True))})\b")
_OF_THE_PHARMACY = re.compile(
    r",\s*(?:normal|no print|print|phone in|historical med|sample|fax|otc)\s*$"
    r"|\bstart(?:ing|s)?(?: on)? \d{1,2}/\d{1,2}/\d{2,4}\b"
    r"|\b(?:disp(?:ense)?|qty|quantity|rf)\b[ :#]*\d+|#\s*\d+|\b(?:refills?|rf)\s*:?\s*\d+|\b\d+ refills?\b"
)
"""What an export writes behind the instructions: when it was begun, how it was sent, how much is handed out."""
_ONE_WAY = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"\bhr\b(?=\s*(?:is |of )?(?:[<>\u2264\u2265]|below|above|less|under|lower|over|greater))", " heartrate "),
        (r"[<\u2264]=?|\b(?:less|lower|fewer) than\b|\b(?:below|under)\b(?= \d)", " below "),
        (r"[>\u2265]=?|\b(?:greater|more|higher) than\b|\b(?:above|over)\b(?= \d)", " above "),
        (r"\b(?:heart rate|pulse(?: rate)?)\b", " heartrate "),
        (r"\bsystolic(?: (?:bp|blood pressure))?\b", " sbp "),
        (r"\b(?:discontinue|d/c|quit)\b", " stop "),
        (r"\b(hold|stop|skip|omit)\s+(?:for|when|with)\b", r" \1 if "),
        (r"\buntil (?:all )?(?:gone|finished|taken|completed?|used up)\b|\bhasta (?:terminar|acabar)\w*\b", " finish "),
        (r"\bfinish (?:(?:all|the|this|entire|whole|of|full) )*(?:medication|medicine|course|bottle)\b", " finish "),
        (r"\b(?:(?:do|does) not|don'?t|never|no)\b", " not "),
    )
)
_FILLING = word_set("""
for of your you is are be was it this that these as when while during from please use day days dose doses
please onto area areas affected well each other up out mg ml mcg time hours hour
""")
_ONE_TIME = re.compile(r"\b1 time(?: only)?\b")
_AHEAD = re.compile(r"\b(\d+(?:-\d+)?)\s*(?:min|minutes?|h|hrs?|hours?)\b(?= (?:before|prior to|after|ac|pc)\b)")
"""How long before a meal: it says more of a time that one side names as well."""
_AS_ORDERED = re.compile(r"\bas (?:directed|prescribed|instructed|ordered)\b(?! by)")


@remembered
@lru_cache(maxsize=4096)
def rest_of(text: str, *, understood: bool, aside: bool = False) -> tuple[str, ...]:
    """Return the words of instructions (``sig_words.sig_text``) that no part of a dosing stands for, sorted.

    ``understood``: an amount or a frequency was read, so that "as directed" adds nothing. ``aside``: words beside the
    instructions, of which no limit and no time of day was read.
    """
    if "sliding scale" in text:
        return ("sliding scale", "/".join(re.findall(r"\d+", text)))
    text = HANDLING.sub(" ", _OF_THE_PHARMACY.sub(" ", text))
    text = _AHEAD.sub(r" \1ahead ", text)
    for pattern in () if aside else (REPEATED, MAXIMUM, *_TIMES_OF_DAY):
        text = pattern.sub(" ", text)
    if understood:
        text = _AS_ORDERED.sub(" ", text)
        text = BARE_AMOUNT.sub(" ", text, count=1) if BARE_AMOUNT.match(text) else text
    text = SOME_DAYS.sub(" ", text)
    for pattern in (AMOUNT, DURATION, TIMES, X_PER, EVERY, REASON, NEEDED, DAY, UNTIL, _ONE_TIME, NEXT_ONE, *SIDES):
        text = pattern.sub(" ", text)
    for pattern, written in _ONE_WAY:
        text = pattern.sub(written, text)
    words = _ROUTE.sub(" ", plain(text)).split()
    return tuple(
        sorted({word for word in words if word not in _UNDERSTOOD and (not understood or word not in _FILLING)})
    )


def in_words(clause: str) -> tuple[str, ...]:
    """Return the words of a clause that tells when not to take it: "Hold if HR < 55"."""
    return rest_of(sig_text(clause), understood=True, aside=True)


_TIMES_OF_DAY = tuple(pattern for pattern, _code in tables.WHEN)
_UNDERSTOOD = frozenset({*tables.VERBS, *tables.CODES, *tables.UNITS, *tables.PERIODS, *tables.DAY_LETTERS}) - {"only"}
_MATTERING = frozenset(
    {
        *("hold", "skip", "omit", "stop", "avoid", "not", "don", "dont", "if", "unless", "only", "without"),
        *("start", "except", "plus", "extra", "additional", "another", "correction", "sliding", "max", "maximum"),
        *("increase", "decrease", "reduce", "raise", "titrate", "taper", "double", "halve", "alternate"),
        *("spit", "repeat", "instead", "replaces", "before", "after", "until", "below", "above"),
    }
)
"""When or how not to take it, or that the amount changes: who reads only the other side would take it otherwise."""


def matters(words: Iterable[str]) -> bool:
    """Tell whether words that only one side has change what is taken: a number, "not", "hold", "max".

    How long before a meal does where both say it.
    """
    words = tuple(words)
    ahead = [word for word in words if word.endswith("ahead")]
    rest = (word for word in words if word not in ahead)
    return len(ahead) > 1 or any(word in _MATTERING or any(map(str.isdigit, word)) for word in rest)


def repeat_of(text: str) -> str:
    """Return after how long a second one may be taken, and how many more where that is said."""
    match = REPEATED.search(text)
    if match is None:
        return ""
    number = _HOW_MANY_MORE.search(f"{match['how']} {match['more']}")
    many = number[1] or number[2] or "1" if number else ""
    return f"{' '.join(even(match['span'], tables.PERIODS[match['unit']]))}{f' x{many}' if many else ''}"


_HOW_MANY_MORE = re.compile(r"\bx\s*(\d)\b|\b(\d) (?:more )?times?\b|\bonce\b")


def repeat_words(text: str) -> str:
    """Return after how long a second one may be taken, as it is written; empty where nothing says it."""
    match = REPEATED.search(sig_text(text))
    return match[0].strip(" ,;.") if match else ""
