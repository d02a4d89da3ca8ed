"""Where a request comes from is what a trusted proxy says, and nobody else."""

from ipaddress import ip_network

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from portal.web.proxies import BehindProxies

TRUSTED = (ip_network("10.0.0.0/8"), ip_network("::1"))


@Request.application
def _told(request: Request) -> Response:
    return Response(f"{request.remote_addr} {request.scheme} {request.host}")


@pytest.mark.parametrize(
    ("peer", "forwarded", "told"),
    [
        ("10.0.0.1", "192.0.2.1", "192.0.2.1 https portal.example"),
        ("::1", "192.0.2.1", "192.0.2.1 https portal.example"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.1", "192.0.2.1 https portal.example"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.1, 10.2.2.2, 10.3.3.3", "192.0.2.1 https portal.example"),
        ("10.0.0.1", "10.2.2.2", "10.2.2.2 https portal.example"),
        ("192.0.2.9", "10.0.0.1", "192.0.2.9 http localhost"),
        ("192.0.2.9", "127.0.0.1, 10.0.0.1", "192.0.2.9 http localhost"),
        ("", "192.0.2.1", "192.0.2.1 https portal.example"),
    ],
)
def test_the_sender(peer: str, forwarded: str, told: str) -> None:
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "portal.example"}
    answer = Client(BehindProxies(_told, TRUSTED)).get("/", headers=headers, environ_overrides={"REMOTE_ADDR": peer})
    assert answer.text == told


def test_without_the_header_it_is_the_proxy_itself() -> None:
    answer = Client(BehindProxies(_told, TRUSTED)).get("/", environ_overrides={"REMOTE_ADDR": "10.0.0.1"})
    assert answer.text == "10.0.0.1 http localhost"
