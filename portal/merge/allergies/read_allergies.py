"""Facts of allergies: the substance, whether it is denied, what is not known; and their reactions."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from portal.domain.entry import Absence, Allergy, Entry
from portal.merge.allergies import allergen_names, allergy_reactions
from portal.merge.allergies.allergen_spelling import (
    by_name,
    iodinated,
    recognised,
    shared_spelling,
    spelled,
    without_product,
    without_salt,
)
from portal.merge.allergies.allergy_sentences import ANY_NUMBER, signs_told
from portal.merge.allergies.allergy_titles import read_title
from portal.merge.allergies.allergy_tolerance import BEFORE_IT, IN_PART, taken_now, tolerated
from portal.merge.facts import Bond, Notebook
from portal.merge.medications.drug_brands import BRANDS, ingredients_of
from portal.merge.medications.drug_names import INGREDIENTS
from portal.merge.medications.drug_salts import salted
from portal.merge.medications.listed_brands import LISTED_BRANDS
from portal.merge.notes.asserted import clause_texts
from portal.merge.notes.noted import affirmations, clauses, labelled
from portal.merge.notes.standing_notes import members_of, verification
from portal.merge.words.codes import displays, shared_codes
from portal.merge.words.concepts import singular
from portal.merge.words.slips import is_slip
from portal.merge.words.text import plain, word_set


def allergy(entry: Entry, notebook: Notebook) -> None:
    detail = entry.detail
    if not isinstance(detail, Allergy):
        return
    scope = no_known_scope(entry, detail)
    if scope:
        notebook.is_("none", scope)
        notebook.meet("none", scope)
        notebook.say("assertion", "none")
        return
    for substance in substances_of(entry):
        notebook.is_("substance", substance)
        notebook.meet("substance", substance)
        for wider in allergen_names.WIDER.get(substance, ()):
            notebook.meet("substance", wider, bond=Bond.MEET)  # "contrast" meets both kinds, these not each other
        notebook.meet("substance", _without_letter(substance), bond=Bond.MEET)
    notebook.say("assertion", "refuted" if verification_of(entry, detail) == "refuted" else "present")
    if set(detail.category) == {"environment"}:
        notebook.say("group", "environment")
    elif set(detail.category) == {"medication"}:
        notebook.say("group", "medication")


def _without_letter(substance: str) -> str:
    """Return a name without the letter that says which one it is ("protein A"); empty where it has none."""
    words = substance.split()
    telling = [word for word in words if len(word) > 1]
    return " ".join(telling) if len(telling) < len(words) and "+" not in words else ""


def verification_of(entry: Entry, detail: Allergy) -> str:
    """Return "refuted" of what words deny and "unconfirmed" of what they doubt, else the verification code.

    Somebody wrote the words; "confirmed" is what systems fill in. A note that confirms it fills in a silent code.
    """
    if detail.verification == "refuted":
        return detail.verification
    told = read_title(entry.title).verification or _noted_verification(entry)
    return detail.verification if not told or (told == "confirmed" and detail.verification) else told


def _noted_verification(entry: Entry) -> str:
    """Return what notes say of it: that the substance itself is tolerated denies it, that another is does not."""
    noted = verification(entry.notes, entry.title, allergic=True)
    own = set(substances_of(entry))
    for part, names in () if noted else tolerated(entry.notes):
        if not (BEFORE_IT.search(part) or IN_PART.search(part)) and any(substance(name) in own for name in names):
            return "refuted"
    return noted


def tolerance(entry: Entry) -> str:
    """Return the words by which something is tolerated, or taken, that this allergy is to, or that is of its class.

    They speak against the allergy without denying it: of penicillins one was taken, or it was before the reaction.
    """
    own = set(substances_of(entry))
    members = members_of(" ".join((entry.title, *own)))

    def is_of_it(names: Sequence[str]) -> bool:
        return any(name in members or substance(name) in own for name in names)

    of_it = next((part for part, names in tolerated(entry.notes) if is_of_it(names)), "")
    return of_it or next((part for part, names in taken_now(entry.notes) if not names or is_of_it(names)), "")


def no_known_scope(entry: Entry, detail: Allergy) -> str:
    """Return what no allergy is known to: "all", "drug", "drug food" …; "unasked"; empty where there is an allergy."""
    if not detail.negated or any(map(_EXCEPT.match, clauses(entry.notes))):
        return ""
    if entry.absence in (Absence.NOT_ASKED, Absence.UNKNOWN):
        return f"unasked {entry.absence.value}"
    return " ".join(sorted(entry.scope.split())) or "all"


_EXCEPT = re.compile(r"(?:except|other than|apart from|excepto|salvo)\b", re.IGNORECASE)


def substances_of(entry: Entry) -> list[str]:
    """Return the substances an allergy is to."""
    title = re.sub(r"\[[^\]]*\]", " ", read_title(entry.title).substance)
    by_code = [allergen_names.CODES[code] for code in shared_codes(entry.codes) if code in allergen_names.CODES]
    named = substance(title)
    if named and not by_name(named):
        meant = [*by_code, *(substance(display) for display in displays(entry.codes))]
        named = next((name for name in meant if by_name(name) and is_slip(named, shared_spelling(name))), named)
    return [named] if named else sorted(set(by_code))


_HEADING = re.compile(
    r"^\s*(?:(?:drug|medication|food|environmental|known|contact) )?(?:allerg(?:y|ies|en)|intolerance|alergias?)"
    r"\s*(?:[:-]|\bto\b)\s*(?=\w)"
)
_TOLD_OF_IT = re.compile(
    r"(?<=\w)\s*(?:->|=>|→|\b(?:makes?|gives|gave) (?:me|him|her|pt|patient|them)\b|\bcaus(?:es|ed)\b(?! by)).*$"
    r"|\s*\((?:per|pt|patient|as (?:a )?|since|in|when|during|told|reported|seg[uú]n|de niñ[oa]|cuando)\b[^()]*\)"
    r"|^\s*(?:meds?|medications?|rx|drugs?|medicinas?)\s*:\s*(?=\w)",
    re.DOTALL,
)
"""What stands around a substance: a heading, what it did, who told it, when."""
_OF_A_CLASS = re.compile(r"\s*\((?:class|group|family)\b[^()]*\)")
"""What drug vocabularies write behind the name of a class."""
_ASIDE = re.compile(r"\s*\(([^()]*)\)\s*|\s+-\s+|\s*:\s+|\s*;\s*")


@lru_cache(maxsize=4096)
def substance(text: str) -> str:
    """One name for a substance however it is written; a combination is its parts, sorted."""
    told = _TOLD_OF_IT.sub("", _OF_A_CLASS.sub(" ", text.casefold())).strip() or text.casefold()
    folded = without_product(_HEADING.sub("", told))
    whole = _named(folded) or _without_signs(folded)
    if whole or not _ASIDE.search(folded):
        return whole or _unnamed(folded)
    # "Penicillin (hives)", "acetaminophen (Tylenol)": an aside is a reaction, a word of no weight, or the name again.
    parts = [part for part in _ASIDE.split(folded) if part and plain(part) not in allergy_reactions.REACTIONS]
    names = {_known(part) for part in parts if _words_of(part) and plain(part) not in _WEIGHTLESS}
    if len(names) == 1 and "" not in names:
        return names.pop()
    return _unnamed(" ".join(parts) or folded)


_WEIGHTLESS = (
    allergy_reactions.NO_REACTION
    | word_set("""
