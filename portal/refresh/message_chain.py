"""What names a message and those that it answers: by that it is told whose it is (``portal.access.authors``)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from portal.normalise.context import target_of
from portal.normalise.elements import first, items
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
        chain.append(resource_id(vault, source=source, type=kind, fhir_id=fhir_id))
        if current is None:
            break
        values = (each.get("value") for each in items(current.get("identifier")))
        chain += [authors.identifier_key(vault, value) for value in values if isinstance(value, str)]
        answered = target_of(first(current.get("inResponseTo"))) or target_of(first(current.get("partOf")))
        local = server.local(answered, current) if answered else None
        if local is None or local[0] != kind:
            break
        fhir_id = local[1]
        current = find(kind, fhir_id)
    return chain
