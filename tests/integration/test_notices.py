"""E-mails that there is news: who is told, of what, when; and never what it is."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from portal.app import create_app
from portal.domain.ids import HOME
from portal.domain.people import GrantLevel
from portal.domain.result_timing import ResultTiming, TimingChoices
from portal.domain.sections import Section
from portal.mail import notices as letters
from portal.refresh import result_timing
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.people import accounts, notices, outbox
from portal.store.people.notices import NO_NEWS, NoticeChoices, Timing
from portal.store.people.outbox import MailContent
from portal.store.records import rows
from tests.factories.databases import migrate
from tests.factories.record import laboratory, link, message
from tests.factories.settings import make_settings
from tests.factories.sights import WHOLE
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.web.html import check_page, get

NIGHT, NOON, NEXT_MORNING = (
    datetime(2030, 6, day, hour, 30, tzinfo=UTC) for day, hour in ((4, 3), (4, 16), (5, 13))
)  # half past 11 in the evening, noon, 9 in the morning after, where the organization is


def letter(fhir_id: str, subject: str = "Hello") -> dict[str, Any]:
    return message(fhir_id, subject, "Please call us.", "2030-06-01T10:00:00Z", "Dr. Owen")


def result(fhir_id: str, test: str = "Sodium") -> dict[str, Any]:
    return laboratory(fhir_id, ("2951-2", test), 140, "mmol/L", when="2030-06-01T10:00:00Z")


class Post:
    """A portal whose e-mails stay in the outbox, with a clock."""

    def __init__(self, services: Services, client: FlaskClient, clock: time_machine.Traveller) -> None:
        self.services, self.client, self._clock = services, client, clock
        self.world = World(services)
        self.ana = self.world.patient()
        self.riverbend = link(services, self.ana, name="Riverbend").link_id
        self.address(self.ana, "ana@example.org")
        self.arrived = 0

    def address(self, user: TestUser, email: str) -> None:
        with self.services.db.transaction() as tx:
            accounts.set_email(tx, account_id=user.account_id, email=email)

    def choose(self, user: TestUser, chosen: NoticeChoices) -> None:
        with self.services.db.transaction() as tx:
            notices.choose(tx, account_id=user.account_id, chosen=chosen)

    def bring(self, *resources: dict[str, Any], source: str = "") -> None:
        """Let resources arrive from a place that sent something of their kind before."""
        ingest(
            self.services.db, person_id=self.ana.person_id, source=source or self.riverbend, resources=list(resources)
        )

    def at(self, moment: datetime) -> None:
        self._clock.move_to(moment)

    def written(self) -> list[MailContent]:
        """What is written by now and was not looked at before."""
        letters.write_due(self.services)
        with self.services.db.reading() as tx:
            everything = [mail.content for mail in reversed(outbox.newest(tx, limit=50))]
        new, self.arrived = everything[self.arrived :], len(everything)
        return new


@pytest.fixture
def posted(tmp_path: Path) -> Iterator[Post]:
    app = create_app(make_settings(tmp_path, mail="page"))
    services: Services = app.extensions["tributary"]
    migrate(services.db)
    with time_machine.travel(NOON, tick=False) as clock:
        made = Post(services, app.test_client(), clock)
        made.bring(letter("first"), result("first"))
        assert not made.written()  # what a place brings first is not news
        yield made


def test_a_message_is_told_at_once_and_a_result_in_the_morning(posted: Post) -> None:
    posted.bring(letter("second", "Your biopsy"), result("second", "HIV 1 antibody"))
    assert not posted.written()  # more of the same may be coming
    posted.at(NOON.replace(minute=40))
    (first,) = posted.written()
    assert first.recipient == "ana@example.org"
    assert "a message" in first.text
    assert "a test result" not in first.text
    posted.at(NEXT_MORNING)
    (second,) = posted.written()
    assert "a test result" in second.text
    for told in (first, second):
        for secret in ("biopsy", "HIV", "Ana", "Riverbend", posted.ana.person_id):
            assert secret not in told.subject + told.text
    assert not posted.written()


def test_a_result_that_waits_is_told_when_it_is_shown(posted: Post) -> None:
    ana = {"person_id": posted.ana.person_id or "", "account_id": posted.ana.account_id}
    posted.choose(posted.ana, NoticeChoices(results=Timing.AT_ONCE))
    result_timing.choose(posted.services.db, **ana, chosen=TimingChoices(laboratory=ResultTiming.COMMENTED, days=3))
    posted.bring(result("second"))
    posted.at(NOON + timedelta(days=2))
    assert result_timing.show_due(posted.services.db) == 0
    assert not posted.written()
    posted.at(NOON + timedelta(days=3, minutes=1))
    assert result_timing.show_due(posted.services.db) == 1
    posted.at(NOON + timedelta(days=3, minutes=5))
    (told,) = posted.written()
    assert "a test result" in told.text


def test_nobody_is_woken(posted: Post) -> None:
    posted.at(NIGHT)
    posted.bring(letter("late", "Late"))
    posted.at(NIGHT.replace(minute=50))
    assert not posted.written()
    posted.choose(posted.ana, NoticeChoices(at_night=True))
    posted.bring(letter("later", "Later"))
    posted.at(NOON)
    assert len(posted.written()) == 1


def test_what_was_read_meanwhile_is_not_told(posted: Post) -> None:
    posted.bring(letter("seen", "Seen already"))
    with posted.services.db.transaction() as tx:
        rows.mark_read(tx, person_id=posted.ana.person_id, sight=WHOLE, section=Section.MESSAGES)
    posted.at(NEXT_MORNING)
    assert not posted.written()


@pytest.mark.parametrize("how", ["never", "no address", "disabled"])
def test_nothing_is_written_to_who_wants_none(posted: Post, how: str) -> None:
    if how == "never":
        posted.choose(posted.ana, NO_NEWS)
    elif how == "no address":
        posted.address(posted.ana, "")
    else:
        with posted.services.db.transaction() as tx:
            accounts.disable(tx, account_id=posted.ana.account_id)
    posted.bring(letter("any", "Any"))
    posted.at(NEXT_MORNING)
    assert not posted.written()


@pytest.mark.parametrize("level", [GrantLevel.FULL, GrantLevel.MESSAGES_ONLY, None])
def test_who_acts_for_her_is_told_as_far_as_they_may_see(posted: Post, level: GrantLevel | None) -> None:
    ben = posted.world.patient("ben", BEN)
    posted.address(ben, "ben@example.org")
    grant = posted.world.proxy(ben, posted.ana.person_id, level or GrantLevel.FULL)
    posted.bring(letter("both", "For both"), result("both", "Potassium"))
    if level is None:  # ended between the news and the e-mail
        with posted.services.db.transaction() as tx:
            accounts.end_grant(tx, grant_id=grant)
    posted.at(NEXT_MORNING)
    to_ben = [told for told in posted.written() if told.recipient == "ben@example.org"]
    if level is None:
        assert not to_ben
        return
    (told,) = to_ben
    assert "for somebody you act for: a message" in told.text
    assert ("a test result" in told.text) is (level is GrantLevel.FULL)
    sign_in(posted.client, ben)
    (page,) = re.findall(rf"https?://\S+(/for/{posted.ana.person_id}/\S+)", told.text)
    check_page(get(posted.client, page))


def test_a_confidential_result_is_not_told_to_who_may_not_see_it(posted: Post) -> None:
    ben = posted.world.patient("ben", BEN)
    posted.address(ben, "ben@example.org")
    posted.world.proxy(ben, posted.ana.person_id, GrantLevel.NO_CONFIDENTIAL)
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    posted.bring(result("r", "Toxicology") | {"meta": {"security": [label]}})
    posted.at(NEXT_MORNING)
    assert [told.recipient for told in posted.written()] == ["ana@example.org"]


def test_one_press_stops_them_without_signing_in(posted: Post) -> None:
    posted.bring(letter("one", "One"))
    posted.at(NEXT_MORNING)
    (told,) = posted.written()
    address = "/" + told.stop.split("/", 3)[3]
    nobody = posted.client
    check_page(get(nobody, address))  # looking changes nothing
    with posted.services.db.reading() as tx:
        assert notices.choices(tx, account_id=posted.ana.account_id).messages is Timing.AT_ONCE
    answer = nobody.post(address, data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 200
    with posted.services.db.reading() as tx:
        assert notices.choices(tx, account_id=posted.ana.account_id) == NO_NEWS
    assert nobody.post(f"{letters.STOP}/{posted.ana.account_id}").status_code == 404


def test_choices_are_kept_and_the_rest_stays(posted: Post) -> None:
    sign_in(posted.client, posted.ana)
    tree = check_page(get(posted.client, "/settings/notices"))
    token = next(one.get("value") for one in tree.iter("input") if one.get("name") == "csrf_token")
    form = {"csrf_token": token, "messages": "never", "results": "nonsense", "at_night": "1"}
    assert posted.client.post("/settings/notices", data=form).status_code == 303
    with posted.services.db.reading() as tx:
        chosen = notices.choices(tx, account_id=posted.ana.account_id)
    assert chosen == NoticeChoices(messages=Timing.NEVER, at_night=True)


def test_letters_are_in_the_language_of_their_reader(posted: Post) -> None:
    with posted.services.db.transaction() as tx:
        accounts.set_preferences(tx, account_id=posted.ana.account_id, locale="es", reduce_data=False)
    posted.bring(letter("hola", "Hola"))
    posted.at(NEXT_MORNING)
    (told,) = posted.written()
    assert "un mensaje" in told.text
    assert "There is" not in told.text


def test_a_letter_is_written_once_by_two_who_look_at_the_same_time(posted: Post) -> None:
    posted.bring(letter("once", "Once"))
    posted.at(NEXT_MORNING)
    assert letters.write_due(posted.services) + letters.write_due(posted.services) == 1


def test_home_news_is_told_too(posted: Post) -> None:
    posted.bring(letter("a", "A"), source=HOME)
    posted.bring(letter("b", "B"), source=HOME)
    posted.at(NEXT_MORNING)
    assert len(posted.written()) == 1
