"""The FHIR endpoints. Each call reads from one moment; then it is recorded, and only then answered."""

from contextlib import suppress
from functools import partial

import msgspec
from flask import Blueprint, Response, jsonify, request

from portal.config import Settings
from portal.domain.errors import InvalidInputError
from portal.domain.ids import OWN
from portal.endpoints import oauth_protected, public
from portal.extensions import csrf, current_request, current_services
from portal.provider import bodies
from portal.provider.cors import allow_cross_origin
from portal.provider.fhir import audit_events, binaries, bundles, communications, match, message_views, query, shared
from portal.provider.fhir.access import Caller
from portal.provider.fhir.answering import Record, answered, recording
from portal.provider.fhir.capability import capability_statement
from portal.provider.fhir.formats import asks_for_fhir, fhir_json, file_bytes, strict
from portal.provider.fhir.outcomes import FhirError, forbidden, invalid, not_found, outcome
from portal.provider.fhir.search import RecordSearch, SearchSubject
from portal.provider.fhir.summary import immunizations, patient_summary
from portal.provider.oauth.metadata import smart_configuration
from portal.provider.oauth.scopes import Reach
from portal.provider.types import SHARED
from portal.sharing import health_cards, issuer_keys
from portal.store import UNAVAILABLE, Tx
from portal.store.messages import policies
from portal.store.people import people
from portal.store.provider import matches, release
from portal.store.records import resources
from portal.store.records.resources import StoredResource

blueprint = Blueprint("fhir", __name__, url_prefix="/fhir")
csrf.exempt(blueprint)

blueprint.before_request(bodies.check)

_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE")


@blueprint.after_request
def _headers(response: Response) -> Response:
    headers = response.headers
    if "Cache-Control" not in headers:  # looked for among the few that the view set
        headers.add("Cache-Control", "no-store")
    headers.add("Vary", "Accept, Authorization, Accept-Encoding")  # the last as Flask-Compress would add it
    allow_cross_origin(response)
    return response


@blueprint.get("/.well-known/smart-configuration")
@public
def smart() -> Response:
    """Answer SMART discovery, JSON whatever the Accept header says (requirement A1)."""
    settings, takes_messages = _policy()
    response = jsonify(smart_configuration(settings, takes_messages=takes_messages))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/metadata")
@public
def metadata() -> Response:
    """Return the CapabilityStatement."""
    settings, takes_messages = _policy()
    response = fhir_json(capability_statement(settings, takes_messages=takes_messages))
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


def _policy() -> tuple[Settings, bool]:
    """Return the settings with the release policy, and whether patients may write.

    While the database is away these two answers are made of the settings alone.
    """
    settings = current_services().settings
    with suppress(*UNAVAILABLE), current_services().db.reading() as tx:
        return release.effective(tx, settings), policies.accepts_messages(tx)
    return settings, False


@blueprint.get("/AuditEvent/<fhir_id>")
@oauth_protected
def read_audit_event(fhir_id: str) -> Response:
    """Read what happened with the caller's person's record: one event."""

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        event = audit_events.read(tx, caller, fhir_id, observer=current_services().settings.organization)
        return fhir_json(event), recording(caller, kind="AuditEvent", person_id=caller.person_id, n=1)

    return answered("AuditEvent", work)


@blueprint.get("/AuditEvent")
@blueprint.post("/AuditEvent/_search", endpoint="search_post_audit_event")
@blueprint.get("/AuditEvent/_search", endpoint="search_get_audit_event")
@oauth_protected
def find_audit_events() -> Response:
    """Search what happened with the caller's person's record, newest first."""

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        bundle, n = audit_events.search(tx, caller, _pairs(), settings=current_services().settings, strict=strict())
        return fhir_json(bundle), recording(caller, kind="AuditEvent", person_id=caller.person_id, n=n)

    return answered("AuditEvent", work)


@blueprint.get("/Binary/<fhir_id>")
@oauth_protected
def read_binary(fhir_id: str) -> Response:
    """Read a file in a resource that the caller may read: as JSON where FHIR is asked for, else its bytes."""

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        stored = binaries.holder_of(tx, fhir_id)
        if stored is None:
            response = communications.file(tx, caller, fhir_id)
            return response, recording(caller, kind=binaries.KIND, person_id=caller.person_id, n=1)
        if stored.deleted or not _is_the_callers(tx, caller, stored):
            raise not_found()
        shown = _shown(tx, caller, caller.reach(stored.type, "r"), stored)
        file = binaries.binary_in(shown, fhir_id) if shown is not None else None
        if file is None:
            raise not_found()
        response = fhir_json(file.to_json()) if asks_for_fhir() else file_bytes(file)
        return response, recording(caller, kind=stored.type, person_id=stored.person_id, n=1)

    return answered(binaries.KIND, work)


