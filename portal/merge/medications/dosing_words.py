"""Words of instructions in one way of writing: numbers as figures, fractions, Latin dots, Spanish as English."""

import re
from functools import lru_cache

from portal.merge.medications.dosing_tables import PERIODS
from portal.merge.medications.fractions import with_decimals
from portal.merge.words.concepts import singular
from portal.merge.words.moments import worded_date
from portal.merge.words.text import plain, with_points, word_set

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
_NUMBERS |= {"half": "0.5", "thirty": "30"}

_SPANISH = tuple(
    (re.compile(pattern), english)
    for pattern, english in (
        (r"\bno (?:se )?(?:tom[ae]r?|us[ae]r?|inyect[ae]r?) m[áa]s de\b", "no more than"),
        (r"\bno (?:se )?exced(?:a|er)(?: de)?\b", "not exceed"),
        (r"(?<=\d/\d) de (?:una? )?(?=tableta|pastilla|comprimido)", " "),
        (r"\b(?:tome|tomar|tómese|tomese)\b", "take"),
        (r"\b(?:inyecte|inyectar|inyéctese)\b", "inject"),
        (r"\b(?:aplique|aplicar|aplíquese)\b", "apply"),
        (r"\b(?:(?:1|una?) )?(?:tableta|pastilla|comprimido|tab\.?) y media\b", "1.5 tablet"),
        (r"\b(?:2|dos) (?:tabletas|pastillas|comprimidos) y media\b", "2.5 tablet"),
        (r"\b(?:la )?mitad de (?:una?|la|el) (?=tableta|pastilla|comprimido)|\bmedio (?=comprimido)", "0.5 "),
        (r"\bun cuarto de (?=tablet|pastilla|comprimido)", "0.25 "),
        (r"\bcada (\d+) ?(?:a|o|-) ?(\d+)(?= horas?| d[íi]as?| minutos?)", r"every \1 to \2"),
        (r"\bde lunes a viernes\b", "monday to friday"),
        (r"\blos (?=lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bados?|domingos?)", "on "),
        (r"(?<=[a-z]) y (?=(?:lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo))", " and "),
        (r"\blunes\b", "monday"),
        (r"\bmartes\b", "tuesday"),
        (r"\bmi[ée]rcoles\b", "wednesday"),
        (r"\bjueves\b", "thursday"),
        (r"\bviernes\b", "friday"),
        (r"\bs[áa]bados?\b", "saturday"),
        (r"\bdomingos?\b", "sunday"),
        (r"\b(?:al|a) mediod[íi]a\b", "at noon"),
        (r"\bcon el desayuno\b", "with breakfast"),
        (r"\bcon la cena\b", "with dinner"),
        (r"\batomizaci(?:ones|[óo]n)\b", "spray"),
        (r"\b(?:en )?cada (?:fosa(?: nasal)?|orificio nasal|narina)\b", "in each nostril"),
        (r"\bluego\b", "then"),
        (r"\b(?:inhale|inhalar)\b", "inhale"),
        (r"\b(?:dar|déle|dele|administre|administrar)\b", "give"),
        (r"\b(?:masticar|mastique)\b(?! ni)", "chew"),
        (r"\b(?:tabletas?|pastillas?|comprimidos?|píldoras?|tab\.)(?![a-z])", "tablet"),
        (r"\bc[áa]psulas?\b", "capsule"),
        (r"\bgotas?\b", "drop"),
        (r"\b(?:inhalaciones|inhalación|inhalacion|disparos?)\b", "puff"),
        (r"\bunidades\b", "units"),
        (r"\bcucharaditas?\b", "teaspoon"),
        (r"\b(?:por v[íi]a oral|v[íi]a oral|por (?:la )?boca)\b", "by mouth"),
        (r"\b(?:por v[íi]a sublingual|(?:de)?bajo (?:de )?la lengua)\b", "under the tongue"),
        (
            (
                r"\bhasta (?:un m[áa]ximo de )?(?=(?:\d+|dos|tres|cuatro)"
                r" (?:dosis|veces|tabletas?|tablet|c[áa]psulas?|inhalaciones|puff)\b)"
            ),
            "up to ",
        ),
        (r"\b(?:por v[íi]a subcut[áa]nea|debajo de la piel|bajo la piel)\b", "under the skin"),
        (r"\ben (?:cada ojo|ambos ojos|los dos ojos)\b", "in both eyes"),
        (r"\b(?:según|segun|cuando|si) (?:sea|es|lo)? ?(?:necesario|necesita|necesite)\b", "as needed"),
        (
            r"\bsi tiene (?=dolor|n[áa]useas?|comez[óo]n|picaz[óo]n|fiebre|tos|alergia|v[óo]mitos?|diarrea|ansiedad)",
            "as needed para ",
        ),
        (
            (
                r"\bsi (?:(?:hay|le da|siente|presenta) )?"
                r"(?=dolor|n[áa]useas?|comez[óo]n|picaz[óo]n|fiebre|tos|v[óo]mitos?|falta de aire|dificultad"
                r"|sibilancias)"
            ),
            "as needed para ",
        ),
        (r"\bno (?:se )?(?:salte|omita|olvide)[^.;,]*\bdosis\b", "do not skip doses"),
        (
            r"\bno (?:deje de tomar\w*|suspenda)\b[^.;,]*\b(?:repente|bruscamente|s[úu]bitamente|sin)\b[^.;,]*",
            "do not stop suddenly",
        ),
        (r"\bno (?:mastique|triture|parta|abra)\b(?: (?:ni|o) (?:mastique|triture|parta|abra)\b)*", "do not crush"),
        (
            (
                r"\bno (?:se )?(?:l[ao]s? )?(?:tom[ae]r?(?:l[ao]s?)?|pon(?:ga|er)|us(?:e|ar)|inyect(?:e|ar)"
                r"|apli(?:que|car)|dé|dar)\b(?! m[áa]s de)"
            ),
            "do not take",
        ),
        (r"\b(?:suspend(?:er|a)|salt(?:ar|e)|omit(?:ir|a))\b", "hold"),
        (r"\b(?:sub(?:ir|a)|aument(?:ar|e)|increment(?:ar|e))\b(?= )", "increase"),
        (r"\b(?:baj(?:ar|e)|redu(?:cir|zca)|disminu(?:ir|ya))\b(?= )", "decrease"),
        (r"\bm[áa]ximo(?: de)?\b", "max"),
        (r"\bno (?:tom[ae]r? )?m[áa]s de\b", "no more than"),
        (r"\bcon el est[óo]mago vac[íi]o\b|\ben ayunas\b", "on an empty stomach"),
        (r"\bdolor (?:de|en el) pecho\b|\bdolor tor[áa]cico\b|\bdolor precordial\b", "chest pain"),
        (r"\bdolor(?:es)? de cabeza\b", "headache"),
        (r"\bdolor (?:de|en la) espalda\b", "back pain"),
        (r"\bdolor (?:de|en la) garganta\b", "throat pain"),
        (r"\bdolor (?:de|en el) est[óo]mago\b", "stomach pain"),
        (r"\bdolor abdominal\b", "abdominal pain"),
        (r"\bdolor muscular\b", "muscle pain"),
        (r"\bdolor (?:articular|de articulaciones|en las articulaciones)\b", "joint pain"),
        (r"\bdolor (?:de|en la) rodilla\b", "knee pain"),
        (r"\bdolor leve\b", "mild pain"),
        (r"\bdolor moderado\b", "moderate pain"),
        (r"\bdolor (?:severo|intenso|fuerte)\b", "severe pain"),
        (r"\b(?:falta de aire|dificultad (?:para|al) respirar)\b", "shortness of breath"),
        (r"\bn[áa]useas? (?:y|o|y/o) v[óo]mitos?\b", "nausea vomiting"),
        (
            r"\bpara (?:el |la |los |las )?(?=(?:[a-z]+ )?(?:pain|headache|vomiting|breath)\b|shortness of breath)",
            "for ",
        ),
        (r"\bpara (?:el|la|los|las)? ?dolor\b", "for pain"),
        (r"\bpara (?:el|la|los|las)? ?(?:náuseas|nausea|nauseas)\b", "for nausea"),
        (r"\bpara (?:el|la|los|las)? ?(?:comezón|picazón)\b", "for itching"),
        (r"\b(?:a la hora de )?(?:al )?(?:acostarse|dormir)\b", "at bedtime"),
        (r"\bcada noche\b|\b(?:por|en) la noche\b", "at bedtime"),
        (r"\bcada mañana\b|\b(?:por|en) la mañana\b", "every morning"),
        (r"\b(?:por|en) la tarde\b", "every evening"),
        (r"\bantes del? desayuno\b", "before breakfast"),
        (r"\bantes de (?:cada comida|las comidas|comer)\b", "before meals"),
        (r"\b(?:después|despues) de (?:cada comida|las comidas|comer)\b", "after meals"),
        (r"\bcon (?:las? comidas?|cada comida|alimentos?|comida)\b", "with meals"),
        (r"\b(?:una vez|1 vez)\b", "once"),
        (r"\b(?:dos|2) veces\b", "twice"),
        (r"\b(?:tres|3) veces\b", "3 times"),
        (r"\b(?:cuatro|4) veces\b", "4 times"),
        (r"\bun d[íi]a s[íi] y (?:otro|un d[íi]a) no\b", "every other day"),
        (r"\bcada (?:otro día|otro dia|tercer día|dos días|2 días)\b", "every other day"),
        (r"\b(?:todos los d[íi]as|cada d[íi]a|al d[íi]a|por d[íi]a|diariamente|diarias?|diarios?)\b", "daily"),
        (r"\b(?:a la semana|por semana|cada semana|semanal(?:mente)?)\b", "every week"),
        (r"\b(?:al mes|por mes|cada mes|mensual(?:mente)?)\b", "every month"),
        (r"\bsi\b(?! y )", "if"),
        (r"\bcada\b", "every"),
        (r"\bhoras?\b", "hours"),
        (r"\bminutos?\b", "minutes"),
        (r"\b(?:durante|por)\b(?= \d)", "for"),
        (r"\bd[íi]as?\b", "days"),
        (r"\bsemanas?\b", "weeks"),
        (r"\bmedia\b(?= tablet)", "0.5"),
        (r"\b(?:una|un)\b", "1"),
        (r"\bdos\b", "2"),
        (r"\btres\b", "3"),
        (r"\bocho\b", "8"),
        (r"\bdoce\b", "12"),
    )
)
_IS_SPANISH = re.compile(
    r"\b(?:tome|tomar|tómese|inyecte|inyectar|aplique|aplicar|dar|administrar|masticar|diari[ao]s?|tabletas?|pastillas?|c[áa]psulas?|cada|veces|vez|d[íi]as?|gotas?|noche"
    r"|unidades|semanal(?:mente)?|semanas?|mensual(?:mente)?|acostarse|comer|comidas?|ayunas|desayuno|dolor|subir|suba|bajar|baje|aumentar|aumente|reducir"
    r"|suspender|suspenda|mastique|triture|parta|dosis|se (?:la |lo )?ponga)\b"
)

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
            (
                r"\b(?:on )?(?:mon(?:day)?s?|m) ?(?:-|to|through|thru|a) ?(?:fri(?:day)?s?|f)\b"
                r"|\b(?:on )?(?:all )?weekdays\b"
            ),
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


