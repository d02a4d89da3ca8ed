"""What notes tell of a health issue or an allergy itself: that it is over, is not so, or is not sure.

Told last holds: "in remission since 2019; relapsed 2024" is active.
"""

# ruff: noqa: E501 (tables are read line by line)

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from portal.domain.relatives import NEAR
from portal.merge import noted
from portal.merge.about_it import names, own_words
from portal.merge.asserted import affirmed, clause_texts, plainly
from portal.merge.note_events import last_event, names_no_other, read_events
from portal.merge.noted import labelled
from portal.merge.text import plain, word_set

_STANDINGS = read_events(r"""
-: \b(?:recurr\w+|relaps\w+|came back|active again|(?:remains|still|is) (?:active|present|symptomatic)|sigue activ[oa]|recay\w+)\b
remission: \b(?:in|en) (?:full |partial |complete |sustained |clinical |molecular )*remis(?:s?ion|i[oó]n)\b
remission: ^(?:full |partial |complete |sustained )*remis(?:s?ion|i[oó]n)\b
remission: \b(?:ned|no evidence of (?:disease|recurrence)|(?:disease|cancer)[- ]free|sin evidencia de enfermedad)\b(?! in\b)
resolved: \b(?:resolved(?! symptoms)|cured|healed|outgrown?|outgrew|grew out of (?:it|this)|resuelt[oa]|curad[oa]|superad[oa])\b
resolved: \bno longer (?:considered )?(?:(?:an? )?(?:active |current |ongoing )?(?:problem|issue|concern)|allergic|active|present|(?:has|have)\b(?! to))
resolved: \bya no (?:es al[eé]rgic[oa]|tiene|padece(?: de)?|presenta)\b
inactive: \b(?:inactive|inactiv[oa]|historical|quiescent)\b(?! (?:use|ingredient|form)\b)
inactive: \b(?:childhood|infancy|pregnancy|past|old|history|hx)(?: medical)?(?: history| hx)? only\b
inactive: \bnot (?:a |an )?(?:current|active|ongoing)(?: problem| issue)?\b
inactive: \bnot (?:a |an )?(?:problem|issue) (?:anymore|any longer|now|currently)\b
inactive: \bden(?:y|ies|ied) (?:any |having )?(?P<itself>[^\W\d_]+)(?:/\w+)?(?= (?:today|now|currently|at (?:this time|present))\b)
""")
_VERIFICATIONS = read_events(r"""
refuted: \b(?:ruled out(?! for\b)|excluded|de-?\s?label\w+|disprove[nd]|refuted|descartad[oa]|se descart[oó])\b
refuted: \b(?:does not|doesn't|did not|didn't) (?:actually |really )?have (?:true |an? )?(?P<itself>[^\W\d_]+)
refuted: \bden(?:y|ies|ied) (?:ever )?(?:having |being )?(?:had )?(?:an? |any )?(?:history of |hx of )?(?P<itself>[^\W\d_]+)(?! (?:today|now|currently|at (?:this time|present))\b)
refuted: \bnever (?:had|was|been)(?: (?:an?|any|actually|diagnosed with))* (?P<itself>[^\W\d_]+)
refuted: \bnever (?:actually |really )?had (?:it|this)\b
refuted: ^(?:dx|diagnosis|diagn[oó]stico) (?:was |has been )?(?:changed|revised|corrected|cambiado) (?:to|a) (?P<other>[^\W\d_]+)
refuted: \bmis-?diagnos(?:ed|is)\b
unconfirmed: \b(?:(?:did|does) not|doesn't|didn't) (?:support|suggest|confirm) (?P<itself>[^\W\d_]+)
unconfirmed: \b(?:argues against|inconsistent with) (?P<itself>[^\W\d_]+)
refuted: \bno evidence (?:of|for) (?P<itself>[^\W\d_]+)
refuted: \b(?:dx|diagnosis|label|allergy) (?:was |has been |is )?removed\b
unconfirmed: \b(?:doubts?|doubted|questions) (?P<itself>[^\W\d_]+)
unconfirmed: \b(?:likely|probably|suspect\w*) [\w ]{2,30} (?:rather than|instead of|not|more than) (?P<itself>[^\W\d_]+)
unconfirmed: \b(?:dx|diagnosis|history|hx|diagn[oó]stico) (?:is |remains |very |quite )*(?:questionable|uncertain|unclear|doubtful|in question|in doubt|vague|dudos[oa]|inciert[oa])\b
unconfirmed: ^(?:questionable|doubtful|unconfirmed)$
""")
_OF_SUBSTANCE_USE = read_events(r"""
remission: \b(?:sober|abstinent|sobri[oa]|abstinente)\b(?! (?:living|house|home|support)\b)
remission: \bclean(?= (?:since|for|x|desde|hace|now|and sober)\b)
""")
_SUBSTANCE_USE = re.compile(
    r"\b(?:use disorder|abuse|dependence|alcoholism|addiction|[AO]UD|trastorno por (?:consumo|uso)|alcoholismo|adicci[oó]n)\b",
    re.IGNORECASE,
)
_OF_ISSUES = read_events(r"""
refuted: \bnot (?:an? |true |really |consistent with |felt to be |thought to be )*(?P<itself>[^\W\d_]+)
""")
_OF_ALLERGIES = read_events(r"""
refuted: ^removed(?: from (?:the )?(?:allergy )?list)?$
refuted: \bnot (?:actually |really |truly )*allergic\b
refuted: \b(?:skin test(?:ed|ing|s)?|challenge|testing|ige|patch test|prueba(?: cut[aá]nea)?)(?: (?:was|is|done|result|came back|to [^\W\d_]+))* (?:negative|neg|passed|negativa)\b
refuted: \b(?:passed|negative|neg) (?:(?:an?|the|oral|graded|drug|direct|skin|supervised|penicillin|amoxicillin|[^\W\d_]+) ){0,3}(?:challenge|skin test|test|testing)\b
unconfirmed: \b(?:unlikely|doubt(?:ful)?|low (?:suspicion|likelihood|probability)(?: for| of)?|not likely)(?: (?:an?|true|real|to be|that this is))* (?:allerg\w+|reaction|ige)
""")
_MEMBERS: Mapping[str, frozenset[str]] = {
    "penicillin": word_set(
        "amoxicillin amoxicilina ampicillin ampicilina augmentin pcn penicilina piperacillin dicloxacillin unasyn zosyn"
    ),
    "sulfa": word_set("bactrim septra sulfamethoxazole tmp smx smz"),
    "nsaid": word_set("ibuprofen ibuprofeno naproxen naproxeno ketorolac toradol motrin aleve advil"),
    "statin": word_set("atorvastatin rosuvastatin simvastatin pravastatin lipitor crestor"),
    "ace": word_set("lisinopril enalapril ramipril benazepril captopril"),
    "contrast": word_set("iohexol iopamidol omnipaque isovue"),
}
"""With what of a class an allergy to it is tested, by a word of its name."""
_TALK = word_set("""
remove removed from problem list problems any asymptomatic childhood child adult infancia infancy chart
considered consider deemed thought felt since imaging ct mri xray test testing labs biopsy spirometry pft pfts normal
negative neg criteria clinically treatment completed treated therapy diagnosis dx dx'd diagnosed years by age no not longer
old previous prior remote history hx past medical medicine medications meds infant baby label listed entered patient
sober abstinent clean tolera tolerates tolerated tolerating anos
""")
_POSSIBLY = re.compile(
    r"^(?:r/?o|rule out|to rule out|suspect(?:ed)?|possible|probable|descartar|(?:se )?sospecha(?: de)?|posible|\?)\s*([^\W\d_]+)",
    re.IGNORECASE,
)


