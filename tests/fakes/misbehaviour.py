"""Ways to misbehave. Each function gives a behaviour for ``FakeOrganization.misbehave(path, behaviour)``."""

import gzip
import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

from tests.fakes.http import FHIR_JSON, Exchange, Reply

Behaviour = Callable[[Exchange], None]


def status(code: int, *, retry_after: str = "", issue: str = "exception") -> Behaviour:
    """An error status with an OperationOutcome; ``retry_after`` as the header's text."""

    def behave(exchange: Exchange) -> None:
        reply = Reply.outcome(code, issue)
        if retry_after:
            reply.headers["Retry-After"] = retry_after
        exchange.send(reply)

    return behave


def never_answers() -> Behaviour:
    """Takes the request and says nothing, until the server stops."""
    return _hang


def slow_drip(*, every: float = 0.05, piece: int = 1) -> Behaviour:
    """The honest answer, a few bytes at a time, so that no read ever times out by itself."""

    def behave(exchange: Exchange) -> None:
        reply = exchange.answer()
        exchange.raw(_head(reply.status, FHIR_JSON, length=len(reply.body)))
        for start in range(0, len(reply.body), piece):
            if exchange.wait(every):
                return
            exchange.raw(reply.body[start : start + piece])

    return behave


def slow_headers(*, every: float = 0.05) -> Behaviour:
    """Headers that never end."""

    def behave(exchange: Exchange) -> None:
        exchange.raw(b"HTTP/1.1 200 OK\r\n")
        number = 0
        while not exchange.wait(every):
            number += 1
            exchange.raw(f"X-Wait-{number}: more\r\n".encode())

    return behave


def late(seconds: float) -> Behaviour:
    """The honest answer after a while."""

    def behave(exchange: Exchange) -> None:
        exchange.wait(seconds)
        exchange.send(exchange.answer())

    return behave


def hang_up() -> Behaviour:
    """Closes the connection instead of answering."""
    return lambda exchange: exchange.hang_up()


