"""What an entry says beside its own fields: qualifiers, facts for its page, and the visit it belongs to."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.domain.entry import Fact
from portal.normalise import phrases
from portal.normalise.coding import names_of, tidy
from portal.normalise.context import Context, target_of
from portal.normalise.elements import EMPTY, first, items, line, obj, when, word
from portal.normalise.names import party


def facts(*pairs: tuple[str, str | Iterable[str]]) -> tuple[Fact, ...]:
    """Return the facts of (label, text or texts), those that have a text, each once."""
    listed = [
        Fact(label, text)
        for label, texts in pairs
        if texts
        for text in ((texts,) if isinstance(texts, str) else texts)
        if text
    ]
    return tuple(dict.fromkeys(listed)) if listed else ()


def qualifiers(*words: str) -> tuple[str, ...]:
    """Return the words that are there, each once."""
    if len(words) == 1:
        return words if words[0] else ()
    return tuple(dict.fromkeys([text for text in words if text]))


def common_facts(context: Context) -> tuple[Fact, ...]:
    """Return what every kind of record may say beside itself: at which visit, and who wrote its notes."""
    resource = context.resource
    listed = []
    reference = obj(resource.get("encounter"))
    if reference:
        target = context.resolve(reference)
        visit = target.resource if target else EMPTY
        name = tidy(line(reference.get("display"))) or next(iter(names_of(visit.get("type"))), "")
        start = when(obj(visit.get("period")).get("start"))
        if name or start:
            listed.append(Fact(phrases.AT_VISIT, name, start=start))
    notes = resource.get("note")
    for note in items(notes) if notes else ():
        author = line(note.get("authorString")) or party(note.get("authorReference"), context)
        written = when(note.get("time"))
        if author or written:
            listed.append(Fact(phrases.NOTE_BY, author, start=written))
    return tuple(listed)


def until(start: str | None, end: str | None) -> tuple[Fact, ...]:
    """Return the end of what took longer than its beginning."""
    return (Fact(phrases.UNTIL, start=end),) if end and end != start else ()


def visit_of(resource: Mapping[str, Any]) -> str:
    """Return the reference of the encounter a resource belongs to, as written; FHIR before R4 says ``context``."""
    surroundings = obj(resource.get("context"))
    reference = resource.get("encounter") or surroundings.get("encounter") or surroundings
    is_one = type(reference) is dict or isinstance(reference, Mapping)
    return target_of(reference if is_one else first(reference))


def visit_through(references: object, context: Context) -> str:
    """Return the encounter of the first document (or the encounter itself) that is among ``references``."""
    for reference in items(references):
        target = target_of(reference)
        if "Encounter/" in target:
            return target
        document = context.resolve(reference)
        visit = visit_of(document.resource if document else EMPTY)
        if visit and word((document.resource if document else EMPTY).get("resourceType")) == "DocumentReference":
            return visit
    return ""
