"""What an allergy states: signs, how severe each was, criticality, status, verification, its kind, since when."""

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from portal.domain.entry import Allergy, Entry, Reaction
from portal.merge.allergies.allergy_reactions import GRAVEST_FIRST, REACTIONS
from portal.merge.allergies.allergy_sentences import signs_denied, signs_told
from portal.merge.allergies.allergy_titles import read_title
from portal.merge.allergies.read_allergies import (
    BETWEEN,
    degree_of,
    notes_of_it,
    reactions,
    signs_in_notes,
    signs_in_title,
    tolerance,
    verification_of,
)
from portal.merge.completing import UNASSESSED
from portal.merge.issues.issue_statements import state_onset, state_standing
from portal.merge.notes.about_it import own_words
from portal.merge.notes.asserted import clause_texts
from portal.merge.notes.note_events import parts
from portal.merge.notes.noted import affirmations, clauses, degree, labelled
from portal.merge.stating import Statements, state
from portal.merge.words.text import plain, word_set


def allergy(entry: Entry, detail: Allergy, stated: Statements) -> None:
    """State what may differ between two places that know of one allergy."""
    title = read_title(entry.title)
    _signs(entry, detail, stated)
    _severity(
        detail, title.severity or degree(notes_of_it(entry), _OF_SIGNS | own_words(entry.title, allergic=True)), stated
    )
    critical = detail.criticality if detail.criticality != UNASSESSED else ""
    state(stated, "criticality", critical or _criticality(entry.notes))
    verification = verification_of(entry, detail)
    if verification != "refuted":
        state_standing(entry, title.clinical_status or detail.clinical_status, stated)
    state(stated, "verification", verification)
    told = next((fact.text for fact in entry.facts if fact.label == "Allergy or intolerance"), "")
    noted = _noted_kind(entry.notes) if not _kind(told) and not _kind(entry.title) else ""
    kind = noted or _kind(told) or _kind(entry.title) or plain(told)
    state(stated, "type", (kind, bool(noted)), kind if noted else told or kind or "-", _same_kind)
    tolerated = tolerance(entry) if verification != "refuted" else ""
    state(stated, "tolerance", tolerated or "-", by=_both_say_so)
    is_grave = critical == "high" or any(
        "severe" in (r.severity, degree_of(r.manifestations)) for r in detail.reactions
    )
    told_of_it = (part for part in affirmations(notes_of_it(entry), _MOST_WORDS) if not _FOR_ANOTHER.search(part))
    grave = next(filter(_GRAVE.search, told_of_it), "")
    graver = is_grave or "anaphylaxis" in reactions(detail)
    state(stated, "course", (bool(grave), graver), grave or "-", _as_grave)
    state(stated, "category", frozenset(detail.category), ", ".join(detail.category), _overlap)
    told = next((fact.text for fact in entry.facts if fact.label == "Began at" and fact.text), "")
    state_onset(entry, told, stated)


_MOST_WORDS = 12
_GRAVE = re.compile(
    r"\b(?:icu|intensive care|intubat(?:ed|ion)|ventilator|cardiac arrest|code blue|cpr|resuscitated"
    r"|(?:near[- ]|almost |nearly )(?:fatal|died)|life[- ]threatening"
    r"|(?:needed|required|received|given|got|treated with|used) (?:an? |im |her |his )?"
    r"(?:epinephrine|epi(?:-?\s?pen)?|adrenaline)"
    r"|(?:epinephrine|epi(?:-?\s?pen)?) (?:was )?(?:given|needed|used|x ?\d)"
    r"|hospitali[sz]ed|(?:was )?admitted|(?:went|taken|sent) to (?:the )?(?:er|ed|hospital|emergency)|(?:er|ed) visit"
    r"|uci|cuidados intensivos|intubad[oa]|hospitalizad[oa]|paro card[ií]aco|casi muere|adrenalina)\b",
    re.IGNORECASE,
)
"""What an allergy led to, by which a reader knows how bad it was although nobody chose a code for it."""
_FOR_ANOTHER = re.compile(
    r"\b(?:for|due to|because of|por)\s+(?!(?:it|this|that|the|an?|her|his|severe|reactions?|observation|monitoring"
    r"|treatment|anaphyla\w+|angioedema|allerg\w+|swelling|hives|rash|breathing|airway|esto|reacci[oó]n|anafilaxia|\d+"
    r"|\w+ days?)\b)"
    r"|\b(?:unrelated|not related|other reasons?)\b",
    re.IGNORECASE,
)
"""For what else somebody is in a hospital."""