antibiotic antibiotics drug drugs medication class metal preservative food environmental topical oral additive
""")
    | {"animal dander"}
)


def _without_signs(text: str) -> str:
    """Return the known name that is left when the words of reactions go ("amoxicillin rash"); else nothing."""
    words = _words_of(text)
    left = [word for word in words if word not in allergy_reactions.REACTIONS and word not in _CAUSING]
    return _known(" ".join(left)) if 0 < len(left) < len(words) else ""


_CAUSING = frozenset({"with", "causes", "caused", "gives"})


def _words_of(text: str) -> list[str]:
    words = plain(text).replace("/", " ").split()
    return [
        word
        for place, word in enumerate(words)
        if word not in allergen_names.NOISE or (word == "a" and _is_letter(words, place))
    ]


def _is_letter(words: Sequence[str], place: int) -> bool:
    """Tell whether an "a" is part of the name before it ("protein A"), and no word that leads to a name."""
    following = words[place + 1] if place + 1 < len(words) else ""
    if place == 0:
        return len(following) == 1  # "A&D ointment"
    before = words[place - 1]
    leading = before in allergen_names.LEADING or before in allergy_reactions.REACTIONS
    return not leading and following not in _ARTICLES


_ARTICLES = frozenset({"la", "las", "el", "los"})


def _named(text: str) -> str:
    """Return the name that the tables have for these words, in any order; empty where they have none."""
    words = _words_of(text)
    if not words:
        return ""
    for ordered in (" ".join(words), " ".join(without_salt(words))):
        if ordered in allergen_names.ALLERGENS:
            return allergen_names.ALLERGENS[ordered]
        if ordered in BRANDS:
            return _together(_ingredient(part.split()) for part in ingredients_of(BRANDS[ordered]))
        if ordered in INGREDIENTS:
            return INGREDIENTS[ordered]
        if ordered in LISTED_BRANDS:
            return _together(substance(salted(part)[0]) for part in ingredients_of(LISTED_BRANDS[ordered]))
    return _BY_WORDS.get(" ".join(sorted(words)), "") or iodinated(words)


def _ingredient(words: list[str]) -> str:
    name = " ".join(without_salt(words))
    return INGREDIENTS.get(name, name)


_BY_WORDS = {" ".join(sorted(name.split())): meaning for name, meaning in allergen_names.ALLERGENS.items()}


def _unnamed(text: str) -> str:
    words = _words_of(text)
    single = [singular(word) for word in words]
    if single != words and " ".join(single) not in INGREDIENTS and not _CLASS.search(" ".join(words)):
        return substance(" ".join(single))
    parts = [part for part in _PARTS.split(text) if _words_of(part)]
    named = [_known(part) for part in parts]
    if len(named) > 1 and all(named):
        return _together(named)
    parts = [part.strip() for part in _LONG_PARTS.split(text.casefold()) if part.strip()]
    if len(parts) > 1:
        return _together(map(substance, parts))
    return spelled(" ".join(sorted(without_salt(words)))) if words else ""


def _known(text: str) -> str:
    words = _words_of(text)
    return _named(text) or (recognised(" ".join(without_salt(words))) if words else "")


_PARTS = re.compile(r"[/+&-]|\b(?:and|with|or|y|w)\b")
_LONG_PARTS = re.compile(r"[/+]|\band\b|(?<=[a-z]{4})-(?=[a-z]{5})")


def _together(names: Iterable[str]) -> str:
    return " + ".join(sorted({part for name in names for part in name.split(" + ") if part}))


_CLASS = re.compile(r"(?:in|ine|ate|ide|one|ol|am|azole|il)s$")
"""A drug's name with an s is its class (tetracyclines); a food's is the food."""

BETWEEN = re.compile(r"[,;/+&]|\band\b|\bwith\b|\by\b|\n", re.IGNORECASE)


def signs_in_title(title: str) -> tuple[str, ...]:
    """Return the signs that stand beside the substance: "Codeine (nausea)", "ACE inhibitor cough"."""
    folded = without_product(_HEADING.sub("", read_title(title).substance))
    if _named(folded):
        return ()
    parts = _ASIDE.split(folded) if _ASIDE.search(folded) else _words_of(folded) if _without_signs(folded) else []
    return _signs(part for part in parts if part and plain(without_degree(part)) in allergy_reactions.REACTIONS)


_ALONE = re.compile(
    r"^(?:just|only|gets|causes|had|caused|mild|severe|moderate)\s+|\s+(?:only|solamente)$", re.IGNORECASE
)


def signs_in_notes(notes: Sequence[str]) -> tuple[str, ...]:
    """Return the signs of notes that name nothing else: "Reaction: hives, swelling"."""
    told = labelled(notes, "reaction")
    stating = (told,) if told else affirmations(notes, ANY_NUMBER)
    alone = [_ALONE.sub("", note.strip(" .")) for note in stating]
    parts = [
        _ALONE.sub("", part.strip())
        for note in alone
        for part in ([note] if plain(note) in allergy_reactions.REACTIONS else BETWEEN.split(note))
        if part.strip()
    ]
    named = all(plain(without_degree(part)) in allergy_reactions.REACTIONS for part in parts)
    return _signs(parts) if named else ()


def notes_of_it(entry: Entry) -> tuple[str, ...]:
    """Return the notes without clauses that tell of another substance: "sulfa: hives", "allergic to peanuts"."""
    own = set(substances_of(entry))
    notes = ("\n".join(part for part in clause_texts(note) if not _of_another(part, own)) for note in entry.notes)
    return tuple(filter(None, notes))


_CAUSE = re.compile(
    r"\b(?:to|a)\s+(?:the )?([^\W\d_]{3,})|(?:^|,)\s*([^\W\d_]{4,})\s*(?::|\(|-\s)|\b([^\W\d_]{4,})\s+\("
    r"|^([^\W\d_]{4,}) (?:caused|gave|causes|gives|caus[oó])\b|\b(?:from|ate|eating) ([^\W\d_]{4,})"
)


def _of_another(clause: str, own: set[str]) -> bool:
    causes = (_known(singular(word)) or _known(word) for word in map("".join, _CAUSE.findall(clause.casefold())))
    return any(name and name not in own and own.isdisjoint(allergen_names.WIDER.get(name, ())) for name in causes)


def reactions(detail: Allergy) -> tuple[str, ...]:
    """Return every sign of an allergy by one name, sorted; "unknown" and the like are none."""
    return tuple(sorted({sign for reaction in detail.reactions for sign in _of_reaction(reaction.manifestations)}))


def _of_reaction(names: Sequence[str]) -> tuple[str, ...]:
    """Return the signs of one reaction; of a description beside them, what it tells: "Hives on trunk; denies SOB"."""
    simple = [name for name in names if plain(without_degree(name)) in allergy_reactions.REACTIONS]
    if len(simple) == len(names):
        return _signs(names)
    if not simple:
        sentences = [name for name in names if not all(map(_named_sign, filter(str.strip, BETWEEN.split(name))))]
        told_signs = signs_told(sentences, frozenset())
        return (*_signs(name for name in names if name not in sentences), *told_signs) if told_signs else _signs(names)
    told = [name for name in names if name not in simple]
    listed = [name for name in told if all(_named_sign(part) for part in BETWEEN.split(name))]
    telling = [name for name in told if name not in listed]
    return (*_signs([*simple, *listed]), *signs_told(telling, frozenset()))


def _named_sign(text: str) -> bool:
    return plain(without_degree(text)) in allergy_reactions.REACTIONS


def _signs(names: Iterable[str]) -> tuple[str, ...]:
    signs = {
        sign
        for name in names
        for part in ([name] if plain(name) in allergy_reactions.REACTIONS else BETWEEN.split(name))
        for sign in _sign(part).split(" + ")
        if sign not in allergy_reactions.NO_REACTION
    }
    return tuple(sorted(signs))


def _sign(name: str) -> str:
    words = plain(name)
    if words not in allergy_reactions.REACTIONS:
        words = plain(without_degree(name))
    return allergy_reactions.REACTIONS.get(words, words)


def without_degree(text: str) -> str:
    """Leave out how severe a sign is, and where on the skin."""
    return allergy_reactions.EVERYWHERE.sub(" ", allergy_reactions.DEGREE.sub(" ", text))


def degree_of(texts: Iterable[str]) -> str:
    """Return the gravest severity that words of reactions state: "severe rash", "hives (mild)"; empty for none."""
    stated = {
        allergy_reactions.DEGREES[match.casefold()]
        for text in texts
        if plain(text) not in allergy_reactions.REACTIONS
        for match in allergy_reactions.DEGREE.findall(text)
    }
    return next((degree for degree in allergy_reactions.GRAVEST_FIRST if degree in stated), "")
