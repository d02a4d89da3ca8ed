"""Files at addresses that a stranger named: asked for without credentials, guarded, and checked for what they are.

Every address is checked and pinned, each redirect as a first request (requirement B6); size is bounded (B7), and time
for all files and redirects together; our own private servers are not reached. Source: OWASP Server-Side Request
Forgery Prevention Cheat Sheet.
"""

from collections.abc import Mapping
from typing import Any, Self

from portal.domain.egress import Egress
from portal.domain.errors import BadAnswerError, HttpStatusError
from portal.fhir.answers import check_no_html, check_status, decode
from portal.fhir.limits import Limits
from portal.fhir.transport import get_public, open_client

_LIMITS = Limits(connect_seconds=5.0, idle_seconds=8.0, total_seconds=20.0, client_seconds=30.0, depth=16)


class PublicFiles:
    """Asks for the files of one link; a context manager. Raises only kinds of OutsideError."""

    def __init__(self, egress: Egress) -> None:
        self._client = open_client(egress=egress.to_others(), limits=_LIMITS)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._client.close()

    def get(self, url: str, *, accept: str) -> bytes:
        """Return what is at an address.

        Raises:
            BadAnswerError: ``html``: a page, not a file. HttpStatusError: a status that is no success.
        """
        answer = get_public(self._client, url, accept=accept)
        check_status(answer, depth=_LIMITS.depth)
        if answer.status_code != 200:
            raise HttpStatusError(answer.status_code)
        content = answer.content
        check_no_html(answer.headers, content)
        return content

    def post(self, url: str, body: Mapping[str, Any]) -> tuple[int, Any]:
        """Return status and JSON of an answer; None for one that is not JSON. Redirects are not followed."""
        answer = self._client.post(url, json=dict(body), headers={"Accept": "application/json"})
        try:
            return answer.status_code, decode(answer.content, depth=_LIMITS.depth)
        except BadAnswerError:
            return answer.status_code, None
