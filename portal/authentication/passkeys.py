"""Passkeys: WebAuthn credentials on the person's device, with the device's own check of its user.

One passkey is two factors, the device and its lock, and cannot be used on another site (NIST SP 800-63B-4, 3.2.5).
Source: Web Authentication level 3, W3C; everything about its formats is py_webauthn's.
"""

from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec
import webauthn
from webauthn.helpers import bytes_to_base64url, parse_client_data_json
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from portal import audit, mail
from portal.authentication.factors import are_required
from portal.authentication.passwords import record, tell
from portal.config import Settings
from portal.services import Services
from portal.store import Tx
from portal.store.people import accounts, challenges, factors
from portal.store.people.accounts import Account
from portal.store.people.factors import Credential
from portal.store.people.outbox import MailContent

_REGISTER = "passkey-register"
_SIGN_IN = "passkey-sign-in"
_LASTING = timedelta(minutes=5)
_REQUIRED = UserVerificationRequirement.REQUIRED


class PasskeyError(Exception):
    """The answer of a device that does not fit; nothing was changed."""


def are_possible(settings: Settings) -> bool:
    """Tell whether browsers offer passkeys here: over TLS or on localhost, under a name (WebAuthn, 5.1.2)."""
    host = _host(settings)
    try:
        ip_address(host)
    except ValueError:
        return settings.secure or host == "localhost"
    return False


def new_options(services: Services, account: Account) -> str:
    """Return what a browser needs to make a passkey for this account, as JSON."""
    with services.db.reading() as tx:
        passkeys = factors.passkeys_of(tx, account_id=account.id)
    options = webauthn.generate_registration_options(
        rp_id=_host(services.settings),
        rp_name=services.settings.name,
        user_id=account.id.encode(),
        user_name=account.username,
        user_display_name=account.display or account.username,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=passkey.credential.id) for passkey in passkeys],
    )
    _remember(services, _REGISTER, options.challenge, account.id)
    return webauthn.options_to_json(options)


def add(services: Services, account: Account, *, answer: bytes, name: str, notice: MailContent) -> None:
    """Add the passkey that a browser made.

    Raises:
        PasskeyError: it was not asked for, or does not verify.
    """
    try:
        credential = webauthn.helpers.parse_registration_credential_json(answer.decode())
        challenge = _take(services, _REGISTER, credential.response.client_data_json, account.id)
        verified = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=_host(services.settings),
            expected_origin=services.settings.base_url,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise PasskeyError(type(error).__name__) from None
    stored = Credential(verified.credential_id, verified.credential_public_key, verified.sign_count, name)
    with services.db.transaction() as tx:
        if factors.passkey(tx, credential_id=stored.id):
            raise PasskeyError("exists")
        factors.add_passkey(tx, account_id=account.id, credential=stored)
        record(tx, account, change="passkey-added")
        tell(tx, account, notice)
    mail.ask(services)


def sign_in_options(services: Services) -> str:
    """Return what a browser needs to offer its passkeys of this portal, as JSON."""
    options = webauthn.generate_authentication_options(rp_id=_host(services.settings), user_verification=_REQUIRED)
    _remember(services, _SIGN_IN, options.challenge, None)
    return webauthn.options_to_json(options)


def check(services: Services, answer: bytes) -> Account:
    """Return whose passkey answered.

    Raises:
        PasskeyError: it was not asked for, does not verify, or belongs to nobody who may sign in.
    """
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(answer.decode())
        challenge = _take(services, _SIGN_IN, credential.response.client_data_json, None)
    except (WebAuthnException, ValueError) as error:
        raise PasskeyError(type(error).__name__) from None
    with services.db.transaction() as tx:
        account = _answered(tx, services.settings, credential, challenge)
    if account is None:
        raise PasskeyError("refused")
    return account


def _answered(tx: Tx, settings: Settings, credential: AuthenticationCredential, challenge: bytes) -> Account | None:
    """Return whose passkey this is, if it verifies; a refusal is recorded."""
    passkey = factors.passkey(tx, credential_id=credential.raw_id)
    account = accounts.by_id(tx, account_id=passkey.account_id) if passkey else None
    if passkey is not None and account is not None:
        try:
            verified = webauthn.verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=_host(settings),
                expected_origin=settings.base_url,
                credential_public_key=passkey.credential.public_key,
                credential_current_sign_count=passkey.credential.sign_count,
                require_user_verification=True,
            )
        except WebAuthnException:
            pass
        else:
            counted = msgspec.structs.replace(passkey.credential, sign_count=verified.new_sign_count)
            factors.use_passkey(tx, passkey_id=passkey.id, credential=counted)
            return account
    actor = audit.Actor("account", account.id if account else None)
    person_id = account.person_id if account else None
    audit.record(tx, action=audit.Action.SIGN_IN, actor=actor, person_id=person_id, outcome="denied", factor="passkey")
    return None


def remove(services: Services, account: Account, *, passkey_id: str, notice: MailContent) -> bool:
    """Remove a passkey; False where it is the only second factor and one is required."""
    with services.db.transaction() as tx:
        summary = factors.summary(tx, account_id=account.id)
        left = tuple(passkey for passkey in summary.passkeys if passkey.id != passkey_id)
        if are_required(services) and not replace(summary, passkeys=left).is_any:
            return False
        factors.remove_passkey(tx, account_id=account.id, passkey_id=passkey_id)
        record(tx, account, change="passkey-removed")
        tell(tx, account, notice)
    mail.ask(services)
    return True


def _host(settings: Settings) -> str:
    return urlsplit(settings.base_url).hostname or ""


def _remember(services: Services, kind: str, challenge: bytes, account_id: str | None) -> None:
    with services.db.transaction() as tx:
        secret = bytes_to_base64url(challenge)
        challenges.add(tx, kind=kind, secret=secret, lasting=_LASTING, account_id=account_id)


def _take(services: Services, kind: str, client_data: bytes, account_id: str | None) -> bytes:
    """Return the challenge that the answer names: ours, of this account, and answered for the first time."""
    challenge = parse_client_data_json(client_data).challenge
    with services.db.transaction() as tx:
        taken = challenges.take(tx, kind=kind, secret=bytes_to_base64url(challenge))
    if taken is None or taken.account_id != account_id:
        raise ValueError("challenge")
    return challenge
