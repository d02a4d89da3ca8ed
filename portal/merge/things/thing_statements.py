"""What procedures, vaccines, implants and visits state: by whom, with what outcome, where, which model, why."""

import re
from collections.abc import Sequence
from datetime import timedelta

from portal.domain.dates import as_instant
from portal.domain.entry import Entry, Immunization, Implant, Procedure, Status, Visit
from portal.merge.medications.dosing_words import reason as reason_words
from portal.merge.notes.about_it import goes_on_of_it, own_words
from portal.merge.notes.asserted import clause_texts
from portal.merge.notes.note_events import parts
from portal.merge.notes.noted import affirmations, clauses, labelled, whole_affirmations
from portal.merge.reports.conclusions import not_contradictory
from portal.merge.stating import Statements, same_dates, state, state_people, within
from portal.merge.things.thing_notes import noted_error, noted_state
from portal.merge.things.vaccine_details import brand_maker, dose_number, maker, route_of, same_site, site_of
from portal.merge.words.concepts import read_concept, read_noted
from portal.merge.words.moments import has_time, local_day, moment
from portal.merge.words.text import plain
from portal.merge.words.wording import same_texts, some_texts


def procedure(entry: Entry, detail: Procedure, stated: Statements) -> None:
    """State who did it, when, how it went, and whether it was done at all."""
    performer = _AT.split(labelled(entry.notes, "performer"))[0]
    state_people(stated, "performer", detail.performers or (performer,))
    if entry.start and has_time(entry.start):
        state(stated, "time", moment(entry.start), entry.start, _same_time)
    outcome = detail.outcome or labelled(entry.notes, "outcome") or _noted_outcome(entry.notes)
    state(stated, "outcome", _outcome(outcome), outcome)
    if len(local_day(entry.end)) == len("2000-01-01"):
        state(stated, "end", local_day(entry.end))
    complications = detail.complications or tuple(filter(None, (labelled(entry.notes, "complication"),)))
    complications = complications or tuple(filter(None, (_denied_complications(entry.notes) or _complication(entry),)))
    if not outcome and not complications:  # what is read as these is compared as such
        state(stated, "note", "; ".join(entry.notes), by=not_contradictory)
    harms = tuple("none" if _NO_COMPLICATIONS.fullmatch(text.strip(" .")) else text for text in complications)
    state(stated, "complication", harms, "; ".join(complications), same_texts)
    status, told = unfinished(entry)
    state(stated, "status", status or detail.fhir_status, told or detail.fhir_status)


_HAPPENED = re.compile(
    r"\b(?:perforat(?:ion|ed)|h(?:a)?emorrhage|bleed(?:ing)?|hematoma|injur(?:y|ed)|leak|infection|infected|dehiscence"
    r"|laceration|dural tear|pneumothorax|aspirat(?:ion|ed)|cardiac arrest|hypotension|bradycardia|arrhythmia|stroke"
    r"|thrombosis|dvt|pe|fistula|nerve palsy|hoarse(?:ness)?|ileus"
    r"|perforaci[oó]n|hemorragia|sangrado|infecci[oó]n|lesi[oó]n)\b",
    re.IGNORECASE,
)
_BEFORE_IT = re.compile(
    r"\b(?:for|due|because|prior|previous|history|hx|h/o|risk|controlled|stopped|source|indication|minimal|old|por|before"
    r"|repair|evaluat\w*|rule|screen\w*|ebl)\b",
    re.IGNORECASE,
)
"""What makes it the reason for the procedure, or no harm that came of it."""


def _complication(entry: Entry) -> str:
    """Return the words of a note by which harm came of it: "R RLN injury, hoarse post-op"."""
    own = own_words(entry.title)
    for part in affirmations(entry.notes, 12):
        match = _HAPPENED.search(part)
        if match and not _BEFORE_IT.search(part) and plain(match[0]) not in own:
            return part
    return ""


