"""Receiving what a SMART Health Link leads to: ask for it, decrypt it, read it.

Every plain Health Link is usable: with the flag ``U``, with a manifest, with a passcode. Whether it also fits the desk
profile (``shlink.profile_problems``, ``desk_profile.problems``) is a second verdict. What was opened is a stranger's
content to the end: nothing here trusts it.

Sources: HL7 SMART Health Cards and Links IG, STU 1, "SMART Health Link Manifest Request"; the draft "Patient-Shared
Health Documents via SMART Health Links" 0.9, "Retrieval Protocol" and "Guidance: Retrieving SHLink Payloads".
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from portal.domain.errors import HttpStatusError, OutsideError, PortalError
from portal.fhir.answers import decode
from portal.normalise.elements import items, obj
from portal.sharing import desk_profile, files, shlink
from portal.sharing.shlink import HealthLink, LinkRefusedError, Stage

_DEPTH = 64
_MOST_FILES = 5
_CARD = "application/smart-health-card"
_READ = (files.FHIR_JSON, _CARD)
_GONE = (404, 410)


class Outside(Protocol):
    """What asks other servers: ``portal.fhir.public_files.PublicFiles``, or what stands in for it offline."""

    def get(self, url: str, *, accept: str) -> bytes: ...

    def post(self, url: str, body: Mapping[str, Any]) -> tuple[int, Any]: ...


class PasscodeNeededError(Exception):
    """A passcode is asked for, or this one was wrong; ``remaining`` tries are left where the other side says so."""

    def __init__(self, remaining: int | None) -> None:
        super().__init__("passcode")
        self.remaining = remaining


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedBundle:
    """What a link led to. ``content`` is the Bundle as it came, ``problems`` why it does not fit the desk profile."""

    link: HealthLink
    content: bytes
    bundle: Mapping[str, Any]
    patient: Mapping[str, Any]
    problems: tuple[str, ...]

    @property
    def host(self) -> str:
        """Return the name of the server that it came from."""
        return urlsplit(self.link.url).hostname or ""


class _Room:
    """Bytes that all files of a link together may still inflate to."""

    def __init__(self) -> None:
        self.left = files.LARGEST

    def take(self, content: bytes) -> None:
        """Count them.

        Raises:
            LinkRefusedError: there are too many.
        """
        self.left -= len(content)
        if self.left < 0:
            raise LinkRefusedError(Stage.DECRYPT, "too-large")


def open_link(link: HealthLink, outside: Outside, *, recipient: str, now: datetime, passcode: str = "") -> SharedBundle:
    """Return what a link leads to; one that has run out is not even asked for.

    Raises:
        LinkRefusedError: it cannot be used; it says at which stage and why.
        PasscodeNeededError: the passcode is missing or wrong.
    """
    shlink.check_usable(link, now)
    if "P" in link.flag and not passcode:
        raise PasscodeNeededError(None)
    content, bundle = _fullest(link.key_bytes(), _files(link, outside, recipient=recipient, passcode=passcode))
    return SharedBundle(
        link=link,
        content=content,
        bundle=bundle,
        patient=patient_of(bundle),
        problems=shlink.profile_problems(link, now) + desk_profile.problems(bundle),
    )


def _fullest(key: bytes, sealed: Iterator[bytes]) -> tuple[bytes, Mapping[str, Any]]:
    """Return the file with the most resources, and its Bundle. Of the others none is kept: they are a stranger's."""
    room, fullest = _Room(), None
    for file in sealed:
        content = files.decrypt(file, key, most=room.left)
        room.take(content)
        bundle = bundle_of(content, room)
        fullness = len(desk_profile.resources(bundle))
        if fullest is None or fullness > fullest[0]:
            fullest = fullness, content, bundle
    if fullest is None:
        raise LinkRefusedError(Stage.RETRIEVE, "no-files")
    return fullest[1:]


