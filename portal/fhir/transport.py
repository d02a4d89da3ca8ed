"""The only way out: an httpx2 transport that checks addresses and limits what comes back (requirements B5 to B7).

It is used by a plain ``httpx2.Client`` and by Authlib's ``OAuth2Client(transport=…)`` alike. An answer is read to its
end here, within one deadline and one size, and handed on as plain bytes; so no caller can forget the limits.
"""

import ssl
import threading
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from ipaddress import ip_address
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore2
import httpx2

from portal import __version__
from portal.domain.egress import Egress
from portal.domain.errors import AddressRefusedError, BadAnswerError, LimitReachedError, OutsideError, UnreachableError
from portal.fhir import bulkhead
from portal.fhir.addresses import Resolver, check_url, resolve
from portal.fhir.limits import Limits
from portal.fhir.tunnel import open_tunnel

USER_AGENT = f"Tributary/{__version__}"
_DEFAULT_LIMITS = Limits()
_DEFAULT_EGRESS = Egress()
_PIECE = 256 * 1024
_REDIRECTS = "redirects_are_answers"
_HOPS = 5


class _Call(threading.local):
    """What the request of this thread is bound to; connections are opened and read in the thread that asks."""

    deadline: float = 0.0
    plain: bool = False  # http: loopback only

    def remaining(self) -> float:
        return self.deadline - time.monotonic()


class GuardedTransport(httpx2.BaseTransport):
    """Calls other organizations: https, checked and pinned addresses, no redirect, limits on everything.

    Where loopback is open, it is over http as well (demo and tests). Safe to share between threads. Raises only
    ``OutsideError`` kinds: AddressRefusedError, UnreachableError, LimitReachedError, BadAnswerError.
    """

    def __init__(
        self,
        *,
        egress: Egress = _DEFAULT_EGRESS,
        limits: Limits = _DEFAULT_LIMITS,
        ssl_context: ssl.SSLContext | None = None,
        resolver: Resolver | None = None,
    ) -> None:
        self.limits = limits
        self._egress = egress
        self._until = time.monotonic() + limits.client_seconds
        self._call = _Call()
        self._backend = _PinningBackend(self._call, egress=egress, limits=limits, resolver=resolver)
        self._pool = self._new_pool(ssl_context or public_authorities())
        self._own_pool = self._pool
        if egress.ca_file is not None:
            trusting = httpx2.create_ssl_context(trust_env=False)
            trusting.load_verify_locations(egress.ca_file)
            self._own_pool = self._new_pool(trusting)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send one request and read its answer whole.

        A redirect is an error, as it would carry the token elsewhere, but for who asks without one (``get_public``).
        """
        parts = check_url(str(request.url), allow_local=self._egress.allow_local)
        pool = self._own_pool if request.url.host in self._egress.private_hosts else self._pool
        self._call.deadline = min(time.monotonic() + self.limits.total_seconds, self._until)
        self._call.plain = parts.scheme == "http"
        request.headers["User-Agent"] = USER_AGENT
        request.headers["Accept-Encoding"] = "gzip"
        with bulkhead.place(request.url.host), _own_errors(self._call):
            answer = pool.handle_request(self._as_core(request))
            try:
                body = self._read(answer)
            finally:
                answer.close()
        if 300 <= answer.status < 400 and answer.status != 304 and not request.extensions.get(_REDIRECTS):
            raise BadAnswerError("redirect", hint="redirects are not followed")
        headers = [(k, v) for k, v in answer.headers if k.lower() not in _REWRITTEN]
        return httpx2.Response(answer.status, headers=headers, content=body, request=request)

    def close(self) -> None:
        self._pool.close()
        self._own_pool.close()

    def _new_pool(self, ssl_context: ssl.SSLContext) -> httpcore2.ConnectionPool:
        return httpcore2.ConnectionPool(
            ssl_context=ssl_context,
            max_connections=self.limits.connections,
            keepalive_expiry=15.0,
            network_backend=self._backend,
        )

    def _as_core(self, request: httpx2.Request) -> httpcore2.Request:
        timeouts = {
            "connect": self.limits.connect_seconds,
            "read": self.limits.idle_seconds,
            "write": self.limits.idle_seconds,
            "pool": self.limits.total_seconds,
        }
        url = httpcore2.URL(
            scheme=request.url.raw_scheme,
            host=request.url.raw_host,
            port=request.url.port,
            target=request.url.raw_path,
        )
        return httpcore2.Request(
            method=request.method,
            url=url,
            headers=request.headers.raw,
            content=request.read(),
            extensions={"timeout": timeouts},
        )

    def _read(self, answer: httpcore2.Response) -> bytes:
        encoding = next((v for k, v in answer.headers if k.lower() == b"content-encoding"), b"").strip().lower()
        if encoding not in (b"", b"identity", b"gzip", b"x-gzip"):
            raise BadAnswerError("content-encoding")
        pieces: Iterable[bytes] = self._bounded(answer.iter_stream())
        if encoding.endswith(b"gzip"):
            pieces = self._bounded(_gunzip(pieces))
        return b"".join(pieces)

    def _bounded(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        size = 0
        for piece in pieces:
            size += len(piece)
            if size > self.limits.answer_bytes:
                raise LimitReachedError("answer-too-large")
            if self._call.remaining() <= 0:
                raise LimitReachedError("answer-too-slow")
            yield piece


_REWRITTEN = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


@cache
def public_authorities() -> ssl.SSLContext:
    """Return what checks the certificates of public servers: reading its hundred authorities takes 20 ms."""
    return httpx2.create_ssl_context(trust_env=False)


def open_client(
    *,
    egress: Egress,
    limits: Limits = _DEFAULT_LIMITS,
    ssl_context: ssl.SSLContext | None = None,
    resolver: Resolver | None = None,
) -> httpx2.Client:
    """Return a client on a guarded transport: no cookies between organizations, nothing of the environment."""
    transport = GuardedTransport(egress=egress, limits=limits, ssl_context=ssl_context, resolver=resolver)
    return _Client(transport=transport, trust_env=False, follow_redirects=False)


def get_public(client: httpx2.Client, url: str, *, accept: str) -> httpx2.Response:
    """Return the answer to a request without credentials, after at most five redirects in the same scheme.

    Every hop is checked and pinned like a first request (requirement B6). For discovery and published keys only.

    Raises:
        BadAnswerError: ``redirect``: it leads nowhere, into another scheme, or too far. Other OutsideErrors.
    """
    scheme = url.partition(":")[0].lower()
    for _ in range(_HOPS + 1):
        answer = client.get(url, headers={"Accept": accept}, auth=None, extensions={_REDIRECTS: True})
        if answer.status_code not in (301, 302, 303, 307, 308):
            break
        try:
            url = urljoin(url, answer.headers.get("location", "").strip())
        except ValueError:
            raise AddressRefusedError("address-malformed") from None
        if url.partition(":")[0].lower() != scheme:
            break
    if 300 <= answer.status_code < 400:
        raise BadAnswerError("redirect", hint="a redirect was not followed")
    return answer


class _Client(httpx2.Client):
    """An address that cannot be written on a request line is refused like any other."""

    def build_request(self, *args: Any, **kwargs: Any) -> httpx2.Request:
        try:
            return super().build_request(*args, **kwargs)
        except (httpx2.InvalidURL, ValueError):
            raise AddressRefusedError("address-malformed") from None


class _PinningBackend(httpcore2.NetworkBackend):
    """Connects to the checked address; TLS still names and verifies the host, because httpcore keeps the origin."""

    def __init__(self, call: _Call, *, egress: Egress, limits: Limits, resolver: Resolver | None) -> None:
        self._call = call
        self._egress = egress
        self._limits = limits
        self._resolver = resolver
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore2.NetworkStream:
        del timeout, local_address
        addresses = resolve(
            host,
            port,
            allow_loopback=self._egress.allow_local,
            allow_private=host in self._egress.private_hosts,
            only_loopback=self._call.plain,
            seconds=self._seconds(),
            resolver=self._resolver,
        )
        failure: Exception = httpcore2.ConnectError()
        for address in addresses[:4]:
            try:
                stream = self._connected(host, address, port, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as exc:
                failure = exc
                continue
            return stream
        raise failure

    def _connected(self, host: str, address: str, port: int, socket_options: Any) -> httpcore2.NetworkStream:
        """Connect to a checked address: through the operator's proxy, but for our own servers and loopback."""
        proxy = urlsplit(self._egress.proxy)
        direct = not proxy.hostname or host in self._egress.private_hosts or ip_address(address).is_loopback
        to = (address, port) if direct else (proxy.hostname or "", proxy.port or 0)
        stream = self._sockets.connect_tcp(*to, self._seconds(), None, socket_options)
        bounded = _DeadlineStream(stream, self._call)
        if not direct:
            open_tunnel(bounded, address, port, user=proxy.username or "", password=proxy.password or "")
        return bounded

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Any = None
    ) -> httpcore2.NetworkStream:
        del path, timeout, socket_options
        raise AddressRefusedError("address-scheme")

    def _seconds(self) -> float:
        return _left(self._call, self._limits.connect_seconds)


