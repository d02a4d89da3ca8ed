"""Second factors: an authenticator app (TOTP, RFC 6238), recovery codes, printed codes, browsers that are known.

Sources: NIST SP 800-63B-4, 3.1.2 (look-up secrets) and 3.1.5 (one-time passwords).
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
from pyotp.utils import strings_equal

from portal import audit, mail
from portal.access.passwords import stretched
from portal.authentication.codes import new_code, read_code
from portal.authentication.passwords import record, tell
from portal.domain.errors import DecryptionError, InvalidInputError
from portal.services import Services
from portal.store.people import accounts
from portal.store.people import factors as rows
from portal.store.people.accounts import Account
from portal.store.people.factors import PRINTED, RECOVERY, Authenticator, FactorSummary
from portal.store.people.outbox import MailContent

KNOWN_FOR = timedelta(days=30)
"""How long a browser is known; a second factor is not asked for there if its owner says so."""
_NUMBER = {RECOVERY: 10, PRINTED: 30}
_GROUPS = 2
_LENGTH = len(new_code(_GROUPS))
_STEP = 30  # seconds
_WINDOW = (0, -1, 1)  # time steps by which a phone's clock may be wrong


def summary(services: Services, account: Account) -> FactorSummary:
    with services.db.reading() as tx:
        return rows.summary(tx, account_id=account.id)


def are_required(services: Services) -> bool:
    return services.settings.second_factor == "required"


def new_authenticator(services: Services, account: Account) -> tuple[str, str, str]:
    """Return a new secret (base32), its address for the app's QR code, and the secret sealed for the form."""
    secret = pyotp.random_base32()
    return secret, _address(services, account, secret), _seal(services, account, secret)


def opened_authenticator(services: Services, account: Account, sealed: str) -> tuple[str, str, str]:
    """Return the same for a form that comes back.

    Raises:
        InvalidInputError: the form is not of this account.
    """
    secret = _open(services, account, sealed)
    return secret, _address(services, account, secret), sealed


def add_authenticator(services: Services, account: Account, *, sealed: str, code: str, notice: MailContent) -> bool:
    """Add the app whose secret the form carries, if it shows the right code; the app before is replaced."""
    secret = _open(services, account, sealed)
    step = _step_of(secret, code, after=0)
    if step is None:
        return False
    with services.db.transaction() as tx:
        rows.put_authenticator(tx, account_id=account.id, data=Authenticator(secret, step))
        record(tx, account, change="authenticator-added")
        tell(tx, account, notice)
    mail.ask(services)
    return True


def remove_authenticator(services: Services, account: Account, *, notice: MailContent) -> bool:
    """Remove the app; False where it is the only second factor and one is required."""
    with services.db.transaction() as tx:
        left = replace(rows.summary(tx, account_id=account.id), authenticator_since=None)
        if are_required(services) and not left.is_any:
            return False
        rows.remove_authenticator(tx, account_id=account.id)
        record(tx, account, change="authenticator-removed")
        tell(tx, account, notice)
    mail.ask(services)
    return True


def make_codes(services: Services, account: Account, *, kind: str, notice: MailContent) -> tuple[str, ...]:
    """Return new codes, which are shown once; those of the same kind before are worth nothing any more."""
    codes = tuple(new_code(_GROUPS) for _ in range(_NUMBER[kind]))
    stored = _stretched(services, account, codes)
    with services.db.transaction() as tx:
        rows.put_codes(tx, account_id=account.id, kind=kind, codes=stored)
        record(tx, account, change=f"{kind}-codes-made")
        tell(tx, account, notice)
    mail.ask(services)
    return codes


def remove_printed(services: Services, account: Account, *, notice: MailContent) -> bool:
    """Remove the printed codes; False where they are the only second factor and one is required."""
    with services.db.transaction() as tx:
        left = replace(rows.summary(tx, account_id=account.id), codes={})
        if are_required(services) and not left.is_any:
            return False
        rows.remove_codes(tx, account_id=account.id, kind=PRINTED)
        record(tx, account, change="printed-codes-removed")
        tell(tx, account, notice)
    mail.ask(services)
    return True


def is_due(services: Services, account: Account, token: str | None) -> bool:
    """Tell whether this account is asked for a second factor in the browser with this token."""
    with services.db.reading() as tx:
        skipped = token and rows.is_known_browser(tx, account_id=account.id, token=token, skips_code=True)
        return not skipped and rows.summary(tx, account_id=account.id).is_any


def know_browser(services: Services, account: Account, token: str | None, *, skips_code: bool) -> str | None:
    """Return the new token of a browser where this account signed in; None where it is known and stays as it is."""
    with services.db.transaction() as tx:
        if token and not skips_code and rows.is_known_browser(tx, account_id=account.id, token=token):
            return None
        return rows.know_browser(tx, account_id=account.id, lasting=KNOWN_FOR, skips_code=skips_code)


def is_known_browser(services: Services, token: str | None, *, username: str = "", account_id: str = "") -> bool:
    """Tell whether the account of this user name, or with this id, signed in before in the browser with this token."""
    if not token:
        return False
    with services.db.reading() as tx:
        if username:
            account = accounts.by_username(tx, username=username)
            account_id = account.id if account else ""
        return rows.is_known_browser(tx, account_id=account_id, token=token)


def check(services: Services, account: Account, text: str) -> bool:
    """Tell whether this is the app's code of now, or an unused code; it is used up."""
    code = read_code(text)
    # As it is stored now, and as it was before codes were stretched.
    stored_as = (*_stretched(services, account, [code]), code) if len(code) == _LENGTH else ()
    with services.db.transaction() as tx:
        stored = rows.authenticator(tx, account_id=account.id)
        step = _step_of(stored.secret, text, after=stored.step) if stored else None
        if stored is not None and step is not None:
            rows.use_authenticator(tx, account_id=account.id, data=Authenticator(stored.secret, step))
            return True
        if rows.use_code(tx, account_id=account.id, codes=stored_as):
            return True
        actor = audit.Actor("account", account.id)
        audit.record(
            tx,
            action=audit.Action.SIGN_IN,
            actor=actor,
            person_id=account.person_id,
            outcome="denied",
            factor="code",
        )
    return False


def _stretched(services: Services, account: Account, codes: Sequence[str]) -> tuple[str, ...]:
    return stretched(codes, salt=bytes.fromhex(services.db.vault.hash("code-salt", account.id)))


def _step_of(secret: str, text: str, *, after: int) -> int | None:
    """Return the time step whose code this is, later than the one that was used last."""
    code = "".join(text.split())
    totp = pyotp.TOTP(secret, interval=_STEP)
    current = totp.timecode(datetime.now(UTC))
    steps = (current + offset for offset in _WINDOW)
    return next((step for step in steps if step > after and strings_equal(totp.generate_otp(step), code)), None)


def _address(services: Services, account: Account, secret: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name=services.settings.name)


def _seal(services: Services, account: Account, secret: str) -> str:
    return urlsafe_b64encode(services.db.vault.seal(secret.encode(), row=f"new-authenticator:{account.id}")).decode()


def _open(services: Services, account: Account, sealed: str) -> str:
    try:
        return services.db.vault.open(urlsafe_b64decode(sealed), row=f"new-authenticator:{account.id}").decode()
    except (ValueError, IndexError, DecryptionError):
        raise InvalidInputError("authenticator-form") from None