@lru_cache(maxsize=8192)
def sig_text(text: str) -> str:
    """Return instructions in small letters, in English, numbers as figures, without dots inside abbreviations."""
    text = with_points(text.casefold()).replace("½", "1/2").replace("¼", "0.25").replace("μ", "mc")
    text = _EVERY_HOURS.sub("every ", text)
    text = _LETTERS_OF_DAYS.sub(
        lambda days: "/".join(_DAY_OF_LETTERS[letters] for letters in re.findall(r"[a-z]+", days[0])), text
    )
    text = _ELEVEN.sub("11", text)
    if _IS_SPANISH.search(text):
        for pattern, english in _SPANISH:
            text = pattern.sub(english, text)
    text = re.sub(r"\b[a-z]{4,9}\b", lambda match: _SWAPPED.get(match[0], match[0]), text)
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
    text = re.sub(r"(?<![\w.])\.(?=\d)", "0.", text)
    for pattern, written in _SHORTHAND:
        text = pattern.sub(written, text)
    text = re.sub(r"\bw/(?!o)\s*", "with ", text)
    text = with_decimals(text)
    text = re.sub(r"(\d)\s*\([a-z -]+\)", r"\1", text)  # "2 (two) times"
    text = re.sub(r"\b([a-z])\.([a-z])\.([a-z])\.?", r"\1\2\3", text)
    text = re.sub(r"\b([a-z])\.([a-z])\.?(?=\s|,|$)", r"\1\2", text)
    text = re.sub(r"\b(tab|cap|puff|drop|day)\(s\)", r"\1", text)
    text = re.sub(rf"\b{_DAY}(?:\s*(?:,|/|&|and|,\s*and)\s*{_DAY}\b)+", lambda days: _DAY_LIST.sub("/", days[0]), text)
    text = re.sub(r"\b[a-z]+\b", lambda match: _NUMBERS.get(match[0], match[0]), text)
    return re.sub(r"(?<![\d.])(\d+(?:\.\d+)?)\s*\(\s*\1\s*\)", r"\1", text)  # "three (3) times"


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


