"""Patterns of instructions, over ``portal.merge.dosing_words.sig_text``: amounts, days, reasons, spans, limits."""

import re

from portal.merge import dosing_tables as tables

_UNIT_WORDS = "|".join(sorted((re.escape(unit) for unit in tables.UNITS), key=len, reverse=True))
NUMBER = r"\d+(?:\.\d+)?"
AMOUNT = re.compile(rf"(?<![\w.])({NUMBER})(?:\s*(?:-|to|or)\s*({NUMBER}))?\s*-?\s*({_UNIT_WORDS})(?![a-z])")
BARE_AMOUNT = re.compile(
    rf"(?:takes?|give|use)?\s*({NUMBER})(?:\s*(?:-|to|or)\s*({NUMBER}))?\s+(?=po\b|by mouth|orally|bid\b|tid\b|qid\b"
    r"|q\w+\b|every\b|each\b|at\b|in the\b|once\b|twice\b|nightly|with\b|before\b|after\b|as needed|prn\b|if needed)"
    r"|(?:takes?|give|use)?\s*(1)\s+(?:daily|a day|per day)\b"
)
"""An amount without its unit, "1 daily", "2 po bid"; "2 daily" may be two at once or one twice."""
PERIOD_WORDS = "|".join(sorted(tables.PERIODS, key=len, reverse=True))
DAY = re.compile(r"\b(mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?\b")
REASON = re.compile(
    r"(?:\bprn\b:?|\bas\s+needed\b|\bwhen\s+needed\b|\bif\s+needed\b)(?:\s*(?:for)?\s*:?\s*([a-z][a-z ]{1,40}?))?"
    r"(?=$|[.,;<>≥≤]|\bx\d|\bmax\b|\bby\b|\(|\bup to\b|\bnot\b|\d)"
)
NEEDED = re.compile(r"\b(?:prn|(?:as|when|if) needed)\b")
DURATION = re.compile(
    rf"\b(?:for|x)\s*({NUMBER})\s*({PERIOD_WORDS})(?:\s*s)?\b|\b({NUMBER})[ -]?({PERIOD_WORDS}) course\b"
)
MAXIMUM = re.compile(
    r"\b(?:max(?:imum)?|mdd|not (?:to )?exceed|(?:never|not?) more than|up to|at most)\b[^.;]*|\bx\s*\d+\s*max\b"
)
BREATHED = re.compile(r"\binhal\w*|\bpuffs?\b")
"""What is breathed in by mouth goes to the lungs."""
