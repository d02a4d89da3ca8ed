"""``portal user``: accounts are listed, shut out and let in; who acts for whom begins and ends at once."""

from pathlib import Path

import pytest
from flask import Flask

from portal.domain.people import Role
from portal.services import Services
from portal.store.people import factors, people
from portal.store.people.factors import Authenticator
from tests.factories.commands import Run, user_command
from tests.factories.world import BEN, World, sign_in


@pytest.fixture
def run(services: Services, monkeypatch: pytest.MonkeyPatch) -> Run:
    return user_command(services.settings, monkeypatch)


def test_a_disabled_account_is_out_at_once_and_may_come_back(app: Flask, world: World, run: Run) -> None:
    user = world.patient()
    browser = app.test_client()
    sign_in(browser, user)
    assert browser.get("/settings").status_code == 200
    assert run("disable", "ana").exit_code == 0
    assert browser.get("/settings").status_code == 303
    assert f"{user.account_id}\tpatient\tdisabled\tana" in run("list").output
    with pytest.raises(AssertionError):  # the form comes again
        sign_in(browser, user)
    assert run("enable", "ana").exit_code == 0
    assert "\tenabled\tana" in run("show", "ana").output
    sign_in(browser, user)
    assert browser.get("/settings").status_code == 200
    assert run("disable", "nobody").exit_code == 1


def test_who_was_disabled_is_still_named_to_whom_they_looked_at(app: Flask, world: World, run: Run) -> None:
    ben, ana = world.patient("ben", BEN), world.patient()
    assert ben.person_id is not None
    assert run("grant", "ana", "--patient", ben.person_id, "--level", "full").exit_code == 0
    browser = app.test_client()
    sign_in(browser, ana)
    assert browser.get(f"/for/{ben.person_id}/health/allergies").status_code == 200
    run("disable", "ana")
    sign_in(browser, ben)
    assert "Ana" in browser.get("/activity").get_data(as_text=True)


def test_acting_for_somebody_ends_at_once(app: Flask, world: World, run: Run) -> None:
    ben, ana = world.patient("ben", BEN), world.patient()
    assert ben.person_id is not None
    page = f"/for/{ben.person_id}/health/allergies"
    browser = app.test_client()
    sign_in(browser, ana)
    assert browser.get(page).status_code == 404
    granted = run("grant", "ana", "--patient", ben.person_id, "--level", "no-confidential", "--relationship", "son")
    grant_id = granted.output.strip()
    assert browser.get(page).status_code == 200
    assert f"{grant_id}\tno-confidential\t{ben.person_id}" in run("show", "ana").output
    assert run("end-grant", grant_id).exit_code == 0
    assert browser.get(page).status_code == 404
    assert run("end-grant", grant_id).exit_code == 1
    assert ana.person_id is not None
    assert run("grant", "ana", "--patient", ana.person_id, "--level", "full").exit_code == 1


def test_each_role_is_given_by_name(world: World, run: Run) -> None:
    ana = world.patient()
    assert run("invite", "nora", "--role", "care-team").exit_code == 0
    assert run("invite", "dana", "--staff", "--as-patient", ana.person_id).exit_code == 0
    roles = {line.split("\t")[3]: line.split("\t")[1] for line in run("list").output.splitlines()}
    assert roles == {"ana": "patient", "nora": "care-team", "dana": "staff"}
    assert run("invite", "both", "--staff", "--role", "records").exit_code == 2
    assert run("invite", "nobody", "--patient", ana.person_id, "--as-patient", ana.person_id).exit_code == 2


def test_a_person_has_one_account(world: World, run: Run) -> None:
    ana = world.patient()
    again = run("invite", "ana-again", "--patient", ana.person_id)
    assert again.exit_code == 1
    assert "has an account already" in again.output


def test_sessions_end_and_names_change(app: Flask, world: World, run: Run) -> None:
    world.patient("ben", BEN)
    ana, browser = world.patient(), app.test_client()
    sign_in(browser, ana)
    assert run("rename", "ana", "--username", "ben").exit_code == 1
    assert run("rename", "ana", "--username", "ana.rivera", "--email", "ana@mail.example").exit_code == 0
    assert browser.get("/settings").status_code == 200
    assert run("end-sessions", "ana.rivera").exit_code == 0
    assert browser.get("/settings").status_code == 303
    assert run("show", "ana").exit_code == 1


def test_a_reset_takes_the_second_factor_and_leaves_the_password(
    app: Flask, world: World, services: Services, run: Run
) -> None:
    ana = world.patient()
    with services.db.transaction() as tx:
        factors.put_authenticator(tx, account_id=ana.account_id, data=Authenticator("JBSWY3DPEHPK3PXP"))
    assert run("reset", "ana").exit_code == 0
    browser = app.test_client()
    sign_in(browser, ana)
    assert browser.get("/settings").status_code == 200


def test_many_are_invited_from_a_file(world: World, run: Run, services: Services, tmp_path: Path) -> None:
    ana = world.patient()
    with services.db.transaction() as tx:
        people.put_home_patient(tx, fhir_id="ben-1", demographics=BEN)
    file = tmp_path / "patients.csv"
    file.write_text(f"name,patient,email\nben,ben-1,\nana,{ana.person_id},\nana2,{ana.person_id},\nnobody,none,\n")
    lines = [line.split("\t") for line in run("invite-all", str(file)).output.splitlines()]
    assert [line[0] for line in lines] == ["ben", "ana", "ana2", "nobody"]
    assert len(lines[0][1]) == len("XXXX-XXXX-XXXX")
    assert [line[1] for line in lines[1:]] == ["-", "-", "-"]
    file.write_text("who,patient\n")
    assert run("invite-all", str(file)).exit_code == 1


def test_a_person_is_erased_by_command_at_the_word_of_two(
    world: World, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = user_command(services.settings, monkeypatch, "person")
    ana = world.patient()
    for name in ("admin", "admin2"):
        world.staff(name, Role.ADMIN)
    assert "account\tana" in run("show", "patient-ana").output
    change = run("erase", ana.person_id, "--by", "admin").output.strip()
    assert run("confirm", change, "--by", "admin").exit_code == 1
    assert run("confirm", change, "--by", "admin2").exit_code == 0
    assert run("show", "patient-ana").exit_code == 1
