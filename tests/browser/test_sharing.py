"""What a patient shares, as others open it: a school nurse without software, and the front desk of another hospital."""

import os
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page

from portal.demo.stories import people
from tests.browser.steps import Journey

TODAY = datetime.now(UTC).date()
JOURNEYS = bool(os.environ.get("JOURNEYS"))
"""Whether ``make journeys`` runs it, which takes every way; the suite takes one of each."""
only_in_journeys = pytest.mark.skipif(not JOURNEYS, reason="make journeys")
_LINK = re.compile(r"(https?://[^\s<\"]+#)?shlink:/[\w-]+")


def another(journey: Journey, context_of: Any, **options: Any) -> Journey:
    """Somebody else at a device of their own."""
    context = context_of(java_script_enabled=journey.javascript, **options)
    return Journey(journey.demo, context.new_page(), journey.checker, journey.javascript)


def share(maria: Journey, where: str, *, opening: str, also: tuple[str, ...] = (), **ticks: str) -> Page:
    """Let Maria (or ``who``) make a link to allergies and medications; return the page that shows it once."""
    page = maria.page
    maria.sign_in(ticks.pop("who", "maria"))
    maria.go(f"{where}/share/new")
    for code in ("48765-2", "10160-0", *also):
        page.check(f"input[value='{code}']")
    page.check(f"input[value={opening}]")
    page.fill("#label", ticks.pop("label", "Somebody"))
    for name in ticks:
        page.check(f"#{name}")
    page.locator("button[value=create]").click()
    maria.check()
    return page


def first(pattern: str, page: Page) -> str:
    found = re.search(pattern, page.content())
    assert found, page.url
    return found[1]


def test_a_school_nurse_reads_it_without_software(journey: Journey, context_of: Any) -> None:
    """With JavaScript her browser decrypts it; without, a code and the birth date let the portal do it."""
    page = share(journey, "", opening="week", also=("11450-4",), code="1")
    link = _LINK.search(page.content())
    assert link
    passcode = first(r'class="key">(\d{6})<', page)
    code = first(r'class="key">(\w{4}-\w{4}-\w{4})<', page)
    nurse = another(journey, context_of, viewport={"width": 320, "height": 700})
    if journey.javascript:
        asked: list[str] = []
        nurse.page.on("request", lambda request: asked.append(f"{request.url} {request.post_data}"))
        nurse.page.goto(link[0])
        nurse.check()
        nurse.page.fill("#who", "Joy, school nurse")
        nurse.page.fill("#passcode", passcode)
        nurse.page.locator("#view-form button").click()
        nurse.page.get_by_text("Decrypted by your browser").wait_for()
        assert link[0].partition("shlink:/")[2] not in "".join(asked), "the key was sent nowhere"
        assert "#" not in nurse.page.url
        assert nurse.page.locator("#view-content td[rowspan='2']").count(), "two sources under one name"
        for told in nurse.page.locator("#view-content .told").all():
            assert told.evaluate("part => part.scrollWidth <= part.clientWidth"), "nothing is cut off at 320 px"
        assert "1980" in nurse.page.locator("#view-content h2").inner_text()
        assert not re.search(r"\d{4}-\d\d", nurse.page.locator("#view-content h2").inner_text()), "a day in words"
        assert "Made on" in nurse.page.locator("#view-content").inner_text()
    else:
        nurse.go("/view")
        nurse.page.fill("[name=recipient]", "Joy, school nurse")
        nurse.page.fill("[name=code]", code)
        nurse.page.fill("[name=birth_date]", people.maria(TODAY).born)
        nurse.page.locator("#with-code button").click()
        nurse.page.get_by_text("This portal decrypted it for you").wait_for()
    nurse.check()
    assert "Lisinopril" in nurse.page.locator("main").inner_text()
    page.get_by_role("link", name="See who opens it").click()
    journey.check()
    assert "Joy, school nurse" in page.locator("main").inner_text()


def ids(javascript: bool) -> str:
    return "javascript" if javascript else "no-javascript"


def read_in_browser(reader: Journey, link: str, passcode: str, who: str = "Dr. Moreau") -> str:
    """Open a link as who scanned it, with a passcode; return what the page says then."""
    page = reader.page
    page.goto("about:blank")
    page.goto(link)
    page.fill("#who", who)
    page.fill("#passcode", passcode)
    with page.expect_response(re.compile("/shl/")):
        page.locator("#view-form button").click()
    page.locator("#view-content:not([hidden]), #view-problem:not(:empty)").first.wait_for()
    reader.problems.clear()  # the browser tells of each refusal in its console
    return page.locator("main").inner_text()


