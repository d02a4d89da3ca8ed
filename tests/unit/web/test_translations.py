"""The Spanish catalogue is complete, fits the English phrases, and is compiled (requirement F4)."""

import io
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

_ROOT = Path(__file__).parents[3]
_FOLDER = _ROOT / "portal" / "translations" / "es" / "LC_MESSAGES"
_KEYWORDS = {**DEFAULT_KEYWORDS, "lazy_gettext": None, "lazy_ngettext": (1, 2), "lazy_pgettext": ((1, "c"), 2)}
_TAG = re.compile(r"</?[a-z]+[^>]*>")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with (_FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="es")


@cache
def _phrases() -> set[str | tuple[str, ...]]:
    """Every phrase marked for translation in the code and the templates."""
    mappings = tomllib.loads((_ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    # Only these folders: the walk would go through .venv as well.
    return {
        phrase
        for folder in ("portal", "templates")
        for _, _, phrase, _, _ in extract_from_dir(
            _ROOT / folder,
            [(pattern.removeprefix(f"{folder}/"), method) for pattern, method in methods],
            keywords=_KEYWORDS,
        )
    }


def _messages(catalogue: Catalog) -> list[Message]:
    return [message for message in catalogue if message.id]


def _texts(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_every_phrase_has_a_translation(catalogue: Catalog) -> None:
    phrases = _phrases()
    assert len(phrases) > 900, "the extraction found too few phrases to be right"
    translated = {message.id for message in _messages(catalogue) if all(_texts(message)) and not message.fuzzy}
    assert not phrases - translated, "run `make translations` and translate what is empty"


def test_nothing_is_translated_that_is_not_said_any_more(catalogue: Catalog) -> None:
    assert not {message.id for message in _messages(catalogue)} - _phrases(), "run `make translations`"


def test_placeholders_and_markup_are_those_of_the_phrase(catalogue: Catalog) -> None:
    problems = [str(error) for message in _messages(catalogue) for error in message.check(catalogue)]
    for message in _messages(catalogue):
        phrase = message.id if isinstance(message.id, str) else message.id[-1]
        for text in _texts(message):
            if sorted(_TAG.findall(text)) != sorted(_TAG.findall(phrase)):
                problems.append(f"{phrase}: other markup")
            if set(re.findall(r"%\((\w+)\)s", text)) != set(re.findall(r"%\((\w+)\)s", phrase)):
                problems.append(f"{phrase}: other placeholders")
    assert not problems


def test_the_compiled_catalogue_is_the_source(catalogue: Catalog) -> None:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    assert (_FOLDER / "messages.mo").read_bytes() == compiled.getvalue(), "run `make translations`"
