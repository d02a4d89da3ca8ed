"""What notes of an order say: that it is not taken, never was, is on hold or over, or how it is really taken."""

# ruff: noqa: E501 (tables are read line by line)

import re
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache

from portal.merge.medications.dosing_tables import CODES, PERIODS, UNITS, VERBS
from portal.merge.medications.drug_brands import BRANDS, ingredients_of
from portal.merge.medications.drug_names import INGREDIENTS
from portal.merge.medications.drug_salts import salted
from portal.merge.medications.listed_brands import ALL_BRANDS
from portal.merge.medications.medicines import read_product
from portal.merge.notes.about_it import own_words
from portal.merge.notes.asserted import clause_texts
from portal.merge.notes.note_events import last_event, last_part, names_no_other, read_events, sentences
from portal.merge.things.thing_notes import noted_error
from portal.merge.words.text import plain, word_set

_CLASSES = word_set("""
arb acei nsaid nsaids statin statins ssri snri doac noac ppi insulin biologic biosimilar antibiotic steroid steroids
opioid opioids diuretic betablocker triptan iron potassium
""")
_STEMS = re.compile(
    r"\w{2,}(?:pril|sartan|olol|statina?|dipin[eo]?|pam|lam|azole?|cillina?|mycina?|oxacina?|cycline|gliptina?|gliflozina?"
    r"|glutida?|glutide|tidine|prazole?|xaban|parina?|grel|mab|nib|cept|triptan|setron|afil|osin|fibrate?|thiazide"
    r"|semide|lukast|terol|sone|solone|caine|codone|morphone|profen|oxetine|zepine|barbital|dronate|vir|formina?"
    r"|tiapine|peridol|azine|triptyline|zodone|faxine)"
)
"""Stems of the United States Adopted Names (USAN), by which a word is a medicine's name."""
_BRAND_WORDS = frozenset(word for brand in BRANDS for word in brand.split()[:1] if len(word) > 3)
_NAME_WORDS = frozenset(
    word for name in (*INGREDIENTS, *INGREDIENTS.values(), *BRANDS.values()) for word in re.findall(r"^[a-z]{4,}", name)
)
_OWN_CLASSES = {
    r"pril\b": "acei ace inhibitor", r"sartan\b": "arb", r"statin\b": "statin", r"olol\b": "bb betablocker blocker",
    r"gliptin\b": "dpp4", r"xaban\b|warfarin": "thinner doac anticoagulant", r"thiazide\b|semide\b": "diuretic water",
    r"prazole\b": "ppi", r"terol\b": "inhaler", r"cillin\b|mycin\b|oxacin\b|cycline\b": "antibiotic antibiotics abx",
}  # fmt: skip
_A_MEDICINE = word_set("""
medication medicine med meds drug rx prescription pill pills tablet tablets tab tabs capsule capsules dose doses therapy
treatment tx course order regimen medicamento medicina pastilla pastillas tableta tabletas tratamiento oral
""")


@cache
def _brands_of() -> Mapping[str, list[str]]:
    """Return the brands of one ingredient, by it."""
    brands: dict[str, list[str]] = {}
    for brand, meaning in ALL_BRANDS.items():
        brands.setdefault(salted(" + ".join(ingredients_of(meaning)))[0], []).append(brand)
    return brands


@lru_cache(maxsize=2048)
def own_names(title: str) -> frozenset[str]:
    """Return the words by which a note may call the medicine: of its name, its brands and its class."""
    ingredients = read_product(title).ingredients
    brands = [brand for name in ingredients for brand in _brands_of().get(name, ())]
    classes = (words for stem, words in _OWN_CLASSES.items() if re.search(stem, " ".join(ingredients)))
    told_by = " ".join((*ingredients, *brands, *classes))
    return own_words(title) | word_set(plain(told_by)) | _A_MEDICINE


def is_medicine(word: str) -> bool:
    """Tell whether a word is the name of a medicine, a brand or a class."""
    named = word in _CLASSES or word in _BRAND_WORDS or word in _NAME_WORDS
    return named or (word not in _NO_MEDICINE and bool(_STEMS.fullmatch(word)))


_NO_MEDICINE = word_set("cholesterol colesterol except accept concept magazine")
"""Words that only end like one."""


def _names_medicine(text: str, own: AbstractSet[str]) -> bool:
    """Tell whether words name a medicine that is not this one."""
    return bool(_NONE_LEFT.search(text)) or any(word not in own and is_medicine(word) for word in plain(text).split())