@only_in_journeys
@pytest.mark.parametrize("javascript", [True], ids=ids, indirect=True)
def test_a_new_doctor_reads_it_for_half_an_hour(journey: Journey, context_of: Any) -> None:
    """Maria shows the QR code; a wrong passcode, the right one, ended while it is open; another, guessed five times."""
    page = share(journey, "", opening="half-hour")
    link = _LINK.search(page.content())
    assert link
    passcode = first(r'class="key">(\d{6})<', page)
    wrong = "000000" if passcode != "000000" else "111111"
    doctor = another(journey, context_of, viewport={"width": 320, "height": 700})
    assert "Tries left: 4" in read_in_browser(doctor, link[0], wrong)
    read = read_in_browser(doctor, link[0], passcode)
    assert "Lisinopril" in read
    assert "Allergies and intolerances" in read
    doctor.check()
    page.get_by_role("link", name="See who opens it").click()
    page.locator("button[value=end]").click()
    journey.check()
    assert "It does not open any more" in page.locator("main").inner_text()
    assert "does not open any more" in read_in_browser(doctor, link[0], passcode), "ended while it was open"
    journey.page.context.clear_cookies()
    page = share(journey, "", opening="half-hour")
    link = _LINK.search(page.content())
    assert link
    passcode = first(r'class="key">(\d{6})<', page)
    wrong = "000000" if passcode != "000000" else "111111"
    for left in (4, 3, 2, 1, 0):
        assert f"Tries left: {left}" in read_in_browser(doctor, link[0], wrong)
    assert "does not open any more" in read_in_browser(doctor, link[0], passcode)
    page.get_by_role("link", name="See who opens it").click()
    assert "Ended after too many wrong passcodes" in page.locator("main").inner_text()


@only_in_journeys
@pytest.mark.parametrize("javascript", [True], ids=ids, indirect=True)
def test_rosas_wallet_card_shows_the_record_of_the_day(journey: Journey, context_of: Any) -> None:
    """The card and its passcode are two papers; who helps her scans the one and is told the other."""
    page = share(journey, "", opening="card", label="My wallet", who="rosa")
    assert page.locator(".wallet").count() == 2
    link = _LINK.search(page.content())
    assert link
    passcode = first(r'class="key">(\d{6})<', page)
    page.set_viewport_size({"width": 320, "height": 700})
    journey.check()
    helper = another(journey, context_of, viewport={"width": 320, "height": 700})
    read = read_in_browser(helper, link[0], passcode, who="Ambulance")
    assert "Rosa" in read
    assert "Medications" in read
    helper.check()


@pytest.mark.parametrize("javascript", [True, False] if JOURNEYS else [False], ids=ids, indirect=True)
def test_the_desk_at_lakeside_takes_what_maria_shows(journey: Journey, context_of: Any) -> None:
    """Maria shows Leo's code; the desk of his hospital scans, sees whose it is, and files it; the nurse reads it."""
    journey.sign_in("maria")
    at_cooper = _of_child(journey, "mycooper", "Leo Mateo")
    journey.page.context.clear_cookies()
    page = share(journey, at_cooper, opening="desk")
    link = _LINK.search(page.content())
    assert link
    desk = another(journey, context_of, viewport={"width": 1024, "height": 768})
    desk.sign_in("desk", at="lakeside")
    desk.go("/staff", at="lakeside")
    born = people.leo(TODAY).born
    for name, told in (("birth_date", born), ("family", "Alvarez"), ("given", "Leo")):
        desk.page.fill(f"[name={name}]", told)
    desk.page.locator("[name=given]").press("Enter")
    desk.page.check("input[name=purpose][value=link]")
    desk.page.check("input[name=consent][value=device]")
    desk.page.locator("form[action$=ask] button[type=submit]").first.click()
    phone = another(journey, context_of, viewport={"width": 320, "height": 700})
    phone.sign_in("maria", at="lakeside")
    phone.go(_of_child(phone, "lakeside", "Leo Mateo") + "/assist", at="lakeside")
    phone.page.locator("button[value=yes]").click()
    desk.go("/staff/patient", at="lakeside")
    desk.page.get_by_role("link", name="Scan a Health Link").click()
    desk.check()
    desk.page.fill("#link", link[0])
    desk.page.locator("#link").press("Enter")
    desk.check()
    seen = desk.page.locator("main").inner_text()
    assert "It is about Leo" in seen
    assert not re.search("Albuterol|Fluticasone|Peanut", seen), "the desk sees no clinical word"
    desk.page.locator("button[value=same]").click()
    if JOURNEYS:
        refuse_of_another(journey, desk)
    nurse = another(journey, context_of)
    nurse.sign_in("nurse", at="lakeside")
    nurse.go("/care-team/received", at="lakeside")
    nurse.page.locator("main ul a").first.click()
    nurse.check()
    assert "Hydrocortisone" in nurse.page.locator("main").inner_text()


def refuse_of_another(maria: Journey, desk: Journey) -> None:
    """Let Maria show her own code where Leo is helped: nothing of it is kept; then finish."""
    maria.page.context.clear_cookies()
    hers = _LINK.search(share(maria, "", opening="desk").content())
    assert hers
    desk.go("/staff/patient/receive", at="lakeside")
    desk.page.fill("#link", hers[0])
    desk.page.locator("#link").press("Enter")
    desk.page.get_by_text("This link is about somebody else. Nothing of it was kept.").wait_for()
    desk.problems.clear()
    desk.go("/staff/patient", at="lakeside")
    desk.page.locator("form[action$=finish] button").first.click()


def _of_child(person: Journey, at: str, name: str) -> str:
    """Return the beginning of addresses in a child's record, for who acts for the child."""
    person.go("/family", at=at)
    for found in dict.fromkeys(re.findall(r"/for/[a-z0-9]{20}", person.page.content())):
        person.page.goto(person.demo.at(at, f"{found}/health"))
        if name in person.page.locator("body").inner_text():
            return found
    raise AssertionError(name)
