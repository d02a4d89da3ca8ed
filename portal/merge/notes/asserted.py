"""What a sentence of a note states: ConText (Harkema et al. 2009, after NegEx, Chapman et al. 2001), in small tables.

A trigger takes away what lies in its scope: the whole sentence, what follows it, or what stands before it. What is left
is stated of this patient, now. ``plainly`` leaves out what is said of relatives, asked, supposed, planned, taught,
quoted or left open in a form; ``affirmed`` leaves out what is denied or doubted, too. English, and the Spanish of the
United States.
"""

import re
from functools import lru_cache

from portal.domain.forgetting import remembered
from portal.domain.relatives import NEAR
from portal.merge.words.text import NOTES_AT_A_TIME

CLAUSE_END = re.compile(
    r"[;\n|]|(?<=\w\?)\s+|!(?=\s|$)|(?<!\bdr)(?<!\bdra)(?<!\bmr)(?<!\bms)(?<!\b[a-z])\.(?=\s|$)", re.IGNORECASE
)
LONGEST = 2000
"""Characters of a note that are read."""


def clause_texts(note: str) -> tuple[str, ...]:
    """Return the clauses of a note, without what they end with."""
    return tuple(part.strip(" ,-") for part in CLAUSE_END.split(note[:LONGEST]))


def _any(table: str) -> str:
    """Read a table of patterns, one a line: any of them, as whole words."""
    return rf"\b(?:{'|'.join(line.strip() for line in table.strip().splitlines())})\b"


_RELATIVES = NEAR
_WHOSE = r"(?:(?:his|her|the|their|patient'?s|su|la|el)\s+)?"
_CHILDREN = rf"(?:per|according to|seg[uú]n)\s+{_WHOSE}(?:daughter|son|hij[oa])"
_PARENT_TOLD_OF = re.compile(
    rf"\b{_CHILDREN},?\s+(?:(?:his|her|the|su|la|el)\s+)?(?:mother|father|mom|dad|madre|padre|mam[aá]|pap[aá])\b",
    re.IGNORECASE,
)
"""Whose child tells it is the patient."""
_INFORMANTS = re.compile(
    rf"\b(?:per|as per|according to|told by|reported by|seg[uú]n)\s+{_WHOSE}{_RELATIVES}\b(?!')"
    rf"|\b{_WHOSE}{_RELATIVES}\s+(?:reports?|reported|states?|stated|says|said|notes|noted|tells|recalls|remembers"
    r"|refiere|dice|reporta|informa|recuerda)\b(?:\s+(?:that|que)\b)?"
    r"|\b(?:(?:the|el|la)\s+)?(?:patient|pt|paciente)\s+(?:reports?|states?|says|dice|refiere|reporta)\b(?:\s+(?:that|que)\b)?",
    re.IGNORECASE,
)
"""Who tells it of the patient; what is told then is stated."""
_PARENTS = r"(?:(?:the|la|el)\s+)?(?:mother|father|mom|dad|parents?|guardian|madre|padre|mam[aá]|pap[aá])"
_DECIDED = re.compile(rf"\b{_PARENTS}\s+(?=(?:has |la |lo )?(?:refus|declin|rechaz))", re.IGNORECASE)
"""Who decides for a child."""
_BY_PARENT = re.compile(rf"(?<=ed )by {_PARENTS}\b|(?<=ad[ao] )por {_PARENTS}\b", re.IGNORECASE)
_NOT_ONLY = re.compile(r"\b(?:not (?:just|only|merely)|no (?:solo|s[oó]lo|solamente))\b[^:,;]*[:,;]?", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"|“[^”]*”|«[^»]*»")
_OPEN_BOX = re.compile(r"(?:\[\s*\]|\(\s+\)|[☐□])[^\[☐□☑☒✓]*")
_TICKED_BOX = re.compile(r"\[[xX✓]\]|\([xX]\)|[☑☒✓]")
_BOX_FIRST = re.compile(r"(?:[^\[\]:]{0,40}:)?\s*(?:\[[ xX✓]*\]|\([ xX]*\)|[☐□☑☒✓])")
"""A form whose boxes stand before their words; behind them, which box belongs to which word cannot be told."""

