"""The whole way: find, sign in there, verify, refresh, unlink, link again."""

from portal.domain.links import LinkState
from portal.store.links import tokens
from portal.store.records import resources
from tests.factories.fhir import condition
from tests.integration.linking.conftest import Journey, query


def test_the_way_there_asks_as_smart_says(journey: Journey) -> None:
    asked = query(journey.start())
    assert asked["aud"] == journey.org.fhir_base
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 22
    assert {"launch/patient", "offline_access", "patient/Patient.rs", "patient/Condition.rs"} <= set(
        asked["scope"].split()
    )


def test_link_verify_refresh_unlink_and_link_again(journey: Journey) -> None:
    link_id = journey.link(work=False)
    assert "Getting your records" in journey.page(f"/links/{link_id}")
    journey.work()
    link = journey.stored(link_id)
    assert link.state is LinkState.ACTIVE
    assert link.lasting
    page = journey.page(f"/links/{link_id}")
    assert 'data-outcome="done"' in page
    with journey.services.db.reading() as tx:
        assert resources.counts(tx, person_id=journey.person_id)

    assert "Unlink Riverbend Regional?" in journey.page(f"/links/{link_id}/unlink")
    answer = journey.post(f"/links/{link_id}/unlink")
    assert answer.status_code == 303
    with journey.services.db.reading() as tx:
        assert not resources.counts(tx, person_id=journey.person_id)
        assert tokens.tokens_of(tx, link_id=link_id) is None
    assert journey.stored(link_id).state is LinkState.UNLINKED
    journey.work()
    assert len(journey.org.calls("/oauth/revoke")) == 1
    assert journey.post(f"/links/{link_id}/unlink").status_code == 303
    assert "Link again" in journey.page("/links")

    again = journey.link()
    assert again != link_id
    assert journey.stored(again).state is LinkState.ACTIVE


def test_another_person_is_refused_and_nothing_is_kept(journey: Journey) -> None:
    link_id = journey.link("james")
    link = journey.stored(link_id)
    assert (link.state, link.reason, link.live) == (LinkState.REFUSED, "different-person", False)
    with journey.services.db.reading() as tx:
        assert tokens.tokens_of(tx, link_id=link_id) is None
        assert not resources.counts(tx, person_id=journey.person_id)
    assert len(journey.org.calls("/oauth/revoke")) == 1
    assert not journey.org.calls("/fhir/Condition")
    assert "belongs to somebody else" in journey.page(f"/links/{link_id}")


def test_search_and_page_before_linking(journey: Journey) -> None:
    assert "Riverbend Regional" in journey.page("/links/search?q=riverb")
    part = journey.client.get("/links/search?q=riverb", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert " ".join(part.split()).startswith('<div id="results"')
    assert "Nothing found" in journey.page("/links/search?q=zzzzqqq")
    assert "Sign in at Riverbend Regional" in journey.page(f"/links/new/{journey.organization_id}")


def test_long_ids_are_taken_as_they_are(journey: Journey) -> None:
    """Some servers give ids of more than FHIR's 64 characters, to patients as well."""
    maria, result = "p-" + "x9" * 33 + "Z", "e" + "x9A" * 22 + "QQ"
    journey.org.add(journey.org.record["Patient", "maria"] | {"id": maria})
    journey.org.add(condition(result, "Gout of the left knee", patient=maria))
    link_id = journey.link(maria)
    assert journey.stored(link_id).state is LinkState.ACTIVE
    assert "Gout of the left knee" in journey.page("/health/health-issues")
    assert 'data-outcome="done"' in journey.page(f"/links/{link_id}")