def _denied_complications(notes: Sequence[str]) -> str:
    parts_of = (part.strip(" .") for note in notes for clause in clause_texts(note) for part in clause.split(","))
    return next(filter(_NO_COMPLICATIONS.fullmatch, parts_of), "")


_ASIDE = re.compile(r"(?:\(|, | - )([^(),]+)\)?\s*$")
"""What stands behind a name: "Colonoscopy (aborted)"."""

_AT = re.compile(r"\s+(?:on|at|in|el|en)\s+")
"""What follows the name of who did it: when and where."""

_MINUTES_BETWEEN_NOTES = 45
"""Two places note different minutes of one procedure; further apart it may be a second one of that day."""


def _same_time(left: tuple[str, ...], right: tuple[str, ...]) -> bool:
    """Compare instants; local times where one side states no zone."""
    with_zone = left[1].endswith("Z") and right[1].endswith("Z")
    minutes = [as_instant(f"{when[1] if with_zone else when[2]}"[:16] + ":00Z") for when in (left, right)]
    return abs(minutes[0] - minutes[1]) <= timedelta(minutes=_MINUTES_BETWEEN_NOTES)


_NO_COMPLICATIONS = re.compile(
    r"none|(?:no|without|sin) (?:known |any |immediate )?compli\w+"
    r"|(?:(?:the )?(?:procedure|surgery|course) (?:was )?)?(?:entirely )?"
    r"(?:uncomplicated|uneventful)(?: (?:procedure|surgery|recovery|course|post-?op(?:erative)? course))?"
    r"|without incident|sin (?:incidentes?|novedad)",
    re.IGNORECASE,
)
_THINGS = r"(?:\w+ ){0,3}?(?:stones?|calcul\w+|fragments?|tumou?r|polyps?|disease|tissue)\b"
_CLEARED = (
    rf"\bno (?:residual|retained|remaining) {_THINGS}|\bcomplete (?:clearance|removal|resection|excision)\b|\bcleared\b"
)
_REMAINING = (
    rf"\bincomplete (?:clearance|removal|resection|excision)\b|\b(?<!no )(?:residual|retained|remaining) {_THINGS}"
)
_OUTCOMES = (
    (
        r"\bunsuccessful\b|\bnot successful\b|\bfail(?:ed|ure)\b|\bno exitos[oa]\b|\bfallid[oa]\b|385671000",
        "unsuccessful",
    ),
    (_CLEARED, "successful"),
    (_REMAINING, "partly successful"),
    (r"\bpartial(?:ly)?\b.*\bsuccess|\bparcialmente exitos[oa]\b|385670004", "partly successful"),
    (r"\bsuccess(?:ful|fully)?\b|\bexitos[oa]\b|385669000", "successful"),
)
"""Words of an outcome, and the codes of SNOMED CT for it."""


def _outcome(text: str) -> str:
    folded = plain(text)
    return next((meaning for words, meaning in _OUTCOMES if re.search(words, folded)), folded)


def _noted_outcome(notes: Sequence[str]) -> str:
    only = next((part for part in clauses(notes, 6) if _ONLY_OUTCOME.fullmatch(part)), "")
    written = (clause for note in notes for clause in clause_texts(note))
    return only or next((clause for clause in written if re.search(f"{_CLEARED}|{_REMAINING}", plain(clause))), "")


_ONLY_OUTCOME = re.compile(
    r"(?:the |el |la )?(?:procedure |exam |procedimiento |examen )?(?:was |is |fue )?(?:only )?"
    r"(?:partially |parcialmente )?"
    r"(?:un|not |no )?(?:successful(?:ly completed)?|success|failed|fallid[oa]|exitos[oa])",
    re.IGNORECASE,
)


def unfinished(entry: Entry) -> tuple[str, str]:
    """Return the status that words give a procedure which its code calls completed, and these words; else nothing."""
    detail = entry.detail
    if not isinstance(detail, Procedure) or detail.fhir_status != "completed":
        return "", ""
    texts = (*entry.notes, detail.outcome, *_ASIDE.findall(entry.title))
    told = plain(labelled(texts, "status"))
    own = own_words(entry.title)
    return noted_state("procedure", (told,) if told else texts, own)