_OTHERS = rf"""
{_RELATIVES}
family|fam|fhx?|maternal|paternal|familia(?:r|res)?|matern[oa]|patern[oa]
(?:her|his|my|the|their|'s) sons?
sons?(?=:| (?:has|had|have|with|was|is|also|diagnosed|developed|broke)\b)
(?:excluded|screened|enrolled|eligible|candidate|discontinued|withdrawn) (?:from|for|in|out)
ruled out for|trial|in error|wrong patient|(?:another|other) patient|por error
"""
_CONDITIONS = r"""
if|unless|in case|si|en caso
watch(?:ing)? for|monitor(?:ing)? for|look out for|signs of|vigil\w+
risks? of|risks?(?=:)|risk for (?!anaphyl\w+|reaction)\w+|riesgos? de
(?:may|might|could|would|can) (?:cause|lead|progress|result|become|develop|range|have)
puede (?:causar|provocar|dar)
"""
_LESSONS = r"""
guidelines?|educat\w+|handout|action plan|zones|policy|kit|patients with|(?:is|are) (?:an? )?serious
reactions? (?:need|require)s?|discussed (?:that|risks?|how|possib\w+)
gu[ií]as?|folleto|plan de acci[oó]n|educaci[oó]n|expli\w+
worr(?:y|ied)|fear(?:s|ful)?|afraid|precautions?|asked|ask|temor|miedo
"""
_UNSETTLED = r"""
(?:not|cannot|unable to) (?:remember|recall|know|say|obtain|confirm|verify|sure)
no (?:sabe|recuerda)|vs|versus|either|y[/ ]n|yes\s*/\s*no|s[ií]\s*/\s*no
"""
_TAKEN_BACK = r"""
(?<!never )(?<!not )(?<!be )(?:restarted|resumed)|back on|at first|initially|then (?:agreed|accepted|consented)
(?<!not )(?:given|done|completed|taken) (?:today|now)|now (?:done|given|completed|accepted)
now taking(?! (?:it |this )?(?:about |only )?(?:\d|half|one|two|an?|once|twice|every|daily|nightly|at|in)\b)
reiniciad[oa]|reanudad[oa]|al principio
"""
_SENTENCE = re.compile(
    "|".join(
        (
            r"\?|¿|_{2,}|\(?\b(?:circle|check|select)(?: one| all)?\)?\s*$|\(circle\)|^(?:accepted|given)\s*/",
            r"n't (?:remember|recall|know|say|obtain|confirm|verify|sure)\b",
            *map(_any, (_OTHERS, _CONDITIONS, _LESSONS, _UNSETTLED, _TAKEN_BACK)),
        )
    ),
    re.IGNORECASE,
)
"""Others than the patient, questions and forms, conditions, lessons, worries, what was taken back: all is silent."""