_NONE_LEFT = re.compile(r"\b(?:out of stock|back-?order\w*)\b", re.IGNORECASE)
"""Why a pharmacy waits, whatever is taken."""
_EVENTS = read_events(
    r"""
stopped: \b(?:switch|chang|convert|transition|rotat)ed (?:over )?(?:from \w+ )?to (?:an? |oral )?(?P<other>[^\W\d_]+)
stopped: \b(?:replaced|substituted) (?:by|with) (?P<other>[^\W\d_]+)
stopped: \b(?:cambiad[oa]|cambi[oó]|sustituid[oa]) (?:al?|por) (?P<other>[^\W\d_]+)
on-hold: \b(?:on hold|(?:be(?:ing|en)|was|is) held|holding|paused|en pausa)\b(?! (?:with|parameters)\b)
on-hold: ^held\b(?! (?:with|parameters)\b)
on-hold: ^hold(?= (?:until|till|pending|for now|given|due|while|because|hasta)\b|:?$)
not-taken: \b(?:never|not yet) (?:started|began|begun|took|taken|filled|refilled|picked(?: it)? up|used|tried|sent|dispensed|obtained)\b
not-taken: \b(?:waiting|yet|plans) to (?:start|begin)\b
not-taken: \b(?:did not|didn't|has not|hasn't|not) (?:start|fill|refill|pick(?: it)? up|begin|picked(?: it)? up)(?:ed)?\b
not-taken: \b(?:is not|isn't|(?:does|do|did) not|(?:does|do|did)n't|not|has not|hasn't|no longer) (?:currently |actually |been |yet )*(?:tak|us)(?:es?|ing|en|ed)\b{away}
not-taken: \b(?:quit|stopped) (?:taking|using)\b{away}
not-taken: \b(?:refus(?:es|ed|ing)|declin(?:es|ed|ing)) (?:to (?:take|start|use|continue|try|resume)|this|it|med\w*)\b
not-taken: \bno (?:l[oa]s? )?(?:est[aá] (?:tomando|usando)|ha tomado|toma|usa|tom[oó])\b
not-taken: \bdej[oóe](?: de (?:tomar|usar)(?:l[oa]s?)?)?(?=$|\W)
not-taken: \bno (?:l[oa] )?(?:volvi[oó] a|ha|pudo) (?:surti|compr)\w+
not-taken: \bnunca (?:l[oa]s? )?(?:empez[oó]|inici[oó]|tom[oó]|surti[oó]|compr[oó]|us[oó])\b
not-taken: ^no (?:l[oa] )?tom(?:ar|e)(?:l[oa])?$
not-taken: ^(?:patient |pt )?(?:refused|declined)$
stopped: ^(?:inactive|inactiv[oa])$
stopped: \bl[oa] quit(?:[oó]|aron)(?=$|\W)
stopped: \bno longer (?:on|prescribed|needs|needed|requires|indicated)\b
stopped: \b(?:self[- ]?)?(?:stopped|quit|discontinue[ds]|d/c'?e?d|dc'?e?d|d/c|ceased)\b{elsewhere}
stopped: \b(?:took|taken?|takes|came|come|been|weaned|tapered)(?: (?:him|her|them)(?:self)?)?(?: completely)? off\b{not off}
stopped: \b(?:is|was|now|currently|patient|pt|he|she) off\b{not off}
stopped: ^(?:completely )?off\b{not off}
stopped: \b(?:told|instructed|directed) (?:(?:him|her|them|pt|patient|by (?:tele)?phone|over the phone|via [^\W\d_]+|by rn|today) )*to (?:stop|discontinue|quit)\b(?!.*(?:\d|\b(?:before|prior|when|after|for|once|on|at|while)\b))
stopped: ^(?:stop|d/?c|discontinue|suspender|descontinuar)!
stopped: ^(?:please )?(?:stop|discontinue|d/c|suspender|descontinuar)(?: (?:it|this|taking(?: it| this)?|med\w*))?(?= (?:due|because|por|given|per)\b)
stopped: \b(?:le|les) (?:dij\w+|indic\w+|pidi\w+) (?:que )?(?:l[oa] )?(?:suspend\w+|dej(?:ar|ara|e)(?: de tomar(?:l[oa])?)?)(?=$|\W)
completed: ^(?:(?:course|therapy|treatment|tx|regimen|taper)(?: was| is)? )?(?:completed|finished)\b
completed: ^(?:course|therapy|treatment|tx|taper|tratamiento)(?: is| was)? complet[eo]$
completed: \b(?:completed|finished)(?: (?:a|the|his|her|full|entire|\d+[- ]?days?))* (?:course|therapy|treatment|taper)\b
stopped: \b(?:fue |la |lo |se )?(?:suspend(?:id[oa]|i[oó]|ieron|e)|descontinuad[oa]|descontinu[oó]|retirad[oa])\b(?! si\b)
-: \b(?:resum\w+|restart\w*|back on|(?:still|now) (?:taking|on)|reinici\w+|reanud\w+|contin[uú]a\w*|continu(?:e[sd]?|ing)(?= |$))
""".replace(
        "{away}",
        r"(?! (?:taking |using )?(?:it |this |the )?(?:with|before|at|as (?!of)\w+|more|less|enough|too|every|by mouth)\b)",
    )
    .replace(
        "{elsewhere}",
        r"(?! (?:taking |using )?(?:with|too|more|every|before)\b)(?! (?:by(?:$| (?:for|to)\b)|from|(?:this |the )?(?:brand|generic|product|strength))\b)",
    )
    .replace("{not off}", r"(?!-| (?:and on|work|label|balance)\b)")
)
"""Lemmas in which stopping, never starting, holding and ending are told; what is taken though another way is not."""


