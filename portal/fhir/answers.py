"""Reading one answer: status to error, content type, JSON within a depth, Retry-After. Pure but for the clock."""

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Protocol

import httpx2
import msgspec

from portal.domain import decimals, surrogates
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


NARROWING = frozenset({"category", "intent", "status", "date", "code"})
"""Search parameters that servers ask for where a search by patient alone is too wide for them."""

_WORD = re.compile(r"[a-z]+")
_ASKING = re.compile(r"\b(requir|must|need|missing|mandatory|provide|specif|expect|at least|narrow|one of)")


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: JSON of an object, and what conditional requests need. ``location``: of what was posted."""

    status: int
    body: dict[str, Any]
    etag: str = ""
    size: int = 0
    location: str = ""


class Decoder(Protocol):
    """Decodes the JSON of an answer, at most ``depth`` levels deep; raises as ``decode`` does."""

    def __call__(self, content: bytes, *, depth: int) -> Any: ...


def read_answer(response: httpx2.Response, *, depth: int, decoder: Decoder | None = None) -> Answer:
    """Return the JSON object of an answer. ``decoder`` decodes in place of ``decode``.

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
    body = (decoder or decode)(content, depth=depth)
    if not isinstance(body, dict):
        raise BadAnswerError("not-an-object")
    return Answer(response.status_code, body, etag, len(content))


def check_status(response: httpx2.Response, *, depth: int) -> None:
    """Raise what a status of 400 and above means."""
    status = response.status_code
    if status < 400:
        return
    retry_after = parse_retry_after(response.headers.get("retry-after", ""), now=datetime.now(UTC))
    issues = _issues(response, depth=depth)
    issue = next((code for issue in issues if isinstance(code := issue.get("code"), str) and code in ISSUE_CODES), "")
    if status == 401:
        raise UnauthorizedError(status, retry_after=retry_after, issue=issue)
    raise HttpStatusError(status, retry_after=retry_after, issue=issue, parameters=_parameters(issues))


def check_content_type(headers: Mapping[str, str], content: bytes) -> None:
    """Refuse JSON that is not called JSON; name a page of HTML as such: it often is a sign-in or maintenance page."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.endswith(("/json", "+json")) or kind == "application/json+fhir":
        return
    check_no_html(headers, content)
    raise BadAnswerError("content-type")


def check_no_html(headers: Mapping[str, str], content: bytes) -> None:
    """Raise BadAnswerError ``html`` for a page."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml") or content[:64].lstrip().lower().startswith(
        (b"<!doctype", b"<html")
    ):
        raise BadAnswerError("html")


def decode(content: bytes, *, depth: int) -> Any:
    """Decode JSON bytes as plain values, decimals as they were written, at most ``depth`` levels deep.

    A byte order mark before them is passed over (RFC 8259, 8.1 allows a reader to).

    Raises:
        BadAnswerError: not-json. LimitReachedError: too-deep.
    """
    try:
        value = _DECODER.decode(surrogates.replaced_in_json(_without_mark(content)))
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


def _without_mark(content: bytes) -> bytes:
    """UTF-8 without a byte order mark, which says in which of Unicode's encodings the text is (RFC 8259, 8.1)."""
    if content.startswith(BOM_UTF8):
        return content[len(BOM_UTF8) :]
    if content.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return content.decode("utf-16").encode()
    return content


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


def _issues(response: httpx2.Response, *, depth: int) -> list[dict[str, Any]]:
    """Return the issues of an OperationOutcome; none where the body is something else."""
    content = response.content
    if len(content) > 256 * 1024:
        return []
    try:
        body = decode(content, depth=depth)
    except (BadAnswerError, LimitReachedError):
        return []
    issues = body.get("issue") if isinstance(body, dict) else None
    return [issue for issue in issues if isinstance(issue, dict)] if isinstance(issues, list) else []


def _parameters(issues: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return the search parameters that errors name, in any of the places in which servers name them."""
    words: list[str] = []
    for issue in issues:
        details = issue.get("details")
        texts = [issue.get("diagnostics"), details.get("text") if isinstance(details, dict) else None]
        texts += [*_list(issue.get("expression")), *_list(issue.get("location"))]
        sentence = " ".join(text[:2000].lower() for text in texts if isinstance(text, str))
        is_asking = issue.get("code") == "required" or _ASKING.search(sentence)
        if is_asking and issue.get("severity") in (None, "error", "fatal"):
            words += _WORD.findall(sentence)
    return tuple(dict.fromkeys(word for word in words if word in NARROWING))


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