def _as_grave(left: tuple[bool, bool], right: tuple[bool, bool]) -> bool:
    """Tell whether what a note of one side tells of its gravity is told by the other's note or codes, too."""
    return all(not noted or any(other) for (noted, _coded), other in ((left, right), (right, left)))


_OF_SIGNS = frozenset(name for name in REACTIONS if " " not in name) | word_set("skin throat stomach facial joint")
"""Words of signs: a severe rash is a severe reaction."""


def _overlap(left: frozenset[str], right: frozenset[str]) -> bool:
    return not left.isdisjoint(right)


def _signs(entry: Entry, detail: Allergy, stated: Statements) -> None:
    """State the signs, with those of notes that name nothing else; a sentence counts where no field has any."""
    notes = notes_of_it(entry)
    coded, in_title, noted = reactions(detail), signs_in_title(entry.title), signs_in_notes(notes)
    shown = [
        ", ".join(name for reaction in detail.reactions for name in reaction.manifestations) if coded else "",
        entry.title if in_title and not coded else "",
        "; ".join(entry.notes) if set(noted) - {*coded, *in_title} else "",
    ]
    signs = {*coded, *(() if coded else in_title), *noted}
    if signs:
        state(stated, "reaction", (tuple(sorted(signs)), _NONE), "; ".join(filter(None, shown)), _same_signs)
        return
    told, denied = signs_told(notes, own_words(entry.title)), signs_denied(notes)
    if told or denied:
        state(stated, "reaction", (told, _NONE if told else denied), "; ".join(entry.notes), _same_signs)


_Signs = tuple[tuple[str, ...], frozenset[str]]
_NONE: frozenset[str] = frozenset()


def _same_signs(left: _Signs, right: _Signs) -> bool:
    """Tell whether both had the same signs; who only denies some contradicts who had them."""
    (signs, denied), (other_signs, other_denied) = left, right
    if signs and other_signs:
        return signs == other_signs
    return denied.isdisjoint(other_signs) and other_denied.isdisjoint(signs)


_KINDS = (
    (r"\bintoleran(?:ce|t|cia)\b|\bsensitivity\b|\bsensibilidad\b", "Intolerance"),
    (r"\b(?:side|adverse) effect\b|\befecto (?:secundario|adverso)\b|\bside effects only\b", "Side effect"),
    (r"\ballerg(?:y|ies|ic)\b|\bal[eé]rgi(?:a|co|ca)\b", "Allergy"),
)
"""What words say that it is."""


def _kind(text: str) -> str:
    folded = text.casefold()
    return next((kind for words, kind in _KINDS if re.search(words, folded)), "")


def _same_kind(left: tuple[str, bool], right: tuple[str, bool]) -> bool:
    """Tell whether neither is an allergy: a side effect is what charts with two kinds call an intolerance.

    What says nothing of its kind reads as an allergy: where somebody wrote that it is none, both are shown.
    """
    (kind, noted), (other, other_noted) = left, right
    if not kind or not other:
        return not (noted or other_noted) or "Allergy" in (kind, other)
    return "Allergy" not in (kind, other) and {kind, other} <= {name for _words, name in _KINDS}


def _both_say_so(left: str, right: str) -> bool:
    """Tell whether something of it is tolerated at both."""
    return "-" not in (left, right)


_FEW_WORDS = 4
_NOT_ALLERGIC = re.compile(r"\bnot (?:a |an )?(?:true |real )?allerg(?:y|ic)\b|\bno es (?:una )?alergia\b")