_IN_ERROR = re.compile(
    r"(?:this|it|allergy|diagnosis|dx|problem|condition|was|has been|patient|pt|per|says|states|\s)*"
    r"(?:entered|added|listed|charted|documented|recorded)(?: (?:on|to) (?:the |her |his )?(?:chart|list|problem list))?"
    r" (?:in error|by mistake|erroneously)\b(?!\s*:)|in error$|wrong (?:patient|pt|chart)(?:'s chart)?$|(?:entrad|agregad|registrad)[oa] por error\b",
    re.IGNORECASE,
)


_CHALLENGED = re.compile(
    r"\b(?:challenge|rechallenge|test dose|prueba)\b.{0,40}"
    r"\b(?:no|without|sin) (?:any )?(?:reaction|issues?|problems?|reacci[oó]n|problemas?)\b",
    re.IGNORECASE,
)
_OF_A_RELATIVE = re.compile(
    rf"(?:(?:this|it) is )?(?:(?:the |his |her )?(?:{NEAR}))'?s (?:diagnosis|dx|condition|problem|allergy|reaction)"
    r"(?:,? (?:entered|added|listed|charted|recorded)\b[^,:]*)?(?:,? not (?:the |this )?(?:patient|pt)(?:'s)?)?",
    re.IGNORECASE,
)
_NOT_THE_PATIENT = re.compile(
    r"\b(?:mother|mom|father|dad|brother|sister|son|daughter|wife|husband|madre|mam[aá]|padre|pap[aá]|herman[oa]|hij[oa])\b"
    r".*,? (?:not|no) (?:the |el |la )?(?:patient|pt|him|her|himself|herself|ella|[eé]l|paciente)\W*$",
    re.IGNORECASE,
)


