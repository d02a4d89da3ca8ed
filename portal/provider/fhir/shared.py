"""Resources that are nobody's (clinicians, places, medicines): readable where the person's own record leads to them.

It leads to what its resources refer to, to the roles of those clinicians, and to what such roles and places refer to in
turn. Everything else of the organization's directory stays closed, so that no answer tells who treats somebody else.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.normalise.context import target_of
from portal.store import Tx
from portal.store.records import references
from portal.store.records.resources import StoredResource


def led_to(tx: Tx, *, patients: frozenset[str], resources: Iterable[StoredResource]) -> list[StoredResource]:
    """Those of ``resources`` (all shared) that the records of these patients lead to, in their order."""
    given = list(resources)
    names = {f"{one.type}/{one.fhir_id}": one for one in given}
    direct = references.referred(tx, patients=patients, references=names)
    return [
        one
        for name, one in names.items()
        if name in direct or _indirectly(tx, patients=patients, name=name, stored=one)
    ]


def _indirectly(tx: Tx, *, patients: frozenset[str], name: str, stored: StoredResource) -> bool:
    if stored.type == "Medication":
        return False
    near = set(references.shared_referrers(tx, reference=name))
    if stored.type == "PractitionerRole" and (clinician := _practitioner(stored.body)):
        near.add(clinician)
    return bool(near and references.referred(tx, patients=patients, references=near))


def _practitioner(body: Mapping[str, Any]) -> str:
    return target_of(body.get("practitioner"))
