"""What notes tell of a procedure, a vaccine, an implant, a visit or somebody of a care team: that it was not so."""

# ruff: noqa: E501 (tables are read line by line)

import re
from collections.abc import Iterable
from collections.abc import Set as AbstractSet

from portal.merge.notes.asserted import clause_texts
from portal.merge.notes.note_events import last_event, read_events
from portal.merge.words.text import word_set

_PROCEDURE = read_events(r"""
-: \b(?:successfully|then|later|subsequently) (?:completed|performed)\b
stopped: \bincomplete(?: to (?:the )?\w+(?: (?:colon|flexure))?)?
stopped: \b(?:aborted|abandoned|terminated|discontinued|stopped|suspended|suspendid[oa]|suspendi[oó]|abortad[oa]|incomplet[oa])\b
stopped: \b(?:not|could not be|couldn't be|unable to be) (?:fully )?completed\b|\b(?:unable to|could not) complete\b
stopped: \b(?:unable to|could not|couldn't|failed to|did not|didn't) (?:reach|intubate|get to) (?:the )?(?:cecum|caecum|ileocecal valve|hepatic flexure|ampulla)\b
stopped: \bno se (?:alcanz[oó]|lleg[oó] a)l? (?:el )?ciego\b
not-done: \b(?:not|never) (?:actually )?(?:done|performed|attempted|carried out|started)\b(?! before|:)
not-done: \b(?:cancel+'?e?d|cancelad[oa]|cancel[oó]|no[- ]?show(?:ed)?|did not show|didn't show|postponed|rescheduled|deferred|pospuest[oa]|reprogramad[oa])\b
not-done: \b(?:refused|declined|rechaz[oó]|rechazad[oa])\b(?! by (?:the )?(?:insurance|insurer|payer|plan)\b)
not-done: \bno (?:se )?(?:realizad[oa]|realiz[oó]|hizo|efectu[oó]|present[oó])\b
""")
_VACCINE = read_events(r"""
not-done: \b(?:not|never|wasn't) (?:actually )?(?:given|administered|received)\b(?! with\b)
not-done: \b(?:refused|declined|deferred|postponed|withheld|rechaz[oó]|rechazad[oa])\b(?! last| before| (?:at )?first)(?!.*\b(?:last|previous|prior) (?:year|season|time|visit)\b)
not-done: \bleft (?:the clinic |office )?(?:before|without) (?:receiving|getting|being given)?\b
not-done: ^contraindicated\b
not-done: \bno (?:se )?(?:la |le )?(?:administr[oó]|administrada|aplic[oó]|aplicada|puso|recibi[oó])\b
""")
_IMPLANT = read_events(r"""
inactive: \b(?:explant(?:ed|ation)|removed|extracted|taken out|retirad[oa]|extra[ií]d[oa]|explantad[oa]|se retir[oó]|se extrajo)\b
inactive: \bafter (?:explant(?:ation)?|removal|extraction)\b
inactive: ^(?:device |generator |implant )?out\b
inactive: \bno longer (?:in place|in situ|implanted|present|in)\b|\bya no (?:est[aá]|la tiene|lo tiene)\b
""")
_VISIT = read_events(r"""
-: \b(?:keep|keeps|keeping|kept) this (?:one|appointment|appt|visit|date|time)\b
cancelled: \b(?:cancel+'?e?d|cancelad[oa]|cancel[oó]|called off)\b(?! (?:an? |the )?appointment with\b| (?:an? |the |her |his |their )?\S*\d\S* (?:appointment|appt|visit|one|cita)\b)
cancelled: \b(?:please|wants to|wishes to|would like to|called to|requests? to|requested to|quiere|favor de|pide|llam[oó] para) cancel(?:led|ar)?\b
noshow: \bno[- ]?show(?:ed)?\b(?! (?:at|fee|last|policy)\b)
noshow: \b(?:did not|didn't|failed to|never) (?:show|attend|come|arrive|keep)\b
noshow: \bno (?:se )?(?:present[oó]|asisti[oó]|vino|acudi[oó])\b|\bfalt[oó]\b
noshow: \bleft without being seen\b|\blwbs\b
cancelled: \b(?:rescheduled|postponed|moved|reprogramad[oa]|pospuest[oa])\b(?: (?:to|for|until|para|al)\b|$)
""")
_MEMBER = read_events(r"""
past: \bno longer (?:the |my |his |her )?(?:pcp|doctor|provider|nurse|seen|seeing|following|sees|on (?:the )?team|with|at|involved|practicing)\b
past: \b(?:left (?:the )?(?:practice|clinic|group|organization|area|team)|retired|moved away|deceased|se jubil[oó]|dej[oó] la cl[ií]nica)\b
past: \b(?:care )?transferred (?:care )?to\b|\bdischarged from (?:the )?(?:practice|care|service)\b
""")
_BESIDE = {
    "procedure": (
        _PROCEDURE,
        word_set(
            "procedure exam examination study test surgery operation case procedimiento examen estudio cirugia attempted attempt planned scheduled reached cecum"
        ),
    ),
    "vaccine": (
        _VACCINE,
        word_set("vaccine vaccination shot immunization vacuna contraindicated clinic attempted offered nurse parent"),
    ),
    "implant": (
        _IMPLANT,
        word_set(
            "device implant dispositivo implante prosthesis protesis generator battery unit entire whole system hardware infected outside"
        ),
    ),
    "visit": (_VISIT, word_set("visit appointment appt cita will reschedule today wants wishes would like")),
    "member": (_MEMBER, word_set("doctor dr md np pcp provider has")),
}
_OTHER_PROCEDURE = re.compile(
    r"\b(?:prior|previous|last|first|anterior|previa)\b|\b\w+(?:scop(?:y|ia)|ectom(?:y|[ií]a)|plast(?:y|ia)|otom(?:y|[ií]a)|gra(?:phy|f[ií]a))\b"
    r"|\b(?:egd|ercp|biops\w+|stent|sedation|surgery|mri|ct|aspirin|smoking)\b",
    re.IGNORECASE,
)
_IN_ERROR = re.compile(
    r"(?:this |it |was |has been |patient |pt |per |says |states |dose |vaccine )*(?:entered|charted|documented|recorded)"
    r" (?:in error|by mistake|erroneously)\b(?!\s*:)|in error$|wrong (?:patient|pt|chart)(?:'s chart)?$|(?:entrad|agregad|registrad)[oa] por error\b",
    re.IGNORECASE,
)


def noted_state(kind: str, notes: Iterable[str], own: AbstractSet[str]) -> tuple[str, str]:
    """Return the status that notes tell last of a thing of a kind, and in which words; empty where they tell none."""
    events, beside = _BESIDE[kind]
    another = (lambda text: bool(_OTHER_PROCEDURE.search(text))) if kind == "procedure" else None
    code, words = last_event(notes, own, events, beside=beside, another=another)
    return (code, words) if code else ("", "")


def noted_error(notes: Iterable[str]) -> str:
    """Return the clause by which a record was made in error; empty for none."""
    return next((clause for note in notes for clause in clause_texts(note) if _IN_ERROR.match(clause)), "")