def _members_of(title: str) -> frozenset[str]:
    """Return the members of the class that a title names; none where it names no class."""
    words = plain(title)
    return frozenset().union(*(members for name, members in _MEMBERS.items() if re.search(rf"\b{name}", words)))


def standing(notes: Sequence[str], title: str, *, allergic: bool = False) -> str:
    """Return the clinical status that notes state of the thing itself, as the code of FHIR; empty for none.

    ``allergic``: what "resolved in two days" or "with an antihistamine" was one reaction, the allergy is not over.
    """
    stated = noted.standing(notes, title, allergic=allergic)
    if labelled(notes, "status"):
        return stated
    texts = tuple(clause for note in notes for clause in clause_texts(note))
    texts = tuple(text for text in texts if not noted.COURSE.search(text)) if allergic else texts
    own = own_words(title, allergic=allergic)
    events = (*_STANDINGS, *_OF_SUBSTANCE_USE) if _SUBSTANCE_USE.search(title) else _STANDINGS
    code, words = last_event(texts, own, events, beside=_TALK, another=_other_than(own))
    return code if words else stated


def verification(notes: Sequence[str], title: str, *, allergic: bool = False) -> str:
    """Return the verification that notes state of the thing itself, as the code of FHIR; empty for none."""
    stated = noted.verification(notes, title, allergic=allergic)
    if stated or labelled(notes, "verification"):
        return stated
    own = own_words(title, allergic=allergic) | (_members_of(title) if allergic else frozenset())
    clauses = [clause for note in notes for clause in clause_texts(note)]
    if any(
        _IN_ERROR.match(clause) or _OF_A_RELATIVE.fullmatch(clause) or _NOT_THE_PATIENT.search(clause)
        for clause in clauses
    ):
        return "refuted"
    if allergic and any(_CHALLENGED.search(text) for clause in clauses for text in plainly(clause)):
        return "refuted"
    events = (*_VERIFICATIONS, *(_OF_ALLERGIES if allergic else _OF_ISSUES))
    return last_event(notes, own, events, beside=_TALK, another=_other_than(own))[0] or _possibly(notes, own)


_ILLNESS = re.compile(
    r"\b[A-Z]{2,6}\b|(?i:\b\w{3,}(?:itis|osis|oma|ia|opathy|ism|rrhea|pnea|edema)\b|\bfor [a-z]{4,}"
    r"|\b(?:cancer|disease|infection|syndrome|fracture|pain|cough|rash|hives|flare|exacerbation|attack|symptoms?|depression"
    r"|anxiety|diabetes|hypertension|failure|stroke|clot|mass|lump|ulcer|seizures?|swelling|bleeding|fever|wheez\w+|dolor"
    r"|tos|fiebre|bipolar)\b)"
)


_FIGURES = re.compile(r"\S*\d\S*")
_BARE = 2
"""Words of a name that stands for itself: "covid 2021"."""


def _other_than(own: frozenset[str]) -> Callable[[str], bool]:
    """Return what tells whether words name another illness or complaint, or letters that may stand for one."""

    def names_illness(text: str) -> bool:
        if len(rest := _FIGURES.sub(" ", text).split()) <= _BARE and not names_no_other(" ".join(rest), own, _TALK):
            return bool(affirmed(text))
        named = (match[0] for stated in affirmed(text) for match in _ILLNESS.finditer(stated))
        return any(not (own | _TALK).issuperset(plain(words).split()) for words in named)

    return names_illness


def _possibly(notes: Iterable[str], own: frozenset[str]) -> str:
    """Return "unconfirmed" where a clause begins with what is still to be found out of it: "R/o asthma"."""
    clauses = (clause for note in notes for clause in clause_texts(note))
    begun = (match for clause in clauses if (match := _POSSIBLY.match(clause)) and _is_stated(clause[match.start(1) :]))
    return "unconfirmed" if any(names(plain(match[1]), own) for match in begun) else ""


def _is_stated(text: str) -> bool:
    return bool(plainly(re.sub(r"\b(?:vs|versus)\b.*", "", text, flags=re.IGNORECASE)))
