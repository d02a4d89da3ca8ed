"""docs/logs.md: every line that the program writes into its log, read out of the code.

``python -m tests.conformance.logs > docs/logs.md``.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
_HEAD = """# What is logged, and where

Made from the code by `python -m tests.conformance.logs > docs/logs.md`; a test compares, and holds the fields to ids
and words of our own.

Every process writes its log to standard error, a line of JSON for each event (`portal/logs.py`); systemd keeps it in
the journal, of which it is decided there how long and who reads it. Each line has a time in UTC, a level and, within a
request, its `request_id`. No line holds a name, an address, a token, an address's query or anything clinical: what
libraries log is reduced to the kind of error. `request` is one line for each answer. Who looked at whose record is not
here but in the audit trail ([audit.md](audit.md)). The web server in front writes no access log (`deploy/nginx`).

| event | level | fields | written in |
|---|---|---|---|
"""


@dataclass(frozen=True, slots=True, order=True)
class Line:
    event: str
    level: str
    fields: tuple[str, ...]
    path: str


def lines() -> Iterator[Line]:
    """Yield every call of a logger with the name of an event."""
    for folder in ("portal", "jobs"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args):
                    continue
                named = ast.unparse(node.func.value).rpartition(".")[2] in {"_log", "log", "logger"}
                event = node.args[0]
                if named and node.func.attr in _LEVELS and isinstance(event, ast.Constant):
                    fields = tuple(sorted(each.arg or "…" for each in node.keywords))
                    yield Line(str(event.value), node.func.attr, fields, str(path.relative_to(ROOT)))


def as_markdown() -> str:
    places: dict[tuple[str, str, tuple[str, ...]], list[str]] = defaultdict(list)
    for line in lines():
        places[line.event, line.level, line.fields].append(line.path)
    rows = (
        f"| `{event}` | {level} | {', '.join(fields)} | {', '.join(f'`{path}`' for path in dict.fromkeys(paths))} |\n"
        for (event, level, fields), paths in sorted(places.items())
    )
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    print(as_markdown(), end="")
