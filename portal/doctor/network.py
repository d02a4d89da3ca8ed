"""What stands around: the portal's own address and its proxy, organizations, apps' keys, the mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import msgspec

from portal.config import Settings
from portal.doctor.faults import Fault, Measures
from portal.domain.egress import Egress
from portal.domain.errors import OutsideError, PortalError
from portal.fhir.capability import discover
from portal.fhir.limits import Limits
from portal.fhir.transport import open_client
from portal.provider import brands
from portal.provider.oauth.key_sets import readable
from portal.services import Services
from portal.store.directory.values import by_ids
from portal.store.links import refresh_report
from portal.store.provider import clients

_LIMITS = Limits(connect_seconds=3.0, idle_seconds=5.0, total_seconds=8.0, attempts=1)
_ROUNDING = timedelta(seconds=1)  # a Date header has whole seconds
_MOST = 25  # organizations and apps that are asked


class _Ready(msgspec.Struct):
    """What ``/readyz`` tells of the request itself."""

    proxy: str = ""
    scheme: str = ""
    signer: str = ""


def examine(settings: Settings, measures: Measures) -> Iterator[Fault]:
    """Look at the portal as a browser reaches it, and at what the settings name."""
    yield from _own_address(settings, measures)
    yield from _mail(settings)
    try:
        brands.described(settings)
    except PortalError as error:
        yield Fault("brands", "the file of PORTAL_BRANDS has another form", error.hint)


def examine_others(services: Services) -> Iterator[Fault]:
    """Ask the organizations that people are linked with, and the apps that publish keys."""
    with services.db.reading() as tx:
        linked = [health.organization_id for health in refresh_report.organizations(tx)[:_MOST]]
        bases = {each.name: each.fhir_base for each in by_ids(tx, ids=linked).values() if each.fhir_base}
        published = {client.name: client.jwks_uri for client in clients.clients(tx) if client.jwks_uri}
    if services.settings.chart_base:
        bases["PORTAL_CHART_BASE"] = services.settings.chart_base
    egress = services.settings.egress
    for name, base in bases.items():
        try:
            with open_client(egress=egress.towards(base), limits=_LIMITS) as client:
                discover(client, base, egress=egress.towards(base), limits=_LIMITS)
        except OutsideError as error:
            yield Fault(
                "organization",
                f"{name} cannot be asked: {error.code}",
                "Look at its address, at PORTAL_EGRESS_PROXY and at the firewall; else tell the organization",
            )
    for name, uri in list(published.items())[:_MOST]:
        if not readable(uri, egress=egress):
            yield Fault(
                "jwks",
                f"the keys of {name} cannot be read at its jwks_uri",
                "Tell its developers, or end the app (`portal client`)",
            )


def _own_address(settings: Settings, measures: Measures) -> Iterator[Fault]:
    host = urlsplit(settings.base_url).hostname or ""
    own = Egress(allow_local=True, private_hosts=frozenset({host}), ca_file=settings.ca_file)
    try:
        with open_client(egress=own, limits=_LIMITS) as client:
            answer = client.get(f"{settings.base_url}/readyz")
    except OutsideError as error:
        yield Fault(
            "address",
            f"{settings.base_url} does not answer: {error.code}",
            "Start `portal serve` and the proxy; look at the name in DNS and at the certificate",
        )
        return
    try:
        ready = msgspec.json.decode(answer.content, type=_Ready)
    except msgspec.MsgspecError:
        yield Fault(
            "address-foreign",
            f"{settings.base_url} is answered by something else, or with another Host (status {answer.status_code})",
            "Let the proxy hand Host on unchanged, and the address lead here",
        )
        return
    yield from _proxy(settings, ready)
    if ready.signer and ready.signer != settings.signer:
        yield Fault(
            "secret-key",
            f"{settings.base_url} signs cookies with another key than this machine",
            "Copy secret-key from PORTAL_KEY_DIR of the first machine to the others, and restart them",
        )
    try:
        date = parsedate_to_datetime(answer.headers.get("date", ""))
    except ValueError:
        return
    off = abs(datetime.now(UTC) - date)
    if off > measures.clock + _ROUNDING:
        yield Fault(
            "clock",
            f"the clock of {settings.base_url} and this machine's differ by {off.total_seconds():.0f} s",
            "Run a time service (chrony, systemd-timesyncd) on all machines",
        )


def _proxy(settings: Settings, ready: _Ready) -> Iterator[Fault]:
    if ready.proxy == "not believed":
        yield Fault(
            "proxy-trust",
            "what the proxy says of requests is not believed",
            "Name its address in PORTAL_TRUSTED_PROXIES",
        )
    elif settings.secure and ready.proxy == "none":
        yield Fault(
            "proxy-for",
            "the proxy does not say who asks: all people look like one, and are slowed down as one",
            "Let it set X-Forwarded-For, as deploy/nginx/tributary.conf does",
        )
    elif ready.proxy == "believed" and ready.scheme != urlsplit(settings.base_url).scheme:
        yield Fault(
            "proxy-scheme",
            f"the proxy says {ready.scheme}, PORTAL_BASE_URL says {urlsplit(settings.base_url).scheme}",
            "Let it set X-Forwarded-Proto to the scheme that the browser used",
        )


def _mail(settings: Settings) -> Iterator[Fault]:
    parts = urlsplit(settings.mail)
    if parts.scheme not in ("smtp", "smtps"):
        return
    host = parts.hostname or ""
    try:
        server: smtplib.SMTP = (
            smtplib.SMTP_SSL(host, parts.port or 465, timeout=5, context=ssl.create_default_context())
            if parts.scheme == "smtps"
            else smtplib.SMTP(host, parts.port or 587, timeout=5)
        )
        with closing(server):
            server.noop()
    except (OSError, smtplib.SMTPException):
        yield Fault("mail", "the mail server does not answer", "Look at PORTAL_MAIL: host, port and scheme")
