"""What an organization delivers again byte for byte is not decoded, and still counted, guarded, followed and missed."""

from collections import Counter
from datetime import timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.fhir import delivered
from portal.fhir.delivered import Delivered
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store import Database
from portal.store.links import tokens as link_tokens
from portal.store.records import resources, writing
from tests.factories.fhir import condition
from tests.fakes import FakeOrganization, data
from tests.fakes.http import Reply
from tests.fakes.linked import Linked, link_to
from tests.integration.records.helpers import dump, make_person


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the resources of searches that are decoded."""
    ids: list[str] = []
    decode = delivered.decode

    def noting(content: bytes, *, depth: int) -> Any:
        body = decode(content, depth=depth)
        ids.append(body.get("id", body["resourceType"]))
        return body

    monkeypatch.setattr(delivered, "decode", noting)
    return ids


def test_what_is_there_is_asked_once_for_each_answer(linked: Linked) -> None:
    """Not once for each section: most of a night's answers bring nothing new."""
    linked.refresh()
    runs: Counter[str] = Counter()

    @event.listens_for(linked.services.db.engine, "before_cursor_execute")
    def _note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if "FROM entry" in statement:
            runs[statement] += 1

    linked.refresh()
    [settled] = [number for statement, number in runs.items() if statement.startswith("SELECT DISTINCT entry.section")]
    assert 5 < settled == max(runs.values()), runs.most_common(3)


def is_marias(resource: dict[str, Any]) -> bool:
    return bool(resource["subject"]["reference"] == "Patient/maria")


def digests(linked: Linked) -> frozenset[str]:
    with linked.services.db.reading() as tx:
        return writing.delivered(tx, person_id=linked.person_id, source=linked.link_id)


def test_only_what_changed_is_decoded(linked: Linked, org: FakeOrganization, decoded: list[str]) -> None:
    linked.refresh()
    shown, counts = linked.shown(), {part.section: part.items for part in linked.latest().sections}
    followed = [len(org.calls(f"/fhir/{kind}")) for kind in ("Practitioner", "Organization", "Medication")]
    assert "maria-c1" in decoded
    decoded.clear()
    linked.refresh()
    assert decoded == []
    assert linked.shown() == shown
    assert {part.section: part.items for part in linked.latest().sections} == counts
    again = [len(org.calls(f"/fhir/{kind}")) for kind in ("Practitioner", "Organization", "Medication")]
    assert again == [2 * number for number in followed]
    org.add(data.condition("maria-c1", "maria", "195967001", "Asthma, corrected"))
    linked.refresh()
    assert decoded == ["maria-c1"]
    assert "Asthma, corrected" in linked.titles(Section.HEALTH_ISSUES)
    org.remove("Condition", "maria-c1")
    linked.refresh()
    assert not any("Asthma" in title for title in linked.titles(Section.HEALTH_ISSUES))


def test_other_stamps_are_noted_and_no_new_version(linked: Linked, org: FakeOrganization, decoded: list[str]) -> None:
    asthma = org.record["Condition", "maria-c1"]
    org.add(asthma | {"meta": {"versionId": "1"}})
    linked.refresh()
    before = linked.stored("Condition", "maria-c1")
    org.add(asthma | {"meta": {"versionId": "2"}})
    decoded.clear()
    linked.refresh()
    linked.refresh()
    after = linked.stored("Condition", "maria-c1")
    assert decoded == ["maria-c1"]
    assert before is not None
    assert after is not None
    assert after.version == before.version


def test_the_guard_stands_before_what_came_before(linked: Linked, org: FakeOrganization, decoded: list[str]) -> None:
    linked.refresh()
    decoded.clear()
    conditions = [resource for (kind, _), resource in org.record.items() if kind == "Condition" and is_marias(resource)]
    bundle = {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in conditions]}
    org.misbehave("/fhir/Condition", lambda exchange: exchange.send(Reply.of(bundle)))
    with linked.services.db.transaction() as tx:
        stored = link_tokens.tokens_of(tx, link_id=linked.link_id)
        assert stored is not None
        tokens = msgspec.structs.replace(stored.tokens, patient="somebody-else")
        link_tokens.put_tokens(tx, link_id=linked.link_id, tokens=tokens, expires_at=tx.now + timedelta(hours=1))
    linked.refresh()
    assert linked.said(Section.HEALTH_ISSUES) == (Outcome.PARTLY, "other-person")
    assert decoded == []


def test_what_is_repaired_is_read_each_time(services: Services, org: FakeOrganization, decoded: list[str]) -> None:
    linked = link_to(services, org, vendor="versioned-references")
    linked.refresh()
    linked.refresh()
    assert decoded == []
    assert not digests(linked)


def test_what_is_not_stored_any_more_is_stored_again(database: Database) -> None:
    person_id = make_person(database)
    whole = condition("c1", "Asthma")
    again = Delivered({"resourceType": "Condition", "id": "c1"}, "digest", msgspec.json.encode(whole))
    report = ingest(database, person_id=person_id, source="link", resources=[again])
    assert report.sections[Section.HEALTH_ISSUES].new == 1
    with database.reading() as tx:
        stored = resources.read(tx, type="Condition", fhir_id="c1", source="link")
    assert stored is not None
    assert stored.body == whole
    before = dump(database)
    report = ingest(database, person_id=person_id, source="link", resources=[again])
    assert report.sections[Section.HEALTH_ISSUES].unchanged == 1
    assert dump(database) == before
    report = ingest(database, person_id=person_id, source="link", resources=[whole | {"recordedDate": "2020"}])
    assert report.sections[Section.HEALTH_ISSUES].changed == 1
    report = ingest(database, person_id=person_id, source="link", resources=[again])
    assert report.sections[Section.HEALTH_ISSUES].changed == 1, "what came in between is not the same"
