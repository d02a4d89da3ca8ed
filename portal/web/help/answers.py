"""The questions as a reader sees them: in their language, with the portal's names, and those that a search finds."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from unicodedata import combining, normalize

from portal.domain.sections import NINE, Section
from portal.web import formats, words
from portal.web.help.topics import Topic
from portal.web.phrases import put_in


@dataclass(frozen=True, slots=True)
class Answered:
    """A topic in the reader's language, with the portal's names put in."""

    anchor: str
    question: str
    answer: tuple[str, ...]
    points: tuple[str, ...]
    after: tuple[str, ...]
    states: tuple[str, ...]


def answered(topics: tuple[Topic, ...], *, portal: str, home: str, query: str = "") -> Iterator[Answered]:
    """Yield the topics in the reader's language with every word of ``query`` (all of them for an empty query)."""
    names = {
        "portal": portal,
        "home": home,
        "sections": _named(NINE),
        "more_sections": _named(section for section in Section if section not in NINE),
    }
    query_words = _plain(query).split()
    for topic in topics:
        told = Answered(
            topic.anchor,
            put_in(str(topic.question), names),
            tuple(put_in(str(text), names) for text in topic.answer),
            tuple(put_in(str(text), names) for text in topic.points),
            tuple(put_in(str(text), names) for text in topic.after),
            topic.states,
        )
        everything = _plain(" ".join((told.question, *told.answer, *told.points, *told.after)))
        if all(word in everything for word in query_words):
            yield told


def _named(sections: Iterable[Section]) -> str:
    """Return their names as they stand in a sentence."""
    headings = [words.section_word(section) for section in sections]
    return formats.listing([heading[:1].lower() + heading[1:] for heading in headings])


def _plain(text: str) -> str:
    text = normalize("NFKD", text.replace("’", "'").casefold())
    return "".join(char for char in text if not combining(char))
