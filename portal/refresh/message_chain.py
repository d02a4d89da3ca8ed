"""What names a message and those that it answers: by that it is told whose it is (``portal.access.authors``)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portal.domain.ids import HOME, OWN
from portal.normalise.context import target_of
from portal.normalise.elements import first, items, word
from portal.refresh.own_references import SourceAddress
from portal.store.engine.crypto import Vault
from portal.store.messages import authors
from portal.store.records.resources import resource_id

_LONGEST = 50  # answers to answers that are followed to the first message


def names(
    vault: Vault,
    reference: str,
    message: Mapping[str, Any],
    *,
    source: str,
    server: SourceAddress,
    find: Callable[[str, str], Mapping[str, Any] | None],
) -> Sequence[str]:
    """Return the names of a Communication ("Communication/id"), then of those that it answers, as far as ``find``
    (type, id) has them."""
    chain: list[str] = []
    kind, _, fhir_id = reference.partition("/")
    current: Mapping[str, Any] | None = message
    for _step in range(_LONGEST):
        own_id = resource_id(vault, source=source, type=kind, fhir_id=fhir_id)
        if current is None:
            chain.append(own_id)
            break
        if source not in (HOME, OWN) and _is_of_related_person(current):
            chain.append(authors.linked_key(source))
        values = (each.get("value") for each in items(current.get("identifier")))
        chain.append(own_id)  # what is written down of this very message says more
        chain += [authors.identifier_key(vault, value) for value in values if isinstance(value, str)]
        answered = target_of(first(current.get("inResponseTo"))) or target_of(first(current.get("partOf")))
        local = server.local(answered, current) if answered else None
        if local is None or local[0] != kind:
            break
        fhir_id = local[1]
        current = find(kind, fhir_id)
    return chain


def _is_of_related_person(message: Mapping[str, Any]) -> bool:
    """Tell whether somebody wrote it for the patient at the organization itself."""
    sender = target_of(message.get("sender"))
    if sender.startswith("#"):
        contained = (part for part in items(message.get("contained")) if part.get("id") == sender[1:])
        return any(word(part.get("resourceType")) == "RelatedPerson" for part in contained)
    return sender.rpartition("/")[0].rpartition("/")[2] == "RelatedPerson"
