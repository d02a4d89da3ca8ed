"""Facts of what is named by words and codes: health issues, vaccines, procedures."""

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta

from portal.domain.entry import Entry, HealthIssue, Immunization, Procedure, Status
from portal.domain.titles import Telling, told_in_title
from portal.merge.facts import Bond, Notebook
from portal.merge.issues.icd_names import code_names, icd_10_cm
from portal.merge.issues.issue_fields import told_stages
from portal.merge.issues.kin import initials, kin
from portal.merge.notes.noted import labelled
from portal.merge.notes.noted_sides import noted_levels, noted_places, noted_sides
from portal.merge.notes.standing_notes import verification
from portal.merge.things.vaccine_details import brand_maker, lot, maker
from portal.merge.things.vaccine_groups import CONJUGATES, GROUP_OF, UNSPECIFIED, named_vaccines, vaccine_words
from portal.merge.words import concept_names
from portal.merge.words.codes import displays, says_nothing, says_what_was_done, shared_codes
from portal.merge.words.concepts import Concept, is_residual, read_concept, side_of_icd
from portal.merge.words.moments import local_day, moment
from portal.merge.words.places import PLACES, is_place
from portal.merge.words.text import plain

_OPEN = "9999-12-31"
_PRECISE = frozenset({"snomed", "icd10", "cpt", "cdt", "hcpcs", "icd10pcs"})
_NUMBER = re.compile(r"\d")
_CODE_NAME = re.compile(r"^(?:snomed ct|icd 10 cm|icd 9 cm|cpt|hcpcs|rxnorm|loinc|cvx|ndc) \S+$")


def health_issue(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, HealthIssue):
        return
    concept, site = read_concept(entry.title), read_concept(detail.body_site)
    codes = shared_codes(entry.codes)
    words = _concept_words(entry.title, concept, site)
    weak = [code for system, code in codes if system == "icd10" and is_residual(code)]
    _name(notebook, words, codes, weak=weak)
    _say_kin(notebook, entry, words, codes)
    _say_coded(entry, words, weak, notebook)
    named = _say_names(entry, words, concept, notebook) if notebook.with_code_names else ()
    sides = {side_of_icd(code) for system, code in codes if system == "icd10"} | {concept.side, site.side}
    _say_sides(entry, sides, words, notebook)
    notebook.say("noted place", *noted_places(entry.notes, words), *noted_levels(entry))
    notebook.say("type", *concept.types)
    notebook.say("stage", *concept.stages)
    notebook.say("told stage", *told_stages(detail))
    # Over in its words and active by its code: which of the two holds is not for the portal to decide.
    over = concept.over and entry.status is Status.ACTIVE
    notebook.say("course", *concept.courses, *(("resolved",) if over else ()))
    contexts = {*concept.contexts}
    if told_in_title(entry.title) is Telling.RELATIVE:
        contexts = {"family history"}
    notebook.say("context", *(contexts - _HAD or ("own",)))
    removed = "status" in contexts and any(map(_REMOVAL.search, concept.words))
    notebook.say("past", *({"history"} if removed else contexts & _HAD or ("present",)))
    denied = "refuted" in (detail.verification, verification(entry.notes, entry.title))
    notebook.say("assertion", "refuted" if denied else concept.assertion or "present")
    notebook.say_in_order("episode", *_episode(entry, detail, (*words, *named), concept))
    notebook.say_in_order("period", *_period(entry))
    if "encounter-diagnosis" in detail.categories:
        notebook.repeat = "|".join(
            (
                *(entry.title, detail.body_site, detail.clinical_status),
                *(detail.verification, detail.severity, detail.stage),
                *(f"{code.system} {code.code}" for code in entry.codes),
                *(*entry.notes, entry.start or "", entry.end or ""),
            )
        )


def _say_coded(entry: Entry, words: tuple[str, ...], weak: Collection[str], notebook: Notebook) -> None:
    """Say by which codes a diagnosis is told, where its words say no more than the code; and the types that codes say.

    A code stands for words where both sides have it with one display: what is written more precisely than its code
    ("invasive ductal carcinoma" under a code of breast cancer) is not what the code says.
    """
    for each in entry.codes:
        for system, code in shared_codes([each]):
            if system not in _PRECISE or code in weak or says_nothing(system, code):
                continue
            display = read_concept(each.display)
            notebook.say("told type", *display.types)
            if words and set(words) <= set(display.words):
                notebook.say("coded", f"{system}|{code}|{' '.join(display.words)}")