def immunization(entry: Entry, detail: Immunization, stated: Statements) -> None:
    """State where and how it was given, who made it and which dose it was."""
    site = detail.site or labelled(entry.notes, "site") or _noted_site(entry.notes)
    state(stated, "site", site_of(site) if site else (), site, same_site)
    made_by = detail.manufacturer or labelled(entry.notes, "maker")
    state(stated, "maker", maker(made_by) or brand_maker(entry.title), made_by or entry.title, within)
    dose = detail.dose_number or _noted_dose((*entry.notes, entry.title), own_words(entry.title))
    state(stated, "dose", dose_number(dose) if dose else "", dose)
    why = detail.not_given_reason or (_noted_reason(entry.notes) if detail.not_given else "")
    state(stated, "reason", plain(why), why)
    route = detail.route or labelled(entry.notes, "route")
    state(stated, "route", route_of(route), route)
    felt = next((fact.text for fact in entry.facts if fact.label == "Reaction"), "") or _reaction(entry.notes)
    state(stated, "reaction", "none" if _WELL.search(felt) else plain(felt), felt, within)
    if not detail.not_given:
        refused = _refusal(entry)
        state(stated, "status", "not-done" if refused else "completed", refused or "given")
        # Whether it counts is shown also where only one side says that it does not.
        uncounted = "Dose does not count" in entry.qualifiers or _is_uncounted(entry.notes)
        state(stated, "counts", "No" if uncounted else "Yes")


_WELL = re.compile(
    r"\b(?:well tolerated|tolerated (?:\w+ )?well|no (?:\w+ ){0,3}(?:reactions?|problems|issues|complications)"
    r"|without (?:\w+ )?(?:reactions?|incident|problems)"
    r"|bien tolerad[oa]|toler[oó] bien|sin (?:reacci[oó]n\w*|complicaci[oó]n\w*))\b",
    re.IGNORECASE,
)
_HARMED = re.compile(
    r"\b(?:anaphyla\w+|hives|urticaria|angioedema|(?:allergic|adverse|severe) reaction|faint(?:ed|ing)?|syncop\w+"
    r"|passed out|seizures?|wheez\w+|swelling|cellulitis|high fever|epinephrine|anafila\w+|urticaria|desmay\w+"
    r"|convulsi\w+|reacci[oó]n (?:al[eé]rgica|grave|adversa))\b",
    re.IGNORECASE,
)
_EARLIER = re.compile(
    r"\b(?:history|hx|h/o|prior|previous|past|last|allerg(?:y|ic) to|risk|watch|monitor|call|return|if|report|warned"
    r"|discussed|explained|possible|may|denie[sd]|no|without|antecedente|previa|sin|niega)\b",
    re.IGNORECASE,
)
"""What tells of another time, of what may come, or denies it."""


def _reaction(notes: Sequence[str]) -> str:
    """Return the clause of a note by which somebody reacted to the vaccine, or bore it well; harm first."""
    told = [clause for note in notes for clause in clause_texts(note)]
    harmed = (clause for clause in told if _HARMED.search(clause) and not _EARLIER.search(clause))
    return next(harmed, "") or next((clause for clause in told if _WELL.search(clause)), "")


_UNCOUNTED = re.compile(
    r"(?:expired|invalid|subpotent) (?:dose|vaccine|lot)(?: (?:given|used|administered))?|given expired"
    r"|(?:this )?(?:dose|vaccine|lot) (?:was |is )?(?:expired|invalid|subpotent|not valid)|(?:dose )?does not count"
    r"|(?:dosis|vacuna) (?:inv[aá]lida|vencida|caducada)|(?:esta )?(?:dosis )?no cuenta",
    re.IGNORECASE,
)


def _is_uncounted(notes: Sequence[str]) -> bool:
    """Tell whether a note says that the dose is to be given again: "Expired dose, must repeat"."""
    clauses_of_notes = (clause for note in notes for clause in clause_texts(note))
    return any(_UNCOUNTED.fullmatch(part) for clause in clauses_of_notes for part, _earlier in parts(clause))


