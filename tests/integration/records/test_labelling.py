"""What comes from one source is confidential at once, before anything of it is read again."""

from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.refresh.renormalise import renew_person
from portal.store import Database
from portal.store.records import renewals, rows
from portal.store.records.fhir_search import Criteria, search
from portal.store.records.labelling import label_confidential
from tests.factories.fhir import SNOMED, condition
from tests.factories.sights import OPEN, WHOLE
from tests.integration.records.helpers import make_person


def test_it_is_gone_for_a_limited_reader_in_rows_counts_and_searches(database: Database) -> None:
    """A row that home tells of, too, is kept back as a whole until both are read again by the rules that hold."""
    person_id = make_person(database)
    asthma = condition("c1", "Asthma", (SNOMED, "195967001"))
    gout = condition("c2", "Gout", (SNOMED, "90560007"))
    ingest(database, person_id=person_id, source="home", resources=[asthma])
    ingest(database, person_id=person_id, source="link", resources=[asthma, gout])

    def seen(source: str | None = None) -> list[tuple[str, ...]]:
        with database.reading() as tx:
            page = rows.page(tx, person_id=person_id, sight=OPEN, section=Section.HEALTH_ISSUES, source=source)
        assert page.total == len(page.rows)
        return sorted(row.sources for row in page.rows)

    assert seen() == [("home", "link"), ("link",)]
    with database.transaction() as tx:
        assert label_confidential(tx, person_id=person_id, source="link")
        assert not label_confidential(tx, person_id=person_id, source="other")
    assert (seen(), seen("link"), seen("home")) == ([], [], [])
    with database.reading() as tx:
        criteria = Criteria(person_id, "Condition", source="link", open_only=True)
        assert not search(tx, criteria=criteria).resources
        assert len(rows.page(tx, person_id=person_id, sight=WHOLE, section=Section.HEALTH_ISSUES).rows) == 2
    with database.transaction() as tx:
        renewals.add_person(tx, person_id=person_id)
    renew_person(database, person_id=person_id)
    assert seen() == [("home", "link"), ("link",)], "no rule of an organization says that it is confidential"


def test_what_is_said_of_something_is_as_confidential_as_it_is_now(database: Database) -> None:
    """A limited reader's search meets neither, so that not even its work tells of them."""
    person_id = make_person(database)
    subject = {"reference": "Patient/p1"}
    device = {"resourceType": "Device", "id": "d1", "patient": subject, "type": {"text": "Lens"}}
    use = {"resourceType": "DeviceUseStatement", "id": "u1", "subject": subject, "device": {"reference": "Device/d1"}}
    source = {"resourceType": "Provenance", "id": "s1", "target": [{"reference": "Device/d1"}]}
    label = {"security": [{"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}]}

    def met() -> list[str]:
        with database.reading() as tx:
            kinds = ("Device", "DeviceUseStatement", "Provenance")
            return [kind for kind in kinds if search(tx, criteria=Criteria(person_id, kind, open_only=True)).resources]

    ingest(database, person_id=person_id, source="home", resources=[device, use, source])
    assert met() == ["Device", "DeviceUseStatement", "Provenance"]
    ingest(database, person_id=person_id, source="home", resources=[{**device, "meta": label}])
    assert met() == []
    ingest(database, person_id=person_id, source="home", resources=[device])
    assert met() == ["Device", "DeviceUseStatement", "Provenance"]
    ingest(
        database, person_id=person_id, source="home", resources=[{**device, "meta": label}, {**use, "status": "active"}]
    )
    assert met() == []
