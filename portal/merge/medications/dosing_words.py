"""What instructions name in words beside amounts: what it is needed for, the last day, the time of a limit."""

import re

from portal.merge.medications.dosing_tables import PERIODS
from portal.merge.words.concepts import singular
from portal.merge.words.moments import worded_date
from portal.merge.words.text import plain

_REASONS = {
    "cp": "chest pain", "sob": "shortness of breath", "ha": "headache", "n v": "nausea vomiting", "wheeze": "wheezing",
    "itch": "itching", "n": "nausea", "headaches": "headache", "sleeplessness": "insomnia", "sleep": "insomnia",
    "temp": "fever", "loose stools": "diarrhea", "loose stool": "diarrhea", "trouble sleeping": "insomnia",
    "difficulty breathing": "shortness of breath", "trouble breathing": "shortness of breath",
    "dyspnea": "shortness of breath", "pruritus": "itching", "emesis": "vomiting", "muscle spasticity": "muscle spasm",
    "severe allergic reaction": "anaphylaxis", "alergia": "allergy",
    "dolor": "pain", "fiebre": "fever", "tos": "cough", "ansiedad": "anxiety", "diarrea": "diarrhea",
    "vomito": "vomiting", "comezon": "itching", "picazon": "itching", "insomnio": "insomnia", "mareo": "dizziness",
    "sore throat": "throat pain", "stomach ache": "stomach pain", "backache": "back pain",
}  # fmt: skip


def reason(text: str) -> str:
    """Return what a medicine is needed for, its words in the singular, abbreviations in full."""
    words = re.sub(r"^(?:para|por|for) (?:el |la |los |las )?", "", plain(text))
    words = _REASONS.get(words, words)
    return " ".join(_REASONS.get(singular(word), singular(word)) for word in words.split() if word not in ("and", "or"))


UNTIL = re.compile(
    r"\b(?:until|till|thru|through|hasta(?: el)?|stop(?: on| after)?|end(?:ing|s)?(?: on)?)\s+"
    r"((?:\d{1,2}/){1,2}(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d"
    r"|[a-z]{3,10}\.? \d{1,2},? (?:19|20)\d\d|\d{1,2} de [a-z]{3,10} (?:de |del )?(?:19|20)\d\d)\b"
)


def until(text: str) -> str:
    """Return the last day that words name: "until 12/1/2026"."""
    match = UNTIL.search(text)
    return "" if match is None else match[1] if "-" in match[1] else worded_date(match[1])


def even(span: str, unit: str) -> tuple[str, str]:
    """60 minutes are an hour, 72 hours 3 days, 14 days 2 weeks; 30 days are no month, and 12 hours no half day."""
    if unit == "min" and span.isdigit() and int(span) % 60 == 0:
        span, unit = str(int(span) // 60), "h"
    if unit == "h" and span.isdigit() and int(span) % 24 == 0:
        span, unit = str(int(span) // 24), "d"
    if unit == "d" and span.isdigit() and int(span) % 7 == 0:
        span, unit = str(int(span) // 7), "wk"
    return span, unit


def time_of_limit(text: str) -> tuple[str, str]:
    """Return a limit without its time, and the time as "/1wk" or "/dose"; empty for a day."""
    times = []
    for number, unit, adverb in _TIME_OF_LIMIT.findall(text):
        times.append("".join(even(number or "1", PERIODS.get(unit or adverb, "dose"))).replace("1dose", "dose"))
    return _TIME_OF_LIMIT.sub(" ", text), "".join(f"/{each}" for each in times if each != "1d")


_TIME_OF_LIMIT = re.compile(
    r"(?:\b(?:in|per|every|within|each|an?)\b|/)\s*(?:any\s+)?(?:(\d+)\s*)?"
    rf"({'|'.join(PERIODS)}|doses?)\b|\b(weekly|monthly)\b"
)
