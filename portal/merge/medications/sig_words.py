"""Words of instructions in one way of writing: numbers as figures, fractions, Latin dots, Spanish as English."""

import re
from functools import lru_cache

from portal.domain.forgetting import remembered
from portal.merge.medications.fractions import with_decimals
from portal.merge.medications.sig_spanish import in_english
from portal.merge.words.text import with_points, word_set

_NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        (
            "", "one i once", "two ii twice", "three iii", "four iiii iv", "five v", "six vi", "seven", "eight", "nine",
            "ten", "eleven", "twelve", "", "fourteen", "fifteen",
        )
    )
    for word in words.split()
    if word not in ("once", "twice", "iv")
}  # fmt: skip
_TENS = dict(
    zip(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], range(20, 100, 10), strict=True)
)
_NUMBERS |= {"half": "0.5", "sixteen": "16", "eighteen": "18", **{word: str(tens) for word, tens in _TENS.items()}}
_COMPOUND = re.compile(
    rf"\b({'|'.join(_TENS)})[ -](one|two|three|four|five|six|seven|eight|nine)\b(?!-)|\b(?:one |a )?hundred\b"
)
"""Numbers of two words, "twenty-five", and the hundred."""

_SHORTHAND = tuple(
    (re.compile(pattern), written)
    for pattern, written in (
        (r"^\s*(?:tk|t(?=\s*\d))\s*(?=\d|\s)", "take "),
        (
            (
                r"\b(?:do not|don'?t|never) (?:take|use|inhale|give|apply|inject) more than"
                r"(?= (?:a total of )?(?:\d|one|two|three|four|five|six|eight|ten|twelve))"
                r"(?! [a-z\d]+ (?:days?|weeks?|months?|consecutive)\b)"
            ),
            "no more than",
        ),
        (r"\blimit(?:ed)?(?: to| of)?(?= \d)", "max"),
        (
            r"\b(?:on )?m ?(?:-|to|through|thru) ?f\b|\b(?:on )?(?:all )?weekdays\b",
            "on monday/tuesday/wednesday/thursday/friday",
        ),
        (r"\b(?:on )?(?:the )?weekends?\b", "on saturday/sunday"),
        (r"\b(?:on )?(odd|even)(?:[- ]numbered)?(?: calendar)? days\b", r"every other day \1"),
        (r"\bc (?=meals?\b|food\b)", "with "),
        (r"\bpo d$", "po daily"),
        (r"\b(?:on|per|from) (?:the )?(?:pack(?:age|et)?|box)\b", "on pack"),
        (r"(?<=\d)\s*ts?(?=\s+(?:po|by|bid|tid|qid|q[a-z0-9]+|daily|prn|hs|am|pm)\b)", " tablet"),
        (r"(?<=\d)\s*cs?(?=\s+(?:po|by|bid|tid|qid|q[a-z0-9]+|daily|prn|hs|am|pm)\b)", " capsule"),
        (r"\b(?:on )?alternat(?:e|ing) days?\b", "every other day"),
        (r"\b(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?,? (?=\d{1,2}/\d{1,2}/\d)", ""),
        (r"(?<!every)(?<!each)(?<!\bq)(?<!for)(?<!\bx)(?<!in)(?<!than) (\d+) day\(s\)", r" for \1 days"),
        (r"\b(every|each|q) ?(\d+) (day|week|month|hour|minute)\(s\)", r"\1 \2 \3s"),
        (r"\b(inject (?:[^.;]|\.(?=\d))*?)\binto (?:the )?skin\b", r"\1under the skin"),
        (r"\b(for|x) an? (?=(?:day|week|month|year)\b)", r"\1 1 "),
        (r"\bevery (?:second|2nd) (?=day|week|month)", "every other "),
        (r"\bevery (?:third|3rd) (day|week|month|hour)s?\b", r"every 3 \1s"),
        (r"\bevery (?:fourth|4th) (day|week|month|hour)s?\b", r"every 4 \1s"),
        (r"\bup to once\b", "up to 1 times"),
        (r"\bup to twice\b", "up to 2 times"),
        (r"\bprn\s*\(([a-z /]+)\)", r"prn \1"),
        (r"\bn/v\b", "nausea vomiting"),
        (r"\b(?:inh|inl)\s+(?=\d+\s*(?:pfs?|puffs?)\b)", "inhale "),
        (r"(?<=\d)\s*pfs?\b", " puff"),
        (r"\bfirst\b", "1st"),
        (r"\b(?:at|with) (?:the )?(?:onset|1st sign|start) of(?: an?)?\b", "as needed for"),
        (r"\bat (migraine|headache|symptom|attack|outbreak|flare) onset\b", r"as needed for \1"),
        (r"\b(tea|table)spoon(?:s?ful|fuls)\b", r"\1spoon"),
        (
            (
                r"\b(?:(?:right|rt?|left|lt?) (?:and|&) (?:the )?(?:right|rt?|left|lt?)|right (?P<same>eye|ear|nostril)"
                r" (?:and|&) (?:the )?left(?= (?P=same)))(?= (?:eye|ear|nostril)s?\b)"
            ),
            "both",
        ),
        (r"\b(?:od (?:and|&) os|os (?:and|&) od)\b", "ou"),
    )
)
"""What pharmacies print on labels: "TK 2 TS PO QAM"."""

