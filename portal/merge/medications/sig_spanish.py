"""Instructions in Spanish as the English words that the patterns of dosing read."""

import re

_DIGITS = ("un[oa]?", "d[oó]s", "tr[eé]s", "cuatro", "cinco", "s[eé]is", "siete", "ocho", "nueve")
_MORE_NUMBERS = {
    "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "nueve": "9", "diez": "10", "catorce": "14",
    "quince": "15", "diecis[eé]is": "16", "dieciocho": "18", "veinte": "20", "treinta": "30", "cuarenta": "40",
    "cincuenta": "50", "sesenta": "60", "ochenta": "80", "cien": "100",
    **{f"veinti{word}": f"2{digit}" for digit, word in enumerate(_DIGITS, start=1)},
}  # fmt: skip
_NUMBERS = "|".join(_MORE_NUMBERS)
_TENS = tuple((word, _MORE_NUMBERS[word]) for word in ("treinta", "cuarenta", "cincuenta", "sesenta", "ochenta"))
_DAY = r"(?:lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bados?|domingos?)"
_EXCEPT = r"(?:excepto|exceptuando|excluyendo|quitando|menos|salvo|ninguna?|no|(?:a|con) excepci[oó]n de)"
_UNITS = tuple(enumerate(_DIGITS, start=1))
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
        (rf"\b{_EXCEPT}(?:l| el| los)? (?={_DAY})", "except "),
        (rf"\b({_DAY}) (?:libres?|descans[aeo]r?|de descanso)\b", r"\1 off"),
        (rf"\b(?:el|los) (?={_DAY})", "on "),
        (r"(?<=[a-z]) y (?=(?:lunes|martes|mi[ée]rcoles|jueves|viernes|s[áa]bado|domingo))", " and "),
        (r"\blunes\b", "monday"),
        (r"\bmartes\b", "tuesday"),
        (r"\bmi[ée]rcoles\b", "wednesday"),
        (r"\bjueves\b", "thursday"),
        (r"\bviernes\b", "friday"),
        (r"\bs[áa]bados?\b", "saturday"),
        (r"\bdomingos?\b", "sunday"),
        (r"\b(?:al|a) mediod[íi]a\b", "at noon"),
        (
            r"(?<=desayuno) y (?:con |de )?(?:el |la )?(?=almuerzo|cena)|(?<=almuerzo) y (?:con |de )?(?:la )?(?=cena)",
            " and ",
        ),
        (r"(?<=desayuno), (?:con )?(?:el )?(?=almuerzo)", ", "),
        (r"\bcon el (?=desayuno|almuerzo)|\bcon la (?=cena)", "with "),
        (r"\bantes (?:del? (?:el )?(?=desayuno|almuerzo)|de la (?=cena))", "before "),
        (r"\bdespu[ée]s (?:del? (?:el )?(?=desayuno|almuerzo)|de la (?=cena))", "after "),
        (r"\bdesayuno\b", "breakfast"),
        (r"\balmuerzo\b", "lunch"),
        (r"\bcena\b", "dinner"),
        (r"\b(?:por|en) la mañana y (?:por |en )?la noche\b", "in the morning and at bedtime"),
        (r"\b(?:por|en) la mañana y (?:por |en )?la tarde\b", "in the morning and in the evening"),
        (r"\batomizaci(?:ones|[óo]n)\b", "spray"),
        (r"\b(?:en )?cada (?:fosa(?: nasal)?|orificio nasal|narina)\b", "in each nostril"),
        (r"\b(?:luego|despu[ée]s)(?= (?:tom[ae]r? )?(?:\d|una?\b|dos\b|tres\b|media\b|cuatro\b))", "then"),
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
            (
                r"\bsi tiene (?=dificultad|falta de aire|sibilancias|dolor"
                r"|n[áa]useas?|comez[óo]n|picaz[óo]n|fiebre|tos|alergia|v[óo]mitos?|diarrea|ansiedad)"
            ),
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
        (rf"\b(?:durante|por)\b(?= (?:\d|una?\b|dos\b|tres\b|ocho\b|doce\b|{_NUMBERS})[a-z]*)", "for"),
        (r"\bd[íi]as?\b", "days"),
        (r"\bsemanas?\b", "weeks"),
        (r"\bmes(?:es)?\b", "months"),
        (r"\bmedia\b(?= tablet)", "0.5"),
        (r"\b(?:una|un)\b", "1"),
        (r"\bdos\b", "2"),
        (r"\btres\b", "3"),
        (r"\bocho\b", "8"),
        (r"\bdoce\b", "12"),
        *((rf"\b{tens} y {word}\b", f"{number[0]}{digit}") for tens, number in _TENS for digit, word in _UNITS),
        *((rf"\b{word}\b", number) for word, number in _MORE_NUMBERS.items()),
    )
)

_IS_SPANISH = re.compile(
    r"\b(?:tome|tomar|tómese|inyecte|inyectar|aplique|aplicar|dar|administrar|masticar|diari[ao]s?|tabletas?|pastillas?|c[áa]psulas?|cada|veces|vez|d[íi]as?|gotas?|noche"
    r"|unidades|semanal(?:mente)?|semanas?|mensual(?:mente)?|acostarse|comer|comidas?|ayunas|desayuno|dolor|subir|suba|bajar|baje|aumentar|aumente|reducir"
    r"|suspender|suspenda|mastique|triture|parta|dosis|se (?:la |lo )?ponga)\b"
)


def in_english(text: str) -> str:
    """Return instructions in small letters with their Spanish words in English; others as they are."""
    if _IS_SPANISH.search(text):
        for pattern, english in _SPANISH:
            text = pattern.sub(english, text)
    return text
