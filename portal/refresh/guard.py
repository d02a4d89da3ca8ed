"""The wrong-person guard (requirement B8): what is somebody else's never gets past here."""

from collections.abc import Iterable, Mapping
from typing import Any

from portal.domain.errors import WrongPersonError
from portal.fhir.client import local_reference
from portal.normalise import subject_references

Resource = dict[str, Any]


def keep_own(resources: Iterable[Resource], *, patient_id: str, base: str) -> tuple[list[Resource], int]:
    """Return the resources of the linked patient, and how many were left out because whose they are cannot be told.

    A resource that names no patient (an Organization, a Practitioner) is kept. One whose patient is contained in it or
    named by a ``urn:`` is left out: nothing says that it is this patient.

    Raises:
        WrongPersonError: a resource names another patient and not this one.
    """
    own: list[Resource] = []
    unclear = 0
    for resource in resources:
        verdict = _owner(resource, patient_id, base)
        if verdict is None:
            unclear += 1
        else:
            own.append(resource)
    return own, unclear


def _owner(resource: Mapping[str, Any], patient_id: str, base: str) -> bool | None:
    """Return True for this patient's or nobody's, None where it cannot be told."""
    references = subject_references(resource)
    targets = [local_reference(reference, base) for reference in references]
    if not references or ("Patient", patient_id) in targets:
        return True
    if any(_names_another(reference, target) for reference, target in zip(references, targets, strict=True)):
        raise WrongPersonError(hint="a resource of another patient came in an answer for this one")
    return None


def _names_another(reference: str, target: tuple[str, str] | None) -> bool:
    """Tell whether it is a Patient of this server or of another one; groups, devices and places are not persons."""
    if target is not None:
        return target[0] == "Patient"
    return "/Patient/" in reference