@blueprint.get("/<kind>/<fhir_id>")
@blueprint.get("/<kind>/<fhir_id>/_history/<version>", endpoint="vread")
@oauth_protected
def read(kind: str, fhir_id: str, version: str | None = None) -> Response:
    """Read one resource; of its versions only the current one is kept."""

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        reach = caller.reach(kind, "r")
        stored = resources.read(tx, type=kind, fhir_id=fhir_id, open_only=not caller.confidential)
        if stored is None and kind == "Observation":
            stored = resources.read(tx, type=kind, fhir_id=fhir_id, source=OWN, open_only=not caller.confidential)
        if stored is None or not _is_the_callers(tx, caller, stored):
            raise not_found()
        if stored.deleted:
            raise FhirError(410, "deleted", "The resource was deleted")
        shown = _shown(tx, caller, reach, stored)
        if shown is None or version not in (None, str(shown.version)):
            raise not_found()
        response = fhir_json(msgspec.Raw(bundles.resource_text(shown, base=current_services().settings.fhir_base)))
        response.set_etag(str(shown.version), weak=True)
        response.last_modified = shown.updated_at
        environ = current_request().environ
        if any(name in environ for name in _CONDITIONS):
            response.make_conditional(environ)
        return response, recording(caller, kind=kind, person_id=stored.person_id, n=1)

    return answered(kind, work)


@blueprint.get("/<kind>")
@blueprint.post("/<kind>/_search", endpoint="search_post")
@blueprint.get("/<kind>/_search", endpoint="search_get")
@oauth_protected
def find(kind: str) -> Response:
    """Search by GET, or by POST with a form."""

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        reach = caller.reach(kind, "s")
        pairs = _pairs()
        after = None
        link = None
        args = current_request().args
        if "_page" in args:
            link = bundles.open_page_link(tx, args["_page"])
            pairs, after = list(link.pairs), link.after
        parsed = query.read(
            kind, pairs, patient=caller.patient, base=current_services().settings.fhir_base, strict=strict()
        )
        subject = _subject(tx, caller, parsed)
        if link is not None and (link.kind != kind or link.person_id != subject.person_id):
            raise invalid("The page link is not one of this server")
        answer = RecordSearch(tx, caller, subject, parsed, reach).run(after=after)
        bundle = bundles.searchset(
            tx, base=current_services().settings.fhir_base, query=parsed, page=answer, person_id=subject.person_id
        )
        return fhir_json(bundle), recording(caller, kind=kind, person_id=subject.person_id, n=len(answer.matches))

    return answered(kind, work)


def _pairs() -> list[tuple[str, str]]:
    """Return the parameters of a search; without a body there is no form to be read."""
    request = current_request()
    form = request.form.items(multi=True) if "CONTENT_TYPE" in request.environ else ()
    return [*request.args.items(multi=True), *form]


@blueprint.post("/Patient/$match")
@oauth_protected
def match_patient() -> Response:
    """Find one person certainly, for trusted partners (requirement A9)."""
    try:
        body = bodies.json_of(request.get_data())
    except InvalidInputError:
        raise invalid("The body is not JSON, or nested too deep") from None

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        bundle, person_id = match.match(tx, caller=caller, body=body, base=current_services().settings.fhir_base)
        record = partial(match.record, caller=caller, person_id=person_id)
        return fhir_json(bundle), Record(record, alone=False)

    return answered("Patient", work)


@blueprint.get("/Patient/$summary", defaults={"fhir_id": None}, endpoint="summary_get_own")
@blueprint.post("/Patient/$summary", defaults={"fhir_id": None}, endpoint="summary_post_own")
@blueprint.get("/Patient/<fhir_id>/$summary", endpoint="summary_get")
@blueprint.post("/Patient/<fhir_id>/$summary")
@oauth_protected
def summary(fhir_id: str | None) -> Response:
    """Return the International Patient Summary of the token's person, from what the token may read."""

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        bundle = patient_summary(tx, caller, fhir_id, settings=current_services().settings)
        number = len(bundle["entry"])
        return fhir_json(bundle), recording(caller, kind="Bundle", person_id=caller.person_id, n=number)

    return answered("Patient", work)


