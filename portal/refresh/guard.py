"""The wrong-person guard (requirement B8): what is somebody else's never gets past here.

Who counts as the linked person, and when the whole organization stops: docs/field-cases.md, "Rulings", case 15.
"""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.domain.errors import OutsideError, UnauthorizedError, WrongPersonError
from portal.domain.fhir_ids import is_fhir_id
from portal.fhir.client import FhirClient, local_reference
from portal.normalise import subject_references

Resource = dict[str, Any]

_STRAYS = 5  # items of other people in one section that may be a slip of the server's, and
_SHARE = 0.01  # of the section


@dataclass(slots=True)
class Sorted:
    """Resources of the linked person (or of nobody), and how many were kept out."""

    own: list[Resource] = field(default_factory=list)
    unclear: int = 0  # whose they are cannot be told
    foreign: int = 0  # they name another patient


def check_strays(foreign: int, received: int) -> None:
    """Raise WrongPersonError when so many of ``received`` items are another person's that it is no slip."""
    if foreign > _STRAYS and foreign > received * _SHARE:
        raise WrongPersonError(hint="many resources of another patient came in answers for this one")


class LinkedPerson:
    """Who a link is for, as the server's resources name them. Safe between threads.

    ``bases`` are addresses under which the server names itself, beside its FHIR base.
    """

    def __init__(self, client: FhirClient, patient_id: str, *, bases: Iterable[str] = ()) -> None:
        self._client = client
        self._patient_id = patient_id
        self._bases = tuple(filter(None, bases))
        self._lock = threading.Lock()
        self._declared: frozenset[str] | None = None

    def sort(self, resources: Iterable[Resource], *, bases: Iterable[str] = ()) -> Sorted:
        """Sort out the person's resources. ``bases`` are further addresses that the answer gives for the server.

        A resource that names no patient (an Organization, a Practitioner) is kept. One whose patient is contained in
        it, named by a ``urn:``, or under an address that the server does not call its own, is unclear.

        Raises:
            WrongPersonError: a Patient resource is somebody else. UnauthorizedError: the authorization ended.
        """
        result = Sorted()
        ours = (self._client.base, *self._bases, *bases)
        verdicts: dict[str, bool | None] = {}  # most name the person in the same words
        for resource in resources:
            is_own = self._is_own(resource, ours, verdicts)
            if is_own:
                result.own.append(resource)
            elif is_own is None:
                result.unclear += 1
            elif resource.get("resourceType") == "Patient":
                raise WrongPersonError(hint="the Patient of somebody else came in an answer for this one")
            else:
                result.foreign += 1
        return result

    def _is_own(
        self, resource: Mapping[str, Any], bases: tuple[str, ...], verdicts: dict[str, bool | None]
    ) -> bool | None:
        """Return None where it cannot be told. ``verdicts`` are those on references met before."""
        references = subject_references(resource)
        if not references:
            return True
        for reference in references:
            if reference not in verdicts:
                verdicts[reference] = self._names_person(reference, bases)
        answers = {verdicts[reference] for reference in references}
        if True in answers:
            return True
        return False if False in answers else None

    def _names_person(self, reference: str, bases: tuple[str, ...]) -> bool | None:
        """Tell whether a reference names the person; groups, devices and places are not persons."""
        exact = self._client.exact
        local = next(filter(None, (local_reference(reference, base, exact=exact) for base in bases)), None)
        if local is not None:
            return self._is_person(local[1]) if local[0] == "Patient" else None
        _, mark, rest = reference.partition("/_history/")[0].rpartition("/Patient/")
        if not mark or not is_fhir_id(rest):
            return None
        return None if self._is_person(rest) else False  # of a server that nobody named: unclear at best

    def _is_person(self, fhir_id: str) -> bool:
        return fhir_id == self._patient_id or fhir_id in self._merged()

    def _merged(self) -> frozenset[str]:
        """Return the other ids that the person's own Patient declares in ``link`` (FHIR R4, patient.html#links).

        It is asked for when another id is met for the first time. Where it cannot be read there are none.
        """
        with self._lock:
            if self._declared is None:
                try:
                    patient = self._client.read("Patient", self._patient_id)
                except UnauthorizedError:
                    raise
                except OutsideError:
                    patient = {}
                self._declared = frozenset(_linked_ids(patient, self._client))
            return self._declared


def _linked_ids(patient: Mapping[str, Any], client: FhirClient) -> Iterable[str]:
    links = patient.get("link")
    for link in links if isinstance(links, list) else ():
        other = link.get("other") if isinstance(link, dict) else None
        target = client.local(other.get("reference")) if isinstance(other, dict) else None
        if target is not None and target[0] == "Patient":
            yield target[1]
