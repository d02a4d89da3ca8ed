"""The payload of a SMART Health Link: written, read from whatever carries it, and held against the desk profile. Pure.

Sources: HL7 SMART Health Cards and Links IG, STU 1, "Construct a SMART Health Link Payload"; the draft "Patient-Shared
Health Documents via SMART Health Links" 0.9 (https://ktc-spec.github.io/), "SHLink Constraints".
"""

import binascii
import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import unquote

from portal.domain import surrogates

KEY_BYTES = 32
LONGEST_LABEL = 80
NEWEST_VERSION = 1
_SCHEME = "shlink:/"
_LINK = re.compile(r"shlink:/([A-Za-z0-9_=-]+)", re.ASCII | re.IGNORECASE)
_LONGEST_TEXT = 16_384
_LARGEST_NUMBER = 1e15


class Stage(StrEnum):
    """The steps of receiving; what cannot be received says at which of them that became clear."""

    DECODE = "decode"
    PAYLOAD = "payload"
    RETRIEVE = "retrieve"
    DECRYPT = "decrypt"
    BUNDLE = "bundle"


class LinkRefusedError(Exception):
    """A link that cannot be used. ``code`` names the reason; nothing of the link is in it."""

    def __init__(self, stage: Stage, code: str) -> None:
        super().__init__(f"{stage.value}: {code}")
        self.stage = stage
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLink:
    """One link. ``expires`` in seconds since 1970; None where the payload does not say. ``payload`` is as it came."""

    url: str
    key: str
    flag: str
    expires: float | None
    label: str
    version: float
    payload: Mapping[str, Any]

    def key_bytes(self) -> bytes:
        """Return the 32 bytes of the key.

        Raises:
            LinkRefusedError: ``key``: it is no such key.
        """
        try:
            key = from_base64url(self.key)
        except ValueError:
            raise LinkRefusedError(Stage.PAYLOAD, "key") from None
        if len(key) != KEY_BYTES:
            raise LinkRefusedError(Stage.PAYLOAD, "key")
        return key

    def has_expired(self, now: datetime) -> bool:
        return self.expires is not None and self.expires <= now.timestamp()


def write(*, url: str, key: bytes, expires: datetime, flag: str, label: str) -> str:
    """Return the link: ``shlink:/`` and the payload as minified JSON in base64url, UTF-8 as it is."""
    payload: dict[str, Any] = {"url": url, "flag": flag, "key": to_base64url(key), "exp": int(expires.timestamp())}
    if label:
        payload["label"] = label[:LONGEST_LABEL]
    return _SCHEME + to_base64url(json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode())


def read(text: str) -> HealthLink:
    """Return the link in a text: bare, behind a viewer's address, or broken into lines by what carried it.

    Raises:
        LinkRefusedError: at ``decode``: ``no-link`` or ``unreadable``.
    """
    shortened = text[:_LONGEST_TEXT]
    for candidate in (shortened, "".join(shortened.split()), unquote(shortened)):
        match = _LINK.search(candidate)
        payload = _payload(match[1]) if match else None
        if payload is not None:
            return _link(payload)
    raise LinkRefusedError(Stage.DECODE, "unreadable" if _LINK.search(shortened) else "no-link")


def profile_problems(link: HealthLink, now: datetime) -> tuple[str, ...]:
    """Return why a link does not fit the desk profile: codes ``flag``, ``no-exp``, ``expired``, ``key``; none if it
    fits."""
    problems = []
    if link.flag != "U":
        problems.append("flag")
    if link.expires is None:
        problems.append("no-exp")
    elif link.has_expired(now):
        problems.append("expired")
    try:
        link.key_bytes()
    except LinkRefusedError as error:
        problems.append(error.code)
    return tuple(problems)


def check_usable(link: HealthLink, now: datetime) -> None:
    """Check what can be told before anything is fetched.

    Raises:
        LinkRefusedError: at ``payload``: ``expired``, ``key``, ``version``, or ``flag`` (``U`` together with ``P``).
    """
    if link.version > NEWEST_VERSION:
        raise LinkRefusedError(Stage.PAYLOAD, "version")
    if "U" in link.flag and "P" in link.flag:
        raise LinkRefusedError(Stage.PAYLOAD, "flag")
    link.key_bytes()
    if link.has_expired(now):
        raise LinkRefusedError(Stage.PAYLOAD, "expired")


def to_base64url(content: bytes) -> str:
    return urlsafe_b64encode(content).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """Return the bytes; padding may be there or not.

    Raises:
        ValueError: it is not of this alphabet.
    """
    bare = text.rstrip("=")
    if not re.fullmatch(r"[A-Za-z0-9_-]*", bare, re.ASCII):
        raise ValueError("not base64url")
    try:
        return urlsafe_b64decode(bare + "=" * (-len(bare) % 4))
    except binascii.Error:
        raise ValueError("not base64url") from None


def _payload(encoded: str) -> dict[str, Any] | None:
    try:
        payload = json.loads(surrogates.replaced_in_json(from_base64url(encoded)).decode())
    except (ValueError, RecursionError):
        return None
    if not isinstance(payload, dict):
        return None
    return payload if isinstance(payload.get("url"), str) and isinstance(payload.get("key"), str) else None


def _link(payload: Mapping[str, Any]) -> HealthLink:
    flag, label, version = payload.get("flag"), payload.get("label"), payload.get("v")
    return HealthLink(
        url=payload["url"],
        key=payload["key"],
        flag=flag if isinstance(flag, str) else "",
        expires=_number(payload.get("exp")),
        label=label[:LONGEST_LABEL] if isinstance(label, str) else "",
        version=_number(version) or NEWEST_VERSION,
        payload=payload,
    )


def _number(value: object) -> float | None:
    return (
        float(value) if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e15 else None
    )