def _say_names(entry: Entry, words: Collection[str], concept: Concept, notebook: Notebook) -> tuple[str, ...]:
    """Say what ICD-10-CM calls the entry's one code, where its own words are no more than that.

    Return the words of all that the code counts: an infection that one term calls so comes and goes by any name."""
    named = code_names(icd_10_cm(entry.codes))
    if named is None:
        return ()
    own = next((name for name in named.names if name.fits(words)), None) if words else named.names[0]
    parts = {*concept.types, *concept.stages, *concept.courses} - set(named.denied)
    if own is None or not parts <= own.parts or named.title.contexts or named.title.assertion:
        return ()
    notebook.say("names", *(name.written() for name in named.names))
    notebook.say("telling", *own.telling.intersection(words))
    notebook.say("told type", *named.title.types)
    notebook.say("told stage", *(stage.replace(" ", "") for stage in named.title.stages))
    notebook.say("unsaid type", *named.denied)
    for name in named.names:
        notebook.meet("word", max(sorted(name.needed), key=len), bond=Bond.MEET)
    return named.words


def _say_kin(notebook: Notebook, entry: Entry, words: Sequence[str], codes: Sequence[tuple[str, str]]) -> None:
    """Say by what it may be taken for another that shares no identity with it (``portal.merge.issues.kin``)."""
    groups = kin(notebook.kind, words, codes, places=PLACES)
    letters, beginnings = initials((entry.title, *displays(entry.codes)), words)
    notebook.say("kin", *groups)
    notebook.say("letters", *letters)
    notebook.say("initials", *beginnings)
    for group in groups:
        notebook.meet("kin", group)
    for each in letters:
        notebook.meet("letters", each)
    for each in beginnings:
        notebook.meet("letters", each, bond=Bond.MEET)


_REMOVAL = re.compile(r"ectomy$|^amputation$")
"""What was taken out stays out: "cholecystectomy status" and "s/p cholecystectomy" say the same."""
_HAD = frozenset({"history", "status"})
"""What the same person has or had: such rows name each other."""


def _say_sides(entry: Entry, sides: set[str], concept_words: tuple[str, ...], notebook: Notebook) -> None:
    """Say the side, and apart from it the one that only notes name, if they name only one."""
    notebook.say("side", *_one_side(sides))
    noted = noted_sides(entry.notes, concept_words)
    notebook.say("noted side", *(_one_side(sides) or (noted if len(noted) == 1 else ())))


def _one_side(sides: set[str]) -> tuple[str, ...]:
    """Return the side; "right", and "left" in another place, is both."""
    stated = sides - {""}
    return ("both",) if len(stated) > 1 else tuple(stated)


def _concept_words(title: str, concept: Concept, *more: Concept) -> tuple[str, ...]:
    if _CODE_NAME.match(plain(title)):
        return ()
    words = set(concept.words).union(*(part.words for part in more))
    words -= {part for part, implying in concept_names.IMPLIED.items() if part in words and words & implying}
    return tuple(sorted(words))


def _name(notebook: Notebook, words: tuple[str, ...], codes: list[tuple[str, str]], *, weak: list[str]) -> None:
    """Identity by words and precise codes; neighbours by every word."""
    notebook.is_("words", " ".join(words))
    notebook.say("words", *words)
    for word in words:
        notebook.meet("word", word)
    for system, code in codes:
        if system in _PRECISE and not says_nothing(system, code):
            notebook.say("codes", f"{system}|{code}")
            if code not in weak:
                notebook.is_(system, code)
            notebook.meet(system, code)


def _episode(entry: Entry, detail: HealthIssue, words: tuple[str, ...], concept: Concept) -> tuple[str, ...]:
    """(first day, last day, state) of what comes and goes; empty for what lasts."""
    episodic = set(words) | set(concept.courses)
    if not episodic & concept_names.EPISODIC or episodic & concept_names.LASTING or concept.contexts:
        return ()
    current = entry.status is Status.ACTIVE or detail.clinical_status == "remission"  # which is no end of it
    first = local_day(entry.start)
    if not first and "encounter-diagnosis" in detail.categories:
        first = local_day(entry.recorded)
    last = _OPEN if current else local_day(entry.end) or _later(first)
    return (first, last, "current" if current else "past")