def _noted_kind(notes: Sequence[str]) -> str:
    """Return what a note calls it: "Intolerance, not a true allergy" is none."""
    told = labelled(notes, "type")
    if told:
        return _kind(told)
    stated = (part for note in notes for clause in clause_texts(note) for part, _earlier in parts(clause))
    for part in (*clauses(notes, 6), *(part for part in stated if len(part.split()) <= _FEW_WORDS)):
        folded = _NOT_ALLERGIC.sub(" not-allergic ", part.casefold())
        kind = _kind(folded.replace("not-allergic", ""))
        if kind in ("Intolerance", "Side effect"):
            return kind
        if "not-allergic" in folded:
            return "Not an allergy"
        if re.search(r"\btrue allergy\b|\balergia verdadera\b", folded):
            return "Allergy"
    return ""


_CRITICALITIES: Mapping[str, str] = {
    r"\bhigh\b|\balta\b": "high",
    r"\blow\b|\bbaja\b": "low",
}
_RISK = re.compile(
    r"\b(high|low)[- ](?:criticality\b|risk\b(?=$| (?:allergy|reaction|of|for)\b|[.,]))|\bcriticidad (alta|baja)\b"
)
_POTENTIAL = re.compile(r"\b(?:potentially|could be|may be) (?:life[- ]threatening|fatal)\b|\bpotencialmente mortal\b")


def _criticality(notes: Sequence[str]) -> str:
    """Return the criticality that a note states; what could be fatal is of high criticality (FHIR R4)."""
    told = labelled(notes, "criticality")
    for part in (told,) if told else affirmations(notes, 6):
        folded = part.casefold()
        risk = folded if told else " ".join(match[0] for match in _RISK.finditer(folded))
        level = next((level for words, level in _CRITICALITIES.items() if re.search(words, risk)), "")
        if level or _POTENTIAL.search(folded):
            return level or "high"
    return ""


def _severity(detail: Allergy, in_title: str, stated: Statements) -> None:
    """State the gravest of each sign; of reactions without a sign, of them all; else what the title says."""
    by_sign: dict[str, str] = {}
    for reaction in detail.reactions:
        for names, severity in _rated(reaction):
            part = msgspec.structs.replace(reaction, manifestations=names)
            for sign in reactions(msgspec.structs.replace(detail, reactions=(part,))) or ("",):
                grave = [word for word in GRAVEST_FIRST if word in (severity, by_sign.get(sign))]
                if grave:
                    by_sign[sign] = grave[0]
    if not by_sign and in_title:
        by_sign[""] = in_title
    gravest = next((word for word in GRAVEST_FIRST if word in by_sign.values()), "")
    alike = len(set(by_sign.values())) < 2
    told = gravest if alike else ", ".join(f"{sign}: {word}".removeprefix(": ") for sign, word in by_sign.items())
    state(stated, "severity", tuple(sorted(by_sign.items())), told, _same_severity)


def _rated(reaction: Reaction) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield signs and how severe they were; one by one where words rate each ("mild hives, severe wheezing")."""
    parts = [part for name in reaction.manifestations for part in BETWEEN.split(name) if part.strip()]
    degrees = [degree_of([part]) for part in parts]
    if len(set(filter(None, degrees))) < 2:
        yield reaction.manifestations, reaction.severity or degree_of(reaction.manifestations)
        return
    for part, own in zip(parts, degrees, strict=True):
        yield (part,), own or reaction.severity


def _same_severity(left: tuple[tuple[str, str], ...], right: tuple[tuple[str, str], ...]) -> bool:
    """Compare sign by sign; where no sign is common, the gravest."""
    signs, other_signs = dict(left), dict(right)
    common = signs.keys() & other_signs.keys()
    if common:
        return all(signs[sign] == other_signs[sign] for sign in common)
    return min(map(GRAVEST_FIRST.index, signs.values())) == min(map(GRAVEST_FIRST.index, other_signs.values()))
