"""Whether a clause of a note states something of the thing itself, and not of a relative, a question or a lesson."""

import re
from collections.abc import Set as AbstractSet

from portal.merge.text import plain, word_set

_ELSE = re.compile(
    r"\?|¿|_{2,}|\[\s*\]|\by/n\b|\bs[ií]/no\b"  # questions, and forms that nobody filled in
    r"|\b(?:mother|father|sister|brother|mom|dad|son|daughter|aunt|uncle|cousin|grand\w+|parents?|siblings?"
    r"|family|fam|fhx?|relatives?|wife|husband|spouse|madre|padre|herman[oa]|hij[oa]|abuel[oa]|t[ií][oa]|familia(?:r|res)?"
    r"|espos[oa])\b"
    r"|\b(?:if|unless|in case|watch(?:ing)? for|monitor(?:ing)? for|risk of|risk for (?!anaphyl\w+|reaction)"
    r"|look out for|signs of|si|en caso|vigil\w+|riesgo de)\b"
    r"|\b(?:may|might|could|would|can) (?:cause|lead|progress|result|become|develop|range|have)\b"
    r"|\bpuede (?:causar|provocar|dar)\b"
    r"|\b(?:guidelines?|educat\w+|handout|action plan|patients with|(?:is|are) (?:a |an )?serious"
    r"|reactions? (?:need|require)s?|gu[ií]as?|folleto|plan de acci[oó]n|educaci[oó]n)\b"
    r"|\b(?:rule out|r/o)\b|^se descarta\b"
    r"|\b(?:worr(?:y|ied)|fear(?:s|ful)?|afraid|precautions?|should \w+ (?:occur|develop)"
    r"|temor|miedo|expli\w+|podr[ií]a)\b"
    r"|\b(?:restarted|resumed|rescheduled|reiniciad[oa]|reanudad[oa])\b",
    re.IGNORECASE,
)


def told_of_it(clause: str) -> bool:
    """Tell whether a clause asserts: nothing asked, supposed, taught, left open in a form, or told of a relative."""
    return not _ELSE.search(clause)


_GOES_ON = word_set("""
a after again al an and as at because before but by clinically completely con debido desde despues due durante during
e early en fully in now on only or per por prior secondary since so spontaneously tambien then today tras until
when while with without y yesterday last this pending hoy ayer hace for more
""")
"""Words behind a statement that begin when, why or by whom, and no other thing."""
_SELF = word_set("""
it this that proceed procedure exam examination study test surgery operation case medication medicine med drug
prescription vaccine vaccination shot dose immunization device implant allergy allergic reaction reactions intolerance
disease condition diagnosis illness problem symptoms severity degree case persistent intermittent procedimiento examen
cirugia medicamento medicina vacuna dispositivo gravedad severidad alergia reaccion enfermedad diagnostico persistente
""")
"""Nouns by which a note calls the thing itself."""
_BEFORE = word_set("""
it this that the was were is are has have had been be patient pt diagnosis dx condition allergy problem now since then
later clinically initially currently still at a in to with of alergia el la fue ha sido al clinical pathologic
pathological pathology disease cancer tumor ajcc tnm final
""")
"""Words before a statement that name nothing else than the thing itself."""


def of_it(before: str, own: AbstractSet[str]) -> bool:
    """Tell whether words before a statement name nothing but the thing itself."""
    return set(plain(before).split()) <= _BEFORE | own


def beginning(clause: str, own: AbstractSet[str]) -> str:
    """Return a clause without the thing's own name before what is told of it: "Colonoscopy aborted"."""
    words = clause.split()
    while words and plain(words[0]) in own:
        words.pop(0)
    return " ".join(words) or clause


_FILLING = re.compile(
    r"^(?:\s+(?:taking|using|having|getting|to|of|from|al?|del?|the|his|her|el|la|su|de tomar|tomar)\b)+", re.IGNORECASE
)
_NEXT = re.compile(r"\s+([^\W\d_][\w'-]*)")


def goes_on_of_it(clause: str, end: int, own: AbstractSet[str]) -> bool:
    """Tell whether what follows a statement names no other thing: "declined pain medication" declined no procedure."""
    rest = _FILLING.sub("", clause[end:])
    word = _NEXT.match(rest)
    return word is None or plain(word[1]) in _GOES_ON | _SELF | own
