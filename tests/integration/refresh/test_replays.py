"""Published records served in Epic's manner: what was received is what is shown and what is named, to the last one.

Its manner: long ids, small pages whose ``next`` writes the path in other letters, an order that must be asked for by
intent (403 with an OperationOutcome), and an OperationOutcome in every bundle that says something was held back.
"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.normalise import carries_entry
from portal.services import Services
from portal.store.records import left_out, rows
from portal.store.records.rows import RecordRow
from tests.factories.sights import WHOLE
from tests.fakes import FakeOrganization
from tests.fakes.http import Exchange, Reply
from tests.fakes.linked import Linked, link_to
from tests.fakes.organization import SEARCHABLE
from tests.shared_data import ndjson, shared

LONG = "e" + "Ab3-" * 32 + "x"  # 130 letters
BASIC = ("Patient", "Medication", "Practitioner", "PractitionerRole", "Organization", "Location", "Specimen")


def epic() -> list[dict[str, Any]]:
    return _of_maria(list(ndjson("epic-export-sanitized", "resources.ndjson")), "Patient/[MRN-6]")


def us_core() -> list[dict[str, Any]]:
    files = sorted(shared("us-core-9-fixtures").rglob("*.json"))
    contents = [json.loads(file.read_text()) for file in files]
    return _of_maria(contents, "urn:uuid:00000000-b4ea-4d01-9871-000000000001")


def _of_maria(contents: list[dict[str, Any]], patient: str) -> list[dict[str, Any]]:
    """Return the resources with an id, about the patient of the link, whose own resource is written here."""
    text = json.dumps([one for one in contents if one.get("id")]).replace(patient, "Patient/maria")
    kept = [one for one in json.loads(text) if one.get("resourceType") in (*SEARCHABLE, *BASIC)]
    name = [{"family": "Rivera", "given": ["Ana"]}]
    maria = {"resourceType": "Patient", "id": "maria", "name": name, "birthDate": "1980-03-04"}
    return [*(one for one in kept if one["resourceType"] != "Patient"), maria]


def condition(fhir_id: str) -> dict[str, Any]:
    of = {"reference": "Patient/maria"}
    return {"resourceType": "Condition", "id": fhir_id, "subject": of, "code": {"text": "Gout"}}


def in_epics_manner(exchange: Exchange) -> None:
    """Answer like a server of Epic's."""
    for written in ("/FHIR/", "/Fhir/"):
        exchange.path_only = exchange.path_only.replace(written, "/fhir/", 1)
    if exchange.path_only == "/fhir/MedicationRequest" and not exchange.param("intent"):
        issue = {"severity": "error", "code": "required", "diagnostics": "The parameter intent is required"}
        exchange.send(Reply.of({"resourceType": "OperationOutcome", "issue": [issue]}, status=403))
        return
    reply = exchange.answer()
    if reply.status == 200 and reply.json.get("resourceType") == "Bundle":
        bundle = reply.json
        if exchange.path_only == "/fhir/Condition":
            issue = {"severity": "warning", "code": "suppressed", "diagnostics": "Some were left out"}
            outcome = {"resourceType": "OperationOutcome", "issue": [issue]}
            bundle["entry"].append({"resource": outcome, "search": {"mode": "outcome"}})
        for link in bundle.get("link", ()):
            link["url"] = link["url"].replace("/fhir/", "/FHIR/")
        reply = Reply.of(bundle)
    exchange.send(reply)


@pytest.fixture(params=[epic, us_core], ids=["epic", "us-core-9"])
def org(request: pytest.FixtureRequest) -> Iterator[FakeOrganization]:
    resources = [*request.param(), condition(LONG)]
    with FakeOrganization(resources=resources, page_size=20) as organization:
        organization.misbehave("*", in_epics_manner)
        yield organization


def received(org: FakeOrganization) -> Counter[str]:
    """How many items of each type are about the patient; what was entered in error is in no list (requirement B10)."""
    return Counter(
        kind
        for (kind, _id), resource in org.record.items()
        if carries_entry(kind) and "Patient/maria" in json.dumps(resource) and "entered-in-error" not in str(resource)
    )


def shown(linked: Linked) -> Counter[str]:
    """How many items of each type stand in the rows of this link, with those that a row only counts."""
    kinds: Counter[str] = Counter()
    with linked.services.db.reading() as tx:
        for section in Section:
            listed: list[RecordRow] = []
            after: str | None = ""
            while after is not None:
                page = rows.page(
                    tx, person_id=linked.person_id, sight=WHOLE, section=section, limit=200, after=after or None
                )
                listed += page.rows
                after = page.next
            for row in listed:
                whole = rows.by_entry(
                    tx, person_id=linked.person_id, section=section, entry_id=row.primary_id, sight=WHOLE
                )
                assert whole is not None
                kinds.update(sourced.entry.reference.partition("/")[0] for sourced in whole.entries)
    return kinds


def named(linked: Linked) -> Counter[str]:
    """How many items of each type are counted as not shown, where a reader looks."""
    with linked.services.db.reading() as tx:
        groups = left_out.counts(tx, person_id=linked.person_id, sight=WHOLE)
    return sum((group.types for group in groups), Counter())


def test_received_is_shown_and_named(services: Services, org: FakeOrganization) -> None:
    linked = link_to(services, org)
    linked.refresh()
    assert shown(linked) + named(linked) == received(org)
    assert linked.stored("Condition", LONG) is not None
    assert "Gout" in linked.titles(Section.HEALTH_ISSUES)
    assert linked.said(Section.MEDICATIONS)[0] is Outcome.DONE, "asked for again, by intent"
    outcome, reason = linked.said(Section.HEALTH_ISSUES)
    assert (outcome, reason) != (Outcome.DONE, None), "something was held back there, and that is said"


def test_a_second_time_nothing_is_lost_or_doubled(services: Services, org: FakeOrganization) -> None:
    linked = link_to(services, org)
    linked.refresh()
    before = shown(linked)
    linked.refresh()
    assert shown(linked) == before
