"""What answers who checks a health card or an attested Bundle: the keys that signed it, for pages of every origin.

Source: HL7 SMART Health Cards and Links IG, STU 1, "Determining keys associated with an issuer".
"""

from flask import Blueprint, Response, jsonify

from portal.endpoints import public
from portal.extensions import current_services
from portal.provider.cors import allow_cross_origin
from portal.sharing import issuer_keys

blueprint = Blueprint("health_cards", __name__)


@blueprint.after_request
def _headers(response: Response) -> Response:
    allow_cross_origin(response)
    return response


@blueprint.get("/.well-known/jwks.json")
@public
def keys() -> Response:
    return jsonify(issuer_keys.published(current_services().db))
