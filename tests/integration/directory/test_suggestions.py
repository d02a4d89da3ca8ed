"""Suggestions: each with its reason; the person's answers; what others may see. And reports of what is missing."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from portal.directory.suggestions import compute
from portal.domain.errors import InvalidInputError
from portal.domain.links import LinkPolicy, LinkState, Tier
from portal.refresh.imports import import_files
from portal.store import Database
from portal.store.directory import missing_reports, organizations
from portal.store.directory.organizations import Organization
from portal.store.links import links
from portal.store.people import people
from portal.store.provider import clients, grants
from portal.store.schema import links as schema
from portal.store.schema.directory import suggestion

_HOME = "Cooper Regional Health"


def _chart(database: Database, folder: Path, *visits: tuple[str, str]) -> str:
    """A home chart with visits at these organizations; gives the person's id."""
    patient = {
        "resourceType": "Patient",
        "id": "p1",
        "name": [{"family": "Rivera", "given": ["Ana"]}],
        "birthDate": "1980-03-04",
        "address": [{"postalCode": "08103"}],
    }
    made: list[dict[str, Any]] = [
        {
            "resourceType": "Encounter",
            "id": f"v{number}",
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "subject": {"reference": "Patient/p1"},
            "period": {"start": day, "end": day},
            "serviceProvider": {"display": name},
        }
        for number, (name, day) in enumerate(visits)
    ]
    path = folder / "chart.json"
    entries = [{"resource": resource} for resource in (patient, *made)]
    path.write_text(json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}))
    import_files(database, paths=[path])
    with database.reading() as tx:
        person = people.by_fhir_id(tx, fhir_id="p1")
    assert person is not None
    return person.id


def _add(database: Database, name: str, **fields: Any) -> Organization:
    with database.transaction() as tx:
        base = f"https://{name.lower().replace(' ', '-')}.example/r4"
        return organizations.add(tx, name=name, fhir_base=base, **fields)


def _shown(database: Database, person_id: str, *, confidential: bool = True) -> list[tuple[str, str, str]]:
    with database.reading() as tx:
        found = organizations.suggestions(tx, person_id=person_id, may_see_confidential=confidential)
    return [(one.organization.name, one.reason, one.last_visit) for one in found]


def test_the_chart_names_organizations(database: Database, tmp_path: Path) -> None:
    _add(database, "Riverbend Regional Medical Center")
    _add(database, "Riverbend Dental")
    _add(database, _HOME)
    person_id = _chart(
        database,
        tmp_path,
        ("Riverbend Reg. Med. Ctr.", "2024-02-01"),
        ("Riverbend Regional Medical Center", "2025-03-04"),
        ("Riverbend Dentists", "2025-01-01"),  # similar is not the same
        (_HOME, "2025-05-05"),
    )
    compute(database, person_id=person_id, home_name=_HOME)
    assert _shown(database, person_id) == [("Riverbend Regional Medical Center", "chart", "2025-03-04")]
    compute(database, person_id=person_id, home_name=_HOME)
    assert len(_shown(database, person_id)) == 1


def test_several_of_one_name_are_not_guessed(database: Database, tmp_path: Path) -> None:
    _add(database, "Family Practice", city="Boise", state="ID")
    with database.transaction() as tx:
        organizations.add(tx, name="Family Practice", fhir_base="https://two.example/r4", city="Salem", state="OR")
    person_id = _chart(database, tmp_path, ("Family Practice", "2025-01-01"))
    compute(database, person_id=person_id)
    assert _shown(database, person_id) == []


def test_near_the_persons_home_and_only_where_linking_works(database: Database, tmp_path: Path) -> None:
    near = _add(database, "Near Clinic", latitude=39.95, longitude=-75.1)
    _add(database, "Near But Unknown", latitude=39.95, longitude=-75.1)
    far = _add(database, "Far Clinic", latitude=40.4, longitude=-75.1)
    with database.transaction() as tx:
        for one in (near, far):
            organizations.put_client(tx, organization_id=one.id, client_id="c")
    person_id = _chart(database, tmp_path)
    compute(database, person_id=person_id)
    assert _shown(database, person_id) == [("Near Clinic", "near", "")]


def test_a_portal_that_reads_our_record_is_suggested_back(database: Database, tmp_path: Path) -> None:
    other = _add(database, "Riverbend Health")
    person_id = _chart(database, tmp_path)
    with database.transaction() as tx:
        client = clients.OAuthClient(client_id="rb", name="Riverbend", portal_fhir_base=other.fhir_base or "")
        clients.add_client(tx, client=client)
        grants.add_grant(
            tx, client_id="rb", account_id=None, person_id=person_id, scopes=["patient/*.rs"], lasting=True
        )
    compute(database, person_id=person_id)
    assert _shown(database, person_id) == [("Riverbend Health", "reverse", "")]


