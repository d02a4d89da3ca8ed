"""Patterns of instructions: amounts, days, reasons, spans, limits.

They are read over ``portal.merge.medications.sig_words.sig_text``.
"""

import re

from portal.merge.medications import dosing_tables as tables

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
_ROUTE_BEHIND = (
    r"\b(?:orally|inhalation|externally|subcutaneous(?:ly)?|transdermal(?:ly)?|sublingual(?:ly)?|intramuscular(?:ly)?"
    r"|ophthalmic|nasally|rectally|vaginally)\b|\bevery\b|\bq ?\d"
)
"""What goes on behind "as needed" and is no reason: "2 puffs as needed Inhalation every 4 hrs"."""
REASON = re.compile(
    r"(?:\bprn\b:?|\bas\s+needed\b|\bwhen\s+needed\b|\bif\s+needed\b)"
    rf"(?:\s*(?:for)?\s*:?\s*((?!{_ROUTE_BEHIND}|x ?\d)[a-z][a-z ]{{1,40}}?))?"
    rf"(?=$|[.,;<>≥≤]|\s*\bx ?\d|\bmax\b|\bby\b|\(|\bup to\b|\bnot\b|\d|\s*(?:{_ROUTE_BEHIND}))"
)
NEEDED = re.compile(rf"\b(?:prn|(?:as|when|if) needed)\b|\bup to {NUMBER} times\b")
NEEDED_BESIDE = re.compile(
    r"(?:\b(?:and|plus|also|extra|additional(?:ly)?|y)\b|[&+])"
    r"\s*(?:(?:also|use|take|may|can|an?|extra|additional|whenever) )*"
    rf"(?:{NUMBER}(?:\s*-\s*{NUMBER})? ?(?:{_UNIT_WORDS}) )?"
    rf"(?:(?:every ?|q ?){NUMBER}(?:\s*-\s*{NUMBER})? ?(?:{PERIOD_WORDS}) )?(?:prn|(?:as|when|if) needed)\b"
)
"""As needed beside something else: "daily and as needed", "twice daily, also 1 puff every 4 hours as needed"."""
DURATION = re.compile(
    rf"\b(?:for|x)\s*({NUMBER})\s*({PERIOD_WORDS})(?:\s*s)?\b|\b({NUMBER})[ -]?({PERIOD_WORDS}) course\b"
)
NEXT_ONE = re.compile(r"(?<=then )\d+(?= (?:after|at|every|each)\b)")
"""An amount without its unit behind one that has it: "2 capsules, then 1 after each"."""
ON_DAY = re.compile(
    r"(?:\bon |^\s*|[,;:.(]\s*)days? (\d{1,2})(?:\s*(?:-|to|through|thru)\s*(\d{1,2}))?\b(?! (?:of|per)\b)"
)
"""A step of a pack or a titration: "2 tablets on day 1"."""
MAXIMUM = re.compile(
    r"\b(?:max(?:imum)?|mdd|not (?:to )?exceed|(?:never|not?) more than|up to|at most)\b"
    r"(?:[^.;,]|\.(?=\d)|,(?=\s?(?:\d|or\b|per\b|in\b|within\b|an?\b|each\b|every\b)))*"
    r"|\bx\s*\d+\s*max\b"
    r"|(?<=min)\s*x\s*\d+\b(?!\s*(?:d|days?|h|hrs?|wks?|weeks?)\b)"
)
EVERY = re.compile(rf"\b(?:every|each|q)\s*({NUMBER}(?:\s*(?:-|to)\s*{NUMBER})?|other|)\s*-?\s*({PERIOD_WORDS})\b")
TIMES = re.compile(
    r"(?<!every )(?<!each )(?<!q )(?<!for )(?<!x )(?<!day )(?<!week )"
    rf"\b({NUMBER}(?:\s*(?:-|to)\s*{NUMBER})?|once|twice)\s*(?:times?\s*)?(?:x\s*)?(?:an?|per|each|every|/|x/)?\s*"
    rf"(day|daily|week|weekly|wk|month|monthly|d)\b"
)
X_PER = re.compile(rf"\b({NUMBER})\s*x\s*/?\s*(day|week|wk|d)\b")
REPEATED = re.compile(
    r"[,;.]?\s*(?:\b(?:may|can|ok to|and|puede)\s+)*"
    r"\b(?:repeat|rpt|re-?dose|take (?:another|a second|1 more)|repetir)\b"
    rf"(?P<how>(?:(?!\b(?:in|after|at|within|en|every|q\d+h?)\b)[a-z\d -]){{0,30}})"
    rf"\b(?:in|after|at|within|en)\s+(?P<span>{NUMBER})(?:\s*(?:-|to)\s*{NUMBER})?\s*-?\s*(?P<unit>{PERIOD_WORDS})\b"
    r"(?P<more>\s*(?:later\b|x\s*\d\b|once\b|\d times?\b)*)"
    r"(?:\s*(?:as|if|when) needed\b|\s*if not? (?:relief|better|relieved|effect)\b)?"
)
"""After how long a second one may be taken: "may repeat once in 2 hours"."""
BREATHED = re.compile(r"\binhal\w*|\bpuffs?\b")
"""What is breathed in by mouth goes to the lungs."""
_A_FORM = r"(?=\)| (?i:tab|cap|form|version|one\b))"
_RELEASES = tuple(
    (re.compile(pattern), release, hours)
    for pattern, release, hours in (
        (rf"\bXL\b|\bLA{_A_FORM}|(?<!every )(?<!each )\b24[- ](?i:hours?|hrs?) (?i:tab|cap)", "er", "24"),
        (rf"\bSR{_A_FORM}|(?<!every )(?<!each )\b12[- ](?i:hours?|hrs?) (?i:\(XR\) )?(?i:tab|cap)", "er", "12"),
        (
            (
                rf"\bXR\b(?! (?i:chest|knee|hip|spine|today))|\b(?:CR|ER|SA){_A_FORM}"
                r"|\b(?i:(?:extended|sustained|controlled|prolonged)[- ]release"
                r"|liberaci[o\u00f3]n (?:prolongada|sostenida|extendida|controlada))\b"
            ),
            "er",
            "",
        ),
        (
            rf"\b(?:EC|DR){_A_FORM}|\b(?i:delayed[- ]release|enteric[- ]coated|liberaci[o\u00f3]n retardada)\b",
            "dr",
            "",
        ),
    )
)
_OF_ANOTHER = re.compile(
    r"\b(?:not|no|instead of|rather than|than|from|replac\w+|stop\w*)(?: (?:the|an?|use|take|give))*\s*\(?$",
    re.IGNORECASE,
)
"""Before a release that is not meant: "not the XR", "instead of the extended release"."""


