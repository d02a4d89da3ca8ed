"""How a call is answered: who calls, the work in a read snapshot, then its audit event, and only then the answer."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Response

from portal import audit
from portal.config import Settings
from portal.domain.errors import TooSlowError
from portal.extensions import KNOWN, current_request, current_services, of_request
from portal.provider.fhir import binaries, budget
from portal.provider.fhir.access import Caller, authenticate
from portal.provider.fhir.formats import check_format
from portal.provider.fhir.outcomes import FhirError
from portal.provider.types import SERVED
from portal.store import Tx, Write
from portal.store.provider import grants, matches


@dataclass(frozen=True, slots=True)
class Record:
    """What writes down what is answered: an audit event ``alone``, which is one statement, or more."""

    write: Write
    alone: bool = True


def answered(kind: str, work: Callable[[Tx, Caller], tuple[Response, Record]]) -> Response:
    """Authenticate and do the work in a read snapshot, so that no writer waits; then record it, or a refusal."""
    services, values = current_services(), of_request()
    values["fhir_caller"] = None
    if kind != binaries.KIND:
        if kind not in SERVED and kind != "AuditEvent":
            raise FhirError(404, "not-supported", "This type of resource is not served")
        check_format()

    def read(tx: Tx) -> tuple[tuple[Response, Write | None], Write | None]:
        values["fhir_caller"] = caller = _authenticated(tx, services.settings)
        response, record = work(tx, caller)
        if record.alone and grants.is_touched(caller.grant, now=tx.now):
            return (response, None), record.write

        def touch_and_record(tx: Tx) -> None:
            grants.touch_grant(tx, grant=caller.grant)
            record.write(tx)

        return (response, touch_and_record), None

    try:
        response, several = services.db.read_then_append(read, seconds=budget.SECONDS)
    except TooSlowError:
        raise budget.too_costly("The request takes too long; ask for less") from None
    except FhirError as error:
        if error.status in (401, 403):
            _record_denial(error, kind)
        raise
    if several is not None:
        with services.db.transaction() as tx:
            several(tx)
    return response


def caller_of(kind: str) -> Caller:
    """Return who sends something, before anything of it is read; a refusal is recorded."""
    services = current_services()
    check_format()
    of_request()["fhir_caller"] = None
    try:
        with services.db.reading() as tx:
            return _authenticated(tx, services.settings)
    except FhirError as error:
        _record_denial(error, kind)
        raise


def _authenticated(tx: Tx, settings: Settings) -> Caller:
    """Return the caller, and tell the server that it is one. Raises as ``authenticate``."""
    request = current_request()
    caller = authenticate(tx, settings, request.environ.get("HTTP_AUTHORIZATION", ""))
    request.environ[KNOWN] = True
    return caller


def recording(caller: Caller, *, kind: str, person_id: str | None, n: int) -> Record:
    by_match = person_id if caller.person_id is None else None

    def record(tx: Tx) -> None:
        if by_match is not None:
            matches.touch_match(tx, client_id=caller.client.client_id, person_id=by_match)
        audit.record(
            tx,
            action=audit.Action.API_READ,
            actor=audit.Actor("client", caller.client.client_id[:40]),
            person_id=person_id or caller.person_id,
            type=kind,
            n=str(n),
            grant=caller.grant.id,
        )

    return Record(record, alone=by_match is None)


def _record_denial(error: FhirError, kind: str) -> None:
    caller: Caller | None = of_request()["fhir_caller"]
    with current_services().db.transaction() as tx:
        audit.record(
            tx,
            action=audit.Action.DENIED,
            actor=audit.Actor("client", caller.client.client_id[:40] if caller else None),
            person_id=caller.person_id if caller else None,
            outcome="denied",
            type=kind,
            reason=error.issue,
        )