_SIDED = (
    (re.compile(r"\b(?:right|rt|r) eye\b|\bojo derecho\b"), "right eye"),
    (re.compile(r"\b(?:left|lt|l) eye\b|\bojo izquierdo\b"), "left eye"),
    (re.compile(r"\b(?:both|each|per) eyes?\b"), "both eyes"),
    (re.compile(r"\b(?:right|rt|r) ear\b|\boído derecho\b"), "right ear"),
    (re.compile(r"\b(?:left|lt|l) ear\b|\boído izquierdo\b"), "left ear"),
    (re.compile(r"\b(?:both|each|per) ears?\b"), "both ears"),
    (re.compile(r"\bright nostril\b"), "right nostril"),
    (re.compile(r"\bleft nostril\b"), "left nostril"),
    (re.compile(r"\b(?:both|each|per) nostrils?\b"), "both nostrils"),
)
SIDES = tuple(pattern for pattern, _site in _SIDED)
_EYE_LETTERS = {"od": "right eye", "os": "left eye", "ou": "both eyes"}
_EAR_LETTERS = re.compile(
    r"\b(?:gtts?|drops?) (?:(?:in|to|into) )?(as|ad|au)"
    r"(?=$|[,;.(]| x? ?\d| (?:q|bid|tid|qid|daily|once|twice|every|for)\b| q)"
    r"|^(?:instill |put |place )?(as|ad|au) \d+ (?:gtts?|drops?)\b"
)
_EARS = {"as": "left ear", "ad": "right ear", "au": "both ears"}
_FOR_EYES = re.compile(r"\bgtts?\b|\bdrops?\b|\binstill|\beye|\bophth|\bribbon")


