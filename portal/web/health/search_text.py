"""What of an entry a reader can look for."""

from portal.domain.entry import Entry
from portal.merge.completing import completed
from portal.web import formats, words
from portal.web.health import dose_words
from portal.web.health.original import guarded, original_texts


def readable(entry: Entry) -> str:
    """Return everything of an entry that its pages show as words, in the page's language and as the source wrote it."""
    written = original_texts(entry)
    return guarded(
        lambda: " ".join(
            (
                words.section_word(entry.section),
                words.phrase(completed(entry, ()).title),
                *map(words.phrase, entry.qualifiers),
                *dose_words.instructions(entry),
                *written,
                *_dates(entry),
            )
        ),
        lambda: " ".join(written),
        place="search",
    )


def _dates(entry: Entry) -> tuple[str, ...]:
    return tuple(text for when in (entry.start, entry.end) if when for text in (formats.date_text(when), when[:10]))