_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:days?)?"
_DAY_LIST = re.compile(rf"(?<=[a-z])\s*(?:,|/|&|\band\b|, and\b)\s*(?={_DAY}\b)")


_EVERY_HOURS = re.compile(r"\bc\s*/\s*(?=\d{1,2}\s*h)")
"""As prescriptions in Spanish write "every": "c/12h"."""
_DAY_OF_LETTERS = {
    "m": "mon", "t": "tue", "tu": "tue", "w": "wed", "th": "thu", "f": "fri", "s": "sat", "sa": "sat", "su": "sun",
}  # fmt: skip
_LETTERS = r"(?:tu|th|sa|su|m|t|w|f|s)"
_LETTERS_OF_DAYS = re.compile(
    rf"(?<![\w/,-]){_LETTERS}(?:[-/, ]{_LETTERS}){{2,}}(?![\w/,-])|(?<![\w/,-])(?:tu?|m|sa|su)[/,]th(?![\w/,-])"
)
"""Days by their letters: "M-W-F", "Tu/Th/Sa"; of two with a dash the days between could be meant."""
_ELEVEN = re.compile(r"\bonce(?= (?:unidades|tabletas|comprimidos|c[áa]psulas|gotas|pastillas|mililitros|ml|mg)\b)")
"""In Spanish eleven, before several of a unit."""

_USUAL = word_set("""
take tablet tablets capsule capsules daily twice three times every hours needed mouth weekly morning evening night
nightly bedtime before after with food meals tome tableta tabletas diario diaria veces cada horas
""")
_SWAPPED = {
    slip: word
    for word in _USUAL
    for place in range(len(word) - 1)
    if len(slip := word[:place] + word[place + 1] + word[place] + word[place + 2 :]) > 3 and slip not in _USUAL
}
"""Slips of the pen in the usual words of instructions: two letters in each other's place ("daliy", "tkae")."""


_WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAY_SPAN = re.compile(rf"(?<![-/])\b(?:on )?({_DAY}) ?(?:-|to|through|thru|a) ?({_DAY})\b(?!\s*[-/]\s*{_DAY})")
"""From one day to another; of three with dashes the days themselves are meant."""
_SKIPPED_DAYS = re.compile(
    r",?\s*(?<!not )(?<!n't )(?<!never )"
    rf"\b(?:none|no (?:dose|tablet|tab|pill)s?|skip(?:ping)?|omit(?:ting)?|off|(?:but )?not|(?<=every day )but"
    rf"|other than|apart from|aside from|(?:(?<=\bday )|(?<=\bdays )|(?<=daily ))besides|excluding|excepting"
    rf"|with the exception of|(?:but )?never"
    rf"|(?:do not|don.?t|no) (?:take|use|give|inject|apply)(?: (?:it|any|this))?)(?: on| the)*\s+(?={_DAY}\b)"
)
"""Every day but these: "skip Sundays", "none on Sunday"."""
_DAYS_OFF = re.compile(rf",?\s*\b(?:on )?({_DAY}(?:/{_DAY})*)\s+(?:are |is )?(?:off|excluded|excepted|omitted)\b")
"""The same said behind them: "Sundays off"."""
_A_MEAL = r"(?:breakfast|lunch|dinner|supper|(?:the )?evening meal)"
_MEALS = re.compile(
    rf"\b(?:(with|before|after) {_A_MEAL}|(?:in the|every|each) (?:morning|afternoon|evening)|at noon)"
    rf"(?:,? (?:and |& |y )?(?:{_A_MEAL}|morning|afternoon|evening|night|noon|bedtime)\b)+"
)
"""Meals and times of day behind one word: "with breakfast and dinner", "in the morning and evening"."""


