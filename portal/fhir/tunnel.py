"""A tunnel through the operator's proxy to an address that was checked (RFC 9110, 9.3.6).

The proxy is told the address and not the name, so that it connects to what was checked here; TLS inside the tunnel
still names and verifies the host.
"""

from base64 import b64encode
from urllib.parse import unquote

import h11
import httpcore2

from portal.domain.errors import UnreachableError

_PIECE = 4096


def open_tunnel(stream: httpcore2.NetworkStream, address: str, port: int, *, user: str, password: str) -> None:
    """Ask the proxy at the other end of ``stream`` to connect to the address.

    Raises:
        UnreachableError: "proxy-refused".
    """
    target = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    headers = [("Host", target)]
    if user:
        secret = b64encode(f"{unquote(user)}:{unquote(password)}".encode()).decode()
        headers.append(("Proxy-Authorization", f"Basic {secret}"))
    connection = h11.Connection(h11.CLIENT)
    try:
        for event in (h11.Request(method="CONNECT", target=target, headers=headers), h11.EndOfMessage()):
            stream.write(connection.send(event) or b"")
        while (answer := connection.next_event()) is h11.NEED_DATA:
            connection.receive_data(stream.read(_PIECE))
    except h11.ProtocolError:
        raise UnreachableError("proxy-refused") from None
    if not isinstance(answer, h11.Response) or answer.status_code // 100 != 2:
        raise UnreachableError("proxy-refused")
