"""Lemmas in which notes tell that an illness or an allergy is over, is not so, or is not sure: one table each.

A label ("Status: …") and a sentence are read by the same table (``portal.merge.notes.standing_notes``). In a part of a
sentence the first line that fits counts: what denies stands before what doubts, what doubts before what confirms.
"""

# ruff: noqa: E501 (tables are read line by line)

import re

from portal.merge.notes.note_events import read_events

STANDINGS = read_events(r"""
-: \b(?:recurr\w+|relaps\w+|came back|active again|(?:remains|still|is) (?:active|present|symptomatic)|sigue activ[oa]|recay\w+)\b
remission: \b(?:in|en) (?:full |partial |complete |sustained |clinical |molecular )*remis(?:s?ion|i[oó]n)\b(?! (?:until|till|hasta)\b)
remission: ^(?:full |partial |complete |sustained )*remis(?:s?ion|i[oó]n)\b
remission: \b(?:ned|no evidence of (?:disease|recurrence)|(?:disease|cancer)[- ]free|sin evidencia de enfermedad)\b(?! in\b)
resolved: \b(?:resolved(?! symptoms)|cured|healed|eradicated|erradicad[oa]|outgrown?|outgrew|grew out of (?:it|this)|resuelt[oa]|curad[oa]|superad[oa])\b
resolved: \bno longer (?:considered )?(?:(?:an? )?(?:active |current |ongoing )?(?:problem|issue|concern)|allergic|active|present|(?:has|have)\b(?! to))
resolved: \bya no (?:es al[eé]rgic[oa]|tiene|padece(?: de)?|presenta)\b
inactive: \b(?:inactive|inactiv[oa]|historical|quiescent)\b(?! (?:use|ingredient|form)\b)
inactive: \b(?:childhood|infancy|pregnancy|past|old|history|hx)(?: medical)?(?: history| hx)? only\b
inactive: \bnot (?:a |an )?(?:current|active|ongoing)(?: problem| issue)?\b
inactive: \bnot (?:a |an )?(?:problem|issue) (?:anymore|any longer|now|currently)\b
inactive: \bden(?:y|ies|ied) (?:any |having )?(?P<itself>[^\W\d_]+)(?:/\w+)?(?= (?:today|now|currently|at (?:this time|present))\b)
""")
"""What denies it at this time only is how it stands; what denies it altogether is among the verifications."""
OF_SUBSTANCE_USE = read_events(r"""
remission: \b(?:sober|abstinent|sobri[oa]|abstinente)\b(?! (?:living|house|home|support)\b)
remission: \bclean(?= (?:since|for|x|desde|hace|now|and sober)\b)
""")
SUBSTANCE_USE = re.compile(
    r"\b(?:use disorder|abuse|dependence|alcoholism|addiction|[AO]UD|trastorno por (?:consumo|uso)|alcoholismo|adicci[oó]n)\b",
    re.IGNORECASE,
)
VERIFICATIONS = read_events(r"""
refuted: \b(?:ruled out(?! for\b)|excluded|de-?\s?label\w+|disprove[nd]|refuted|descartad[oa]|se descart[oó])\b
refuted: \b(?:does not|doesn't|did not|didn't) (?:actually |really )?have (?:true |an? )?(?P<itself>[^\W\d_]+)
refuted: \b(?:does not|doesn't) have\b|(?<!ya )\bno tiene\b
refuted: (?:\bnot (?:actually |really |truly )*allergic|(?<!ya )\bno es al[eé]rgic[oa])\b
refuted: \bden(?:y|ies|ied) (?:ever )?(?:having |being )?(?:had )?(?:an? |any |this |the |that )?(?:history of |hx of )?(?P<itself>[^\W\d_]+)(?! (?:today|now|currently|recently|hoy|at (?:this time|present)|this (?:visit|week|month))\b)
refuted: \bnever (?:had|was|been)(?: (?:an?|any|actually|diagnosed with))* (?P<itself>[^\W\d_]+)
refuted: \bnever (?:actually |really )?had (?:it|this)\b
refuted: ^(?:dx|diagnosis|diagn[oó]stico) (?:was |has been )?(?:changed|revised|corrected|cambiado) (?:to|a) (?P<other>[^\W\d_]+)
refuted: \bmis-?diagnos(?:ed|is) (?:as|with|of) (?:having )?(?:an? )?(?P<itself>[^\W\d_]+)
refuted: \bmis-?diagnos(?:ed|is)\b(?! (?:(?:by \w+ |initially |previously )?(?:as|with|of|for))\b)
refuted: \bno evidence (?:of|for) (?P<itself>[^\W\d_]+)
refuted: \b(?:dx|diagnosis|label|allergy) (?:was |has been |is )?removed\b
differential: \bdifferential\b(?! (?:diagnosis )?(?:for|of)\b)|\bddx\b|\bone of (?:several|many) possibilit\w+
provisional: \b(?:provisional|working) (?:diagnosis|dx)\b|^provisional\b|\bdiagn[oó]stico (?:provisional|presuntivo)\b
unconfirmed: \b(?:(?:did|does) not|doesn't|didn't) (?:support|suggest|confirm) (?P<itself>[^\W\d_]+)
unconfirmed: \b(?:argues against|inconsistent with) (?P<itself>[^\W\d_]+)
unconfirmed: \b(?:doubts?|doubted|questions) (?P<itself>[^\W\d_]+)
unconfirmed: \b(?:likely|probably|suspect\w*) [\w ]{2,30} (?:rather than|instead of|not|more than) (?P<itself>[^\W\d_]+)
unconfirmed: \b(?:dx|diagnosis|history|hx|diagn[oó]stico) (?:is |remains |very |quite )*(?:questionable|uncertain|unclear|doubtful|in question|in doubt|vague|dudos[oa]|inciert[oa])\b
unconfirmed: ^(?:questionable|doubtful)$
unconfirmed: \b(?:possible|probable|(?:possibly|probably)(?=\s)|suspected|questionable|unconfirmed|presumed|not (?:yet )?confirmed|unverified)\b
unconfirmed: \b(?:posible|sospecha|sospechad[oa]|sin confirmar|no confirmad[oa])\b
confirmed: (?<!not )(?<!yet )(?<!never )\bconfirmed\b|(?<!no )\bconfirmad[oa]\b
""")
OF_ISSUES = read_events(r"""
refuted: \bnot (?:an? |true |really |consistent with |felt to be |thought to be )*(?P<itself>[^\W\d_]+)
""")
OF_ALLERGIES = read_events(r"""
refuted: ^removed(?: from (?:the )?(?:allergy )?list)?$
refuted: \b(?:skin test(?:ed|ing|s)?|challenge|testing|ige|patch test|prueba(?: cut[aá]nea)?)(?: (?:was|is|done|result|came back|to [^\W\d_]+))* (?:negative|neg|passed|negativa)\b
refuted: \b(?:passed|negative|neg) (?:(?:an?|the|oral|graded|drug|direct|skin|supervised|penicillin|amoxicillin|[^\W\d_]+) ){0,3}(?:challenge|skin test|test|testing)\b
unconfirmed: \b(?:unlikely|doubt(?:ful)?|low (?:suspicion|likelihood|probability)(?: for| of)?|not likely)(?: (?:an?|true|real|to be|that this is))* (?:allerg\w+|reaction|ige)
""")
