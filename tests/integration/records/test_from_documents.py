"""Coded entries of imported documents fill only what the chart itself has nothing of, and go when it has."""

from pathlib import Path
from typing import Any

import pytest

from portal.domain.entry import Entry
from portal.domain.ids import HOME
from portal.domain.result_timing import ResultTiming, TimingChoices
from portal.domain.sections import Section
from portal.refresh import from_documents, result_timing
from portal.refresh.ingest import ingest
from portal.sharing import privacy
from portal.store import Database
from portal.store.records import fhir_search, holding, rows
from portal.store.records import privacy as stored_privacy
from portal.store.records.fhir_search import Criteria
from portal.store.records.grouping import regroup_pending
from portal.store.records.privacy import PrivateChoice
from tests.factories.fhir import bundle
from tests.factories.sights import OPEN, WHOLE
from tests.integration.records.helpers import dump
from tests.integration.records.test_clinical_files import brought, file, maria
from tests.integration.records.test_imports import person_of, write
from tests.unit.normalise.ccda import coded as c
from tests.unit.normalise.ccda.documents import document

ALLERGIES, MEDICATIONS, PROBLEMS = "48765-2", "10160-0", "11450-4"
LATEX = c.coded("code", "111088007", c.SNOMED, "Latex")
OF_ALL = document(
    c.part(ALLERGIES, c.allergy(c.PENICILLIN)),
    c.part(MEDICATIONS, c.medication(c.LISINOPRIL)),
    c.part(PROBLEMS, c.problem(c.GOUT)),
)


def entries(database: Database, section: Section) -> list[Entry]:
    person_id = person_of(database, "maria")
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, section=section, sight=WHOLE, limit=50)
    return [sourced.entry for row in page.rows for sourced in row.entries]


def titles(database: Database, section: Section) -> list[str]:
    return sorted(entry.title for entry in entries(database, section))


def asthma() -> dict[str, object]:
    return {
        "resourceType": "Condition",
        "id": "own",
        "subject": {"reference": "Patient/maria"},
        "code": {"text": "Asthma"},
    }


def test_entries_where_the_chart_has_none(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria(), asthma()))
    brought(database, tmp_path)
    brought(database, file(tmp_path, OF_ALL))
    assert titles(database, Section.ALLERGIES) == ["Penicillin"]
    assert titles(database, Section.HEALTH_ISSUES) == ["Asthma"], "the chart has its own, the document adds nothing"
    (taken,) = entries(database, Section.MEDICATIONS)
    assert "Lisinopril" in taken.title
    assert "A document that was imported" in str(taken.facts)
    assert titles(database, Section.DOCUMENTS) == ["Continuity of Care Document"]


def test_the_same_again_changes_nothing(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria()))
    file(tmp_path, OF_ALL)
    brought(database, tmp_path)
    before = dump(database)
    brought(database, tmp_path)
    assert dump(database) == before


@pytest.mark.parametrize("way", ["import", "chart"])
def test_what_is_from_a_document_goes_when_a_resource_comes(database: Database, tmp_path: Path, way: str) -> None:
    write(tmp_path, "a.json", bundle(maria()))
    file(tmp_path, OF_ALL)
    brought(database, tmp_path)
    assert titles(database, Section.HEALTH_ISSUES) == ["Gout"]
    if way == "import":
        brought(database, write(tmp_path, "b.json", bundle(maria(), asthma())))
        assert titles(database, Section.HEALTH_ISSUES) == ["Asthma"]
        assert titles(database, Section.ALLERGIES) == ["Penicillin"]
        return
    complete = frozenset({Section.HEALTH_ISSUES})
    ingest(database, person_id=person_of(database, "maria"), source=HOME, resources=[], complete=complete)
    assert titles(database, Section.HEALTH_ISSUES) == ["Gout"], "an empty answer of the chart takes nothing away"


def test_of_each_custodian_the_newest_document_counts(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria()))
    brought(database, tmp_path)
    later = document(c.part(ALLERGIES, c.allergy(LATEX))).replace("doc-1", "doc-2").replace("202404", "202506")
    other = later.replace("doc-2", "doc-3").replace("Dover Health", "Elm Clinic").replace("Latex", "Peanut")
    brought(database, file(tmp_path, later, "later.xml"))
    brought(database, file(tmp_path, OF_ALL, "earlier.xml"))
    assert titles(database, Section.ALLERGIES) == ["Latex"], "also when the earlier one is imported later"
    assert titles(database, Section.MEDICATIONS) == []
    brought(database, file(tmp_path, other, "other.xml"))
    assert titles(database, Section.ALLERGIES) == ["Latex", "Peanut"]


