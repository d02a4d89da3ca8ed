"""What answers at the address of a SMART Health Link: to anybody who has it, for pages of every origin.

Source: HL7 SMART Health Cards and Links IG, STU 1, section "SMART Health Link Manifest Request".
"""

from flask import Blueprint, Response, jsonify, request

from portal.domain.errors import InvalidInputError
from portal.endpoints import public
from portal.extensions import csrf, current_services
from portal.provider import bodies
from portal.provider.cors import allow_cross_origin
from portal.sharing import health_links
from portal.sharing.files import FHIR_JSON
from portal.sharing.health_links import LinkGoneError, WrongPasscodeError
from portal.sharing.making import PATH
from portal.sharing.opening import LinkBusyError

blueprint = Blueprint("health_links", __name__, url_prefix=PATH)
csrf.exempt(blueprint)
blueprint.before_request(bodies.check)
_JOSE = "application/jose"


@blueprint.after_request
def _headers(response: Response) -> Response:
    allow_cross_origin(response)
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/<token>", provide_automatic_options=False)
@public
def manifest(token: str) -> Response:
    """Answer the manifest of a link with the flag ``P``; files are never embedded."""
    try:
        body = bodies.json_of(request.get_data())
    except InvalidInputError:
        body = None
    recipient = body.get("recipient") if isinstance(body, dict) else None
    if not isinstance(recipient, str) or not recipient.strip():
        return _problem(400, "A recipient is required")
    passcode = body.get("passcode", "")
    services = current_services()
    try:
        stored, location = health_links.manifest(
            services.db,
            settings=services.settings,
            token=token,
            recipient=recipient.strip(),
            passcode=passcode if isinstance(passcode, str) else "",
        )
    except WrongPasscodeError as error:
        response = jsonify(remainingAttempts=error.remaining)
        response.status_code = 401
        return response
    address = f"{services.settings.base_url}{PATH}/files/{location}"
    status = "can-change" if "L" in stored.flags else "finalized"
    return jsonify(files=[{"contentType": FHIR_JSON, "location": address, "status": status, "fhirVersion": "4.0.1"}])


@blueprint.get("/<token>", provide_automatic_options=False)
@public
def direct(token: str) -> Response:
    """Answer the file of a link with the flag ``U``."""
    recipient = request.args.get("recipient", "").strip()
    if not recipient:
        return _problem(400, "A recipient is required")
    services = current_services()
    content = health_links.direct_file(services.db, settings=services.settings, token=token, recipient=recipient)
    return Response(content, content_type=_JOSE)


@blueprint.get("/files/<location>", provide_automatic_options=False)
@public
def file(location: str) -> Response:
    services = current_services()
    content = health_links.file_at(services.db, settings=services.settings, location=location)
    return Response(content, content_type=_JOSE)


@blueprint.route("/<path:rest>", methods=["OPTIONS"])
@public
def preflight(rest: str) -> Response:
    del rest
    return Response(status=204)


@blueprint.errorhandler(LinkGoneError)
def _gone(_error: LinkGoneError) -> Response:
    return _problem(404, "This link does not open anything. Ask who gave it to you for a new one.")


@blueprint.errorhandler(LinkBusyError)
def _busy(_error: LinkBusyError) -> Response:
    response = _problem(429, "This link was opened very often within the last hour. Try again later.")
    response.headers["Retry-After"] = "3600"
    return response


def _problem(status: int, text: str) -> Response:
    response = jsonify(error=text)
    response.status_code = status
    return response
