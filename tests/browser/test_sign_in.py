"""Signing in as people do: an app on the phone, codes on paper, a passkey; with JavaScript and without."""

import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyotp
import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import text
from werkzeug.serving import make_server

from portal.app import create_app
from portal.authentication import activation
from portal.domain.people import Role
from portal.services import Services
from portal.store.people import accounts, people
from tests.browser.ports import free_ports
from tests.browser.steps import Visitor, picture
from tests.factories.databases import migrate
from tests.factories.settings import make_settings
from tests.factories.world import ANA, PASSWORD, TestUser, World

PICTURES = "sign-in"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """An instance under a name, as passkeys need it."""
    settings = {"mail": "page", "mail_from": "portal@home.example", "support": "Call (856) 555-0100"}
    app = create_app(make_settings(tmp_path, base_url=f"http://localhost:{free_ports(1)}", **settings))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    yield app
    services.db.close()


@pytest.fixture
def site(app: Flask) -> Iterator[str]:
    base = app.extensions["tributary"].settings.base_url
    server = make_server("localhost", int(base.rpartition(":")[2]), app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield base
    server.shutdown()
    thread.join()


@pytest.fixture
def scripts(request: pytest.FixtureRequest) -> bool:
    return bool(getattr(request, "param", True))


both = pytest.mark.parametrize("scripts", [True, False], ids=["javascript", "no-javascript"], indirect=True)


@pytest.fixture
def ana(world: World, services: Services) -> TestUser:
    user = world.patient()
    with services.db.transaction() as tx:
        accounts.set_email(tx, account_id=user.account_id, email="ana@mail.example")
    return user


def enter(visitor: Visitor, user: TestUser, password: str = PASSWORD) -> None:
    visitor.go("/sign-in")
    visitor.page.fill("[name=username]", user.username)
    visitor.page.fill("[name=password]", password)
    visitor.page.locator("main form").get_by_role("button", name="Sign in").click()


def sign_out(page: Page) -> None:
    page.locator("details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="You are signed out")).to_be_visible()


def looked_at(visitor: Visitor, name: str) -> None:
    visitor.check()
    picture(visitor.page, PICTURES, name)


@both
def test_an_app_and_codes_on_paper(visitor: Visitor, ana: TestUser) -> None:
    page = visitor.page
    visitor.sign_in(ana)
    visitor.go("/account/security")
    looked_at(visitor, "security")
    page.get_by_role("link", name=re.compile("Add.*Authenticator app")).click()
    totp = pyotp.TOTP(page.locator(".key").inner_text().replace(" ", ""))
    expect(page.get_by_role("img", name="QR code with the same key")).to_be_visible()
    looked_at(visitor, "authenticator")
    page.get_by_label("Code that the app shows").fill(totp.now())
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("button", name="Make codes").click()
    expect(page.locator(".codes code").first).to_be_visible()
    codes = page.locator(".codes code").all_inner_texts()
    looked_at(visitor, "recovery-codes")
    page.get_by_role("link", name="I have them. Go on").click()
    looked_at(visitor, "security-with-factor")
    sign_out(page)
    enter(visitor, ana)
    looked_at(visitor, "code")
    page.get_by_label("Code", exact=True).fill("000000")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("That code is not right")
    visitor.complaints.clear()  # the browser says that the answer was 422
    looked_at(visitor, "code-wrong")
    page.get_by_role("link", name="Use a recovery code or a printed code").click()
    page.get_by_label("Code", exact=True).fill(codes[3].lower())
    page.get_by_label("Don’t ask again").check()
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()
    visitor.go("/account/security")
    expect(page.get_by_text("9 are left")).to_be_visible()
    sign_out(page)
    enter(visitor, ana)
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def _virtual_authenticator(page: Page) -> Any:
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]
    return lambda verified: devtools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": verified}
    )


def test_a_passkey_is_added_and_signs_in(visitor: Visitor, ana: TestUser) -> None:
    page = visitor.page
    set_verified = _virtual_authenticator(page)
    visitor.sign_in(ana)
    visitor.go("/account/security")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("status").filter(has_text="Your passkey is added")).to_be_visible()
    looked_at(visitor, "security-with-passkey")
    sign_out(page)
    visitor.go("/sign-in?next=/activity")
    looked_at(visitor, "sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile("/activity$"))
    sign_out(page)
    visitor.go("/sign-in")
    set_verified(False)
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.locator("#passkey-problem")).to_contain_text("did not work")
    visitor.go("/links")
    expect(page).to_have_url(re.compile("/sign-in"))


