"""For those who run it: is it alive, is it ready."""

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from portal.domain.errors import TooSlowError
from portal.endpoints import public
from portal.extensions import current_services
from portal.processes import is_draining
from portal.services import Services
from portal.store.engine import condition
from portal.web.proxies import FORWARDED

blueprint = Blueprint("system", __name__)


@blueprint.get("/healthz")
@public
def alive() -> Response:
    """Say that the process answers."""
    return jsonify(status="ok")


_PATIENCE = 2.0  # seconds: whoever asks whether we are ready has little


@blueprint.get("/readyz")
@public
def ready() -> tuple[Response, int]:
    """Tell of database, migrations, queue, who works on it, and how this request came here.

    503 when pages cannot be served, or this process is about to end: without the queue they go on. ``queue_age`` are
    whole seconds that the next job has waited; ``signer`` tells machines with another secret key; ``proxy`` and
    ``scheme`` are for who asks through the proxy, as `portal doctor` does.
    """
    services = current_services()
    database = "draining" if is_draining() else _database(services)
    health = services.queue.health()
    answer: dict[str, str | int] = {"database": database, "queue": "ok" if health else "unreachable"}
    if health:
        answer |= {
            "workers": f"none: {', '.join(health.idle)}" if health.idle else "ok",
            "scheduler": "ok" if health.scheduler else "none",
            "queue_jobs": health.jobs,
            "queue_age": int(health.age),
        }
    answer |= {"signer": services.settings.signer}
    answer |= {"proxy": request.environ.get(FORWARDED, "none"), "scheme": request.scheme}
    return jsonify(answer), 200 if database == "ok" else 503


def _database(services: Services) -> str:
    """Return "ok" where pages can be served: at this version's schema, or at a later one that serves this version."""
    try:
        return "ok" if condition.serves(services.db, seconds=_PATIENCE) else "migrations missing"
    except TooSlowError:
        return "locked"
    except SQLAlchemyError:
        return "unreachable"
