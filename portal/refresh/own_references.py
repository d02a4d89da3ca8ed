"""Which references of a resource lead to its own server: what has the same id at another is another thing.

An absolute reference is of the server where it lies under its FHIR base, or under the address by which the resource
names its own patient: servers behind a proxy write what they call themselves inside (docs/field-cases.md, case 15).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from portal.fhir.client import local_reference
from portal.normalise import subject_references
from portal.store import Tx
from portal.store.directory import organizations
from portal.store.directory.organizations import Organization

_PATIENT = "/Patient/"


@dataclass(frozen=True, slots=True)
class SourceAddress:
    """The address a source is at; none for files. ``exact``: the case of its letters counts."""

    base: str = ""
    exact: bool = False

    def local(self, reference: str, resource: Mapping[str, Any]) -> tuple[str, str] | None:
        """Return (type, id) of what a reference in ``resource`` leads to at this server, None for anywhere else."""
        if "://" not in reference:
            return local_reference(reference, self.base)
        for base in (self.base, *_bases_in(resource)):
            if base and (local := local_reference(reference, base, exact=self.exact)):
                return local
        return None


NOWHERE = SourceAddress()
"""Where files come from: their absolute references were made relative where they are of one delivery."""


def server_of(tx: Tx, organization: Organization | None) -> SourceAddress:
    """Return where an organization's records come from."""
    base = organization.fhir_base if organization is not None else None
    return SourceAddress(base, organizations.has_twin(tx, fhir_base=base)) if base else NOWHERE


def _bases_in(resource: Mapping[str, Any]) -> tuple[str, ...]:
    bases = (subject.partition("/_history/")[0].rpartition(_PATIENT)[0] for subject in subject_references(resource))
    return tuple(base for base in bases if "://" in base)
