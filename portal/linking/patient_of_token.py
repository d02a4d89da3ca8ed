"""Whose record a token opens, where its answer does not say (SMART App Launch 2.2.0: ``patient`` is a launch context).

Medicare's Blue Button, for one, says it by ``GET /Patient`` only. What is found here is verified afterwards like any
other account (``portal.linking.verify``).
"""

import structlog

from portal.domain.errors import HttpStatusError, LinkingError, OutsideError
from portal.fhir.authorised import Authorised
from portal.fhir.client import FhirClient, Resource, local_reference
from portal.fhir.transport import open_client
from portal.identity.comparison import Verdict, compare
from portal.normalise.demographics import person_of
from portal.services import Services
from portal.store.links.attempts import Attempt
from portal.store.links.tokens import Tokens
from portal.store.people import people

_log = structlog.get_logger()


def find(services: Services, attempt: Attempt, tokens: Tokens, *, fhir_user: str) -> str:
    """Return the id of the Patient. ``fhir_user`` is that of a valid id_token. Not in a transaction.

    Raises:
        LinkingError: ``no-patient`` (there is none), ``patient-unnamed`` (it is not said which), ``several-patients``
            (of them not one alone is this person), ``unavailable-there``.
    """
    base = attempt.request.fhir_base
    named = local_reference(fhir_user.strip(), base)
    if named is not None and named[0] == "Patient":
        _log.warning("token.deviates", issuer=attempt.request.issuer, what=("patient-of-fhir-user",))
        return named[1]
    patients = _patients(services, base, tokens)
    _log.warning("token.deviates", issuer=attempt.request.issuer, what=("patient-of-search",), patients=len(patients))
    if not patients:
        raise LinkingError("no-patient")
    if len(patients) == 1:
        return str(patients[0]["id"])
    with services.db.reading() as tx:
        person = people.by_id(tx, person_id=attempt.person_id)
    if person is None:
        raise LinkingError("not-allowed")
    verdicts = [(compare(person.demographics, person_of(patient)).verdict, patient) for patient in patients]
    for verdict in (Verdict.SAME, Verdict.NEAR):
        alike = [str(patient["id"]) for other, patient in verdicts if other is verdict]
        if alike:
            if len(alike) > 1:
                break
            return alike[0]
    raise LinkingError("several-patients")


def _patients(services: Services, base: str, tokens: Tokens) -> list[Resource]:
    try:
        with open_client(egress=services.settings.egress) as client:
            fhir = FhirClient(Authorised(client, base, _OneToken(tokens.access_token)))
            return [patient for page in fhir.search("Patient", {}, page_size=0) for patient in page.matches]
    except HttpStatusError as error:
        raise LinkingError("unavailable-there" if error.status >= 500 else "patient-unnamed") from None
    except OutsideError:
        raise LinkingError("patient-unnamed") from None


class _OneToken:
    """A token of a moment ago, which needs no refresh."""

    def __init__(self, token: str) -> None:
        self._token = token

    def access_token(self) -> str:
        return self._token

    def refreshed(self) -> str:
        return self._token
