"""What pages say is easy to read, and one idea has one word (docs/product.md, section 7).

Measured is every phrase of eight words or more: shorter ones are names and buttons, where a measure means nothing. Not
measured are names of tests and codes (``portal/normalise``), and the page for developers of apps.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tests.readability import EXCUSED, ease, english_syllables, grade, sentences, spanish_syllables

PO = Path(__file__).parents[3] / "portal/translations/es/LC_MESSAGES/messages.po"
NOT_FOR_PATIENTS = ("portal/normalise/", "templates/oauth/developers.html")
FEWEST_WORDS = 8
HARDEST_GRADE, LEAST_EASE, MOST_EXCUSED = 6.0, 70.0, 60
ADVICE = (
    "Write it in shorter sentences and plainer words; the first figure is what was measured. A word of the field that "
    "has no plainer one may go into tests/excused_terms.toml."
)
MACHINERY = (
    r"by itself|by themselves|certainly|anew|shut out|brought|tick|ticks|whoever|withheld|nothing so far"
    r"|left alone|mended|the other way round|since the last look"
)
"""Words that people do not use; docs/product.md, section 7."""


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as file:
        return read_po(file, locale="es")


def _forms(catalogue: Catalog) -> Iterator[tuple[str, str, str]]:
    """Yield where a phrase stands, its English and its Spanish; each form of a plural."""
    for message in catalogue:
        place = message.locations[0][0] if message.locations else ""
        if not message.id or place.startswith("portal/normalise/"):
            continue
        english = [message.id] if isinstance(message.id, str) else message.id
        spanish = [message.string] if isinstance(message.string, str) else message.string
        yield from ((place, one, other) for one, other in zip(english, spanish, strict=False))


def _long(text: str) -> bool:
    return sum(map(len, sentences(text))) >= FEWEST_WORDS


def test_english_is_read_after_six_years_of_school(catalogue: Catalog) -> None:
    phrases = [form for form in _forms(catalogue) if not form[0].startswith(NOT_FOR_PATIENTS) and _long(form[1])]
    assert len(phrases) > 700
    hard = [f"{grade(text):.1f} {place}: {text}" for place, text, _ in phrases if grade(text) > HARDEST_GRADE]
    assert not hard, "\n".join([ADVICE, *hard])


def test_spanish_is_as_easy(catalogue: Catalog) -> None:
    phrases = [form for form in _forms(catalogue) if not form[0].startswith(NOT_FOR_PATIENTS) and _long(form[2])]
    assert len(phrases) > 700
    hard = [f"{ease(text):.0f} {place}: {text}" for place, _, text in phrases if ease(text) < LEAST_EASE]
    assert not hard, "\n".join([ADVICE, *hard])


@pytest.mark.parametrize("language", EXCUSED)
def test_few_terms_are_excused_and_each_is_used(catalogue: Catalog, language: str) -> None:
    terms = EXCUSED[language]
    text = " ".join(form[1 if language == "english" else 2].lower() for form in _forms(catalogue))
    assert len(terms) <= MOST_EXCUSED
    unused = sorted(terms - set(re.findall(r"\w+", text)))
    assert not unused


def test_no_words_of_the_machinery(catalogue: Catalog) -> None:
    machinery = re.compile(rf"\b(?:{MACHINERY})\b", re.IGNORECASE)
    for place, text, _ in _forms(catalogue):
        assert not machinery.search(text), place


@pytest.mark.parametrize(
    ("word", "only_for"),
    [
        (r"historial(?:es)?", r"history"),  # a record is "expediente"
        (r"llaves?", r"passkeys?|like a key"),  # any other key is "clave"
        (r"registros?", r"\blogs?\b|registration"),
        (r"ordenador(?:es)?|fichero", r"$^"),  # as said in the United States: computadora, archivo
        (r"vosotros|vuestr\w+|tu|tus|tú|tienes|puedes", r"$^"),  # a portal says usted
    ],
)
def test_spanish_has_one_word_for_one_idea(catalogue: Catalog, word: str, only_for: str) -> None:
    others = re.compile(rf"\b(?:{word})\b", re.IGNORECASE)
    for place, english, spanish in _forms(catalogue):
        assert not others.search(spanish) or re.search(only_for, english, re.IGNORECASE), place


def test_spanish_has_one_kind_of_quotation_marks(catalogue: Catalog) -> None:
    assert not [spanish for _, _, spanish in _forms(catalogue) if re.search("[«»]", spanish)]


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("record", 2), ("opened", 2), ("wanted", 2), ("something", 2), ("everything", 3), ("table", 2), ("names", 1)),
        *(("medications", 4), ("completely", 3), ("created", 3), ("boxes", 2), ("don’t", 1), ("appointment’s", 3)),
    ],
)
def test_english_syllables(word: str, count: int) -> None:
    assert english_syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        *(("expediente", 4), ("guía", 2), ("hoy", 1), ("ahí", 2), ("quien", 1), ("averigüe", 4), ("ciudad", 2)),
        *(("leer", 2), ("organización", 5), ("y", 1), ("muy", 1), ("guerra", 2)),
    ],
)
def test_spanish_syllables(word: str, count: int) -> None:
    assert spanish_syllables(word) == count


def test_what_is_put_in_counts_as_one_plain_word() -> None:
    assert sentences("Ask %(name)s. <b>Then</b> wait 3.5 days.") == [["Ask", "X"], ["Then", "wait", "3.5", "days"]]
    assert grade("%(name)s has it.") == grade("Ann has it.")
    assert grade("Ask the organization now.") == grade("Ask the shop now.")
