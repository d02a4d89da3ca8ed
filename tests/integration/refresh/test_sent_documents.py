"""A linked organization's clinical documents fill the sections of which it gives no resources, and say so."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

import pytest

from portal.domain.entry import Entry
from portal.domain.links import Outcome
from portal.domain.result_timing import ResultTiming, TimingChoices
from portal.domain.sections import Section
from portal.refresh import sent_documents
from portal.services import Services
from portal.sharing import privacy
from portal.store.records import holding, resources, rows
from portal.store.records.privacy import PrivateChoice
from tests.factories.sights import OPEN, WHOLE
from tests.fakes import FakeOrganization, data
from tests.fakes.linked import Linked, link_to
from tests.unit.normalise.ccda import coded as c
from tests.unit.normalise.ccda.documents import document

ALLERGIES, MEDICATIONS, PROBLEMS, RESULTS = "48765-2", "10160-0", "11450-4", "30954-2"
NAMED = {"given": "Ana", "family": "Rivera", "born": "19800304"}
OF_ALL = document(
    c.part(ALLERGIES, c.allergy(c.PENICILLIN)),
    c.part(MEDICATIONS, c.medication(c.LISINOPRIL)),
    c.part(PROBLEMS, c.problem(c.GOUT)),
    **NAMED,
)


@pytest.fixture
def linked(services: Services) -> Iterator[Linked]:
    maria = data.patient("maria", "Rivera", ["Ana"], "1980-03-04", "female")
    with FakeOrganization(resources=[maria]) as organization:
        yield link_to(services, organization)


def reference(text: str, *, by_address: bool = False, kind: str = "application/xml") -> list[dict[str, Any]]:
    """Return a DocumentReference that holds a document, or one and the Binary that it refers to."""
    inside = b64encode(text.encode()).decode()
    attachment = {"contentType": kind} | ({"url": "Binary/ccd"} if by_address else {"data": inside})
    binary = {"resourceType": "Binary", "id": "ccd", "contentType": kind, "data": inside}
    whose = {"subject": {"reference": "Patient/maria"}, "status": "current", "date": "2026-04-01T10:00:00Z"}
    held = {"resourceType": "DocumentReference", "id": "ccd", **whose, "content": [{"attachment": attachment}]}
    return [held, *([binary] if by_address else [])]


def bring(linked: Linked, *more: dict[str, Any]) -> None:
    for each in more:
        linked.org.add(each)
    linked.refresh()


def entries(linked: Linked, section: Section) -> list[Entry]:
    with linked.services.db.reading() as tx:
        page = rows.page(tx, person_id=linked.person_id, section=section, sight=WHOLE, limit=50)
    return [sourced.entry for row in page.rows for sourced in row.entries]


@pytest.mark.parametrize("by_address", [False, True], ids=["inside", "by address"])
def test_sections_without_resources_are_filled_and_stay(linked: Linked, by_address: bool) -> None:
    own = data.condition("own", "maria", "195967001", "Asthma")
    bring(linked, own, *reference(OF_ALL, by_address=by_address))
    assert linked.titles(Section.ALLERGIES) == ["Penicillin"]
    assert linked.titles(Section.HEALTH_ISSUES) == ["Asthma"], "it has its own, the document adds nothing"
    (taken,) = entries(linked, Section.MEDICATIONS)
    assert "Lisinopril" in taken.title
    assert "A document of this organization" in str(taken.facts)
    before, fetched = linked.shown(), len(linked.org.calls("/fhir/Binary/ccd"))
    bring(linked)
    assert linked.shown() == before, "an empty answer of a section takes nothing away that a document says"
    assert len(linked.org.calls("/fhir/Binary/ccd")) == fetched == int(by_address), "a version is fetched once"
    assert linked.said(Section.ALLERGIES)[0] is Outcome.DONE


def test_what_is_from_a_document_goes_when_a_resource_comes(linked: Linked) -> None:
    bring(linked, *reference(OF_ALL))
    assert linked.titles(Section.HEALTH_ISSUES) == ["Gout"]
    bring(linked, data.condition("own", "maria", "195967001", "Asthma"))
    assert linked.titles(Section.HEALTH_ISSUES) == ["Asthma"]
    assert linked.titles(Section.ALLERGIES) == ["Penicillin"]
    linked.org.remove("DocumentReference", "ccd")
    bring(linked)
    assert linked.titles(Section.ALLERGIES) == []


def test_a_new_version_of_a_document_replaces_the_earlier(linked: Linked) -> None:
    bring(linked, *reference(OF_ALL))
    bring(linked, *reference(OF_ALL.replace("Penicillin", "Amoxicillin")))
    assert linked.titles(Section.ALLERGIES) == ["Amoxicillin"]


@pytest.mark.parametrize(
    "text",
    [
        document(c.part(ALLERGIES, c.allergy(c.PENICILLIN)), given="Bruno", family="Okafor", born="19560101"),
        OF_ALL.replace("<ClinicalDocument", "<!DOCTYPE x><ClinicalDocument"),
        "<html><body>Penicillin</body></html>",
        OF_ALL[: len(OF_ALL) // 2],
    ],
    ids=["another person's", "doctype", "a page", "cut off"],
)
def test_what_is_no_document_of_this_person_gives_nothing(linked: Linked, text: str) -> None:
    bring(linked, *reference(text))
    assert linked.titles(Section.ALLERGIES) == []
    assert len(linked.titles(Section.DOCUMENTS)) == 1


def test_nothing_is_left_after_unlinking(linked: Linked) -> None:
    bring(linked, *reference(OF_ALL))
    with linked.services.db.transaction() as tx:
        resources.remove_source(tx, source=linked.link_id)
    with linked.services.db.reading() as tx:
        assert not any(source == linked.link_id for _, source in resources.counts(tx, person_id=linked.person_id))


def test_a_document_that_calls_itself_restricted_labels_its_entries(linked: Linked) -> None:
    restricted = OF_ALL.replace('<confidentialityCode code="N"', '<confidentialityCode code="R"')
    assert restricted != OF_ALL
    bring(linked, *reference(restricted))
    assert linked.titles(Section.ALLERGIES) == ["Penicillin"]
    with linked.services.db.reading() as tx:
        page = rows.page(tx, person_id=linked.person_id, section=Section.ALLERGIES, sight=OPEN, limit=50)
    assert not page.rows


def document_ids(linked: Linked) -> list[str]:
    with linked.services.db.reading() as tx:
        page = rows.page(tx, person_id=linked.person_id, section=Section.DOCUMENTS, sight=WHOLE, limit=50)
    return [row.primary_id for row in page.rows]


def keep(linked: Linked, *chosen: PrivateChoice, private: bool = True) -> None:
    privacy.keep(linked.services, person_id=linked.person_id, account_id="own", chosen=chosen, private=private)


@pytest.mark.parametrize("by_address", [False, True], ids=["inside", "by address"])
@pytest.mark.parametrize("what", ["the document", "all documents"])
def test_what_is_read_out_of_a_document_goes_when_it_is_made_private(
    linked: Linked, what: str, by_address: bool
) -> None:
    own = data.condition("own", "maria", "195967001", "Asthma")
    bring(linked, own, *reference(OF_ALL, by_address=by_address))
    assert linked.titles(Section.ALLERGIES) == ["Penicillin"]
    (document_id,) = document_ids(linked)
    entry_id = document_id if what == "the document" else ""
    keep(linked, PrivateChoice(Section.ALLERGIES, entry_id="another"))
    assert linked.titles(Section.ALLERGIES) == ["Penicillin"], "another choice takes nothing"
    keep(linked, PrivateChoice(Section.DOCUMENTS, entry_id=entry_id))
    assert not linked.titles(Section.ALLERGIES), "at once, not with the next update"
    assert not linked.titles(Section.MEDICATIONS)
    assert linked.titles(Section.HEALTH_ISSUES) == ["Asthma"]
    bring(linked)
    assert not linked.titles(Section.ALLERGIES)
    keep(linked, PrivateChoice(Section.DOCUMENTS, entry_id=entry_id), private=False)
    bring(linked)
    assert linked.titles(Section.ALLERGIES) == ["Penicillin"]


def test_a_document_that_becomes_private_while_it_is_read_gives_nothing(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = sent_documents.ingest

    def late(*args: Any, **named: Any) -> object:
        keep(linked, PrivateChoice(Section.DOCUMENTS))
        return real(*args, **named)

    monkeypatch.setattr(sent_documents, "ingest", late)
    bring(linked, *reference(OF_ALL))
    assert document_ids(linked), "the document itself is there"
    assert not linked.titles(Section.ALLERGIES)


def test_results_of_a_pathologists_document_wait_as_such(linked: Linked) -> None:
    with linked.services.db.transaction() as tx:
        holding.choose(tx, person_id=linked.person_id, chosen=TimingChoices(pathology=ResultTiming.ASKED))
    cells = c.result(c.coded("code", "33717-0", c.LOINC, "Cells"), '<value xsi:type="ST">seen</value>')
    pathology = document(c.part(RESULTS, cells), **NAMED).replace('code="34133-9"', 'code="11526-1"', 1)
    assert "11526-1" in pathology
    plain = document(c.part(RESULTS, cells), **NAMED)
    bring(linked, *reference(plain))
    assert linked.titles(Section.TEST_RESULTS) == ["Cells"], "of a document of another kind"
    linked.org.remove("DocumentReference", "ccd")
    bring(linked)
    bring(linked, *reference(pathology))
    with linked.services.db.reading() as tx:
        page = rows.page(tx, person_id=linked.person_id, section=Section.TEST_RESULTS, sight=OPEN, limit=50)
    assert not page.rows
