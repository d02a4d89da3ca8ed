"""Facts of allergies: the substance, whether it is denied, what is not known; and their reactions."""

import re

from portal.domain.entry import Allergy, Entry
from portal.merge import allergen_names
from portal.merge.codes import shared_codes
from portal.merge.concepts import read_concept, singular
from portal.merge.drug_brands import BRANDS
from portal.merge.drug_names import INGREDIENTS
from portal.merge.facts import Notebook
from portal.merge.text import plain


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
    substances, refuted = substances_of(entry)
    for substance in substances:
        notebook.is_("substance", substance)
        notebook.meet("substance", substance)
    notebook.say("assertion", "refuted" if refuted or detail.verification == "refuted" else "present")
    if set(detail.category) == {"environment"}:
        notebook.say("group", "environment")
    elif set(detail.category) == {"medication"}:
        notebook.say("group", "medication")


def no_known_scope(entry: Entry, detail: Allergy) -> str:
    """Return what no allergy is known to: "all", "drug", "food" …; "unasked"; empty where there is an allergy."""
    title = plain(entry.title.replace("(situation)", ""))
    for code in entry.codes:
        if code.code.casefold() in allergen_names.NOT_ASKED and not code.system.startswith("http://snomed"):
            return f"unasked {code.code.casefold()}"
        if code.code in allergen_names.NO_KNOWN:
            return allergen_names.NO_KNOWN[code.code]
    if title in allergen_names.NOT_ASKED or title in ("not asked", "unknown allergies"):
        return f"unasked {title}"
    if title in allergen_names.NO_KNOWN_WORDS:
        return allergen_names.NO_KNOWN_WORDS[title]
    return title if detail.negated else ""


def substances_of(entry: Entry) -> tuple[list[str], bool]:
    """Return the substances an allergy is to, and whether its words deny it."""
    concept = read_concept(entry.title) if re.search(r"\b(?:not|no)\b", entry.title.casefold()) else None
    refuted = concept is not None and concept.assertion == "refuted"
    title = re.sub(r"\bnot allergic to\b|\bno allergy to\b", " ", entry.title.casefold())
    title = re.sub(r"\[[^\]]*\]", " ", title)
    by_code = [allergen_names.CODES[code] for code in shared_codes(entry.codes) if code in allergen_names.CODES]
    return sorted({substance(title)} - {""}) or sorted(set(by_code)), refuted


def substance(text: str) -> str:
    """One name for a substance however it is written; a combination is its parts, sorted."""
    words = " ".join(word for word in plain(text).replace("/", " ").split() if word not in allergen_names.NOISE)
    if words in allergen_names.ALLERGENS:
        return allergen_names.ALLERGENS[words]
    if words in BRANDS:
        parts = BRANDS[words].split(" #")[0].split(" @")[0].split("+")
        return " + ".join(sorted(INGREDIENTS.get(part.strip(), part.strip()) for part in parts))
    if words in INGREDIENTS:
        return INGREDIENTS[words]
    single = " ".join(singular(word) for word in words.split())
    if single != words and single not in INGREDIENTS and not _CLASS.search(words):
        return substance(single)
    parts = [
        part.strip() for part in re.split(r"[/+]|\band\b|(?<=[a-z]{4})-(?=[a-z]{5})", text.casefold()) if part.strip()
    ]
    if len(parts) > 1:
        return " + ".join(sorted(substance(part) for part in parts))
    return words


_CLASS = re.compile(r"(?:in|ine|ate|ide|one|ol|am|azole|il)s$")
"""A drug's name with an s is its class (tetracyclines); a food's is the food."""

_BETWEEN = re.compile(r"[,;/+&]|\band\b|\bwith\b|\n", re.IGNORECASE)


def reactions(detail: Allergy) -> tuple[str, ...]:
    """Return every sign of an allergy by one name, sorted; "unknown" and the like are none."""
    signs = {
        sign
        for reaction in detail.reactions
        for name in reaction.manifestations
        for part in ([name] if plain(name) in allergen_names.REACTIONS else _BETWEEN.split(name))
        for sign in _sign(part).split(" + ")
        if sign not in allergen_names.NO_REACTION
    }
    return tuple(sorted(signs))


def _sign(name: str) -> str:
    words = plain(name)
    return allergen_names.REACTIONS.get(words, words)
