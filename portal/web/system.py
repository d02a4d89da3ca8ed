"""For those who run it: is it alive, is it ready."""

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from portal.endpoints import public
from portal.extensions import current_services
from portal.store.engine.upgrade import is_current

blueprint = Blueprint("system", __name__)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Database, migrations and queue; 503 when pages cannot be served. Without the queue pages still work."""
    services = current_services()
    try:
        database = "ok" if is_current(services.db) else "migrations missing"
    except SQLAlchemyError:
        database = "unreachable"
    queue = "ok" if services.queue.answers() else "unreachable"
    return jsonify(database=database, queue=queue), 200 if database == "ok" else 503