def cut_short() -> Behaviour:
    """Says how long the answer is, sends half of it, and closes."""

    def behave(exchange: Exchange) -> None:
        body = exchange.answer().body
        exchange.raw(_head(200, FHIR_JSON, length=len(body)) + body[: len(body) // 2])
        exchange.hang_up()

    return behave


def not_http() -> Behaviour:
    """Answers in another protocol."""

    def behave(exchange: Exchange) -> None:
        exchange.raw(b"SSH-2.0-OpenSSH_9.2\r\n")
        exchange.hang_up()

    return behave


def html(code: int = 200) -> Behaviour:
    """A web page, as from a sign-in wall or a maintenance page."""
    page = b"<!DOCTYPE html><html><title>Maintenance</title><p>Back soon</html>"
    return lambda exchange: exchange.send(Reply(code, page, {"Content-Type": "text/html; charset=utf-8"}))


def html_called_json() -> Behaviour:
    """A web page under the content type of FHIR."""
    return lambda exchange: exchange.send(Reply(200, b"<html>", {"Content-Type": FHIR_JSON}))


def content_type(kind: str = "application/octet-stream") -> Behaviour:
    """The honest bytes under another content type ("" for none)."""

    def behave(exchange: Exchange) -> None:
        reply = exchange.answer()
        reply.headers = {"Content-Type": kind} if kind else {}
        exchange.send(reply)

    return behave


def body(data: bytes) -> Behaviour:
    """These bytes as FHIR JSON."""
    return lambda exchange: exchange.send(Reply(200, data, {"Content-Type": FHIR_JSON}))


def resource(value: dict[str, Any]) -> Behaviour:
    """This resource, whoever asks."""
    return body(json.dumps(value).encode())


def truncated_json() -> Behaviour:
    """Half of the honest JSON, called complete."""

    def behave(exchange: Exchange) -> None:
        reply = exchange.answer()
        exchange.send(Reply(200, reply.body[: len(reply.body) // 2], {"Content-Type": FHIR_JSON}))

    return behave


def gzip_bomb(megabytes: int = 64) -> Behaviour:
    """A small compressed answer that becomes a large one."""
    data = gzip.compress(b'{"resourceType":"Bundle","x":"' + b"a" * (megabytes * 1024 * 1024), 9)
    headers = {"Content-Type": FHIR_JSON, "Content-Encoding": "gzip"}
    return lambda exchange: exchange.send(Reply(200, data, headers))


def encoding(name: str) -> Behaviour:
    """A content encoding that nobody asked for."""

    def behave(exchange: Exchange) -> None:
        reply = exchange.answer()
        reply.headers["Content-Encoding"] = name
        exchange.send(reply)

    return behave


def broken_gzip() -> Behaviour:
    """Half of a gzip stream."""

    def behave(exchange: Exchange) -> None:
        data = gzip.compress(exchange.answer().body)
        headers = {"Content-Type": FHIR_JSON, "Content-Encoding": "gzip"}
        exchange.send(Reply(200, data[: len(data) // 2], headers))

    return behave


def deep_nesting(levels: int = 5000) -> Behaviour:
    """JSON nested ``levels`` deep."""
    return body(b'{"resourceType":"Bundle","entry":' + b"[" * levels + b"]" * levels + b"}")


def giant_page(megabytes: int = 32) -> Behaviour:
    """An answer of that size, without compression."""
    return lambda exchange: _giant(exchange, megabytes)


def redirect(to: str, code: int = 302) -> Behaviour:
    """A redirect."""
    return lambda exchange: exchange.send(Reply(code, b"", {"Location": to}))


def bundle(change: Callable[[dict[str, Any], Exchange], None]) -> Behaviour:
    """The honest Bundle, changed in place by ``change``."""

    def behave(exchange: Exchange) -> None:
        reply = exchange.answer()
        value = reply.json
        change(value, exchange)
        exchange.send(Reply.of(value, status=reply.status))

    return behave


def next_link(url: str) -> Behaviour:
    """A ``next`` that leads to ``url`` ("{base}" and "{path}" are filled in)."""

    def change(value: dict[str, Any], exchange: Exchange) -> None:
        target = url.replace("{base}", exchange.base).replace("{path}", exchange.path)
        value["link"] = [{"relation": "next", "url": target}]

    return bundle(change)


def next_loop() -> Behaviour:
    """Every page's ``next`` is itself."""
    return next_link("{base}{path}")


def endless_pages() -> Behaviour:
    """Always another address as ``next``, always with something new on the page."""

    def change(value: dict[str, Any], exchange: Exchange) -> None:
        number = int(exchange.param("endless") or 0)
        for entry in value.get("entry", []):
            entry["resource"]["id"] = f"{entry['resource']['id']}-{number}"
        path = exchange.path_only
        value["link"] = [
            {"relation": "next", "url": f"{exchange.base}{path}?patient=maria&endless={number + 1}"},
        ]

    return bundle(change)


def empty_with_next(pages: int = 1) -> Behaviour:
    """Empty pages with a ``next`` before the honest answer; as many as ``pages``."""

    def behave(exchange: Exchange) -> None:
        number = int(exchange.param("empty") or 0)
        if number >= pages:
            exchange.send(exchange.answer())
            return
        separator = "&" if "?" in exchange.path else "?"
        address = exchange.path.partition(f"{separator}empty=")[0]
        following = f"{exchange.base}{address}{separator}empty={number + 1}"
        links = [{"relation": "next", "url": following}]
        exchange.send(Reply.of({"resourceType": "Bundle", "type": "searchset", "link": links}))

    return behave


def without_total() -> Behaviour:
    """A Bundle that does not say how many there are."""
    return bundle(lambda value, _exchange: value.pop("total", None))


def wrong_total(total: Any = 99) -> Behaviour:
    """A Bundle that counts wrongly."""
    return bundle(lambda value, _exchange: value.update(total=total))


def duplicate_ids() -> Behaviour:
    """Every entry twice."""
    return bundle(lambda value, _exchange: value["entry"].extend(json.loads(json.dumps(value["entry"]))))


def other_person(patient: str = "james", *, count: int = 6) -> Behaviour:
    """The honest answer, and ``count`` copies of its last entry that belong to somebody else: more than a slip."""

    def change(value: dict[str, Any], _exchange: Exchange) -> None:
        for number in range(count if value.get("entry") else 0):
            stray = deepcopy(value["entry"][-1])
            stray["resource"]["id"] = f"stray-{number}"
            for field in ("patient", "subject", "beneficiary", "for"):
                if field in stray["resource"]:
                    stray["resource"][field] = {"reference": f"Patient/{patient}"}
            value["entry"].append(stray)

    return bundle(change)


def entered_in_error() -> Behaviour:
    """All entries are marked as entered in error."""

    def change(value: dict[str, Any], _exchange: Exchange) -> None:
        coding = [{"system": "http://terminology.hl7.org/CodeSystem/condition-ver-status", "code": "entered-in-error"}]
        for entry in value.get("entry", []):
            if entry["resource"]["resourceType"] in ("Condition", "AllergyIntolerance"):
                entry["resource"]["verificationStatus"] = {"coding": coding}
            else:
                entry["resource"]["status"] = "entered-in-error"

    return bundle(change)


def category_required(param: str = "category") -> Behaviour:
    """400 with an OperationOutcome of code ``required`` unless the search names a category, or another ``param``."""

    def behave(exchange: Exchange) -> None:
        honest = exchange.param(param)
        exchange.send(exchange.answer() if honest else Reply.outcome(400, "required"))

    return behave


def asks_for(param: str, code: int, *, issue: str = "processing", text: str = "") -> Behaviour:
    """This status and words about ``param`` unless the search has it; whatever value it has then is ignored."""
    words = text or f"Search must be narrowed: parameter '{param}' is required"

    def behave(exchange: Exchange) -> None:
        if exchange.param(param):
            first = exchange.param(param) in _FIRST.get(param, ())
            empty = {"resourceType": "Bundle", "type": "searchset"}
            exchange.query.pop(param)
            exchange.send(exchange.answer() if first else Reply.of(empty))
            return
        problem = {"severity": "error", "code": issue, "details": {"text": words}}
        exchange.send(Reply.of({"resourceType": "OperationOutcome", "issue": [problem]}, status=code))

    return behave


_FIRST = {
    "date": ("ge1900-01-01",),
    "code": ("http://loinc.org|",),
    "status": ("active", "final", "completed", "current", "finished"),
    "category": ("laboratory", "problem-list-item", "LAB"),
    "intent": ("order",),
}


def warns(code: str = "suppressed", severity: str = "warning") -> Behaviour:
    """An OperationOutcome entry beside the honest ones."""

    def change(value: dict[str, Any], _exchange: Exchange) -> None:
        outcome = {"resourceType": "OperationOutcome", "issue": [{"severity": severity, "code": code}]}
        value.setdefault("entry", []).append({"resource": outcome, "search": {"mode": "outcome"}})

    return bundle(change)


def _hang(exchange: Exchange) -> None:
    exchange.wait(600)
    exchange.hang_up()


def _giant(exchange: Exchange, megabytes: int) -> None:
    exchange.raw(_head(200, FHIR_JSON, length=megabytes * 1024 * 1024))
    piece = b" " * 65536
    for _ in range(megabytes * 16):
        exchange.raw(piece)


def _head(code: int, kind: str, *, length: int) -> bytes:
    return f"HTTP/1.1 {code} OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode()