def test_a_sensitive_place_is_not_shown_to_who_may_not_know(database: Database, tmp_path: Path) -> None:
    _add(database, "Harmony Behavioral Health")
    person_id = _chart(database, tmp_path, ("Harmony Behavioral Health", "2025-01-01"))
    compute(database, person_id=person_id)
    assert len(_shown(database, person_id)) == 1
    assert _shown(database, person_id, confidential=False) == []


def test_later_hides_for_thirty_days_and_not_me_for_good(database: Database, tmp_path: Path) -> None:
    one, two = _add(database, "Acton Clinic"), _add(database, "Boyle Clinic")
    person_id = _chart(database, tmp_path, ("Acton Clinic", "2025-01-01"), ("Boyle Clinic", "2025-01-02"))
    compute(database, person_id=person_id)
    with database.transaction() as tx:
        organizations.later(tx, person_id=person_id, organization_id=one.id)
        organizations.dismiss(tx, person_id=person_id, organization_id=two.id)
    compute(database, person_id=person_id)
    assert _shown(database, person_id) == []
    with database.transaction() as tx:
        tx.conn.execute(
            update(suggestion).where(suggestion.c.later_until.is_not(None)).values(later_until=tx.now - timedelta(1))
        )
    assert [name for name, _, _ in _shown(database, person_id)] == ["Acton Clinic"]


@pytest.mark.parametrize("how", ["linked", "unlinked", "off"])
def test_what_is_linked_or_switched_off_is_not_suggested(database: Database, tmp_path: Path, how: str) -> None:
    value = _add(database, "Acton Clinic")
    person_id = _chart(database, tmp_path, ("Acton Clinic", "2025-01-01"))
    compute(database, person_id=person_id)
    with database.transaction() as tx:
        if how == "off":
            organizations.set_policy(tx, organization_id=value.id, policy=LinkPolicy.OFF)
        else:
            made = links.add(
                tx,
                person_id=person_id,
                organization_id=value.id,
                state=LinkState.ACTIVE,
                tier=Tier.ACCOUNT,
                created_by="account",
                move="linked",
            )
            if how == "unlinked":
                links.move(tx, made, move="unlinked", to_state=LinkState.UNLINKED)
    assert _shown(database, person_id) == []
    if how == "unlinked":
        with database.transaction() as tx:
            tx.conn.execute(update(schema.link).values(updated_at=tx.now - timedelta(31)))
        assert [name for name, _, _ in _shown(database, person_id)] == ["Acton Clinic"]


def test_living_near_is_no_exchange(database: Database, tmp_path: Path) -> None:
    """Neither one that wants an exchange first, nor one that wants it since it was suggested."""
    wants, changed = (_add(database, name, latitude=39.95, longitude=-75.1) for name in ("Wants It", "Changed"))
    with database.transaction() as tx:
        for one in (wants, changed):
            organizations.put_client(tx, organization_id=one.id, client_id="c")
        organizations.set_policy(tx, organization_id=wants.id, policy=LinkPolicy.EXCHANGE_REQUIRED)
    person_id = _chart(database, tmp_path)
    compute(database, person_id=person_id)
    assert _shown(database, person_id) == [("Changed", "near", "")]
    with database.transaction() as tx:
        organizations.set_policy(tx, organization_id=changed.id, policy=LinkPolicy.EXCHANGE_REQUIRED)
    assert _shown(database, person_id) == []


def test_the_stronger_reason_stays(database: Database, tmp_path: Path) -> None:
    value = _add(database, "Acton Clinic")
    person_id = _chart(database, tmp_path)
    with database.transaction() as tx:
        for reason in ("near", "match", "chart"):
            organizations.suggest(tx, person_id=person_id, organization_id=value.id, reason=reason)
    assert _shown(database, person_id) == [("Acton Clinic", "match", "")]


def test_nobody_gets_nothing(database: Database) -> None:
    assert compute(database, person_id="nobody") == 0


def test_missing_organizations_reach_the_administrators_list(database: Database) -> None:
    with database.transaction() as tx:
        first = missing_reports.report(tx, person_id="p", name="  Quillback   Clinic ", place="Camden")
        assert missing_reports.report(tx, person_id="p", name="quillback clinic", place="Camden") == first
        assert first is not None
        with pytest.raises(InvalidInputError):
            missing_reports.report(tx, person_id="p", name=" ")
        [one] = missing_reports.reports(tx)
        assert (one.name, one.place, one.state) == ("Quillback Clinic", "Camden", missing_reports.ReportState.OPEN)
        missing_reports.close(tx, report_id=first, state=missing_reports.ReportState.DECLINED)
        assert missing_reports.reports(tx) == []
        kept = [missing_reports.report(tx, person_id="p", name=f"Clinic {number}") for number in range(25)]
    assert kept.count(None) == 5