def _each_meal(match: re.Match[str]) -> str:
    """Return each with the word before it: "with breakfast and with dinner"."""
    text = re.sub(
        rf"(?<=,) (and |& |y )?(?={_A_MEAL})| (and|&|y) (?={_A_MEAL})",
        lambda between: f" {between[1] or between[2] or ''} {match[1] or 'with'} ".replace("  ", " "),
        match[0],
    )
    text = re.sub(r"(,|\band|&|\by) (?=(?:morning|afternoon|evening)\b)", r"\1 in the ", text)
    return re.sub(r"(,|\band|&|\by) (?=(?:night|noon|bedtime)\b)", r"\1 at ", text)


def _span(match: re.Match[str]) -> str:
    first, last = (next(n for n, day in enumerate(_WEEK) if day[:3] == name[:3]) for name in match.groups())
    return f"on {'/'.join(_WEEK[(first + n) % 7] for n in range((last - first) % 7 + 1))}"


def _compound(match: re.Match[str]) -> str:
    return "100" if match[1] is None else str(_TENS[match[1]] + int(_NUMBERS[match[2]]))


@remembered
@lru_cache(maxsize=8192)
def sig_text(text: str) -> str:
    """Return instructions in small letters, in English, numbers as figures, without dots inside abbreviations."""
    text = with_points(text.casefold()).replace("½", "1/2").replace("¼", "0.25").replace("μ", "mc")
    text = _EVERY_HOURS.sub("every ", text)
    text = _LETTERS_OF_DAYS.sub(
        lambda days: "/".join(_DAY_OF_LETTERS[letters] for letters in re.findall(r"[a-z]+", days[0])), text
    )
    text = _ELEVEN.sub("11", text)
    text = in_english(text)
    text = re.sub(r"\b[a-z]{4,9}\b", lambda match: _SWAPPED.get(match[0], match[0]), text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(?<![\w.])\.(?=\d)", "0.", text)
    text = _DAY_SPAN.sub(_span, text)
    for pattern, written in _SHORTHAND:
        text = pattern.sub(written, text)
    text = re.sub(r"\bw/(?!o)\s*", "with ", text)
    text = with_decimals(text)
    text = re.sub(r"(\d)\s*\([a-z -]+\)", r"\1", text)  # "2 (two) times"
    text = re.sub(r"\b([a-z])\.([a-z])\.([a-z])\.?", r"\1\2\3", text)
    text = re.sub(r"\b([a-z])\.([a-z])\.?(?=\s|,|$)", r"\1\2", text)
    text = re.sub(r"\b(tab|cap|puff|drop|day)\(s\)", r"\1", text)
    text = re.sub(rf"\b{_DAY}(?:\s*(?:,|/|&|and|,\s*and)\s*{_DAY}\b)+", lambda days: _DAY_LIST.sub("/", days[0]), text)
    text = _SKIPPED_DAYS.sub(" except ", _DAYS_OFF.sub(r" except \1", text))
    text = _MEALS.sub(_each_meal, text)
    text = _COMPOUND.sub(_compound, text)
    text = re.sub(r"\b[a-z]+\b", lambda match: _NUMBERS.get(match[0], match[0]), text)
    return re.sub(r"(?<![\d.])(\d+(?:\.\d+)?)\s*\(\s*\1\s*\)", r"\1", text)  # "three (3) times"
