"""Text as its source wrote it, marked with its language: no voice reads it as if it were the page's own.

Source: WCAG 2.2, 3.1.2 (language of parts); HTML, the ``lang`` attribute (empty: not known) and ``dir=auto``.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from operator import attrgetter
from typing import Self

import msgspec
from babel.messages.mofile import read_mo
from markupsafe import Markup, escape

from portal.domain.entry import Entry
from portal.paths import TRANSLATIONS
from portal.web.phrases import current_locale
from portal.web.words import phrase

_NOT_READ = frozenset(
    {
        *("section", "status", "system", "results", "members", "devices", "thread", "url", "unsafe", "absence"),
        *("replaces", "language", "translations"),
    }
)
"""Members of an entry that hold addresses, references and words of ours rather than what a person reads."""


class Sent(str):
    """A text of a source. ``language`` as it says (BCP 47); empty where it says none."""

    __slots__ = ("language",)
    language: str

    @classmethod
    def of(cls, text: str, language: str) -> Self:
        """Return the text with its language."""
        marked = cls(text)
        marked.language = language
        return marked


class Several(str):
    """A text of several pieces, some of a source and some of ours; in a page each piece has the language it is in."""

    __slots__ = ("pieces",)
    pieces: tuple[str, ...]

    @classmethod
    def of(cls, pieces: Iterable[str], between: str = " ") -> Self:
        """Return the pieces as one text."""
        listed = tuple(pieces)
        text = cls(between.join(listed))
        text.pieces = tuple(piece for each in listed for piece in (between, each))[1:]
        return text

    def __html__(self) -> Markup:
        return Markup("").join(_pieces(self))


def _pieces(text: str) -> Iterator[Markup]:
    for piece in text.pieces if isinstance(text, Several) else (text,):
        if isinstance(piece, Several):
            yield from _pieces(piece)
        else:
            yield escape(span(piece))


def sent(text: str, entry: Entry) -> str:
    """Return a text that an entry's source wrote, marked; a phrase of ours as it is."""
    return Sent.of(text, entry.language) if text and not is_ours(text) else text


def titled(entry: Entry, title: str = "") -> str:
    """Return an entry's title in the page's language, where it is a phrase of ours or its source has translated it."""
    title = title or entry.title
    translated = phrase(title)
    if entry.translations and title == entry.title and (locale := current_locale()) is not None:
        for language, words in entry.translations:
            if language.partition("-")[0].lower() == locale.language:
                return Sent.of(words, language)
    return sent(translated, entry) if translated == title else translated


def marked(texts: Iterable[str], entry: Entry) -> Iterator[str]:
    """Yield texts that tell of an entry: its own words, also several in a row, as ``sent``; what is ours, and what is
    marked already, as it is."""
    written: frozenset[str] | None = None
    for text in texts:
        if not text or type(text) in _MARKED:
            yield text
            continue
        if written is None:
            written = frozenset(written_texts(entry))
        is_written = text in written or ("; " in text and written.issuperset(text.split("; ")))
        yield Sent.of(text, entry.language) if is_written and not is_ours(text) else text


_MARKED = frozenset({Sent, Several})


def attributes(text: object) -> Markup:
    """Return the attributes of the element that holds a text: of one that was sent its language and direction."""
    if not isinstance(text, Sent):
        return _NOTHING
    if not text.language:
        return _NOT_SAID
    return Markup(f'lang="{escape(text.language)}" dir="auto"')  # noqa: S704 - it is escaped


_NOTHING, _NOT_SAID = Markup(), Markup('lang="" dir="auto"')


def span(text: object) -> object:
    """Return a text within a sentence of ours in an element of its own, where it was sent."""
    return Markup("<span {}>{}</span>").format(attributes(text), text) if isinstance(text, Sent) else text


def is_ours(text: str) -> bool:
    """Tell whether a text is a phrase of this portal that is written otherwise in Spanish."""
    return text in _phrases()


@cache
def _phrases() -> frozenset[str]:
    with (TRANSLATIONS / "es/LC_MESSAGES/messages.mo").open("rb") as compiled:
        catalog = read_mo(compiled)
    return frozenset(message.id for message in catalog if isinstance(message.id, str) and message.string != message.id)


def written_texts(value: msgspec.Struct) -> list[str]:
    """Return the texts of an entry, or of a part of one, in the order of its members."""
    texts: list[str] = []
    _add_texts((value,), texts)
    return texts


def _add_texts(parts: Iterable[object], texts: list[str]) -> None:
    for part in filter(None, parts):  # most members of an entry are empty, and a page looks at thousands
        kind = type(part)
        if kind is str:
            texts.append(part)  # type: ignore[arg-type]
        elif kind is tuple:
            _add_texts(part, texts)  # type: ignore[arg-type]
        elif isinstance(part, msgspec.Struct):
            _add_texts(_read_members(type(part))(part), texts)
        elif isinstance(part, str):
            texts.append(part)


@cache
def _read_members(kind: type[msgspec.Struct]) -> Callable[[msgspec.Struct], tuple[object, ...]]:
    """Return what takes those members of an entry that a person reads."""
    names = [name for name in kind.__struct_fields__ if name not in _NOT_READ]
    if len(names) > 1:
        return attrgetter(*names)
    return lambda part: tuple(getattr(part, name) for name in names)
