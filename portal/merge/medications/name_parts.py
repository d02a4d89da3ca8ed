"""What words of a product's name are: a brand, an ingredient, a form, a release or a route."""

from collections.abc import Mapping, Sequence

from portal.merge.medications.drug_forms import FORMS, RELEASES, ROUTES
from portal.merge.medications.drug_names import INGREDIENTS
from portal.merge.medications.listed_brands import ALL_BRANDS


def _by_first_word() -> dict[str, list[tuple[tuple[str, ...], str, str]]]:
    tables: list[tuple[str, Mapping[str, str]]] = [
        ("brand", ALL_BRANDS), ("name", dict.fromkeys(INGREDIENTS, "")), ("form", FORMS), ("release", RELEASES),
        ("route", ROUTES),
    ]  # fmt: skip
    phrases: dict[str, list[tuple[tuple[str, ...], str, str]]] = {}
    for kind, table in tables:
        for phrase, meaning in table.items():
            words = tuple(phrase.split())
            phrases.setdefault(words[0], []).append((words, kind, meaning))
    for entries in phrases.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return phrases


_PHRASES = _by_first_word()


def look_up(words: Sequence[str], index: int) -> tuple[int, str, str]:
    """Return how many words the longest phrase that begins there has (0: none does), its kind and its meaning."""
    for phrase, kind, meaning in _PHRASES.get(words[index], ()):
        if tuple(words[index : index + len(phrase)]) == phrase:
            return len(phrase), kind, meaning
    return 0, "", ""
