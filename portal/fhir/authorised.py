"""Requests with a token, to one origin only (requirements B5, B9).

The origin is the FHIR base's. Whatever address comes out of an answer (a ``next`` link, a reference, an attachment) is
compared with it, scheme, host and port, before the token is attached; a foreign one is an error, not a request.
"""

import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

import httpx2
import msgspec

from portal.domain.errors import (
    AddressRefusedError,
    BadAnswerError,
    HttpStatusError,
    LinkingError,
    OutsideError,
    UnauthorizedError,
    UnreachableError,
)
from portal.fhir.addresses import UNWRITABLE
from portal.fhir.answers import Answer, Decoder, check_status, read_answer
from portal.fhir.limits import Limits

FHIR_JSON = "application/fhir+json"
_PORTS = {"https": 443, "http": 80}
_PASSING = frozenset({429, 502, 503, 504})
_BROKEN_OFF = frozenset({"connection-lost", "connection-refused", "truncated"})


class TokenSource(Protocol):
    """Where access tokens come from. Both may do network calls and may raise UnauthorizedError when there is none."""

    def access_token(self) -> str:
        """Return a token that is good as far as is known; the same one until it is near its end."""

    def refreshed(self) -> str:
        """Return a new token, because the last one was answered with 401."""


class Authorised:
    """GET and POST with a bearer token under one FHIR base. Safe to share between threads.

    ``exact``: the case of addresses counts, because another organization is at the same one in other letters.
    """

    def __init__(
        self,
        client: httpx2.Client,
        base: str,
        tokens: TokenSource | None,
        *,
        limits: Limits | None = None,
        exact: bool = False,
    ) -> None:
        self.base = base.rstrip("/")
        self.exact = exact
        self._client = client
        self._tokens = tokens
        self._limits = limits or Limits()
        self._lock = threading.Lock()
        self._dead = False

    def get(self, url: str, *, headers: Mapping[str, str] | None = None, decoder: Decoder | None = None) -> Answer:
        """Return one JSON answer, after at most one token refresh and a few attempts where the failure may pass.

        ``decoder``: as of ``read_answer``.

        Raises:
            AddressRefusedError: ``url`` is not of this organization's origin.
            UnauthorizedError: 401 also with a new token, or no token can be had; every later call raises it too.
            UnreachableError: ``token-unavailable``: there may be a token later; otherwise as the answer was.
            HttpStatusError, BadAnswerError, LimitReachedError: as the answer was.
        """
        target = same_origin(url, self.base, exact=self.exact)
        return read_answer(self._ask(target, dict(headers or {})), depth=self._limits.depth, decoder=decoder)

    def post(self, url: str, body: Mapping[str, Any], *, headers: Mapping[str, str] | None = None) -> Answer:
        """Send a resource; return the JSON that comes back, empty where only a status does, and where it is now.

        Asked once, and once more with a new token: whether to send it again is for who can tell that it is there once.

        Raises:
            As ``get``.
        """
        target = same_origin(url, self.base, exact=self.exact)
        sent = {"Content-Type": f"{FHIR_JSON}; charset=utf-8", **(headers or {})}
        response = self._once(target, sent, content=msgspec.json.encode(body))
        check_status(response, depth=self._limits.depth)
        location = response.headers.get("location", "")
        if not response.content.strip():
            return Answer(response.status_code, {}, response.headers.get("etag", ""), location=location)
        return replace(read_answer(response, depth=self._limits.depth), location=location)

    def download(self, url: str) -> httpx2.Response:
        """Return the bytes of a file anywhere at the organization's origin, as a FHIR Binary or as they are.

        Raises:
            As ``get``.
        """
        target = same_origin(url, self.base, below=False)
        return self._ask(target, {"Accept": f"{FHIR_JSON}, */*;q=0.5"})

    def _ask(self, target: str, headers: dict[str, str]) -> httpx2.Response:
        for attempt in range(1, self._limits.attempts + 1):
            try:
                return self._once(target, headers)
            except OutsideError as exc:
                wait = self._wait(exc, attempt)
                if wait is None:
                    raise
            time.sleep(wait)
        raise UnreachableError

    def _once(self, url: str, headers: dict[str, str], *, content: bytes | None = None) -> httpx2.Response:
        if self._tokens is None:
            return self._send(url, headers, content)
        token = self._token()
        try:
            return self._send(url, headers | {"Authorization": f"Bearer {token}"}, content)
        except UnauthorizedError:
            token = self._renewed(token)
        try:
            return self._send(url, headers | {"Authorization": f"Bearer {token}"}, content)
        except UnauthorizedError:
            self._dead = True
            raise

    def _send(self, url: str, headers: Mapping[str, str], content: bytes | None) -> httpx2.Response:
        """Ask, or send ``content``."""
        method = "GET" if content is None else "POST"
        response = self._client.request(
            method, url, headers={"Accept": FHIR_JSON, **headers}, content=content, auth=None
        )
        check_status(response, depth=self._limits.depth)
        return response

    def _token(self) -> str:
        if self._dead or self._tokens is None:
            raise UnauthorizedError(401)
        return self._token_from(self._tokens.access_token)

    def _renewed(self, used: str) -> str:
        """Return a token other than the one used: another thread's, where one has renewed it already."""
        with self._lock:
            token = self._token()
            if token != used or self._tokens is None:
                return token
            return self._token_from(self._tokens.refreshed)

    def _token_from(self, source: Callable[[], str]) -> str:
        try:
            return source()
        except UnauthorizedError:
            self._dead = True
            raise
        except (OutsideError, LinkingError):
            # Not the FHIR server's failure, and asked for often: it is neither repeated nor blamed on a section.
            raise UnreachableError("token-unavailable") from None

    def _wait(self, exc: OutsideError, attempt: int) -> float | None:
        """Return seconds before the next attempt, or None when another one would not help."""
        if attempt >= self._limits.attempts:
            return None
        if isinstance(exc, HttpStatusError):
            if exc.status not in _PASSING:
                return None
            if exc.retry_after is not None:
                return exc.retry_after if exc.retry_after <= self._limits.retry_after_seconds else None
        elif not isinstance(exc, UnreachableError | BadAnswerError) or exc.code not in _BROKEN_OFF:
            return None
        return self._limits.backoff_seconds * float(2 ** (attempt - 1)) * random.uniform(0.5, 1.0)  # noqa: S311  not a secret