def _noted_site(notes: Sequence[str]) -> str:
    """Return the place on the body that a clause names, with nothing else but how it was given."""
    stated = (part for note in notes for clause in clause_texts(note) for part, _earlier in parts(clause))
    matches = filter(None, map(_ONLY_SITE.fullmatch, (*whole_affirmations(notes, 5), *stated)))
    return next((match["site"] or match["sitio"] for match in matches), "")


_ONLY_SITE = re.compile(
    r"(?:given |administered |injected |applied |injection )?(?:im |sc |sq )?(?:in )?(?:the )?"
    r"(?P<site>(?:left|right|lt?|rt?) (?:upper )?(?:arm|delt(?:oid)?|thigh|vastus lateralis|gluteus|buttock)"
    r"|[lr](?:a|d|t|ua|vl))"
    r"(?: im| sc| sq)?"
    r"|(?:en )?(?:el )?(?P<sitio>(?:brazo|deltoides|muslo|gl[uú]teo) (?:izquierdo|derecho))(?: im)?",
    re.IGNORECASE,
)


def _refusal(entry: Entry) -> str:
    """Return the words of a note that this vaccine was refused, although its code calls it given."""
    own = own_words(entry.title)
    return noted_state("vaccine", entry.notes, own)[1] or noted_error(entry.notes)


def _noted_reason(notes: Sequence[str]) -> str:
    """Return why it was not given, where a note says that under a label or in few words."""
    return labelled(notes, "reason") or next((part for part in clauses(notes, 4) if _REFUSED.search(part)), "")


_REFUSED = re.compile(r"\b(?:refus\w+|declin\w+|rechaz\w+|contraindicat\w+|out of stock|allerg\w+)\b", re.IGNORECASE)
_DOSE = re.compile(
    r"\b(?:dose|dosis)\s*(?:number|no\.?|#)?\s*[:#]?\s*\d{1,2}\b(?!\s*\.?\d*\s*(?:ml|mcg|mg|units?)\b)"
    r"|\b(?:\d(?:st|nd|rd|th)|first|second|third|fourth|primera|segunda|tercera)\s+(?:dose|dosis)\b"
    r"(?: of (?:the )?(?:season|series|year|\w+ series)\b)?"
    r"|(?:\b\d(?:st|nd|rd|th)|\bfirst|\bsecond|\bthird|\bfourth|(?<!\w)#\d) (?:in|of|this) (?:the |a )?(?:\w+ )?"
    r"(?:series|season)\b"
    r"|\b(?:booster|refuerzo)\b",
    re.IGNORECASE,
)


def _noted_dose(texts: Sequence[str], own: frozenset[str]) -> str:
    """Return the number of the dose in short clauses: "Dose 1 of 2", "2nd dose", "Booster"."""
    matches = ((part, _DOSE.search(part)) for part in whole_affirmations(texts, 6))
    return next((match[0] for part, match in matches if match and goes_on_of_it(part, match.end(), own)), "")


def implant(entry: Entry, detail: Implant, stated: Statements) -> None:
    """State whether it is still inside, where, since when, and which model of whom it is."""
    texts = (labelled(entry.notes, "status"), *entry.notes)
    out = noted_state("implant", texts, own_words(entry.title))[1]
    state(stated, "status", "inactive" if out else entry.status.value, out or entry.status.value, _same_state)
    named = read_concept(" ; ".join((entry.title, *detail.names))).words
    site = tuple(word for word in read_concept(detail.body_site).words if word not in named)
    state(stated, "site", site, detail.body_site, some_texts)
    state(stated, "start", local_day(entry.start), by=same_dates)
    end, goes_on = local_day(entry.end), entry.status is Status.ACTIVE
    if end or goes_on:
        state(stated, "end", (end or "-", goes_on), end or "-", _same_end)
    model = detail.model or labelled(entry.notes, "model")
    state(stated, "model", _signs_of(model), model)
    state(stated, "maker", maker(detail.manufacturer), detail.manufacturer, within)
    safety = tuple(filter(_mri_levels, (*detail.safety, *clauses(entry.notes))))
    if safety:
        levels = frozenset(_mri_levels(safety[0])).intersection(*map(_mri_levels, safety)) or frozenset({"unsure"})
        state(stated, "safety", levels, "; ".join(safety), _may_be_as_safe)