DAYS_BETWEEN_PERIODS = 31


def _period(entry: Entry) -> tuple[str, ...]:
    """(first day, last day, days that may lie between) of what says when it began; without an end it is open."""
    first, last = local_day(entry.start), local_day(entry.end)
    last = f"{last}-12-31"[:10] if len(last) == len("2000") else f"{last}-28"[:10] if last else _OPEN
    return (first, last, str(DAYS_BETWEEN_PERIODS)) if first else ()


def _later(day: str) -> str:
    try:
        return (date.fromisoformat(day) + timedelta(days=14)).isoformat()
    except ValueError:
        return day


def procedure(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Procedure):
        return
    concept = read_concept(entry.title, procedure=True)
    site = read_concept(detail.body_site, procedure=True)
    codes = shared_codes(entry.codes)
    words = _concept_words(entry.title, concept, site)
    _name(notebook, words, codes, weak=[])
    _say_kin(notebook, entry, (*words, *concept.approaches), codes)
    where = " ".join(sorted({*site.words, *(word for word in concept.words if is_place(word))}))
    for system, code in codes:
        of_a_tooth = system == "cdt" and _NUMBER.search(f"{entry.title} {detail.body_site}")  # which surfaces is open
        if says_what_was_done(system, code) and not of_a_tooth:
            notebook.say("coded", f"{system}|{code}|{where}")
    sides = {concept.side, site.side, *(read_concept(name).side for name in displays(entry.codes))}
    _say_sides(entry, sides, words, notebook)
    notebook.say("noted level", *noted_places(entry.notes, words), *noted_levels(entry))
    notebook.say("approach", *concept.approaches)
    notebook.say("purpose", *(purpose for purpose in ("screening", "diagnostic") if purpose in _purposes(entry.title)))
    notebook.say("state", _PROCEDURE_STATES.get(detail.fhir_status, detail.fhir_status))
    notebook.say("place", plain(detail.place))
    # Without a date it cannot be placed, like a month: neither is told apart from what happened again.
    notebook.say_in_order("day", *(moment(entry.start) or ("-", "", "")))


_PROCEDURE_STATES = {"completed": "done", "unknown": "", "entered-in-error": ""}


def _purposes(title: str) -> set[str]:
    return set(plain(title).split())


def _meet_in_year(notebook: Notebook, kind: str, name: str, day: str) -> None:
    """Meet those of the year; what has no date meets all, and seeks them."""
    notebook.meet(kind, name, day[:4])
    notebook.meet(kind, name, bond=Bond.MEET if day else Bond.SEEK)


_NOT_GIVEN = re.compile(
    r"\b(?:declined|refused|deferred|contraindicated|not (?:given|done|administered)|rechazad[oa])\b", re.IGNORECASE
)


def immunization(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Immunization):
        return
    codes = [code for system, code in shared_codes(entry.codes) if system == "cvx"]
    nothing = "998" in codes
    day = local_day(entry.start)
    for code in codes or named_vaccines(entry.title):
        group = GROUP_OF.get(code, "")
        notebook.is_("cvx", code)
        _meet_in_year(notebook, "cvx", code, day)
        if group:
            _meet_in_year(notebook, "group", group, day)
            notebook.is_("group", group)
        if code not in UNSPECIFIED:
            notebook.say("codes", *(f"cvx|{each}" for each in (code, *CONJUGATES.get(code, "").split())))
    for name in (entry.title, *displays(entry.codes, "cvx")):
        words = vaccine_words(name)
        notebook.is_("words", words)
        _meet_in_year(notebook, "words", words, day)
    notebook.say_in_order("day", day or "-", "", "")
    notebook.say("given", "no" if detail.not_given or nothing or _NOT_GIVEN.search(entry.title) else "yes")
    notebook.say("lot", lot(detail.lot or labelled(entry.notes, "lot")))
    notebook.say("maker", maker(detail.manufacturer) or brand_maker(entry.title))
    notebook.say(
        "package", *(code[:_LABELER_AND_PRODUCT] for system, code in shared_codes(entry.codes) if system == "ndc")
    )


_LABELER_AND_PRODUCT = 9
"""Digits of an NDC of eleven that say the product, whatever it is packed in."""
