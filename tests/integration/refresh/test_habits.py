"""Habits of servers that have no name of their own: page sizes, addresses that differ by case, other servers' ids."""

import pytest

from portal.domain.links import Outcome
from portal.domain.sections import Section
from portal.refresh.renormalise import renormalise
from portal.refresh.run import RefreshVerdict
from portal.services import Services
from portal.store.directory import organizations
from portal.store.records import rows
from tests.factories.sights import WHOLE
from tests.fakes import FakeOrganization
from tests.fakes import misbehaviour as m
from tests.fakes.http import Exchange, Reply
from tests.fakes.linked import Linked, link_to
from tests.fakes.misbehaviour import Behaviour


def pages_of_at_most(limit: int, *, status: int = 400) -> Behaviour:
    """Refuse larger pages; 0: refuse to be told a size at all."""

    def behave(exchange: Exchange) -> None:
        count = exchange.param("_count")
        refused = count and int(count) > limit
        exchange.send(Reply.outcome(status, "invalid") if refused else exchange.answer())

    return behave


@pytest.mark.parametrize(("limit", "status"), [(100, 400), (50, 422), (10, 400), (0, 400)])
def test_a_page_size_that_is_refused_is_lowered(
    services: Services, org: FakeOrganization, limit: int, status: int
) -> None:
    whole = link_to(services, org)
    whole.refresh()
    org.misbehave("*", pages_of_at_most(limit, status=status))
    linked = link_to(services, org)
    asked = len(org.calls())
    assert linked.refresh().verdict is RefreshVerdict.GOOD
    assert linked.complaints() == {}
    assert linked.shown() == whole.shown()
    refused = [call for call in org.calls()[asked:] if int(call.query.get("_count", ["0"])[0]) > max(limit, 0)]
    assert len(refused) <= 2 * linked.limits.parallel, "what was understood once is used from then on"


def test_a_page_size_and_a_category_are_both_learned(services: Services, org: FakeOrganization) -> None:
    def behave(exchange: Exchange) -> None:
        if int(exchange.param("_count") or 0) > 100 or not exchange.param("category"):
            exchange.send(Reply.outcome(400, "invalid"))
        else:
            exchange.send(exchange.answer())

    org.misbehave("/fhir/Observation", behave)
    linked = link_to(services, org)
    linked.refresh()
    assert linked.titles(Section.VITAL_SIGNS) == ["Heart rate"]


def visits(linked: Linked) -> str:
    """What is known of the visits, in one text."""
    with linked.services.db.reading() as tx:
        page = rows.page(tx, person_id=linked.person_id, sight=WHOLE, section=Section.VISITS, limit=50)
    return str([sourced.entry for row in page.rows for sourced in row.entries])


@pytest.mark.parametrize(
    ("reference", "is_own"),
    [
        ("Practitioner/ortiz", True),
        ("{base}/Practitioner/ortiz", True),
        ("{base}/Practitioner/ortiz/_history/4", True),
        ("https://elsewhere.example/fhir/Practitioner/ortiz", False),
    ],
)
def test_what_another_server_has_is_not_what_has_its_id_at_this_one(
    linked: Linked, org: FakeOrganization, reference: str, is_own: bool
) -> None:
    visit = org.record["Encounter", "maria-e1"]
    individual = {"reference": reference.replace("{base}", org.fhir_base)}
    org.add(visit | {"participant": [{"individual": individual}]})
    linked.refresh()
    assert linked.stored("Practitioner", "ortiz") is not None, "others name her as one of this server"
    assert ("Ortiz" in visits(linked)) is is_own
    renormalise(linked.services.db)
    assert ("Ortiz" in visits(linked)) is is_own


def test_a_server_that_names_itself_otherwise_still_has_its_names(linked: Linked, org: FakeOrganization) -> None:
    """Although nothing but the visit names her: what sections say of the same people comes in any order."""
    inner = "http://fhir-internal.example:8080/fhir"
    org.add(org.record["Practitioner", "ortiz"] | {"id": "only-here", "name": [{"text": "Dr. Lena Quist"}]})
    visit = org.record["Encounter", "maria-e1"] | {
        "subject": {"reference": f"{inner}/Patient/maria"},
        "participant": [{"individual": {"reference": f"{inner}/Practitioner/only-here"}}],
    }

    def change(value: dict[str, object], _exchange: Exchange) -> None:
        value["entry"] = [{"fullUrl": f"{inner}/Encounter/maria-e1", "resource": visit}]

    org.misbehave("/fhir/Encounter", m.bundle(change))
    linked.refresh()
    assert "Quist" in visits(linked)
    renormalise(linked.services.db)
    assert "Quist" in visits(linked)


@pytest.fixture(params=[False, True], ids=["alone", "beside another"])
def is_beside(request: pytest.FixtureRequest, services: Services, org: FakeOrganization) -> bool:
    """Whether another organization is listed on the same server, at an address that differs by case alone."""
    if request.param:
        with services.db.transaction() as tx:
            organizations.add(tx, name="Another practice", fhir_base=f"{org.url}/FHIR/")
    return bool(request.param)


def test_a_page_at_an_address_in_other_case(linked: Linked, org: FakeOrganization, is_beside: bool) -> None:
    """It is the same server's, unless another organization is there: then no token goes there."""
    org.misbehave("/fhir/Condition", m.next_link("{base}/FHIR/Condition?page=2"))
    org.misbehave("/FHIR/Condition", m.resource({"resourceType": "Bundle", "type": "searchset"}))
    linked.refresh()
    if is_beside:
        assert linked.said(Section.HEALTH_ISSUES) == (Outcome.PARTLY, "outside-base")
    else:
        assert linked.said(Section.HEALTH_ISSUES) == (Outcome.DONE, None)
    assert bool(org.calls("/FHIR/Condition")) is not is_beside


def test_a_patient_at_an_address_in_other_case(linked: Linked, org: FakeOrganization, is_beside: bool) -> None:
    gout = org.record["Condition", "maria-c1"] | {"subject": {"reference": f"{org.url}/FHIR/Patient/maria"}}
    org.misbehave("/fhir/Condition", m.bundle(lambda value, _exchange: value.update(entry=[{"resource": gout}])))
    linked.refresh()
    assert bool(linked.titles(Section.HEALTH_ISSUES)) is not is_beside
    assert linked.said(Section.HEALTH_ISSUES)[0] is (Outcome.PARTLY if is_beside else Outcome.DONE)
