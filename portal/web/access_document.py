"""``docs/access.md``: who may do what, and what every address asks for. ``portal access`` prints it."""

from flask import Flask

from portal.access import table
from portal.endpoints import Access, Kind, access_of

_KINDS = {
    Kind.PUBLIC: "anybody",
    Kind.SIGNED_IN: "any account, about itself",
    Kind.OAUTH: "a token or a client's own proof",
}


def routes(app: Flask) -> dict[str, list[str]]:
    """Return every address of the portal by what it asks for; ``/for/<person>`` is the same again for somebody else."""
    by_need: dict[str, list[str]] = {}
    for rule in app.url_map.iter_rules():
        access = access_of(app, rule.endpoint)
        if not rule.rule.startswith("/for/"):
            methods = ", ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
            by_need.setdefault(_need(access), []).append(f"{methods} `{rule.rule}`")
    return {need: sorted(by_need[need]) for need in sorted(by_need)}


def _need(access: Access | None) -> str:
    if access is None:
        return "nobody"
    return str(access.permission) if access.permission else _KINDS[access.kind]


def as_markdown(app: Flask) -> str:
    """Return the whole page."""
    columns = table.columns()
    lines = [f"| {permission} | " + " | ".join(cells) + " |" for permission, cells in table.rows()]
    addresses = [f"- **{need}**: {'; '.join(rules)}" for need, rules in routes(app).items()]
    return "\n".join(
        [
            "# Who may do what",
            "",
            "Made from `portal/access` and the decorators of `portal/endpoints.py` by",
            "`portal access > docs/access.md`; a test compares. An empty cell is a no, and the page",
            "answers as if it did not exist.",
            "",
            "Staff see nobody's record. The front desk meets a person only in an assist that the person agreed to;",
            "nobody assists themselves or a person they act for. The care team and the records office see what one",
            "message or one request names. A duty says which pages are there, not whose.",
            "",
            "Apps and partners read this organization's own record. What linked organizations sent goes to the person,",
            "and to an app of theirs that they let have just that, in the summary (see provider.md).",
            "",
            f"| permission | {' | '.join(columns)} |",
            f"|{'---|' * (len(columns) + 1)}",
            *lines,
            "",
            "## What every address asks for",
            "",
            *addresses,
            "",
        ]
    )