def test_what_is_confidential_stays_so(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria()))
    file(tmp_path, OF_ALL.replace('confidentialityCode code="N"', 'confidentialityCode code="R"'))
    brought(database, tmp_path)
    assert titles(database, Section.ALLERGIES) == ["Penicillin"]
    with database.reading() as tx:
        person_id = person_of(database, "maria")
        page = rows.page(tx, person_id=person_id, section=Section.ALLERGIES, sight=OPEN, limit=50)
    assert page.rows == ()


def test_what_was_read_out_goes_when_its_document_is_made_private(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria()))
    brought(database, tmp_path)
    brought(database, file(tmp_path, OF_ALL))
    person_id = person_of(database, "maria")
    (document_id,) = _documents(database, person_id)
    assert titles(database, Section.ALLERGIES) == ["Penicillin"]
    with database.reading() as tx:
        (home,) = fhir_search.search(tx, criteria=Criteria(person_id, "DocumentReference")).resources
    assert home.id == document_id
    with database.transaction() as tx:
        assert not privacy.take_back(tx, person_id=person_id), "nothing is private yet"
        choice = PrivateChoice(Section.DOCUMENTS, entry_id=document_id)
        for section in stored_privacy.put(tx, person_id=person_id, chosen=[choice], private=True):
            regroup_pending(tx, person_id=person_id, section=section)
        taken = privacy.take_back(tx, person_id=person_id)
    assert taken == {Section.ALLERGIES, Section.MEDICATIONS, Section.HEALTH_ISSUES}
    assert titles(database, Section.ALLERGIES) == []


def keep_documents_private(database: Database, person_id: str) -> None:
    with database.transaction() as tx:
        choice = PrivateChoice(Section.DOCUMENTS)
        for section in stored_privacy.put(tx, person_id=person_id, chosen=[choice], private=True):
            regroup_pending(tx, person_id=person_id, section=section)
        privacy.take_back(tx, person_id=person_id)


def test_a_document_that_becomes_private_while_it_is_read_gives_nothing(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a.json", bundle(maria()))
    brought(database, tmp_path)
    real = from_documents.ingest

    def late(opened: Database, *, person_id: str, **named: Any) -> object:
        keep_documents_private(database, person_id)
        return real(opened, person_id=person_id, **named)

    monkeypatch.setattr(from_documents, "ingest", late)
    brought(database, file(tmp_path, OF_ALL))
    assert titles(database, Section.DOCUMENTS), "the document itself is there"
    assert titles(database, Section.ALLERGIES) == []


def test_an_earlier_document_does_not_speak_for_one_that_is_private(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria()))
    brought(database, tmp_path)
    person_id = person_of(database, "maria")
    later = document(c.part(ALLERGIES, c.allergy(LATEX))).replace("doc-1", "doc-2").replace("202404", "202506")
    brought(database, file(tmp_path, later, "later.xml"))
    keep_documents_private(database, person_id)
    with database.transaction() as tx:
        all_documents = PrivateChoice(Section.DOCUMENTS)
        (newest,) = _documents(database, person_id)
        stored_privacy.put(tx, person_id=person_id, chosen=[all_documents], private=False)
        only_it = PrivateChoice(Section.DOCUMENTS, entry_id=newest)
        stored_privacy.put(tx, person_id=person_id, chosen=[only_it], private=True)
        regroup_pending(tx, person_id=person_id, section=Section.DOCUMENTS)
    brought(database, file(tmp_path, OF_ALL, "earlier.xml"))
    assert len(titles(database, Section.DOCUMENTS)) == 2
    assert titles(database, Section.ALLERGIES) == []


def test_a_document_that_waits_gives_its_entries_when_it_is_shown(database: Database, tmp_path: Path) -> None:
    write(tmp_path, "a.json", bundle(maria(), asthma()))
    brought(database, tmp_path)
    person_id = person_of(database, "maria")
    with database.transaction() as tx:
        holding.choose(tx, person_id=person_id, chosen=TimingChoices(pathology=ResultTiming.ASKED))
    brought(database, file(tmp_path, OF_ALL.replace('code="34133-9"', 'code="11526-1"', 1)))
    assert not _documents(database, person_id), "it waits"
    assert not titles(database, Section.ALLERGIES), "and says nothing meanwhile"
    with database.reading() as tx:
        ids = [each for held in holding.waiting(tx, person_id=person_id, sight=WHOLE) for each in held.ids]
    result_timing.show(database, person_id=person_id, account_id="own", ids=ids)
    assert titles(database, Section.ALLERGIES) == ["Penicillin"]


def _documents(database: Database, person_id: str) -> list[str]:
    with database.reading() as tx:
        page = rows.page(tx, person_id=person_id, section=Section.DOCUMENTS, sight=WHOLE, limit=50)
    return [row.primary_id for row in page.rows]