def noted_status(notes: Iterable[str], title: str) -> tuple[str, str]:
    """Return the status that notes tell last of an order, and in which words: "quit taking this 3 weeks ago"."""
    notes = tuple(notes)
    if not notes:
        return "", ""
    if in_error := noted_error(notes):
        return "entered-in-error", in_error
    own = own_names(title)
    return last_event(notes, own, _EVENTS, beside=_A_MEDICINE, another=lambda text: _names_medicine(text, own))


_HELD_WHEN = re.compile(
    r"(?:please |may |must |patient to |pt to |to )?(?:hold|stop(?! date)|skip|omit|avoid|(?:do not|don'?t|never) (?:take|give|use)"
    r"|suspender|suspenda|omitir|evitar|no tomar)\b(?=.*(?:\d|[<>]"
    r"|\b(?:if|for|when|before|prior|while|during|with|unless|si|cuando|antes|con|durante)\b))"
    r"|(?:patient |pt |he |she |may |can |to |also |puede )*(?:takes?|taking|uses?|using|tom[aeó]r?)\b"
    r"(?=.*\b(?:extra|additional|another|adicional(?:es)?)\b)",
    re.IGNORECASE,
)


def held_when(notes: Iterable[str], title: str) -> tuple[str, ...]:
    """Return the clauses of notes that say when not to take it, or when more: "Hold if HR < 55", "Takes an extra tablet
    if weight is up"."""
    own = own_names(title)
    clauses = (clause for note in notes for clause in clause_texts(note) if _HELD_WHEN.match(clause))
    return tuple(
        clause
        for clause in clauses
        if not noted_status((clause,), title)[0] and not _names_medicine(_WITH.split(clause)[0], own)
    )