@pytest.mark.parametrize("scripts", [False], indirect=True)
def test_without_javascript_no_passkey_is_offered(visitor: Visitor, ana: TestUser) -> None:
    visitor.go("/sign-in")
    expect(visitor.page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    looked_at(visitor, "sign-in-no-javascript")


def test_a_password_can_be_looked_at(visitor: Visitor, ana: TestUser) -> None:
    page = visitor.page
    visitor.go("/sign-in")
    page.fill("[name=password]", "typed")
    page.get_by_role("button", name="Show password").click()
    assert page.locator("[name=password]").get_attribute("type") == "text"
    page.get_by_role("button", name="Hide password").click()
    assert page.locator("[name=password]").get_attribute("type") == "password"


def be_idle(services: Services, minutes: float) -> None:
    """Let every sign-in be unused for so long."""
    _set_back(services, minutes, "seen_at = :at")


def grow_old(services: Services) -> None:
    """Let every sign-in be of a quarter of an hour ago, and in use since."""
    _set_back(services, 15, "created_at = :at, confirmed_at = NULL")


def _set_back(services: Services, minutes: float, change: str) -> None:
    with services.db.transaction() as tx:
        at = (tx.now - timedelta(minutes=minutes)).replace(tzinfo=None).isoformat(sep=" ")
        tx.conn.execute(text(f"UPDATE sign_in SET {change}"), {"at": at})  # noqa: S608 - words of this file


def write(visitor: Visitor) -> None:
    """Fill the form that tells of an organization that is not listed."""
    visitor.go("/links/missing")
    visitor.page.fill("[name=name]", "Elm Street Family Practice")
    visitor.page.fill("[name=note]", "I was there until 2019, under the name of Rivera")


def is_reported(services: Services) -> bool:
    with services.db.reading() as tx:
        return tx.conn.execute(text("SELECT count(*) FROM missing_report")).scalar_one() == 1


def test_the_warning_is_answered(visitor: Visitor, ana: TestUser, services: Services) -> None:
    page = visitor.page
    visitor.sign_in(ana)
    page.clock.install()
    write(visitor)
    with page.expect_response(re.compile("/account/time-left")):
        page.clock.fast_forward(781_000)
    page.wait_for_timeout(200)  # what was answered sets the next moment
    expect(page.get_by_role("dialog")).to_be_hidden()  # another tab was used meanwhile: time is left
    be_idle(services, 13.2)
    page.clock.fast_forward(781_000)
    expect(page.get_by_role("dialog", name="Are you still there?")).to_be_visible()
    expect(page.get_by_role("button", name="Stay signed in")).to_be_focused()
    looked_at(visitor, "idle")
    page.get_by_role("button", name="Stay signed in").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.clock.fast_forward(120_000)
    assert page.locator("[name=name]").input_value() == "Elm Street Family Practice"
    page.get_by_role("main").get_by_role("button").first.click()
    expect(page).not_to_have_url(re.compile("/sign-in"))


def test_the_warning_is_missed_and_the_text_is_there(visitor: Visitor, ana: TestUser, services: Services) -> None:
    page = visitor.page
    visitor.sign_in(ana)
    page.clock.install()
    write(visitor)
    be_idle(services, 13.2)
    page.clock.fast_forward(781_000)
    expect(page.get_by_role("dialog")).to_be_visible()
    be_idle(services, 16)
    page.clock.fast_forward(120_000)
    page.wait_for_timeout(500)
    page.clock.fast_forward(3_000)
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Flinks%2Fmissing"))
    page.clock.resume()
    back_in(visitor, ana, services)


@both
def test_a_form_that_is_sent_too_late(visitor: Visitor, ana: TestUser, services: Services) -> None:
    visitor.sign_in(ana)
    write(visitor)
    be_idle(services, 16)
    visitor.page.locator("main form").get_by_role("button").first.click()
    expect(visitor.page).to_have_url(re.compile("/sign-in"))
    back_in(visitor, ana, services)


def back_in(visitor: Visitor, ana: TestUser, services: Services) -> None:
    page = visitor.page
    expect(page.get_by_role("status").filter(has_text="What you wrote is saved")).to_be_visible()
    looked_at(visitor, "signed-out")
    page.fill("[name=username]", ana.username)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form").get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/links/missing#kept$"))
    note = page.get_by_role("status").filter(has_text="You were signed out before it was sent")
    expect(note).to_be_visible()
    expect(page.locator("[name=name]")).to_have_value("Elm Street Family Practice")
    expect(page.locator("[name=note]")).to_have_value("I was there until 2019, under the name of Rivera")
    looked_at(visitor, "kept")
    assert not is_reported(services)
    page.get_by_role("button", name="Send").click()
    expect(note).to_be_hidden()
    assert is_reported(services)


