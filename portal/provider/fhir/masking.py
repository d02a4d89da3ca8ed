"""References to what the caller may not see, confidential or private: an open resource must not name it.

The whole reference goes, with its display: ``data-absent-reason`` "unknown" stands in its place, as elements that hold
a reference are often required. Source: http://hl7.org/fhir/R4/extension-data-absent-reason.html.
"""

from collections.abc import Sequence

from portal.domain.ids import HOME
from portal.provider.fhir.access import Caller, is_labelled
from portal.sharing import withheld
from portal.store import Tx
from portal.store.records import references as stored_references
from portal.store.records import resources as stored_resources
from portal.store.records.resources import StoredResource


def masked(tx: Tx, caller: Caller, resources: Sequence[StoredResource]) -> list[StoredResource]:
    """Return the resources without references to what is kept private or, where the caller may not see it, labelled
    or a message of somebody else.

    The Patient stays: it is whose record the caller was let into.
    """
    names = withheld.names_in(b"\n".join([resource.text for resource in resources]))
    about = withheld.described(tx, source=HOME, names=names)
    names = frozenset(name for name in names.union(*about.values()) if name and not name.startswith("Patient/"))
    hidden = set(stored_references.hidden(tx, references=names, authors=caller.sight.authors))
    if not caller.confidential:
        referred = stored_resources.many(tx, references=names)
        hidden |= {f"{stored.type}/{stored.fhir_id}" for stored in referred if is_labelled(caller, stored)}
    hidden |= {name for name, targets in about.items() if targets <= hidden}
    if not hidden:
        return list(resources)
    return [resource.with_body(withheld.without(resource.body, hidden)) for resource in resources]
