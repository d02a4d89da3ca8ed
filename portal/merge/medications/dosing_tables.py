"""Words of instructions: units, periods, Latin, times of day and meals, as tables."""

import re
from decimal import Decimal

from portal.merge.words.text import word_set

COUNT = {"once": "1", "twice": "2", "1": "1", "2": "2"}
UNITS = {
    "tablet": "tablet", "tablets": "tablet", "tab": "tablet", "tabs": "tablet", "tab s": "tablet", "caplet": "tablet",
    "caplets": "tablet", "tableta": "tablet", "tabletas": "tablet", "comprimido": "tablet", "comprimidos": "tablet",
    "capsula": "capsule", "capsulas": "capsule", "gota": "drop", "gotas": "drop", "parche": "patch", "unidades": "unt",
    "tbl": "tablet", "pill": "", "pills": "", "pastilla": "", "pastillas": "",
    "capsule": "capsule", "capsules": "capsule", "cap": "capsule", "caps": "capsule",
    "mg": "mg", "mcg": "mcg", "ug": "mcg", "g": "g", "gm": "g", "gram": "g", "grams": "g", "ml": "ml",
    "milliliter": "ml", "milliliters": "ml", "mililitro": "ml", "mililitros": "ml", "milligram": "mg",
    "milligrams": "mg", "microgram": "mcg", "micrograms": "mcg", "units": "unt",
    "unit": "unt", "u": "unt", "iu": "unt", "[iu]": "unt", "puff": "puff", "puffs": "puff", "spray": "spray",
    "sprays": "spray",
    "spraies": "spray", "drop": "drop", "drops": "drop", "gtt": "drop", "drp": "drop", "gtts": "drop", "patch": "patch",
    "patches": "patch",
    "patchs": "patch", "application": "application", "suppository": "suppository", "film": "film",
    "films": "film", "lozenge": "lozenge", "lozenges": "lozenge", "packets": "packet", "suppositories": "suppository",
    "applications": "application", "gummies": "gummy", "cups": "cup", "pen": "pen", "pens": "pen",
    "syringe": "syringe", "syringes": "syringe", "ut": "unt",
    "packet": "packet", "gummy": "gummy", "tsp": "tsp", "teaspoon": "tsp", "teaspoons": "tsp", "tbsp": "tbsp",
    "tablespoon": "tbsp", "tablespoons": "tbsp", "cup": "cup", "meq": "meq", "l": "l", "inhalation": "puff",
    "inhalations": "puff", "inch": "inch", "inches": "inch", "capful": "capful", "capfuls": "capful",
    "capsful": "capful",
}  # fmt: skip
ML = {"tsp": Decimal(5), "tbsp": Decimal(15), "ml": Decimal(1), "l": Decimal(1000)}
PERIODS = {
    "day": "d", "daily": "d", "d": "d", "week": "wk", "weekly": "wk", "wk": "wk", "month": "mo", "monthly": "mo",
    "mo": "mo",
    "hour": "h", "hours": "h", "hr": "h", "hrs": "h", "h": "h", "minute": "min", "minutes": "min", "min": "min",
    "days": "d", "weeks": "wk", "months": "mo", "w": "wk", "year": "a", "years": "a", "mos": "mo",
}  # fmt: skip
CODES = {
    "bid": "2/1d", "tid": "3/1d", "qid": "4/1d", "qd": "1/1d", "daily": "1/1d", "nightly": "1/1d@HS", "qod": "1/2d",
    "qam": "1/1d@MORN",
    "qpm": "1/1d@EVE", "qhs": "1/1d@HS", "hs": "1/1d@HS", "am": "1/1d@MORN", "pm": "1/1d@EVE", "bed": "1/1d@HS",
    "tidac": "3/1d@AC", "bidwm": "2/1d@C", "bidac": "2/1d@AC", "tidwm": "3/1d@C", "qweek": "1/1wk", "qmonth": "1/1mo",
    "wk": "1/1wk", "mo": "1/1mo",
    "q wk": "1/1wk", "qwk": "1/1wk", "weekly": "1/1wk", "monthly": "1/1mo", "once": "once", "stat": "once",
    "noct": "1/1d@HS",
}  # fmt: skip
WHEN = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"\b(?:before|ac)\s+(?:each\s+)?breakfast\b|\bacm\b", "ACM"),
        (r"\b(?:before|ac)\s+(?:the\s+)?(?:evening meal|dinner|supper)\b", "ACV"),
        (r"\b(?:before|ac)\s+lunch\b", "ACD"),
        (r"\bwith\s+lunch\b", "CD"),
        (r"\bempty\s+stomach\b|\bbefore (?:the )?(?:first|1st) (?:food|meal|bite)\b(?: of the day)?", "EMPTY"),
        (r"\b(?:after|pc)\s+breakfast\b", "PCM"),
        (r"\b(?:after|pc)\s+lunch\b", "PCD"),
        (r"\b(?:after|pc)\s+(?:the\s+)?(?:evening meal|dinner|supper)\b", "PCV"),
        (r"\bwith\s+breakfast\b", "CM"),
        (r"\bwith\s+(?:the\s+)?(?:evening meal|dinner|supper)\b", "CV"),
        (r"\b(?:before|ac)\s+(?:each\s+|every\s+|an?\s+)?(?:meals?|eating)\b|\bac\b", "AC"),
        (r"\b(?:after|pc)\s+(?:each\s+|every\s+|an?\s+)?meals?\b|\bpc\b", "PC"),
        (r"\bwith\s+(?:each\s+|every\s+|an?\s+)?(?:meals?|food)\b", "C"),
        (r"\b(?:at\s+)?bedtime\b|\bnightly\b|\bqhs\b|\b(?:every|each|at)\s+night\b|\bhs\b|\bqnight\b", "HS"),
        (r"\b(?:in\s+the|in|every|each|q)\s*(?:morning|am)\b|(?<=[a-z])\s+am\b", "MORN"),
        (r"\b(?:in\s+the|in|every|each|q)\s*(?:evening|pm)\b|(?<=[a-z])\s+pm\b", "EVE"),
        (r"\b(?:in\s+the|every|each)\s*afternoon\b", "AFT"),
        (r"\bat\s+noon\b", "NOON"),
    )
)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_LETTERS = {"mwf": ("mon", "wed", "fri"), "tuthsasu": ("tue", "thu", "sat", "sun"), "tths": ("tue", "thu", "sat"),
                "tth": ("tue", "thu"), "ttss": ("tue", "thu", "sat", "sun")}  # fmt: skip
VERBS = word_set("""
take takes place inject apply use inhale insert administer instill give spray put chew dissolve infuse swallow a an
the of each by to into on in per at every time times only total equals is and or one dose doses tablet tablets
capsule capsules oral route po topical with then both skin mouth daily day total once
""")
COVERED = {
    **dict.fromkeys(("ACM", "CM", "PCM"), ("AC", "C", "PC", "MORN")),
    **dict.fromkeys(("ACD", "CD", "PCD"), ("AC", "C", "PC", "NOON")),
    **dict.fromkeys(("ACV", "CV", "PCV"), ("AC", "C", "PC", "EVE")),
}
"""A meal with its name says the meal and the time of day."""
ONCE_A_DAY = frozenset({"HS", "MORN", "AFT", "EVE", "NOON", "ACM", "CM", "PCM", "ACD", "CD", "PCD", "ACV", "CV", "PCV"})
"""Times of day and meals that come once a day; "with meals" does not say how often."""