_WITH = re.compile(r"\b(?:with|con|if|when|for)\b", re.IGNORECASE)
"""Behind it another medicine may be named: "Do not take with ibuprofen"."""
_AMOUNT_FIRST = re.compile(
    r"(?:about |approximately |up to |at )?"
    r"(?:\d|(?:half|one|two|three|four|media|una|dos|tres)\b|an? (?:tab|cap|pill|half))",
    re.IGNORECASE,
)
_HOW_OFTEN = re.compile(
    r"\b(?:once|twice|daily|nightly|weekly|bid|tid|qid|qd|qod|q ?\d+ ?h\w*|every|each|times|a day|per day|prn|needed|cada|diari[oa]s?"
    r"|veces|vez|semana\w*)\b",
    re.IGNORECASE,
)
_TAKING = r"\b(?:taking|takes|using|uses|injects|injecting|inhales|inhaling|toma|tomando|usa|usando|se (?:inyecta|aplica|pone))\b"
_CHANGED = (
    r"\b(?:(?:increased|decreased|reduced|lowered|raised|titrated|uptitrated|tapered|weaned|cut|adjusted|bumped|dropped"
    r"|went|gone|go|goes|going|step|stepped|up|down|changed)(?: (?:up|down|back|it|the|dose|dosage))* to"
    r"|(?:^|(?<=[:;,] ))(?:please )?(?:increase|decrease|reduce|lower|raise)(?: (?:up|down|it|the|dose|dosage))* to"
    r"|^(?:aumentar|reducir|bajar|subir|disminuir)(?: la dosis)? a"
    r"|se? ?(?:aument|reduj|baj|sub|disminuy|ajust|cambi)\w+(?: la dosis)? a)\b"
)
_NOW = r"(?:\b(?:now|currently|presently|ahora) (?:on|at|con)\b|\bnow(?= \d[\d.,/]* ?(?:mg|mcg|units?|tabs?|ml)\b)|\b(?:dose|dosis) (?:is |was )?(?:now|currently|ahora)\b:?)"
_TOLD_TO = r"\b(?:instructed|told|advised|directed) to (?:start |begin )?tak(?:e|ing)\b"
_IMPERATIVE = (
    r"^(?P<order>(?:only )?(?:takes?|use|give|inject|tom[ae]r?))\b|^(?P<most>max(?:imum|imo)?|no more than|m[aá]ximo)\b"
)
_WEANING = r"\b(?:wean|taper|titrat|down-?titrat|up-?titrat)ing(?: (?:off|down|up|slowly|it|her|him|them))*\s*(?::|-|,|with|at|to)?(?=\s)"
_FRAMES = (_TAKING, _CHANGED, _NOW, _TOLD_TO, _WEANING, _IMPERATIVE)
_FRAME = re.compile("|".join(_FRAMES), re.IGNORECASE)
"""What stands before the way it is really taken, or is to be taken since."""
_ASIDE = re.compile(
    r"\b(?:because|due to|so that|per|according|to make|to stretch|instead of|rather than|porque|debido|seg[uú]n|as of|since|desde"
    r"|started|starting)\b.*|,? not\b.*|\b(?:on |el )?(?!1/[24]\b)\d{1,2}/\d{1,2}(?:/\d{2,4})?\b.*|\b\d{1,2}/(?:19|20)\d\d\b.*",
    re.IGNORECASE,
)
_AS_ORDERED = re.compile(
    r"\bas (?:prescribed|directed|ordered|instructed)\b|\bcomo (?:se )?(?:indic|recet)\w+", re.IGNORECASE
)
_NOT_AS_ORDERED = re.compile(
    r"^(?:patient |pt |she |he )?(?:is |has )?(?:not|n't|hasn't been|isn't) (?:been )?(?:tak|us)(?:ing|en|e) (?:it |this |the |med\w* )*as "
    r"(?:prescribed|directed|ordered|instructed)$",
    re.IGNORECASE,
)
_WORKED_OUT = re.compile(
    r"(?:->|=|\u2192|\b(?:about|approximately))\s*(?:about )?(\d+(?:\.\d+)?) ?(?:tab|cap|tablet|capsule|pill)?s?"
    r" ?(?:/|per|a) ?d(?:ay)?\b",
    re.IGNORECASE,
)
_FILLS = re.compile(r"\b(?:fill(?:s|ed|ing)?|refill\w*|pdmp|dispens\w+|pharmacy)\b|#\d", re.IGNORECASE)
"""How many a day follows from what was handed out: "fills every 20 days for #60 -> 3/day"."""
_SOME_TIMES = re.compile(
    r"\b(?:if|when|before|prior|unless|until|next|once only|missed|available|supply|refills?|due"
    r"|dispensed|stable|the same|disponible)\b",
    re.IGNORECASE,
)
_HALVED = re.compile(
    r"\b(?:cutting|cuts|splitting|splits|halving|halves|breaking|breaks)(?: (?:the|his|her|it|them|each|tabs?|tablets?|pills?|meds?|in|into))*"
    r"(?: (?:half|two|2))?$|\btoma (?:s[oó]lo )?la mitad\b"
    r"|\bcut (?:(?:the|it|dose|tablets?|tabs?|pills?) )*in half\b"
    r"|\b(?:to take|takes?|taking) (?:only )?half(?: (?:the|a) (?:dose|tablet|pill|tab))?$",
    re.IGNORECASE,
)
_SKIPS = re.compile(
    r"\b(?:skips|skipping|misses|missing|omits|se salta)\b|\bdoses? (?:are |often )?skipped\b|\bweekends? (?:doses? )?skipped\b|\btak(?:es|ing) (?:it )?(?:most|some|only some) days\b",
    re.IGNORECASE,
)
_WHEN_NEEDED = re.compile(r"\b(?:only|just|s[oó]lo|solamente) (?:when|for|cuando|with|por)\b.*", re.IGNORECASE)


_IF_TOLERATED = re.compile(r",? \b(?:if|as|si)(?: l[oa])?(?: well)? toler\w+", re.IGNORECASE)
"""A condition that hopes for the usual; any other one says that it may not be so."""