_MRI = (
    (
        (
            r"\b(?:not|no) (?:mri?|rm)[ -]?(?:safe|compatible|conditional)\b|\bmri?[ -](?:unsafe|incompatible)\b"
            r"|\b(?:mri?|resonancia) (?:is )?contraindicat?(?:ed|da)\b|^no mri?s?$|\bcannot have (?:an )?mri?s?\b"
            r"|\b(?:not|isn't) (?:safe|compatible) (?:for|with) (?:an )?mri?\b"
            r"|\b(?:no (?:es )?|in)compatible con (?:la )?(?:resonancia|rm)\b"
        ),
        frozenset({"unsafe"}),
    ),
    (r"\bmri?[ -]conditional\b|\bcondicional (?:para|a) (?:la )?(?:resonancia|rm)\b", frozenset({"conditional"})),
    (r"\bmri?[ -]safe\b|\bsafe for (?:an )?mri?\b", frozenset({"safe"})),
    (r"\bmri?[ -]compatible\b|\bcompatible con (?:la )?(?:resonancia|rm)\b", frozenset({"safe", "conditional"})),
)
"""Words of ASTM F2503, and usual ones, for what may happen in a magnetic field."""


def _mri_levels(text: str) -> frozenset[str]:
    return next((levels for words, levels in _MRI if re.search(words, text.casefold())), frozenset())


def _may_be_as_safe(left: frozenset[str], right: frozenset[str]) -> bool:
    return not left.isdisjoint(right)


def _same_state(left: str, right: str) -> bool:
    return {left, right} <= {"inactive", "past"}


def _same_end(left: tuple[str, bool], right: tuple[str, bool]) -> bool:
    """Tell whether uses end on one day; of two that go on only one may have an end. The status tells of others."""
    (end, goes_on), (its_end, its_goes_on) = left, right
    if "-" in (end, its_end):
        return end == its_end or not (goes_on and its_goes_on)
    return same_dates(end, its_end)


def _signs_of(model: str) -> str:
    return re.sub(r"\bmodel(?:o)?\b|[\s.-]", "", model.casefold())


def visit(entry: Entry, detail: Visit, stated: Statements) -> None:
    """State whether it took place, why, and until when."""
    called_off = noted_state("visit", entry.notes, _OF_VISITS)[1]
    is_off = called_off and detail.fhir_status not in ("cancelled", "noshow", "entered-in-error")
    state(stated, "status", "cancelled" if is_off else detail.fhir_status, called_off if is_off else detail.fhir_status)
    reason = detail.reason or labelled(entry.notes, "reason")
    state(stated, "reason", _reason(reason), reason)
    state(stated, "diagnoses", detail.diagnoses, "; ".join(detail.diagnoses), some_texts)
    state(stated, "end", local_day(entry.end), by=same_dates)


def _reason(text: str) -> tuple[str, ...]:
    """Return what a visit was for, by its words in full: "f/u HTN" is a follow-up of hypertension."""
    concept = read_noted(reason_words(_FOLLOW_UP.sub(" followup ", text)))
    words = set(concept.words) - _EXAMS or concept.words
    return (*sorted(words), concept.side, *concept.types, *concept.stages, *concept.contexts) if text else ()


_OF_VISITS = frozenset({"visit", "appointment", "appt", "cita", "encounter", "consulta"})
_EXAMS = frozenset({"exam", "examination", "visit", "appointment", "checkup"})
_FOLLOW_UP = re.compile(r"\b(?:f/u|follow[- ]?up|fu)\b(?: (?:visit|of|for)\b)*", re.IGNORECASE)