@pytest.mark.parametrize("scripts", [False], indirect=True)
def test_staying_without_javascript_keeps_the_form_open(visitor: Visitor, ana: TestUser, services: Services) -> None:
    page = visitor.page
    visitor.sign_in(ana)
    write(visitor)
    looked_at(visitor, "idle-line")
    be_idle(services, 14)
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Stay signed in").click()
    expect(opened.value.get_by_role("heading", name="You stay signed in")).to_be_visible()
    assert page.locator("[name=name]").input_value() == "Elm Street Family Practice"


@both
def test_from_the_activation_code_to_a_new_password(visitor: Visitor, services: Services, world: World) -> None:
    page = visitor.page
    with services.db.transaction() as tx:
        people.put_home_patient(tx, fhir_id="ana", demographics=ANA)
        person = people.by_fhir_id(tx, fhir_id="ana")
        assert person
        account_id = accounts.add(
            tx,
            username="ana",
            display="Ana Rivera",
            password_hash="",
            role=Role.PATIENT,
            person_id=person.id,
            email="ana@mail.example",
        )
        code = activation.invite(tx, account_id=account_id)
    visitor.go("/sign-in")
    page.get_by_role("link", name="Got a code from the front desk?").click()
    looked_at(visitor, "activate")
    page.get_by_label("Activation code").fill(code)
    page.get_by_label("Birth date").fill(ANA.birth_date)
    page.get_by_label("Choose a password").fill("kettle wobbles at noon")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("sign in with the user name ana")).to_be_visible()
    sign_out(page)
    visitor.go("/sign-in")
    page.get_by_role("link", name="Forgot your password?").click()
    looked_at(visitor, "forgotten")
    page.get_by_label("User name").fill("ana")
    page.get_by_role("button", name="Send the link").click()
    looked_at(visitor, "forgotten-sent")
    page.get_by_role("link", name="Mailbox of the demo").click()
    looked_at(visitor, "mailbox")
    page.get_by_role("article").first.get_by_role("link").click()
    looked_at(visitor, "new-password")
    page.get_by_label("New password").fill("lanterns over the harbour")
    page.get_by_role("button", name="Save").click()
    page.fill("[name=username]", "ana")
    page.fill("[name=password]", "lanterns over the harbour")
    page.locator("main form").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


@both
def test_a_big_step_is_confirmed(visitor: Visitor, ana: TestUser, services: Services) -> None:
    page = visitor.page
    visitor.sign_in(ana)
    grow_old(services)
    visitor.go("/account/email")
    expect(page.get_by_role("heading", name="Confirm that it’s you")).to_be_visible()
    looked_at(visitor, "confirm")
    page.locator("#proof").fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("E-mail address").fill("new@mail.example")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("new@mail.example")).to_be_visible()


@both
def test_a_session_is_ended_from_elsewhere(visitor: Visitor, ana: TestUser, context_of: Any) -> None:
    other = Visitor(context_of().new_page(), visitor.site, [])
    other.sign_in(ana)
    visitor.sign_in(ana)
    visitor.go("/account/security")
    visitor.page.get_by_role("button", name="End all others").click()
    expect(visitor.page.get_by_text("signed out on all other devices")).to_be_visible()
    other.go("/links")
    expect(other.page).to_have_url(re.compile("/sign-in"))
    visitor.go("/links")
    expect(visitor.page).to_have_url(re.compile("/links$"))


@pytest.mark.parametrize("scripts", [False, True], ids=["no-javascript", "javascript"], indirect=True)
def test_every_page_in_the_dark_and_in_spanish(visitor: Visitor, ana: TestUser, services: Services) -> None:
    page = visitor.page
    page.context.add_cookies([{"name": "language", "value": "es", "url": visitor.site}])
    page.emulate_media(color_scheme="dark")
    script = "" if visitor.scripts else "-no-javascript"
    for path in ("/sign-in", "/sign-in/forgotten", "/activate"):
        visitor.go(path)
        looked_at(visitor, f"es-dark{path.replace('/', '-')}{script}")
    page.emulate_media(color_scheme="dark")
    visitor.go("/sign-in")
    page.fill("[name=username]", ana.username)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form").get_by_role("button", name="Iniciar sesión").click()
    for path in ("security", "authenticator", "codes", "codes?kind=printed", "password", "email", "stay"):
        visitor.go(f"/account/{path}" if path != "stay" else "/links/missing")
        looked_at(visitor, f"es-dark-{path.replace('?', '-')}{script}")
    grow_old(services)
    visitor.go("/account/email")
    looked_at(visitor, f"es-dark-confirm{script}")
