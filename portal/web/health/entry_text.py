"""All that a list and an item's own page say of an entry, as plain text, for tests and ``portal records explain``."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_babel import Babel

from portal.domain.entry import Entry
from portal.domain.listing import listed_as
from portal.web.health import facts, headings
from portal.web.health.original import safe_line


@contextmanager
def in_words() -> Iterator[None]:
    """Provide what pages need to speak (English), without an instance, a database or a request of anybody."""
    app = Flask("portal")
    Babel(app)
    with app.test_request_context():
        yield


def row(entry: Entry) -> str:
    """Return the text of an entry's row: title, flags, value and small print, a line for each."""
    line = safe_line(entry)
    heading = headings.heading(entry.section, listed_as(entry))
    tags = ", ".join(tag.text for tag in line.tags)
    return "\n".join(
        part for part in (heading, line.title, tags, line.value, line.value_note, line.main, *line.facts) if part
    )


def page(entry: Entry) -> str:
    """Return the text of an entry's own page, without its collapsed original text."""
    listed = [*facts.facts(entry), *facts.recorded(entry), *facts.codes(entry)]
    told = [f"{fact.label}: {'; '.join(fact.values)}" for fact in listed]
    for part in facts.parts(entry):
        flags = ", ".join(tag.text for tag in part.flags)
        told.append(f"{part.name}: {part.value}{f' ({flags})' if flags else ''} {part.ranges}".rstrip())
    return "\n".join(told)