def sided_site(text: str, *, eyes: bool = False) -> str:
    """Return the eye, ear, nostril or place on the skin that words name; empty for none, or for several.

    OD is the right eye only of what is for the ``eyes`` and beside drops: of a tablet it may be once daily, and "per
    os" is by mouth.
    """
    folded = text.casefold()
    named = {site for pattern, site in _SIDED if pattern.search(folded)}
    words = plain(text).split()
    if eyes or _FOR_EYES.search(folded) or len(words) == 1:
        named |= {_EYE_LETTERS[word] for word in words if word in _EYE_LETTERS}
    named |= {_EARS[match[1] or match[2]] for match in _EAR_LETTERS.finditer(folded)}
    named = named or {_place(match) for match in _ON_THE_SKIN.finditer(folded)}
    return named.pop() if len(named) == 1 else ""


_ON_THE_SKIN = re.compile(
    r"\b(?:to|on|onto|over)\s+(?:the\s+)?(?:affected\s+)?(?:(right|left|both|r|l|rt|lt)\s+)?(?:(low|lower|upper|mid)\s+)?"
    r"(back|shoulder|knee|hip|arm|forearm|leg|thigh|calf|chest|abdomen|neck|foot|ankle|elbow|wrist|hand|face|scalp"
    r"|buttock|groin)s?\b"
)
_SPREAD = re.compile(
    r"\b(?:appl(?:y|ied)|rub|massage|spread)\b[^.;]*?\b(?:to|on|onto|over)\s+(?:[a-z]+\s+){0,3}?"
    r"(?:skin|areas?|rash(?:es)?|lesions?|feet|foot|toes?|toenails?|heels?|hands?|fingers?|palms?|face|scalp|neck|back|chest|shoulders?|knees?|hips?|arms?|forearms?|legs?|thighs?|ankles?|elbows?|wrists?"
    r"|buttocks?|groin|armpits?|abdomen)\b"
)


def organ_of(text: str, site: str) -> str:
    """Return the route that a place implies: the ear of drops for the left one, the skin where it is spread."""
    organ = site.rpartition(" ")[2].removesuffix("s")
    if organ in _ORGANS:
        return _ORGANS[organ]
    return "skin" if _SPREAD.search(text) else ""


_ORGANS = {"eye": "eye", "ear": "ear", "nostril": "nose"}
_SIDES = {"r": "right", "rt": "right", "l": "left", "lt": "left"}


def _place(match: re.Match[str]) -> str:
    side, height, place = (part or "" for part in match.groups())
    height = "low" if height == "lower" else height
    return " ".join(filter(None, (_SIDES.get(side, side), height, place)))


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
