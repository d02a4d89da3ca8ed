"""What is logged stands in docs/logs.md, and no field of it is one that could name a person."""

from tests.conformance.logs import ROOT, as_markdown, lines

FIELDS = {
    # codes and words of our own
    *("code", "error", "kind", "outcome", "reason", "verdict", "why", "what", "where", "action", "actor", "section"),
    *("sections", "place", "problem", "name", "job", "program", "status", "method", "file"),
    # ids
    *("organization", "link", "entry", "segment", "instance", "endpoint", "source"),
    # another organization's server, without path and query
    *("issuer", "host"),
    # numbers
    *("asked", "failed", "granted", "items", "line", "ms", "named", "number", "patients", "requested", "tries", "used"),
}
"""Fields that hold ids, codes and numbers. A new one is looked at, and added here."""


def test_every_line_is_in_the_document() -> None:
    assert len(list(lines())) > 40
    assert as_markdown() == (ROOT / "docs/logs.md").read_text()


def test_no_field_can_name_a_person() -> None:
    used = {field for line in lines() for field in line.fields}
    assert used - {"…"} == FIELDS
    unknown = {(line.event, field) for line in lines() for field in line.fields if field not in FIELDS}
    assert unknown == {("retention.applied", "…")}, "rows by table"