def _files(link: HealthLink, outside: Outside, *, recipient: str, passcode: str) -> Iterator[bytes]:
    """Yield each file that is read here, encrypted."""
    if "U" in link.flag:
        yield _get(outside, _with_recipient(link.url, recipient))
        return
    body = {"recipient": recipient} | ({"passcode": passcode} if passcode else {})
    listed = (file for file in items(_manifest(outside, link.url, body).get("files")) if _kind(file) in _READ)
    for file in islice(listed, _MOST_FILES):
        embedded, location = file.get("embedded"), file.get("location")
        if isinstance(embedded, str):
            yield embedded.encode()
        elif isinstance(location, str):
            yield _get(outside, location)


def _kind(file: Mapping[str, Any]) -> str:
    return str(file.get("contentType", "")).partition(";")[0].strip()


def _manifest(outside: Outside, url: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
    try:
        status, answer = outside.post(url, body)
    except OutsideError as error:
        raise LinkRefusedError(Stage.RETRIEVE, error.code) from None
    if status == 401:
        remaining = obj(answer).get("remainingAttempts")
        raise PasscodeNeededError(remaining if isinstance(remaining, int) else None)
    if status in _GONE:
        raise LinkRefusedError(Stage.RETRIEVE, "gone")
    if status != 200 or not isinstance(answer, dict):
        raise LinkRefusedError(Stage.RETRIEVE, "manifest")
    return answer


def _get(outside: Outside, url: str) -> bytes:
    try:
        return outside.get(url, accept="application/jose")
    except HttpStatusError as error:
        raise LinkRefusedError(Stage.RETRIEVE, "gone" if error.status in _GONE else error.code) from None
    except OutsideError as error:
        raise LinkRefusedError(Stage.RETRIEVE, error.code) from None


def _with_recipient(url: str, recipient: str) -> str:
    """Return an address with the parameter that says who asks, beside those that it has."""
    try:
        parts = urlsplit(url)
    except ValueError:
        raise LinkRefusedError(Stage.RETRIEVE, "address-malformed") from None
    query = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name != "recipient"]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode([*query, ("recipient", recipient)]), ""))


def bundle_of(content: bytes, room: _Room | None = None) -> Mapping[str, Any]:
    """Return the Bundle that a decrypted file is; of a Health Card the one that is in it.

    Raises:
        LinkRefusedError: it is none.
    """
    body: Mapping[str, Any] = _json(content)
    if "verifiableCredential" in body:
        credentials = body["verifiableCredential"]
        card = credentials[0] if isinstance(credentials, list) and credentials else None
        body = obj(obj(obj(_claims(card, room or _Room()).get("vc")).get("credentialSubject")).get("fhirBundle"))
    if body.get("resourceType") != "Bundle":
        raise LinkRefusedError(Stage.BUNDLE, "not-a-bundle")
    return body


def _json(content: bytes) -> dict[str, Any]:
    try:
        body = decode(content, depth=_DEPTH)
    except PortalError:
        raise LinkRefusedError(Stage.DECRYPT, "not-json") from None
    if not isinstance(body, dict):
        raise LinkRefusedError(Stage.BUNDLE, "not-a-bundle")
    return body


def _claims(jws: object, room: _Room) -> dict[str, Any]:
    """Return the claims of a Health Card; its signature is not looked at, so nothing is believed for it."""
    try:
        packed = shlink.from_base64url(str(jws).split(".")[1])
        inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        claims = inflate.decompress(packed, room.left + 1)
    except (IndexError, ValueError, zlib.error):
        raise LinkRefusedError(Stage.BUNDLE, "health-card") from None
    room.take(claims)
    return _json(claims)


def patient_of(bundle: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return whom a Bundle is about: its only Patient.

    Raises:
        LinkRefusedError: there is none, or there are several.
    """
    patients = desk_profile.patients(bundle)
    if len(patients) != 1:
        raise LinkRefusedError(Stage.BUNDLE, "patients")
    return patients[0]
