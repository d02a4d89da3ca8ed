"""The administrator's directory over HTTP: who gets there, correct, switch, merge, reports; an audit line each."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.directory.importing import import_file
from portal.domain.links import LinkPolicy, LinkState, OrganizationKind, Tier
from portal.domain.people import GrantLevel, Role
from portal.services import Services
from portal.store.directory import missing_reports, organizations
from portal.store.links import links
from portal.store.schema.audit import audit_event
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.web.html import check_page, get, parse

BASE = "https://fhir.quillback.example/r4"


@pytest.fixture
def boss(client: FlaskClient, world: World) -> FlaskClient:
    browser = client.application.test_client()
    sign_in(browser, world.staff("boss", Role.ADMIN))
    return browser


def _token(browser: FlaskClient, address: str) -> str:
    field = parse(get(browser, address).get_data(as_text=True)).find(".//main//input[@name='csrf_token']")
    assert field is not None
    value: str = field.get("value")
    return value


def _post(browser: FlaskClient, page: str, address: str, status: int = 303, /, **fields: str) -> str:
    answer = browser.post(address, data={"csrf_token": _token(browser, page), **fields})
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.headers["Location"] if status == 303 else answer.get_data(as_text=True)


def _noted(services: Services) -> list[dict[str, str]]:
    """The details of the audit lines about the directory, oldest first."""
    query = select(audit_event).where(audit_event.c.action == "directory-change").order_by(audit_event.c.seq)
    with services.db.reading() as tx:
        return [
            tx.unseal(row.detail, dict[str, str], row=f"audit_event.detail:{row.seal_id}")
            for row in tx.conn.execute(query)
        ]


def _list(tmp_path: Path, *names: str) -> Path:
    rows = ",".join(
        f'{{"URL": "{BASE}/{n}", "OrganizationName": "{n}", "NPIID": "", "OrganizationZipCode": ""}}' for n in names
    )
    path = tmp_path / "vendor.json"
    path.write_text(f'{{"Endpoints": [{rows}]}}')
    return path


def _add(services: Services, name: str, **fields: object) -> str:
    with services.db.transaction() as tx:
        return organizations.add(tx, name=name, **{"fhir_base": BASE, **fields}).id  # type: ignore[arg-type]


def _link(services: Services, user: TestUser, organization_id: str) -> str:
    assert user.person_id
    with services.db.transaction() as tx:
        made = links.add(
            tx,
            person_id=user.person_id,
            organization_id=organization_id,
            state=LinkState.ACTIVE,
            tier=Tier.ACCOUNT,
            created_by="account",
            move="link",
        )
    return made.id


def _form(**changes: str) -> dict[str, str]:
    return {"name": "Quillback Clinic", "kind": "provider"} | changes


def test_only_an_administrator_gets_there(client: FlaskClient, world: World) -> None:
    entry = _add(world.services, "Quillback Clinic")
    pages = ["", "/", f"/{entry}", f"/{entry}/merge"]
    addresses = [f"/admin/directory{page}".rstrip("/") for page in pages] + ["/admin/missing", "/admin/imports"]
    patient, desk = client, client.application.test_client()
    sign_in(patient, world.patient())
    sign_in(desk, world.staff("desk", Role.STAFF))
    token = _token(patient, "/settings")
    for address in addresses:
        assert client.application.test_client().get(address).status_code == 303
        assert patient.get(address).status_code == 404
        assert desk.get(address).status_code == 404
    for address in (f"/admin/directory/{entry}", f"/admin/directory/{entry}/policy", f"/admin/directory/{entry}/merge"):
        answer = patient.post(address, data={"csrf_token": token, "policy": "off", **_form(name="Mine now")})
        assert answer.status_code == 404
    with world.services.db.reading() as tx:
        kept = organizations.by_id(tx, organization_id=entry)
    assert kept
    assert (kept.name, kept.policy) == ("Quillback Clinic", LinkPolicy.OPEN)
    assert _noted(world.services) == []


def test_the_list_goes_on_page_by_page_and_misses_none(boss: FlaskClient, services: Services) -> None:
    names = {f"Clinic {number:03}" for number in range(120)}
    for name in sorted(names):
        _add(services, name, fhir_base=None)
    _add(services, "Clinic 007", fhir_base=None)  # of the same name as another
    seen: list[str] = []
    address: str | None = "/admin/directory"
    while address:
        tree = check_page(get(boss, address))
        seen += [link.text for link in tree.findall(".//main//h2/a")]
        following = tree.find(".//a[@rel='next']")
        address = following.get("href") if following is not None else None
    assert len(seen) == 121
    assert set(seen) == names
    assert seen == sorted(seen)
    found = get(boss, "/admin/directory?q=clinic+042").get_data(as_text=True)
    assert "Clinic 042" in found
    assert "No entry" in get(boss, "/admin/directory?policy=off").get_data(as_text=True)


def test_a_correction_is_kept_found_noted_and_outlives_the_next_import(
    boss: FlaskClient, services: Services, tmp_path: Path
) -> None:
    import_file(services.db, _list(tmp_path, "Quilback", "Fernhill Hospital"), source="vendor")
    page = get(boss, "/admin/directory?q=quilback")
    address = check_page(page).find(".//main//h2/a").get("href")
    check_page(get(boss, address))
    changes = _form(
        kind="laboratory",
        aliases="QB\nQuillback at the river\n\nQB",
        former_names="Perch Clinic",
        line="1 River Road",
        postal_code="08102",
        phone="(856) 555-0111",
        portal_url="https://my.quillback.example",
    )
    assert _post(boss, address, address, **changes) == address
    again = import_file(services.db, _list(tmp_path, "Quilback", "Fernhill Hospital", "Newcomer"), source="vendor")
    assert again.added == 1
    with services.db.reading() as tx:
        entry = organizations.by_id(tx, organization_id=address.rsplit("/", 1)[1])
    assert entry
    assert (entry.name, entry.kind, entry.phone) == ("Quillback Clinic", OrganizationKind.LABORATORY, "(856) 555-0111")
    assert (entry.city, entry.state, entry.postal_code) == ("Camden", "NJ", "08102")
    assert entry.aliases == ("QB", "Quillback at the river")
    assert [former.name for former in entry.former_names] == ["Perch Clinic"]
    assert entry.fhir_base == f"{BASE}/Quilback"
    assert "Quillback Clinic" in get(boss, "/admin/directory?q=perch").get_data(as_text=True)
    assert _noted(services) == [{"organization": entry.id, "what": "corrected"}]


@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"portal_url": "javascript:alert(1)"}, {"kind": "ministry"}, {"aliases": "x" * 301}]
)
def test_what_is_wrong_is_said_and_changes_nothing(
    boss: FlaskClient, services: Services, wrong: dict[str, str]
) -> None:
    address = f"/admin/directory/{_add(services, 'Quillback Clinic')}"
    page = _post(boss, address, address, 422, **_form(**wrong))
    assert "There is a problem" in page
    assert _noted(services) == []


def test_switched_off_a_link_shows_it_and_switched_on_is_to_be_verified(
    boss: FlaskClient, services: Services, world: World
) -> None:
    organization = _add(services, "Quillback Clinic")
    link = _link(services, world.patient(), organization)
    page = f"/admin/directory/{organization}"

    def state() -> LinkState:
        with services.db.reading() as tx:
            found = links.by_id(tx, link_id=link)
        assert found
        return found.state

    _post(boss, page, f"{page}/policy", policy="exchange-required")
    assert state() is LinkState.ACTIVE
    _post(boss, page, f"{page}/policy", policy="off")
    assert state() is LinkState.UNAVAILABLE
    _post(boss, page, f"{page}/policy", policy="open")
    assert state() is LinkState.NEEDS_VERIFICATION
    assert [one["policy"] for one in _noted(services)] == ["exchange-required", "off", "open"]
    _post(boss, page, f"{page}/policy", 400, policy="sometimes")


def test_two_entries_become_one_and_stay_one(
    boss: FlaskClient, services: Services, world: World, tmp_path: Path
) -> None:
    import_file(services.db, _list(tmp_path, "Fernhill", "Fern Hill Hospital"), source="vendor")
    with services.db.reading() as tx:
        old = organizations.by_fhir_base(tx, fhir_base=f"{BASE}/Fernhill")
        kept = organizations.by_fhir_base(tx, fhir_base=f"{BASE}/Fern Hill Hospital")
    assert old
    assert kept
    page = f"/admin/directory/{old.id}/merge"
    assert "No other entry" not in get(boss, page).get_data(as_text=True), "nobody has searched yet"
    assert "No other entry" in get(boss, f"{page}?q=zzqx").get_data(as_text=True)
    assert "Fern Hill Hospital" in get(boss, f"{page}?q=fern+hill").get_data(as_text=True)
    assert _post(boss, f"{page}?q=fern+hill", page, into=kept.id) == f"/admin/directory/{kept.id}"
    assert get(boss, f"/admin/directory/{old.id}", status=303).headers["Location"] == f"/admin/directory/{kept.id}"
    tree = check_page(get(boss, f"/admin/directory/{kept.id}"))
    assert old.id in "".join(tree.find(".//main").itertext())
    again = import_file(services.db, _list(tmp_path, "Fernhill", "Fern Hill Hospital"), source="vendor")
    assert (again.added, again.left) == (0, 0)
    with services.db.reading() as tx:
        merged = organizations.by_id(tx, organization_id=old.id)
        assert organizations.count(tx) == 1
    assert merged
    assert (merged.id, merged.name, merged.aliases) == (kept.id, "Fern Hill Hospital", ("Fernhill",))
    assert _noted(services) == [{"organization": kept.id, "what": "merged", "old": old.id}]


def test_what_must_not_be_merged(boss: FlaskClient, services: Services, world: World) -> None:
    """Nothing is half merged: a patient with both, tokens of another server, an entry with itself."""
    one, same, other = (
        _add(services, "One"),
        _add(services, "One again"),
        _add(services, "One too", fhir_base=f"{BASE}/other"),
    )
    ana, ben = world.patient(), world.patient("ben", BEN)
    for user, organization in ((ana, one), (ana, same), (ben, other)):
        _link(services, user, organization)
    page = f"/admin/directory/{one}/merge?q=one"
    assert "linked to both" in _post(boss, page, f"/admin/directory/{one}/merge", 409, into=same)
    assert "its own server" in _post(boss, page, f"/admin/directory/{one}/merge", 409, into=other)
    assert "with itself" in _post(boss, page, f"/admin/directory/{one}/merge", 409, into=one)
    _post(boss, page, f"/admin/directory/{one}/merge", 404, into="a" * 20)
    with services.db.reading() as tx:
        assert organizations.count(tx) == 3
        untouched = organizations.by_id(tx, organization_id=same)
    assert untouched
    assert untouched.aliases == ()
    assert _noted(services) == []


def test_an_owner_goes_into_its_own_clinic(boss: FlaskClient, services: Services) -> None:
    owner = _add(services, "Fernhill Health")
    clinic = _add(services, "Fernhill Clinic", fhir_base=None, owner_id=owner)
    page = f"/admin/directory/{clinic}"
    _post(boss, f"{page}/merge?q=fernhill", f"{page}/merge", into=owner)
    with services.db.reading() as tx:
        merged = organizations.by_id(tx, organization_id=clinic)
    assert merged
    assert (merged.id, merged.fhir_base, merged.owner_id) == (owner, BASE, None)


def test_the_import_report_says_what_was_refused_and_why(boss: FlaskClient, services: Services, tmp_path: Path) -> None:
    assert "No list was added yet" in get(boss, "/admin/imports").get_data(as_text=True)
    import_file(services.db, _list(tmp_path, "Fernhill", "Sandbox Test"), source="vendor")
    tree = check_page(get(boss, "/admin/imports"))
    said = " ".join("".join(tree.find(".//main").itertext()).split())
    assert "Entries read 2" in said
    assert "1: a vendor’s own test system" in said


def test_a_patient_tells_and_an_administrator_answers(
    client: FlaskClient, boss: FlaskClient, services: Services, world: World
) -> None:
    ana = world.patient()
    sign_in(client, ana)
    assert "/links/missing?name=perch" in get(client, "/links/search?q=perch").get_data(as_text=True)
    form = check_page(get(client, "/links/missing?name=perch")).find(".//main//input[@id='name']")
    assert form.get("value") == "perch"
    assert "Enter its name." in _post(client, "/links/missing", "/links/missing", 422, name=" ")
    _post(client, "/links/missing", "/links/missing", name="Perch <b>Clinic", place="Camden", note="was Quillback")
    page = get(boss, "/admin/missing")
    said = "".join(check_page(page).find(".//main").itertext())
    assert "Perch <b>Clinic" in said
    assert ana.person_id
    assert ana.person_id not in page.get_data(as_text=True)
    with services.db.reading() as tx:
        [report] = missing_reports.reports(tx)
    perch = _add(services, "Perch Clinic")
    address = f"/admin/missing/{report.id}"
    _post(boss, "/admin/missing", address, 400, state="added", organization="nobody")
    _post(boss, "/admin/missing", address, state="added", organization=perch)
    assert "Nothing waits for an answer" in get(boss, "/admin/missing").get_data(as_text=True)
    with services.db.reading() as tx:
        [closed] = missing_reports.reports(tx, state=missing_reports.ReportState.ADDED)
    assert closed.organization_id == perch
    assert _noted(services) == [{"what": "missing-answered", "report": report.id, "state": "added"}]

    told = get(client, "/links/missing").get_data(as_text=True)
    assert "It can be found now" in told
    assert perch in told
    suggested = get(client, "/links").get_data(as_text=True)
    assert "You told us that it was missing. It can be linked now." in suggested


def test_what_somebody_looked_for_is_not_shown_to_who_may_not_see_what_is_confidential(
    client: FlaskClient, boss: FlaskClient, services: Services, world: World
) -> None:
    ana = world.patient()
    sign_in(client, ana)
    _post(client, "/links/missing", "/links/missing", name="Perch Clinic")
    _post(client, "/links/missing", "/links/missing", name="Quillback House")
    with services.db.reading() as tx:
        reports = {report.name: report.id for report in missing_reports.reports(tx)}
    _post(
        boss,
        "/admin/missing",
        f"/admin/missing/{reports['Perch Clinic']}",
        state="added",
        organization=_add(services, "Perch Clinic"),
    )
    _post(boss, "/admin/missing", f"/admin/missing/{reports['Quillback House']}", state="declined")
    assert "It cannot be linked" in get(client, "/links/missing").get_data(as_text=True)
    other = client.application.test_client()
    ben = world.patient("ben", BEN)
    world.proxy(ben, str(ana.person_id), GrantLevel.NO_CONFIDENTIAL)
    sign_in(other, ben)
    for page in ("/links/missing", "/links"):
        seen = get(other, f"/for/{ana.person_id}{page}").get_data(as_text=True)
        assert "Perch" not in seen
        assert "Quillback" not in seen
