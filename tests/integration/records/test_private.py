"""What a person keeps private is grouped apart: for others its rows, marks and counts are not there."""

from portal.domain.entry import Status
from portal.domain.ids import HOME
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.records import privacy, resources, rows
from portal.store.records.grouping import regroup_all, regroup_pending
from portal.store.records.privacy import PrivateChoice
from portal.store.records.rows import RowPage
from tests.factories.fhir import RXNORM, medication
from tests.factories.sights import OPEN, WHOLE
from tests.integration.records.helpers import make_person

LISINOPRIL_10, LISINOPRIL_20 = (RXNORM, "314076"), (RXNORM, "314077")
MEDICATIONS = Section.MEDICATIONS


def _page(database: Database, person_id: str, *, whole: bool) -> RowPage:
    with database.reading() as tx:
        return rows.page(tx, person_id=person_id, section=MEDICATIONS, sight=WHOLE if whole else OPEN)


def _keep(database: Database, person_id: str, *chosen: PrivateChoice, private: bool = True) -> None:
    with database.transaction() as tx:
        for section in privacy.put(tx, person_id=person_id, chosen=chosen, private=private):
            regroup_pending(tx, person_id=person_id, section=section)


def _ten(database: Database, person_id: str) -> str:
    return next(
        row.primary_id for row in _page(database, person_id, whole=True).rows if "10" in row.primary.entry.title
    )


def test_the_other_strength_is_not_marked_by_it(database: Database) -> None:
    person_id = make_person(database)
    ingest(
        database,
        person_id=person_id,
        source=HOME,
        resources=[medication("m20", "lisinopril 20 MG Oral Tablet", LISINOPRIL_20)],
    )
    alone = _page(database, person_id, whole=False)
    ten = medication("m10", "lisinopril 10 MG Oral Tablet", LISINOPRIL_10)
    ingest(database, person_id=person_id, source="link", resources=[ten])
    assert any(row.marks for row in _page(database, person_id, whole=False).rows), "else it would prove nothing"
    choice = PrivateChoice(MEDICATIONS.value, "", _ten(database, person_id))
    _keep(database, person_id, choice)
    assert _page(database, person_id, whole=False) == alone
    assert _page(database, person_id, whole=True).by_status[Status.ACTIVE] == 2
    with database.transaction() as tx:
        assert not regroup_all(tx, person_id=person_id, section=MEDICATIONS), "step by step is the same as at once"
    _keep(database, person_id, choice, private=False)
    assert any(row.marks for row in _page(database, person_id, whole=False).rows)


def test_the_same_thing_from_elsewhere_is_private_too(database: Database) -> None:
    person_id = make_person(database)
    ten = medication("m10", "lisinopril 10 MG Oral Tablet", LISINOPRIL_10)
    ingest(database, person_id=person_id, source=HOME, resources=[ten])
    _keep(database, person_id, PrivateChoice(MEDICATIONS.value, "", _ten(database, person_id)))
    ingest(database, person_id=person_id, source="link", resources=[{**ten, "id": "other"}])
    assert _page(database, person_id, whole=False).rows == ()
    (row,) = _page(database, person_id, whole=True).rows
    assert row.private
    assert row.sources == (HOME, "link")
    with database.reading() as tx:
        stored = resources.read(tx, type="MedicationRequest", fhir_id="m10")
        assert stored is not None
        assert stored.private


def test_what_comes_under_a_private_section_is_never_open(database: Database) -> None:
    person_id = make_person(database)
    _keep(database, person_id, PrivateChoice(MEDICATIONS.value))
    ten = medication("m10", "lisinopril 10 MG Oral Tablet", LISINOPRIL_10)
    ingest(database, person_id=person_id, source=HOME, resources=[ten])
    with database.reading() as tx:
        assert rows.counts(tx, person_id=person_id, sight=OPEN) == {}
        assert rows.counts(tx, person_id=person_id, sight=WHOLE)[MEDICATIONS] == {"": 1, HOME: 1}