_PLANS = r"""
will|plan(?:s|ned|ning)?|(?<!had )to be|needs?(?: to)?|must|should|might|goals?|hop(?:e|es|ing|efully)
expect(?:s|ed|ing)?|anticipat\w+|consider(?:ing)?|(?<!as )recommend\w*|(?<!as )advised?|(?<!as )advice
return (?:for|to)|call (?:us|for|with)|come back|go to|refer(?:red|ral)?|schedule[ds]?|next|due for|await\w*
carr(?:y|ies)|(?:prescribed|taken) for|check|confirm|verify|determine|avoid|rule out|r/o
va a|se va|ser[aá]|planea|pr[oó]xim[oa]s?|acud\w+|regres\w+|llam\w+|recomiend\w*|referi\w+|debe|podr[ií]a|puede
descartar[aá]?|por descartar|evitar|metas?
(?<!in )(?<!since )(?<!of )(?<!by )(?<!until )may (?!be (?:life|fatal))[a-z]+
"""
_AHEAD = re.compile(rf"{_any(_PLANS)}|^se descarta\b", re.IGNORECASE)
"""Plans, advice, and what may come: what follows is not so yet."""
_BEHIND = re.compile(
    _any(r"due(?! to\b)|planned|(?<!hold )(?<!held )pending|not needed|pendiente|programad[oa]"),
    re.IGNORECASE,
)
_DENIALS_AND_DOUBTS = r"""
not|non|never|none|nothing|neither|nor|without|w/o|den(?:y|ies|ied|ying)|free of|absence of|lack of|negative for
cannot|can't|didn't|doesn't|isn't|wasn't|hasn't|(?<!ya )no(?! longer\b)
less|hardly|barely|almost|nearly|unlikely|possibl[ey]|probabl[ey]|maybe|perhaps|likely|presum\w+
suspect\w*|suspicious|concern\w*|question of|questionable|unclear|unknown|unsure|uncertain|recall|whether
(?:could|may|might) have|can be|could be(?! life| fatal)
sin|nunca|jam[aá]s|nieg[ao]|neg[oó]|ningun[oa]?|ning[uú]n|tampoco|descartad[oa]s?
posible|posiblemente|probable|quiz[aá]s?|tal vez|sospech\w*|dudos[oa]|casi|puede ser
"""
_DENIED_AHEAD = re.compile(_any(_DENIALS_AND_DOUBTS), re.IGNORECASE)
_DENIED_BEFORE = r"""
denied|ruled out|excluded|absent|unlikely|uncertain|unclear|unknown|negative(?! for)|(?:was|were) considered
not (?:present|seen|noted|found|documented|confirmed)|descartad[oa]s?|negad[oa]|ausente|negativ[oa]
"""
_DENIED_BEHIND = re.compile(rf"{_any(_DENIED_BEFORE)}|[:=-]\s*(?:no|n|none|neg)\b|\((?:-|no|n|neg)\)", re.IGNORECASE)
_TICKED = re.compile(" ; ")
_UNTIL = re.compile(
    _any(
        r"but|however|although|though|except|instead|(?<=[,-] )(?:only|just)|pero|(?<=[,-] )s[oó]lo|sino|aunque|excepto"
    )
    + "|;",
    re.IGNORECASE,
)
"""Where the scope of a denial or a doubt ends."""


@remembered
@lru_cache(maxsize=NOTES_AT_A_TIME)
def plainly(sentence: str) -> tuple[str, ...]:
    """Return what a sentence states or denies of this patient, now; nothing of what it asks, plans or quotes."""
    text = _QUOTED.sub(" ", sentence)
    if _OPEN_BOX.search(text):
        if not _BOX_FIRST.match(text):
            return ()
        text = _TICKED_BOX.sub(" ; ", _OPEN_BOX.sub(" ", text))
    text = _DECIDED.sub("parent ", _BY_PARENT.sub("", _INFORMANTS.sub(" ", _PARENT_TOLD_OF.sub("patient", text))))
    if _SENTENCE.search(text.replace("parent ", "")):
        return ()
    return _left(text, _AHEAD, _BEHIND, _TICKED)


@remembered
@lru_cache(maxsize=NOTES_AT_A_TIME)
def affirmed(sentence: str) -> tuple[str, ...]:
    """Return what a sentence states to be so: without what it denies or doubts."""
    return tuple(
        part
        for clause in plainly(sentence)
        for part in _left(_NOT_ONLY.sub(" ", clause), _DENIED_AHEAD, _DENIED_BEHIND, _UNTIL)
    )


def _left(text: str, ahead: re.Pattern[str], behind: re.Pattern[str], until: re.Pattern[str]) -> tuple[str, ...]:
    """Return what no trigger covers; its scope ends where another clause begins."""
    parts = []
    for clause in until.split(text):
        trigger = ahead.search(clause)
        covered = max((match.end() for match in behind.finditer(clause)), default=0)
        rest = clause[covered : trigger.start() if trigger else len(clause)].strip(" ,;:-.")
        if rest:
            parts.append(rest)
    return tuple(parts)
