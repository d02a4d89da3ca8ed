"""What names a message and those that it answers: by that it is told whose it is (``portal.access.authors``)."""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portal.domain.ids import HOME, OWN
from portal.normalise.context import target_of
from portal.normalise.elements import items, word
from portal.refresh.own_references import SourceAddress
from portal.store.engine.crypto import Vault
from portal.store.messages import authors
from portal.store.records.resources import resource_id

_LONGEST = 150  # names of answers to answers, which are followed to the first message


def names(
    vault: Vault,
    reference: str,
    message: Mapping[str, Any],
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
        for answered in (*items(current.get("inResponseTo")), *items(current.get("partOf"))):
            local = server.local(target, current) if (target := target_of(answered)) else None
            if local is not None and local[0] == kind and local[1] not in met:
                met.add(local[1])
                waiting.append(local[1])
    return chain


def _is_of_related_person(message: Mapping[str, Any]) -> bool:
    """Tell whether somebody wrote it for the patient at the organization itself."""
    sender = target_of(message.get("sender"))
    if sender.startswith("#"):
        contained = (part for part in items(message.get("contained")) if part.get("id") == sender[1:])
        return any(word(part.get("resourceType")) == "RelatedPerson" for part in contained)
    return sender.rpartition("/")[0].rpartition("/")[2] == "RelatedPerson"