class _DeadlineStream(httpcore2.NetworkStream):
    """Every read and write gets no more than what is left of the whole request, so that dripping headers end too."""

    def __init__(self, inner: httpcore2.NetworkStream, call: _Call) -> None:
        self._inner = inner
        self._call = call

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._call, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._call, timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._inner.start_tls(ssl_context, server_hostname, _left(self._call, timeout))
        return _DeadlineStream(stream, self._call)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _left(call: _Call, timeout: float | None) -> float:
    remaining = call.remaining()
    if remaining <= 0:
        raise LimitReachedError("answer-too-slow")
    return remaining if timeout is None else min(timeout, remaining)


def _gunzip(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Inflate in small steps: a small input must not become a large buffer before anyone counts it."""
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        for piece in pieces:
            rest = piece
            while rest:
                if inflate.eof:  # a further gzip member
                    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
                yield inflate.decompress(rest, _PIECE)
                rest = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
    except zlib.error:
        raise BadAnswerError("truncated") from None
    if not inflate.eof:
        raise BadAnswerError("truncated")


@contextmanager
def _own_errors(call: _Call) -> Iterator[None]:
    """Raise errors of the HTTP client as ours; their texts, which may hold addresses, are dropped."""
    try:
        yield
    except OutsideError:
        raise
    except httpcore2.PoolTimeout:
        raise UnreachableError("busy") from None
    except httpcore2.TimeoutException:
        if call.remaining() <= 0:
            raise LimitReachedError("answer-too-slow") from None
        raise UnreachableError("timeout") from None
    except httpcore2.ConnectError as exc:
        tls = isinstance(exc.__cause__ or exc.__context__, ssl.SSLError)
        raise UnreachableError("tls" if tls else "connection-refused") from None
    except httpcore2.NetworkError:
        raise UnreachableError("connection-lost") from None
    except httpcore2.RemoteProtocolError:
        raise BadAnswerError("truncated") from None
    except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol):
        raise BadAnswerError("not-http") from None
