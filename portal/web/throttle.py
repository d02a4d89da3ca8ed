"""How often one address may try: failed sign-ins only, so that nobody can lock another person out (requirement C1).

Counted per network address and user name, and per network address alone; never per user name alone.
"""

from hashlib import sha256
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from portal.config import Settings

_PER_NAME = "10 per 5 minutes"
_PER_ADDRESS = "100 per 5 minutes"  # a clinic's waiting room shares one address


def _address_and_name() -> str:
    name = request.form.get("username", "").strip().casefold()
    return f"{get_remote_address()}:{sha256(name.encode()).hexdigest()[:16]}"


def _failed(response: Response) -> bool:
    return response.status_code == 422


def bind(app: Flask, settings: Settings) -> None:
    """Limit the sign-in form of this application; counts are in the queue's server, or in memory when it is away."""
    storage = settings.redis_url or "memory://"
    if storage.startswith("unix://"):
        storage = f"redis+{storage}"
    limiter = Limiter(
        get_remote_address,
        app=app,
        storage_uri=storage,
        strategy="moving-window",
        key_prefix=settings.slug,
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    view: Any = app.view_functions["account.sign_in"]
    for limit, key in ((_PER_NAME, _address_and_name), (_PER_ADDRESS, get_remote_address)):
        view = limiter.limit(limit, key_func=key, methods=["POST"], deduct_when=_failed)(view)
    app.view_functions["account.sign_in"] = view
