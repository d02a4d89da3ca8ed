"""Facts of messages: who wrote what at which second. Copies at two organizations name each other."""

from hashlib import sha256

from portal.domain.dates import as_instant
from portal.domain.entry import Entry, Message
from portal.merge.facts import Notebook
from portal.merge.words.moments import has_time
from portal.merge.words.people import person
from portal.merge.words.text import plain


def message(entry: Entry, notebook: Notebook) -> None:
    """Note by what a message that was sent to two places, or passed on, is told: one sender, one second, one text."""
    detail = entry.detail
    if not isinstance(detail, Message) or entry.start is None or not has_time(entry.start):
        return
    text = plain(detail.body)
    if text:
        sent = as_instant(entry.start).isoformat(timespec="seconds")
        notebook.meet("text", person(detail.sender), sent, sha256(text.encode()).hexdigest())