@blueprint.post("/Patient/<fhir_id>/$health-cards-issue")
@oauth_protected
def issue_health_cards(fhir_id: str) -> Response:
    """Return signed cards of the immunizations in our own record (SMART Health Cards, ``$health-cards-issue``)."""
    services = current_services()
    try:
        wished = health_cards.wishes_immunizations(bodies.json_of(request.get_data()))
    except InvalidInputError:
        raise invalid("The body is not JSON, or nested too deep") from None
    key = issuer_keys.current(services.db)

    def work(tx: Tx, caller: Caller) -> tuple[Response, Record]:
        content = immunizations(tx, caller, fhir_id, settings=services.settings)
        issued = health_cards.issue(content, key, issuer=services.settings.base_url, now=tx.now)
        cards = issued.cards if wished else ()
        parameters = [{"name": "verifiableCredential", "valueString": card.jws} for card in cards]
        body = {"resourceType": "Parameters"} | ({"parameter": parameters} if parameters else {})
        return fhir_json(body), recording(caller, kind="Immunization", person_id=caller.person_id, n=len(cards))

    return answered("Patient", work)


@blueprint.route("/", defaults={"rest": ""}, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@blueprint.route("/<path:rest>", methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
@oauth_protected
def other(rest: str) -> Response:
    """Answer everything that is not offered; also the preflight of every address."""
    if request.method == "OPTIONS":
        return Response(status=204)
    del rest
    if request.method == "GET":
        raise FhirError(404, "not-found", "There is nothing at this address")
    raise FhirError(405, "not-supported", "This server can be read and searched only")


def _subject(tx: Tx, caller: Caller, parsed: query.Query) -> SearchSubject:
    """Return whose record is searched: the token's person, or for a system/ token the matched patient that is named."""
    if caller.person_id is not None and caller.patient is not None:
        return SearchSubject(caller.person_id, caller.patient)
    patient = parsed.patient
    if patient is None and parsed.kind == "Patient" and parsed.ids and len(parsed.ids) == 1:
        patient = parsed.ids[0]
    if patient is None:
        raise invalid("A search with a system token must name one patient", "required")
    person = people.by_fhir_id(tx, fhir_id=patient)
    if person is None or person.fhir_id != patient or not _matched(tx, caller, person.id):
        raise forbidden("This client has no access to this patient")
    return SearchSubject(person.id, patient)


def _matched(tx: Tx, caller: Caller, person_id: str) -> bool:
    """Tell whether a partner found this person by a certain match, and the person has not opted out since."""
    person = people.by_id(tx, person_id=person_id)
    return (
        person is not None
        and person.share_matches
        and caller.client.partner
        and matches.has_match(tx, client_id=caller.client.client_id, person_id=person_id)
    )


def _is_the_callers(tx: Tx, caller: Caller, stored: StoredResource) -> bool:
    if stored.person_id is not None:
        if caller.person_id is not None:
            return stored.person_id == caller.person_id
        return _matched(tx, caller, stored.person_id)
    return stored.type in SHARED and not stored.deleted  # whether anything leads there is seen later


def _shown(tx: Tx, caller: Caller, reach: Reach, stored: StoredResource) -> StoredResource | None:
    """Return a resource as the caller may see it."""
    patients = _people(tx, caller) if stored.person_id is None else {stored.person_id: caller.patient or ""}
    return next(iter(shared.PeopleSight(tx, caller, patients).shown(reach, [stored])), None)


def _people(tx: Tx, caller: Caller) -> dict[str, str]:
    """Return whose records the caller may look at: our id → FHIR id."""
    if caller.person_id is not None and caller.patient is not None:
        return {caller.person_id: caller.patient}
    matched = matches.matched_people(tx, client_id=caller.client.client_id)
    patients = (people.by_id(tx, person_id=person_id) for person_id in matched)
    return {person.id: person.fhir_id for person in patients if person and person.fhir_id and person.share_matches}


@blueprint.errorhandler(FhirError)
def _fhir_error(error: FhirError) -> Response:
    response = fhir_json(outcome(error.issue, error.text), error.status)
    if error.challenge:
        response.headers["WWW-Authenticate"] = error.challenge
    return response


message_views.bind(blueprint)
