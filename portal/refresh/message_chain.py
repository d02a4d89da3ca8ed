"""What names a message and those that it answers: by that it is told whose it is (``portal.access.authors``).

Beside that what ties it to others: its group, and the files that it carries (``portal.store.records.message_ties``).
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from portal.domain.ids import HOME, OWN
from portal.normalise.context import target_of
from portal.normalise.elements import items, line, obj, word
from portal.refresh.own_references import SourceAddress
from portal.store.engine.crypto import Vault
from portal.store.messages import authors
from portal.store.records.message_ties import ANSWERS, FILE, FILES, GROUP, MESSAGE
from portal.store.records.resources import resource_id

_LONGEST = 150  # names of answers to answers, which are followed to the first message


def ties(resource: Mapping[str, Any], *, server: SourceAddress) -> frozenset[tuple[str, str]]:
    """Return what ties a message to others, or lets a file be tied to messages."""
    kind, own_id = word(resource.get("resourceType")), resource.get("id")
    if kind in FILES and not _is_of_a_visit(resource):
        return frozenset({(FILE, f"{kind}/{own_id}")})
    if kind != MESSAGE:
        return frozenset()
    groups = (line(each.get("value")) for each in items(resource.get("groupIdentifier")))
    carried = _named(server, (part.get("contentReference") for part in items(resource.get("payload"))), resource)
    answered = _named(server, _answered(resource), resource)
    tied = [*((GROUP, each) for each in groups if each), *((FILE, each) for each in carried)]
    return frozenset([*tied, *((ANSWERS, each) for each in answered)])


def names_of_file(
    vault: Vault,
    file: Mapping[str, Any],
    *,
    source: str,
    server: SourceAddress,
    find: Callable[[str, str], Mapping[str, Any] | None],
) -> Sequence[str]:
    """Return the names of the messages that a file says it is of, as ``names`` does; none where it is of a visit."""
    if _is_of_a_visit(file):
        return ()
    places = (obj(file.get("context")).get("related"), file.get("partOf"), file.get("basedOn"))
    named = _named(server, (reference for place in places for reference in items(place)), file)
    about: dict[str, Any] = {"source": source, "server": server, "find": find}
    messages = (name for name in named if name.startswith(f"{MESSAGE}/"))
    return [each for name in messages for each in names(vault, name, find(*name.split("/")), **about)]


def names(
    vault: Vault,
    reference: str,
    message: Mapping[str, Any] | None,
    *,
    source: str,
    server: SourceAddress,
    find: Callable[[str, str], Mapping[str, Any] | None],
) -> Sequence[str]:
    """Return the names of a Communication ("Communication/id"), then of those that it answers or is part of, the
    nearest first, as far as ``find`` (type, id) has them. One of them that is not at hand ends no other way."""
    chain: list[str] = []
    kind, _, fhir_id = reference.partition("/")
    met, waiting = {fhir_id}, deque([fhir_id])
    while waiting and len(chain) < _LONGEST:
        fhir_id = waiting.popleft()
        current = find(kind, fhir_id) if chain else message
        own_id = resource_id(vault, source=source, type=kind, fhir_id=fhir_id)
        address = [authors.address_key(vault, server.base, fhir_id)] if server.base else []
        if current is None:
            chain += [own_id, *address]
            continue
        if source not in (HOME, OWN) and _is_of_related_person(current):
            chain.append(authors.linked_key(source))
        values = (each.get("value") for each in items(current.get("identifier")))
        chain += [own_id, *address]  # what is written down of this very message says more
        chain += [authors.identifier_key(vault, value) for value in values if isinstance(value, str)]
        for answered in _answered(current):
            local = _local(server, answered, current)
            if local is not None and local[0] == kind and local[1] not in met:
                met.add(local[1])
                waiting.append(local[1])
    return chain


def _local(server: SourceAddress, reference: object, resource: Mapping[str, Any]) -> tuple[str, str] | None:
    target = target_of(reference)
    return server.local(target, resource) if target else None


def _answered(message: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    return (*items(message.get("inResponseTo")), *items(message.get("partOf")))


def _named(server: SourceAddress, references: Iterable[object], resource: Mapping[str, Any]) -> list[str]:
    """Return "Type/id" of what is referred to on the same server."""
    return [f"{local[0]}/{local[1]}" for each in references if (local := _local(server, each, resource))]


def _is_of_a_visit(file: Mapping[str, Any]) -> bool:
    return bool(file.get("encounter") or obj(file.get("context")).get("encounter"))


def _is_of_related_person(message: Mapping[str, Any]) -> bool:
    """Tell whether somebody wrote it for the patient at the organization itself."""
    sender = target_of(message.get("sender"))
    if sender.startswith("#"):
        contained = (part for part in items(message.get("contained")) if part.get("id") == sender[1:])
        return any(word(part.get("resourceType")) == "RelatedPerson" for part in contained)
    return sender.rpartition("/")[0].rpartition("/")[2] == "RelatedPerson"
