"""Importing published lists: messy, twice, over an operator's entries, with links, broken. On both databases."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from portal.directory import search
from portal.directory.importing import ListReport, import_file
from portal.domain.errors import InvalidInputError
from portal.domain.links import LinkPolicy, LinkState, Tier
from portal.domain.people import HumanName, Person
from portal.store import Database
from portal.store.directory import entries, match_partners, organizations
from portal.store.links import links
from portal.store.people import people
from tests.shared_data import only_shared, shared

Import = Callable[..., ListReport]

_TABLES = [f"organization{part}" for part in ("", "_name", "_endpoint", "_source")] + ["search_name", "search_word"]


@pytest.fixture
def imported(database: Database, tmp_path: Path) -> Import:
    """Import rows of a vendor's list, or a bundle's resources, under one name."""

    def run(*rows: dict[str, Any], source: str = "list") -> ListReport:
        path = tmp_path / f"{source}.json"
        if rows and "resourceType" in rows[0]:
            path.write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": row} for row in rows]}))
        else:
            path.write_text(json.dumps({"Endpoints": list(rows)}))
        return import_file(database, path)

    return run


def _row(name: str, url: str, *, postal: str = "", npi: str = "") -> dict[str, str]:
    return {"URL": url, "OrganizationName": name, "NPIID": npi, "OrganizationZipCode": postal}


def _content(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """Everything of the directory, but when it was written."""
    with database.reading() as tx:
        rows = {table: tx.conn.execute(text(f"SELECT * FROM {table}")).mappings().all() for table in _TABLES}  # noqa: S608
    hidden = {"updated_at", "created_at", "first_seen_at", "id"}
    return {
        table: sorted(
            tuple(str(row[key]) for key in row if key not in hidden or table == "organization") for row in found
        )
        for table, found in rows.items()
    }


def _names(database: Database, typed: str) -> list[str]:
    with database.reading() as tx:
        return [match.name for match in search(tx, text=typed)]


def test_one_organization_under_several_addresses_and_spellings(database: Database, imported: Import) -> None:
    report = imported(
        _row("Salem Regional Medical Center", "https://api.salem.example/r4/", postal="44460"),
        _row("SALEM REG MED CTR", "http://API.salem.example:80/r4", postal="44460-1234"),
        _row("Salem Regional Medical Center", "https://api.salem.example/dstu2"),
        _row("", "https://api.salem.example/r4"),
    )
    assert (report.read, report.organizations, report.merged, report.refused) == (4, 1, 3, {})
    with database.reading() as tx:
        [found] = search(tx, text="salem")
        # The one to use is R4, whatever the order.
        assert found.organization.fhir_base == "https://api.salem.example/r4"
        assert (found.city, found.state) == ("Salem", "OH")


def test_many_brands_on_one_server_stay_apart(database: Database, imported: Import) -> None:
    report = imported(
        *(_row(f"{place} Pediatrics", "https://many.example/fhir/r4") for place in ("Acton", "Boyle", "Cary"))
    )
    assert report.added == 3
    assert _names(database, "boyle pediatrics") == ["Boyle Pediatrics"]


def test_what_is_refused_says_why(imported: Import) -> None:
    report = imported(
        _row("", "https://nobody.example/r4"),
        _row("Test Clinic", "https://t.example/r4"),
        _row("Inside", "https://10.0.0.1/r4"),
        _row("Nowhere", "api/x/R4"),
        _row("Old Version", "https://old.example/api/FHIR/DSTU2"),
    )
    assert report.refused == {
        "bad-endpoint": 1,
        "no-name": 1,
        "not-r4": 1,
        "private-endpoint": 1,
        "test-entry": 1,
    }
    assert report.added == 0


def test_an_import_leaves_postgresql_knowing_how_much_there_is(database: Database, imported: Import) -> None:
    """Else it asks the filled tables as it asked the empty ones: line by line."""
    imported(_row("Riverbend", "https://fhir.riverbend.example"))
    if database.is_sqlite:
        return
    with database.reading() as tx:
        counted = text("SELECT relname FROM pg_class WHERE relname = ANY(:names) AND reltuples > 0")
        analysed = set(tx.conn.execute(counted, {"names": _TABLES}).scalars())
    assert analysed >= {"organization", "organization_source", "organization_endpoint", "search_name", "search_word"}


def test_a_second_import_changes_nothing(database: Database, imported: Import) -> None:
    rows = [_row("Acton Clinic", "https://a.example/r4"), _row("Boyle Clinic DBA The Boyle", "https://b.example/r4")]
    imported(*rows)
    before = _content(database)
    again = imported(*reversed(rows))
    assert (again.added, again.changed, again.unchanged, again.left) == (0, 0, 2, 0)
    assert _content(database) == before


def test_a_changed_entry_changes_its_organization_and_keeps_its_id(database: Database, imported: Import) -> None:
    imported({"resourceType": "Endpoint", "id": "e", "address": "https://a.example/r4", "name": "Acton Clinic"})
    with database.reading() as tx:
        [before] = search(tx, text="acton")
    report = imported(
        {"resourceType": "Endpoint", "id": "e", "address": "https://a.example/r4", "name": "Bolton Clinic"}
    )
    assert report.changed == 1
    assert _names(database, "acton") == []
    with database.reading() as tx:
        [after] = search(tx, text="bolton")
    assert after.id == before.id


def test_an_operators_entry_is_never_overwritten(database: Database, imported: Import) -> None:
    with database.transaction() as tx:
        mine = organizations.add(tx, name="Acton Clinic", fhir_base="https://a.example/r4", phone="555", city="Right")
    imported(_row("ACTON CLINIC, LLC", "https://a.example/r4", postal="44460"))
    with database.reading() as tx:
        assert organizations.by_id(tx, organization_id=mine.id) == mine
        assert organizations.count(tx) == 1
        said = entries.entries_of(tx, organization_ids=[mine.id])
    assert [entry.source for entry in said[mine.id]] == ["list.json"]
    imported()
    with database.reading() as tx:
        assert organizations.by_id(tx, organization_id=mine.id) == mine


def test_a_policy_switched_by_the_administrator_survives(database: Database, imported: Import) -> None:
    imported(_row("Acton Clinic", "https://a.example/r4"))
    with database.transaction() as tx:
        [found] = search(tx, text="acton")
        organizations.set_policy(tx, organization_id=found.id, policy=LinkPolicy.OFF)
    imported(_row("Acton Clinic", "https://a.example/r4", postal="44460"))
    with database.reading() as tx:
        [found] = search(tx, text="acton")
    assert (found.policy, found.city) == (LinkPolicy.OFF, "Salem")


def test_what_left_its_list_is_kept_while_somebody_is_linked(database: Database, imported: Import) -> None:
    imported(_row("Acton Clinic", "https://a.example/r4"), _row("Boyle Clinic", "https://b.example/r4"))
    with database.transaction() as tx:
        [acton] = search(tx, text="acton")
        [boyle] = search(tx, text="boyle")
        demographics = Person(names=(HumanName(family="Rivera"),))
        person_id = people.put_home_patient(tx, fhir_id="p", demographics=demographics)
        links.add(
            tx,
            person_id=person_id,
            organization_id=acton.id,
            state=LinkState.ACTIVE,
            tier=Tier.ACCOUNT,
            created_by="account",
            move="linked",
        )
    report = imported(_row("Cary Clinic", "https://c.example/r4"))
    assert (report.left, report.forgotten, report.kept_for_links) == (2, 1, 1)
    with database.reading() as tx:
        kept = organizations.by_id(tx, organization_id=acton.id)
        assert kept is not None
        assert kept.retired_at is not None
        assert organizations.by_id(tx, organization_id=boyle.id) is None
    assert _names(database, "acton") == _names(database, "boyle") == []
    imported(_row("Acton Clinic", "https://a.example/r4"), _row("Cary Clinic", "https://c.example/r4"))
    with database.reading() as tx:
        [back] = search(tx, text="acton")
    assert back.id == acton.id


def test_two_sources_name_one_organization_and_one_may_leave(database: Database, imported: Import) -> None:
    imported(_row("Acton Clinic", "https://a.example/r4"), source="one")
    imported(_row("Acton Clinic, Inc.", "https://a.example/r4", postal="44460"), source="two")
    with database.reading() as tx:
        assert organizations.count(tx) == 1
    imported(source="one")
    assert _names(database, "acton clinic") != []


def test_merged_ids_stay_resolvable(database: Database) -> None:
    with database.transaction() as tx:
        one = organizations.add(tx, name="Acton Clinic", fhir_base="https://a.example/r4")
        two = organizations.add(tx, name="Acton Family Clinic", fhir_base="https://b.example/r4")
        organizations.put_client(
            tx,
            organization_id=two.id,
            client_id="c",
            auth_method="client_secret_basic",
            secret="sealed",
            partner=True,
        )
        assert entries.move(tx, old_id=two.id, organization_id=one.id)
    with database.reading() as tx:
        assert organizations.by_id(tx, organization_id=two.id) == organizations.by_id(tx, organization_id=one.id)
        client = organizations.client_of(tx, organization_id=one.id)
        assert match_partners.partner_names(tx) == ("Acton Clinic",)
    assert client is not None
    assert client.secret == "sealed"


@pytest.mark.parametrize(
    ("name", "content", "where"),
    [
        ("a.ndjson", '{"URL": "https://a.example/r4", "OrganizationName": "Acton"}\n{"URL": ', "line 2"),
        ("b.json", '{"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Endpoint"}}, 7]}', "entry[1]"),
        ("c.json", '{"resourceType": "Bundle", "entry": [', "truncated"),
        ("d.json", '{"hello": 1}', "neither"),
        ("e.json", '[{"URL": "https://a.example/r4"}, {}]', "entry 2"),
    ],
)
def test_a_broken_file_changes_nothing_and_says_where(
    database: Database, tmp_path: Path, name: str, content: str, where: str
) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(InvalidInputError) as broken:
        import_file(database, path)
    assert where in broken.value.hint
    assert name in broken.value.hint
    with database.reading() as tx:
        assert organizations.count(tx) == 0


def test_bundles_of_brands_go_in_whole(database: Database) -> None:
    for path in sorted(shared("directories", "brands").glob("*.json")):
        report = import_file(database, path)
        assert report.refused == {}
        assert report.added == report.read > 0


def test_the_brands_examples_of_smart_app_launch(database: Database) -> None:
    for path in sorted(only_shared("directories", "brands").glob("*.json")):
        import_file(database, path)
    with database.reading() as tx:
        found = search(tx, text="goodhealth madison")
        assert {match.name for match in found[:2]} == {
            "ExampleHealth Community Hospital",
            "ExampleHealth Physicians of Madison",
        }
        assert {match.owner for match in found[:2]} == {"ExampleHealth"}
        assert {match.organization.fhir_base for match in found[:2]} == {"https://ehr.example.com/ProdFHIR/api/FHIR/R4"}
        [insurer, *_] = search(tx, text="umbrella insurance")
        assert (insurer.name, insurer.kind, insurer.matched.kind) == ("Brand1", "insurer", "alias")
        [child, *_] = search(tx, text="examplehospital pediatric portal")
        assert child.owner == "ExampleHospital"
        # A place other than the first address.
        assert search(tx, text="examplehealth dubuque")[0].name == "ExampleHealth"


def test_a_portal_may_name_the_period_of_an_alias(database: Database, imported: Import) -> None:
    imported(
        {
            "resourceType": "Organization",
            "id": "o",
            "name": "Old Mill Family Practice",
            "alias": ["Mill Street Clinic"],
            "_alias": [{"extension": [{"url": "alias-period", "valuePeriod": {"start": "1998", "end": "2021-05-01"}}]}],
            "contained": [{"resourceType": "Endpoint", "id": "e", "address": "https://mill.example/r4"}],
            "endpoint": [{"reference": "#e"}],
        }
    )
    with database.reading() as tx:
        [found] = search(tx, text="mill street")
    assert (found.name, found.matched.name, found.matched.kind) == (
        "Old Mill Family Practice",
        "Mill Street Clinic",
        "former",
    )
    assert found.matched.until == "2021-05-01"
    assert found.organization.former_names[0].since == "1998"


def test_a_vendors_list(database: Database) -> None:
    path = shared("directories", "lantern", "EpicEndpointSourcesR4.json")
    report = import_file(database, path)
    assert report.read == len(json.loads(path.read_text())["entry"])
    assert report.added + report.merged + sum(report.refused.values()) == report.read
    again = import_file(database, path)
    assert (again.added, again.changed, again.left) == (0, 0, 0)


def test_the_epic_list(database: Database) -> None:
    report = import_file(database, only_shared("directories", "lantern", "EpicEndpointSourcesR4.json"))
    assert report.read == 265
    assert _names(database, "kaiser georgia")[0] == "Kaiser Permanente – Georgia"