def release_in_words(text: str) -> tuple[str, str]:
    """Return the release that instructions as they are written name, and its hours; empty for none."""
    for pattern, release, hours in _RELEASES:
        if any(not _OF_ANOTHER.search(text[: match.start()]) for match in pattern.finditer(text)):
            return release, hours
    return "", ""


HANDLING = re.compile(
    r"\b(?:do not|don'?t|never)"
    r"(?: (?:crush|chew|open|split|break|cut|dissolve|suck|or|and|/|them|it|tablets?|capsules?)|[,/])+"
    r"(?=$|[.,;)]| -)"
    r"|\b(?:do not|don'?t|never) (?:suddenly |abruptly |just )?(?:stop|discontinue|quit)\b"
    r"(?=[^.;,]*\b(?:sudden|abrupt|without|unless|cold))[^.;,]*"
    r"|\b(?:do not|don'?t|try not to|never) (?:skip|miss|omit)(?: (?:any|a|your|the|on))*"
    rf"(?:[ /,]+(?:doses?|or|and|{DAY.pattern}(?:'?s)?))+\b(?=\s*(?:$|[.,;]))"
    r"|\b(?:do not|don'?t|no tom[ae]r?|no) (?:drive|driving|operate|drink alcohol|share)\b[^.;,]*"
)
"""How to handle it, and to go on with it: this changes nothing of how much is taken, or when."""
