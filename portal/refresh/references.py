"""What a section's resources refer to, fetched once per refresh: clinicians, places, medicines, members of panels."""

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from typing import Any

from portal.domain.errors import HttpStatusError, OutsideError, UnauthorizedError, WrongPersonError
from portal.domain.fhir_ids import search_value
from portal.fhir.capability import Capability
from portal.fhir.client import FhirClient
from portal.fhir.delivered import Delivered
from portal.fhir.limits import Limits
from portal.fhir.scopes import GrantedScopes
from portal.normalise.context import written_references
from portal.refresh.own_references import SourceAddress
from portal.store.records import packing

Resource = dict[str, Any]
Key = tuple[str, str]

FOLLOWED = frozenset(
    {"Medication", "Practitioner", "PractitionerRole", "Organization", "Location", "RelatedPerson", "Observation"}
)
_ROUNDS = 2  # a role leads to its person, a place to its owner
_BATCH = 40
_NOT_THERE = frozenset({403, 404, 410})


class References:
    """Shared by the threads of one refresh: each resource is asked for by one of them, and all get it."""

    def __init__(
        self, client: FhirClient, *, capability: Capability | None, granted: GrantedScopes, limits: Limits
    ) -> None:
        self._client = client
        self._address = SourceAddress(client.base, client.exact)
        self._capability = capability
        self._granted = granted
        self._limits = limits
        self._lock = threading.Lock()
        self._answers: dict[Key, Future[tuple[Resource | None, str | None]]] = {}
        self._closed_types: set[str] = set()

    def of(self, resources: Iterable[Resource], *, check: Callable[[], None]) -> tuple[list[Resource], str | None]:
        """Return what these resources refer to and do not include, and the reason code when some of it was not had.

        ``check`` is called before each request and raises to stop.

        Raises:
            UnauthorizedError: the authorization ended. Everything else that fails only leaves names out.
        """
        at_hand = {(str(resource["resourceType"]), str(resource["id"])) for resource in resources}
        gathered: list[Resource] = []
        reason: str | None = None
        missing = self._missing(resources, at_hand)
        for _ in range(_ROUNDS):
            if not missing:
                break
            if len(gathered) + len(missing) > self._limits.references:
                missing, reason = missing[: max(0, self._limits.references - len(gathered))], "reference-budget"
            fetched, failed = self._fetched(missing, check)
            reason = failed or reason
            gathered.extend(fetched)
            at_hand.update(missing)
            missing = self._missing(fetched, at_hand)
        return gathered, reason

    def _missing(self, resources: Iterable[Resource], at_hand: set[Key]) -> list[Key]:
        # Most references are the same few: each that is of this server is looked at once.
        own: dict[str, Key] = {}
        for resource in resources:
            for reference in _references(resource):
                if reference not in own and (key := self._address.local(reference, resource)):
                    own[reference] = key
        keys = dict.fromkeys(own.values())
        return [key for key in keys if key not in at_hand and key[0] in FOLLOWED and self._granted.of(key[0]).read]

    def _fetched(self, keys: list[Key], check: Callable[[], None]) -> tuple[list[Resource], str | None]:
        claimed: list[Key] = []
        with self._lock:
            for key in keys:
                if key not in self._answers:
                    self._answers[key] = Future()
                    claimed.append(key)
        try:
            self._ask(claimed, check)
        finally:
            # Whoever waits for these must not wait for ever, whatever happened here. Nobody waits while holding a claim
            # of their own, so that two threads cannot wait for each other.
            self._settle(claimed, None)
        answers = [self._answers[key].result() for key in keys]
        reasons = [reason for _, reason in answers if reason is not None]
        return [resource for resource, _ in answers if resource is not None], reasons[0] if reasons else None

    def _settle(self, keys: Iterable[Key], reason: str | None) -> None:
        for key in keys:
            if not self._answers[key].done():
                self._answers[key].set_result((None, reason))

    def _ask(self, keys: list[Key], check: Callable[[], None]) -> None:
        for kind in dict.fromkeys(kind for kind, _ in keys):
            ids = [fhir_id for of_kind, fhir_id in keys if of_kind == kind]
            for batch in self._batches(kind, ids):
                if kind in self._closed_types:
                    break
                try:
                    check()
                    self._request(kind, batch)
                except (UnauthorizedError, WrongPersonError):
                    raise
                except OutsideError as exc:
                    status = exc.status if isinstance(exc, HttpStatusError) else 0
                    if status == 403:
                        self._closed_types.add(kind)
                    self._settle([(kind, fhir_id) for fhir_id in batch], None if status in _NOT_THERE else exc.code)

    def _batches(self, kind: str, ids: list[str]) -> Iterator[list[str]]:
        size = _BATCH if self._capability is not None and self._capability.searches_by(kind, "_id") else 1
        for start in range(0, len(ids), size):
            yield ids[start : start + size]

    def _request(self, kind: str, batch: list[str]) -> None:
        if len(batch) == 1:
            self._answers[kind, batch[0]].set_result((self._client.read(kind, batch[0]), None))
            return
        for page in self._client.search(kind, {"_id": ",".join(map(search_value, batch))}):
            for resource in page.matches:
                slot = self._answers.get((kind, str(resource["id"])))
                if slot is not None and resource["id"] in batch and not slot.done():
                    slot.set_result((resource, None))


def _references(resource: Resource) -> Iterable[str]:
    """Return every ``reference`` inside."""
    return written_references(resource.data if isinstance(resource, Delivered) else packing.encode(resource))
