"""What a caller may see of resources that are nobody's, or that are about others.

Resources that are nobody's (clinicians, places, medicines) are readable where what the caller may see of the person's
own record leads to them: to what its resources refer to, to the roles of those clinicians, and to what such roles and
places refer to in turn. Everything else of the organization's directory stays closed, so that no answer tells who
treats somebody else, or what else the person has. A Provenance names those of its targets that the caller may see.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from portal.domain import resource_types
from portal.normalise.context import target_of
from portal.normalise.elements import items
from portal.provider.fhir.access import Caller, visible
from portal.provider.fhir.masking import masked
from portal.provider.oauth.scopes import Reach
from portal.provider.types import OF_A_PERSON, SERVED, SHARED
from portal.sharing.withheld import is_made_of_elements
from portal.store import Tx
from portal.store.records import references as stored_references
from portal.store.records import resources as stored_resources
from portal.store.records.resources import StoredResource

DESCRIBING = frozenset(resource_types.DESCRIBING)
"""Types that say something of others: shown only with what they are about, and leading to nothing by themselves."""
_LEADING = OF_A_PERSON - DESCRIBING


@dataclass(frozen=True)
class PeopleSight:
    """What a caller may see of the records of some people (our id → FHIR id)."""

    tx: Tx
    caller: Caller
    people: Mapping[str, str]

    def shown(self, reach: Reach, resources: Iterable[StoredResource]) -> list[StoredResource]:
        """Return what the caller may see of these people's and nobody's resources, as the caller may see it."""
        seen = [shown for stored in resources if (shown := visible(self.caller, reach, stored)) is not None]
        own = [resource for resource in seen if resource.type in _LEADING]
        shared = self.led_to(resource for resource in seen if resource.type in SHARED)
        about_others = self.narrowed([resource for resource in seen if resource.type in DESCRIBING])
        return masked(self.tx, self.caller, own + shared + about_others)

    def led_to(self, resources: Iterable[StoredResource]) -> list[StoredResource]:
        """Return those of ``resources`` (all shared) that what the caller may see leads to, in their order."""
        names = {f"{resource.type}/{resource.fhir_id}": resource for resource in resources}
        if not names:
            return []
        direct = self._referred(names)
        return [resource for name, resource in names.items() if name in direct or self._indirectly(name, resource)]

    def narrowed(self, describing: Sequence[StoredResource]) -> list[StoredResource]:
        """Return each Provenance with those of its targets that the caller may see, but none without any left.

        Of statements about the use of a device those whose device the caller may see.
        """
        if not describing:
            return []
        seen = self._seen({target_of(target) for resource in describing for target in _targets(resource)})
        narrow = []
        for resource in describing:
            if resource.type == "DeviceUseStatement":
                narrow += [resource] if target_of(resource.body.get("device")) in seen else []
                continue
            targets = [target for target in items(resource.body.get("target")) if target_of(target) in seen]
            if targets:
                body = {**resource.body, "target": targets}
                if len(targets) < len(_targets(resource)) and is_made_of_elements(body.get("text")):
                    del body["text"]
                narrow.append(resource.with_body(body))
        return narrow

    @cached_property
    def _whole(self) -> frozenset[str]:
        """The types of which the caller sees all, so that none needs to be opened."""
        return frozenset(kind for kind in SERVED if self.caller.sees_all(kind))

    @cached_property
    def _partly(self) -> frozenset[str]:
        return frozenset(kind for kind in SERVED - self._whole if self.caller.sees_some(kind))

    def _seen(self, references: Iterable[str]) -> frozenset[str]:
        """Return which of these references, of any type, lead to what the caller may see."""
        owners = stored_references.owners(self.tx, references=references)
        own = {name for name, person_id in owners.items() if person_id in self.people and _kind(name) in _LEADING}
        shared = {name for name, person_id in owners.items() if person_id is None and _kind(name) in SHARED}
        whole = {name for name in own if _kind(name) in self._whole}
        stored = [resource for resource in self._opened((own | shared) - whole) if self.caller.sees(resource)]
        shown = [resource for resource in stored if resource.type in _LEADING]
        shown += self.led_to(resource for resource in stored if resource.type in SHARED)
        return frozenset(whole | {f"{resource.type}/{resource.fhir_id}" for resource in shown})

    def _referred(self, references: Collection[str]) -> frozenset[str]:
        """Return which of these shared resources are referred to in what the caller may see of the people's records."""
        direct = stored_references.referred(
            self.tx, people=self.people, references=references, kinds=self._whole & _LEADING
        )
        by_reference = stored_references.referrers(
            self.tx,
            people=self.people,
            references=[name for name in references if name not in direct],
            kinds=self._partly & _LEADING,
            open_only=not self.caller.confidential,
        )
        return direct | {name for name, ids in by_reference.items() if any(map(self._sees, ids))}

    def _indirectly(self, name: str, stored: StoredResource) -> bool:
        """Tell whether a shared resource that the caller may see, and is led to directly, leads on to this one."""
        if stored.type == "Medication":
            return False
        near = set(stored_references.shared_referrers(self.tx, reference=name, open_only=not self.caller.confidential))
        if stored.type == "PractitionerRole" and (clinician := target_of(stored.body.get("practitioner"))):
            near.add(clinician)
        steps = self._referred(near)
        return any(_kind(step) in self._whole for step in steps) or any(map(self.caller.sees, self._opened(steps)))

    def _opened(self, references: Iterable[str]) -> tuple[StoredResource, ...]:
        return stored_resources.many(
            self.tx,
            references=[name for name in references if _kind(name) in self._whole | self._partly],
            open_only=not self.caller.confidential,
        )

    def _sees(self, resource_id: str) -> bool:
        stored = stored_resources.by_id(self.tx, resource_id=resource_id)
        return stored is not None and self.caller.sees(stored)


def _targets(resource: StoredResource) -> tuple[Mapping[str, Any], ...]:
    """Return the references to what a resource of these types is about."""
    return items(resource.body.get(resource_types.DESCRIBING[resource.type]))


def _kind(reference: str) -> str:
    return reference.partition("/")[0]
