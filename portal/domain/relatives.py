"""Words for relatives and others near a patient, English and the Spanish of the United States, as patterns. Pure.

"Son" is apart: in Spanish it is "they are".
"""

_KIN = (
    r"mother|father|sister|brother|mom|mum|dad|daughter|aunt|uncle|cousin|nephew|niece|twin|grand\w+|parent|sibling"
    r"|madre|padre|mam[aá](?! derecha| izquierda)|pap[aá]|herman[oa]|hij[oa]|abuel[oa]|t[ií][oa]|primo|sobrin[oa]"
    r"|niet[oa]"
)
_HALF = r"(?:(?:half|step)[- ]?)?"
KIN = rf"(?:(?:maternal|paternal)[- ])?{_HALF}(?:{_KIN}|son)s?"
"""Whom a family's history is of."""
NEAR = (
    rf"{_HALF}(?:{_KIN}|guardian|relative|wife|husband|spouse|partner|roommate|neighbor|friend|coworker"
    r"|cu[ñn]ad[oa]|suegr[oa]|espos[oa]|vecin[oa]|amig[oa])s?"
)
"""Who tells something, or of whom it is told."""
