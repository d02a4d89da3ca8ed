"""What of an entry a reader can look for."""

from collections.abc import Iterator

import msgspec

from portal.domain.entry import Entry
from portal.web import formats, words


def readable(entry: Entry) -> str:
    """Everything of an entry that its pages show as words, in the page's language and as the source wrote it."""
    return " ".join((words.phrase(entry.title), *_texts(entry), *_dates(entry)))


def _dates(entry: Entry) -> Iterator[str]:
    yield from (formats.date_text(one) for one in (entry.start, entry.end) if one)


_NOT_READ = frozenset({"section", "status", "system", "results", "members", "devices", "thread", "url"})
"""Members of an entry that hold addresses, references and words of ours rather than what a person reads."""


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            if name not in _NOT_READ:
                yield from _texts(getattr(value, name))
    elif isinstance(value, tuple):
        for one in value:
            yield from _texts(one)
