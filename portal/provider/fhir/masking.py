"""References to what the caller may not see, confidential, private or held back: an open resource must not name it.

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
    """Return the resources without references to what is kept private, to results that are held back or, where the
    caller may not see it, to what is labelled, a message of somebody else, or of a section that is closed to them.

    The Patient stays: it is whose record the caller was let into.
    """
    names = withheld.names_in(b"\n".join([resource.text for resource in resources]))
    about = withheld.described(tx, source=HOME, names=names)
    names = frozenset(name for name in names.union(*about.values()) if name and not name.startswith("Patient/"))
    hidden = set(stored_references.hidden(tx, references=names, authors=caller.sight.authors))
    closed = caller.sight.hidden_types()
    hidden.update(name for name in names if name.partition("/")[0] in closed)
    open_ones = caller.confidential
    looked_into = [name for name in names if not open_ones or caller.delay.concerns(name.partition("/")[0])]
    for stored in stored_resources.many(tx, references=looked_into) if looked_into else ():
        if (not open_ones and is_labelled(caller, stored)) or caller.delay.released(stored) is None:
            hidden.add(f"{stored.type}/{stored.fhir_id}")
    hidden |= {name for name, targets in about.items() if targets <= hidden}
    if not hidden:
        return list(resources)
    return [resource.with_body(withheld.without(resource.body, hidden)) for resource in resources]
