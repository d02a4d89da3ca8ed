"""How often one may try. Failures count, by person and network together, so that nobody can lock another person out.

A browser in which the account signed in before has an allowance of its own, which no neighbour and no guessing from
elsewhere uses up; a passkey always works (requirement C1; NIST SP 800-63B-4, 3.2.2: at most 100 failures in a row).
Keys are keyed hashes: neither names nor addresses stand in the counting server.
"""

from collections.abc import Callable

from flask import Flask, Response, request
from flask_login import current_user

from portal.authentication import factors
from portal.config import Settings
from portal.extensions import ViewLimiter, current_services
from portal.provider.rate_limits import network_of
from portal.web.account.browsers import browser_token
from portal.web.account.users import half_account_id

_Key = Callable[[], str]

_TOGETHER = "10 per 5 minutes"  # person and network, or person and known browser
_PERSON = "50 per day"  # whatever the network
_LOOKS = "40 per hour"  # a clerk who finds nobody so often is guessing
_FILES = "10 per hour"  # of patients to invite, each of some hundred lines
_SHEETS = "10 per hour"  # of codes, of which each takes as long as some sign-ins
_NETWORK = "100 per 5 minutes"  # a clinic's waiting room shares one address


def _network() -> str:
    return network_of(request.remote_addr or "unknown")


def _username() -> str:
    return request.form.get("username", "").strip().casefold()


def _is_known() -> bool:
    return factors.is_known_browser(current_services(), browser_token(), username=_username(), account_id=_account_id())


def _account_id() -> str:
    return current_user.account.id if current_user.is_authenticated else half_account_id()


def _by_network() -> str:
    return _hash("network", _network())


def _by_name_together() -> str:
    return _hash("name", _username(), f"browser:{browser_token()}" if _is_known() else _network())


def _by_name() -> str:
    return _hash("name", _username())


def _by_account_together() -> str:
    return _hash("account", _account_id(), _network())


def _by_account() -> str:
    return _hash("account", _account_id())


def _hash(*parts: str) -> str:
    return current_services().db.vault.hash("throttle", "\x00".join(parts))


def _failed(response: Response) -> bool:
    return response.status_code == 422


_LIMITS: tuple[tuple[str, str, _Key, bool], ...] = (
    # endpoint, limit, key, whether it counts where the account signed in before
    ("account.sign_in", _TOGETHER, _by_name_together, True),
    ("account.sign_in", _PERSON, _by_name, False),
    ("account.sign_in", _NETWORK, _by_network, False),
    ("account.code", _TOGETHER, _by_account_together, True),
    ("account.code", _PERSON, _by_account, False),
    ("account.confirm", _TOGETHER, _by_account_together, True),
    ("account.confirm", _PERSON, _by_account, False),
    ("account.password", _TOGETHER, _by_account_together, True),
    ("account.activate", _TOGETHER, _by_network, True),
    ("desk.print_summary", _TOGETHER, _by_network, True),
    ("viewing.open_with_code", _TOGETHER, _by_network, True),
    ("desk.go_form", _TOGETHER, _by_account_together, True),
    ("desk.hear_code", _TOGETHER, _by_account_together, True),
    ("account.passkey_sign_in", _NETWORK, _by_network, True),
)


LOOKING = ("desk.find", "staff.propose_merge", "admin.find_account", "admin.ask_erasure", "admin.audit_search")
"""Where staff look for a person by what they type: one allowance for all of them together."""


def bind(app: Flask, settings: Settings) -> None:
    """Limit the forms of signing in; counts are in the queue's server, or in memory when it is away."""
    storage = settings.redis_url or "memory://"
    if storage.startswith("unix://"):
        storage = f"redis+{storage}"
    limiter = ViewLimiter(
        _by_network,
        app=app,
        storage_uri=storage,
        strategy="moving-window",
        key_prefix=settings.slug,
        in_memory_fallback_enabled=True,
        swallow_errors=True,
    )
    for endpoint, limit, key, everywhere in _LIMITS:
        limiter.bind(
            app,
            endpoint,
            limiter.limit(
                limit,
                key_func=key,
                methods=["POST"],
                deduct_when=_failed,
                exempt_when=None if everywhere else _is_known,
            ),
        )
    look = limiter.shared_limit(_LOOKS, "looks", key_func=_by_account, methods=["POST"], deduct_when=_failed)
    for endpoint in LOOKING:
        limiter.bind(app, endpoint, look)
    for endpoint in ("account.openid_sign_in", "account.openid_back"):  # another server is called
        limiter.bind(app, endpoint, limiter.limit(_NETWORK, key_func=_by_network))
    limiter.bind(app, "admin.invite_many", limiter.limit(_FILES, key_func=_by_account, methods=["POST"]))
    limiter.bind(app, "account.codes", limiter.limit(_SHEETS, key_func=_by_account, methods=["POST"]))
    limiter.bind(app, "account.forgotten", limiter.limit("20 per 5 minutes", key_func=_by_network, methods=["POST"]))