def origin(parts: SplitResult) -> tuple[str, str, int | None]:
    """Return scheme, host and port of an address, as a browser compares them."""
    return parts.scheme.lower(), (parts.hostname or "").lower(), parts.port or _PORTS.get(parts.scheme.lower())


def path_under(parts: SplitResult, home: SplitResult, *, exact: bool = False) -> str | None:
    """Return the path below the base's, None for one elsewhere.

    Some servers write ``/FHIR/R4`` as ``/fhir/r4``; ``exact``: there, these are two.
    """
    path, under = unquote(parts.path), unquote(home.path).rstrip("/") + "/"
    start, whole = (path, under) if exact else (path.lower(), under.lower())
    if start == whole.rstrip("/"):
        return ""
    return path[len(under) :] if start.startswith(whole) else None


def same_origin(url: str, base: str, *, below: bool = True, exact: bool = False) -> str:
    """Return ``url``, made absolute under ``base``, if it is of the same origin and (``below``) under the same path.

    ``exact``: the case of the path counts.

    Raises:
        AddressRefusedError: it is another organization's address, or one dressed up as ours.
    """
    try:
        home = urlsplit(base)
        absolute = urljoin(base.rstrip("/") + "/", url)
        parts = urlsplit(absolute)
        foreign = origin(parts) != origin(home)
    except ValueError:
        raise AddressRefusedError("address-malformed") from None
    if UNWRITABLE.search(url):
        raise AddressRefusedError("address-malformed")
    if foreign or "@" in parts.netloc:
        raise AddressRefusedError("other-origin", hint="an address of another origin was not followed")
    if ".." in unquote(parts.path).split("/") or (below and path_under(parts, home, exact=exact) is None):
        raise AddressRefusedError("outside-base", hint="an address outside the FHIR base was not followed")
    return absolute
