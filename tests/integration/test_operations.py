"""The operator's figures, on both databases, and that only administrators see them."""

import pytest
from flask.testing import FlaskClient

from portal.domain.links import LinkState, Outcome, Tier
from portal.domain.people import Role
from portal.domain.sections import Section
from portal.store import Database
from portal.store.directory import organizations
from portal.store.links import links, refresh_report, refreshes
from portal.store.people import people
from tests.factories.world import ANA, World, sign_in


def _linked(database: Database, name: str, *endings: tuple[str, str | None]) -> str:
    with database.transaction() as tx:
        person_id = people.put_home_patient(tx, fhir_id=f"p-{name}", demographics=ANA)
        place = organizations.add(tx, name=name, fhir_base=f"https://{name}.example/fhir")
        link = links.add(
            tx,
            person_id=person_id,
            organization_id=place.id,
            state=LinkState.ACTIVE,
            tier=Tier.ACCOUNT,
            created_by="account",
            move="link",
        )
    link_id = link.id
    for state, reason in endings:
        with database.transaction() as tx:
            refresh_id = refreshes.request(tx, link_id=link_id, cause="asked").refresh_id
            refreshes.start(tx, refresh_id=refresh_id)
            refreshes.finish(tx, refresh_id=refresh_id, state=state, reason=reason)
    return link_id


def test_where_each_section_failed_for_itself_the_reason_of_most_is_the_last_error(database: Database) -> None:
    link_id = _linked(database, "bad", ("failed", "timeout"))
    with database.transaction() as tx:
        refresh_id = refreshes.request(tx, link_id=link_id, cause="asked").refresh_id
        refreshes.start(tx, refresh_id=refresh_id)
        refreshes.plan(tx, refresh_id=refresh_id, sections=list(Section)[:3])
        for section, reason in zip(Section, ("http-500", "tls", "http-500"), strict=False):
            refreshes.end_section(
                tx, refresh_id=refresh_id, link_id=link_id, section=section, outcome=Outcome.FAILED, reason=reason
            )
        refreshes.finish(tx, refresh_id=refresh_id, state="failed")
        (bad,) = refresh_report.organizations(tx)
    assert bad.last_reason == "http-500"


def test_figures_per_organization(database: Database) -> None:
    _linked(database, "good", ("done", None), ("done", None))
    _linked(database, "bad", ("done", None), ("failed", "http-500"))
    _linked(database, "idle")
    with database.reading() as tx:
        found = {one.name: one for one in refresh_report.organizations(tx)}
    assert next(iter(found)) == "bad"
    assert (found["bad"].success_rate, found["bad"].last_reason) == (0.5, "http-500")
    assert found["good"].success_rate == 1
    assert found["good"].seconds == pytest.approx(0, abs=5)
    assert found["idle"].success_rate is None
    assert found["idle"].last_tried_at is None
    assert found["bad"].last_done_at is not None
    assert found["bad"].last_failed_at is not None
    assert found["bad"].last_failed_at >= found["bad"].last_done_at
    assert found["bad"].last_tried_at == found["bad"].last_failed_at
    assert found["good"].last_failed_at is None


def test_only_administrators_see_it(client: FlaskClient, world: World) -> None:
    _linked(world.services.db, "bad", ("failed", "http-500"))
    sign_in(client, world.patient())
    assert client.get("/admin/").status_code == 404
    other = client.application.test_client()
    sign_in(other, world.staff("boss", Role.ADMIN))
    assert other.get("/").headers["Location"] == "/admin/"
    page = other.get("/admin/").get_data(as_text=True)
    assert '<a href="/admin/" aria-current' in " ".join(page.split())
    assert "http-500" in page
    assert "Last success" in page
    assert "bad" in page.partition("http-500")[0].rpartition("<td")[2], "the error is a sentence that names the place"
    assert "0% of 1" in page