def taken(notes: Iterable[str], title: str) -> tuple[str, str]:
    """Return the dosing that notes tell last to be real, or to hold since, and their words; empty where they do not."""
    own = own_names(title)
    last = ("", "")
    for note in notes:
        for clause in clause_texts(_IF_TOLERATED.sub("", note)):
            for sentence in sentences(clause):
                last = _taken_later(sentence, own) or _taken(sentence, own) or last
    return last


_LATER = re.compile(
    r"(?:then )?(?:after|tras|despu[eé]s de) (?:\d+|an?|one|two|three|four|una?|dos|tres|cuatro) "
    r"(?:days?|weeks?|wks?|months?|d[ií]as?|semanas?|mes(?:es)?),? ",
    re.IGNORECASE,
)


def _taken_later(sentence: str, own: AbstractSet[str]) -> tuple[str, str] | None:
    """Return the next step of a titration with its time: "After 7 days go up to 2 tablets daily"."""
    later = _LATER.match(sentence)
    told = _taken(sentence[later.end() :], own) if later else None
    return told and later and (told[0], f"{later[0]}{told[1]}")


def _taken(sentence: str, own: AbstractSet[str]) -> tuple[str, str] | None:
    """Return how a sentence says that it is taken, where it names no other medicine."""
    if _NOT_AS_ORDERED.search(sentence) and not _names_medicine(sentence, own):
        return sentence, sentence
    if _AS_ORDERED.search(sentence) or _names_medicine(sentence, own):
        return None
    if (worked_out := _WORKED_OUT.search(sentence)) and _FILLS.search(sentence):
        return f"{worked_out[1]} times a day", sentence
    whole = _ASIDE.sub("", sentence).strip(" ,.:-")
    if _HOW_OFTEN.search(whole) and all(word in _OF_SIGS or not word.isalpha() for word in plain(whole).split()):
        return whole, sentence
    for pattern in (_SKIPS, _HALVED, _FRAME):
        for match in pattern.finditer(sentence):
            shown = sentence[match.start() :]
            if not names_no_other(last_part(sentence[: match.start()]), own):
                continue
            words = _dosing_behind(sentence, match, own) if pattern is _FRAME else shown
            if words:
                return "half a tablet" if pattern is _HALVED else words, shown
    return None


def _is_it(word: str, own: AbstractSet[str]) -> bool:
    """Tell whether a word means the medicine; the strength in its title is an amount in a note."""
    return word in own | _IT and word not in UNITS and not word[:1].isdigit()


def _dosing_behind(sentence: str, frame: re.Match[str], own: AbstractSet[str]) -> str:
    """Return the amount, how often, when needed or at most what stands behind a frame; empty for anything else."""
    if only := _WHEN_NEEDED.search(sentence[frame.end() :]):
        return f"as needed, {only[0]}"
    if at_that_time := _ONLY_AT.search(sentence[frame.end() :]):
        return at_that_time["time"] or at_that_time["last"]
    if _ONLY_THEN.search(sentence[: frame.end()]) and (only := _THEN.match(sentence[frame.end() :])):
        return f"as needed, {only[0].strip()}"
    words = _ASIDE.sub("", sentence[frame.end() :]).strip(" ,.:-")
    while words and _is_it(plain(words.split()[0]), own):
        words = words.partition(" ")[2]
    if _SOME_TIMES.search(words):
        return ""
    if frame["most"]:
        return f"max {words}"
    lasting = frame["order"] and _LASTING.match(words)
    return words if lasting or _AMOUNT_FIRST.match(words) or _HOW_OFTEN.search(words) else ""


_OF_SIGS = frozenset({*UNITS, *CODES, *PERIODS, *VERBS, "half", "twice", "cada", "vez", "veces", "al", "dia"})
_A_TIME = r"(?:at|in the|every|al|(?:por|en|a) la) (?:bedtime|night|morning|evening|noon|acostarse|noche|ma\u00f1ana)"
_ONLY_AT = re.compile(
    rf"\b(?:only|just|s[oó]lo|solamente) (?P<time>{_A_TIME})\b|\b(?P<last>{_A_TIME}) (?:only|solamente)\b",
    re.IGNORECASE,
)
_ONLY_THEN = re.compile(r"\b(?:only|just|s[oó]lo|solamente)(?: \w+)?$", re.IGNORECASE)
_THEN = re.compile(r" (?:it |this )?(?:when|for|cuando|with|por)\b.*", re.IGNORECASE)
_LASTING = re.compile(
    r"(?:for|por|durante) \d+ (?:more )?(?:days?|weeks?|months?|d[ií]as|semanas|meses)\b", re.IGNORECASE
)
_IT = word_set("it this that them differently just only actually about approximately to la lo solo los las")
