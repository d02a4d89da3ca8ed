"""Reading one answer: status to error, content type, JSON within a depth, Retry-After. Pure but for the clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2
import msgspec

from portal.domain import decimals
from portal.domain.errors import BadAnswerError, HttpStatusError, LimitReachedError, UnauthorizedError

_DECODER = msgspec.json.Decoder(float_hook=decimals.from_json)
ISSUE_CODES = frozenset(
    {
        "invalid",
        "structure",
        "required",
        "value",
        "invariant",
        "security",
        "login",
        "unknown",
        "expired",
        "forbidden",
        "suppressed",
        "processing",
        "not-supported",
        "duplicate",
        "multiple-matches",
        "not-found",
        "deleted",
        "too-long",
        "code-invalid",
        "extension",
        "too-costly",
        "business-rule",
        "conflict",
        "transient",
        "lock-error",
        "no-store",
        "exception",
        "timeout",
        "incomplete",
        "throttled",
        "informational",
    }
)
"""FHIR R4 issue-type codes (http://hl7.org/fhir/R4/valueset-issue-type.html); others are not repeated."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: JSON of an object, and what conditional requests need."""

    status: int
    body: dict[str, Any]
    etag: str = ""
    size: int = 0


def read_answer(response: httpx2.Response, *, depth: int) -> Answer:
    """Return the JSON object of an answer.

    Raises:
        UnauthorizedError, HttpStatusError: the status says so; ``issue`` is the OperationOutcome's code.
        BadAnswerError: html, content-type, not-json, not-an-object.
        LimitReachedError: nested deeper than ``depth``.
    """
    check_status(response, depth=depth)
    etag = response.headers.get("etag", "")
    if response.status_code == 304:
        return Answer(304, {}, etag)
    content = response.content
    check_content_type(response.headers, content)
    body = decode(content, depth=depth)
    if not isinstance(body, dict):
        raise BadAnswerError("not-an-object")
    return Answer(response.status_code, body, etag, len(content))


def check_status(response: httpx2.Response, *, depth: int) -> None:
    """Raise what a status of 400 and above means."""
    status = response.status_code
    if status < 400:
        return
    retry_after = parse_retry_after(response.headers.get("retry-after", ""), now=datetime.now(UTC))
    issue = _issue(response, depth=depth)
    if status == 401:
        raise UnauthorizedError(status, retry_after=retry_after, issue=issue)
    raise HttpStatusError(status, retry_after=retry_after, issue=issue)


def check_content_type(headers: Mapping[str, str], content: bytes) -> None:
    """Refuse JSON that is not called JSON; name a page of HTML as such: it often is a sign-in or maintenance page."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("application/fhir+json", "application/json", "text/json", "application/json+fhir"):
        return
    if kind in ("text/html", "application/xhtml+xml") or content[:64].lstrip().lower().startswith(
        (b"<!doctype", b"<html")
    ):
        raise BadAnswerError("html")
    raise BadAnswerError("content-type")


def decode(content: bytes, *, depth: int) -> Any:
    """Decode JSON bytes as plain values, decimals as they were written, at most ``depth`` levels deep.

    Raises:
        BadAnswerError: not-json. LimitReachedError: too-deep.
    """
    try:
        value = _DECODER.decode(content)
    except RecursionError:
        raise LimitReachedError("too-deep") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise BadAnswerError("not-json") from None
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(depth):
        if not level:
            return value
        level = [
            child
            for parent in level
            for child in (parent.values() if type(parent) is dict else parent)
            if type(child) is dict or type(child) is list
        ]
    if level:
        raise LimitReachedError("too-deep")
    return value


def parse_retry_after(text: str, *, now: datetime) -> float | None:
    """Return seconds to wait, from seconds or an HTTP date (RFC 9110, 10.2.3), at most a day; None when unreadable."""
    text = text.strip()
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return float(min(int(text[:9]), 86_400))
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max((when - now).total_seconds(), 0.0), 86_400.0)


def _issue(response: httpx2.Response, *, depth: int) -> str:
    """Return the first issue code of an OperationOutcome, if it is one of the standard's."""
    content = response.content
    if len(content) > 256 * 1024:
        return ""
    try:
        body = decode(content, depth=depth)
    except (BadAnswerError, LimitReachedError):
        return ""
    issues = body.get("issue") if isinstance(body, dict) else None
    for issue in issues if isinstance(issues, list) else ():
        code = issue.get("code") if isinstance(issue, dict) else None
        if isinstance(code, str) and code in ISSUE_CODES:
            return code
    return ""
