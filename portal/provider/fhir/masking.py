"""References to what the caller may not see, confidential or private: an open resource must not name it.

The whole reference goes, with its display: ``data-absent-reason`` "unknown" stands in its place, as elements that hold
a reference are often required. Source: http://hl7.org/fhir/R4/extension-data-absent-reason.html.
"""

import re
from collections.abc import Sequence
from typing import Any

from portal.domain.resource_types import DESCRIBING
from portal.normalise.context import target_of, written_references
from portal.normalise.elements import items
from portal.provider.fhir.access import Caller, is_labelled
from portal.store import Tx
from portal.store.records import references as stored_references
from portal.store.records import resources as stored_resources
from portal.store.records.resources import StoredResource

_URL = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
_NAME = re.compile(r"(?:.*/)?([A-Z][A-Za-z]+/[A-Za-z0-9.-]{1,64})", re.ASCII)


def masked(tx: Tx, caller: Caller, resources: Sequence[StoredResource]) -> list[StoredResource]:
    """Return the resources without references to what is kept private or, where the caller may not see it, labelled
    or a message of somebody else.

    The Patient stays: it is whose record the caller was let into.
    """
    names = _names(resources)
    about = _about(tx, names)
    names = {name for name in names.union(*about.values()) if name and not name.startswith("Patient/")}
    hidden = set(stored_references.hidden(tx, references=names, authors=caller.sight.authors))
    if not caller.confidential:
        referred = stored_resources.many(tx, references=names)
        hidden |= {f"{stored.type}/{stored.fhir_id}" for stored in referred if is_labelled(caller, stored)}
    hidden |= {name for name, targets in about.items() if targets <= hidden}
    if not hidden:
        return list(resources)
    return [resource.with_body(_without(resource.body, hidden)) for resource in resources]


def _about(tx: Tx, names: set[str]) -> dict[str, set[str]]:
    """Return what those of these are about that say something of others: the words for them may tell of it."""
    describing = [name for name in names if name.partition("/")[0] in DESCRIBING]
    stored = stored_resources.many(tx, references=describing) if describing else ()
    named = {f"{each.type}/{each.fhir_id}": items(each.body.get(DESCRIBING[each.type])) for each in stored}
    return {name: {_name(dict(target)) for target in targets} for name, targets in named.items() if targets}


def _names(resources: Sequence[StoredResource]) -> set[str]:
    """Return the "Type/id" of every reference within."""
    texts = b"\n".join([resource.text for resource in resources])
    return {name for each in written_references(texts) if (name := _name({"reference": each}))}


def _without(value: Any, hidden: set[str]) -> Any:
    if isinstance(value, list):
        return [_without(part, hidden) for part in value]
    if not isinstance(value, dict):
        return value
    if _name(value) in hidden:
        return {"extension": [{"url": _URL, "valueCode": "unknown"}]}
    return {name: _without(part, hidden) for name, part in value.items()}


def _name(value: dict[str, Any]) -> str:
    match = _NAME.fullmatch(target_of(value)) if isinstance(value.get("reference"), str) else None
    return match[1] if match else ""
