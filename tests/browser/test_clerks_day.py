"""The clerk's day: ten kinds of assists, three of each, by keyboard alone, each within so many acts.

Run by ``make journeys``; what one of them looks like is part of every run (``test_front_desk.py``). Patients answer
through the same call as their page does: their side is shown there.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import expect

from portal.assist import assists
from portal.config import Settings
from portal.domain.links import LinkState
from portal.domain.people import HumanName, Identifier, Person
from portal.identity.comparison import Difference, Finding, Verdict
from portal.services import Services
from portal.store.links import links
from portal.store.people import accounts, factors, outbox, people
from portal.store.people.factors import Authenticator
from tests.browser.keyboard import Keyboard
from tests.browser.steps import ARTEFACTS, Visitor
from tests.factories.record import link, small_record, suggest
from tests.factories.settings import make_settings
from tests.factories.world import ANA, TestUser, World

EACH = 3
MOST_ACTS = {
    "first sign-in": 12,
    "start a link": 14,
    "start a link by phone": 14,
    "update": 11,
    "near match, the same": 12,
    "near match, somebody else": 12,
    "lost second step": 12,
    "who acts, as they wish": 14,
    "a parent, with papers": 15,
    "wait, and be called": 12,
}


@dataclass
class Day:
    """One clerk, and the patients who come; each is new, and has everything that may be asked about."""

    visitor: Visitor
    world: World
    services: Services
    acts: dict[str, list[int]] = field(default_factory=dict)
    number: int = 0

    def patient(self, *, birth_date: str = "1980-03-04") -> TestUser:
        """Somebody with an account, an e-mail address, and a record from here and Riverbend."""
        self.number += 1
        user = self.world.patient(
            f"ana{self.number}",
            msgspec.structs.replace(ANA, identifiers=(self.identifier,), birth_date=birth_date),
        )
        with self.services.db.transaction() as tx:
            accounts.set_email(tx, account_id=user.account_id, email=f"ana{self.number}@mail.example")
        small_record(self.services, user)
        return user

    @property
    def identifier(self) -> Identifier:
        return Identifier("urn:home", f"MC-{self.number:04}", "MR")

    def nobody_yet(self, birth_date: str) -> str:
        """Somebody without account and address."""
        self.number += 1
        name = HumanName(family="N\u00fa\u00f1ez", given=(f"Iris{self.number}",), use="official")
        person = Person(names=(name,), birth_date=birth_date, identifiers=(self.identifier,))
        with self.services.db.transaction() as tx:
            return people.put_home_patient(tx, fhir_id=f"iris{self.number}", demographics=person)

    def near(self, user: TestUser) -> None:
        """A link whose record has another name, before all others in the list."""
        linked = link(self.services, user, name=f"Aster Clinic {self.number}", state=LinkState.CONFIRM)
        finding = Finding(Verdict.NEAR, (Difference(aspect="name", ours="Ana Rivera", theirs="Ana Santos"),))
        with self.services.db.transaction() as tx:
            links.put(tx, link_id=linked.link_id, finding=tx.seal(finding, row=f"link.finding:{linked.link_id}"))

    def says_yes(self, user: TestUser) -> None:
        asked = assists.asked(self.services, person_id=user.person_id or "")
        assert asked
        assert asked.purpose
        answer = {"person_id": user.person_id or "", "account_id": user.account_id, "assist_id": asked.id}
        assert assists.answer(self.services, **answer, purpose=asked.purpose.value, agrees=True)

    def find_and_ask(self, keys: Keyboard, user: TestUser, purpose: str) -> None:
        """Find by number and birth date, compare the ID, choose what for, ask, and go on after their yes."""
        keys.find(self.identifier.value, "03041980")
        keys.key("i")
        keys.key(purpose)
        keys.press("Enter")
        self.sees("Waiting for Ana")
        self.says_yes(user)
        keys.key("r")
        self.sees("Help Ana")

    def sees(self, heading: str) -> None:
        expect(self.visitor.page.get_by_role("heading", name=heading)).to_be_visible()

    def press_beside(self, keys: Keyboard, place: str) -> None:
        """Press the key that is shown in an organization's line."""
        row = self.visitor.page.get_by_role("row").filter(has_text=place)
        keys.key(row.locator("kbd").inner_text())

    def told(self) -> str:
        """The code that the newest e-mail brought."""
        with self.services.db.reading() as tx:
            return str(re.findall(r"\b\d{6}\b", outbox.newest(tx, limit=1)[0].content.text)[0])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return make_settings(tmp_path, mail="page", mail_from="portal@mail.example")


@pytest.fixture
def scripts() -> bool:
    return False  # an old PC


def first_sign_in(day: Day, keys: Keyboard) -> None:
    day.nobody_yet("1950-01-02")
    keys.find(day.identifier.value, "01021950")
    for letter in "i1d":
        keys.key(letter)
    keys.press("Enter")
    day.sees("Help Iris")
    keys.key("1")
    expect(day.visitor.page.locator("[data-code]")).to_be_visible()


def start_link(day: Day, keys: Keyboard) -> None:
    user = day.patient()
    suggest(day.services, user, name=f"Pinelands {day.number}")
    day.find_and_ask(keys, user, "2")
    _start_found_link(day, keys)


def _start_found_link(day: Day, keys: Keyboard) -> None:
    keys.key("f")
    keys.write(f"pinelands {day.number}")
    keys.press("Enter")
    expect(day.visitor.page.get_by_role("button", name="Start link")).to_be_visible()
    keys.key("l")
    day.sees("Hand this to the patient")


def start_link_by_phone(day: Day, keys: Keyboard) -> None:
    user = day.patient()
    suggest(day.services, user, name=f"Pinelands {day.number}")
    keys.find(day.identifier.value, "03041980")
    keys.key("2")
    keys.key("c")
    keys.press("Enter")
    day.sees("Waiting for Ana")
    if day.visitor.page.evaluate("document.activeElement.id") != "code":
        keys.key("c")
    keys.write(day.told())
    keys.press("Enter")
    day.sees("Help Ana")
    _start_found_link(day, keys)


def update(day: Day, keys: Keyboard) -> None:
    day.find_and_ask(keys, day.patient(), "3")
    day.press_beside(keys, "Riverbend")
    expect(day.visitor.page.get_by_text("The update is on its way")).to_be_visible()


def near_same(day: Day, keys: Keyboard) -> None:
    _near(day, keys, "y", "Linked. The records are on their way.")


def near_other(day: Day, keys: Keyboard) -> None:
    _near(day, keys, "n", "Not linked, and nothing of it is kept.")


def _near(day: Day, keys: Keyboard, answer: str, result: str) -> None:
    user = day.patient()
    day.near(user)
    day.find_and_ask(keys, user, "2")
    day.press_beside(keys, "Aster")
    day.sees("Is the account at Aster")
    keys.key(answer)
    expect(day.visitor.page.get_by_text(result)).to_be_visible()


def lost_step(day: Day, keys: Keyboard) -> None:
    user = day.patient()
    with day.services.db.transaction() as tx:
        factors.put_authenticator(tx, account_id=user.account_id, data=Authenticator("JBSWY3DPEHPK3PXP"))
    day.find_and_ask(keys, user, "4")
    keys.key("2")
    expect(day.visitor.page.get_by_text("We told all their addresses")).to_be_visible()


def who_acts(day: Day, keys: Keyboard) -> None:
    day.find_and_ask(keys, day.patient(), "5")
    keys.key("3")
    day.sees("Who acts for Ana")
    keys.key("n")
    keys.write("Nora Lee")
    keys.press("Enter")
    day.sees("The code for who will act")


def parent(day: Day, keys: Keyboard) -> None:
    day.nobody_yet("2020-01-02")
    keys.find(day.identifier.value, "01022020")
    for letter in "i5d":
        keys.key(letter)
    keys.press("Enter")
    day.sees("Help Iris")
    keys.key("3")
    day.sees("Who acts for")
    keys.key("n")
    keys.write("Nora Lee")
    keys.press("Enter")
    day.sees("The code for who will act")


def wait_and_be_called(day: Day, keys: Keyboard) -> None:
    user = day.patient()
    keys.find(day.identifier.value, "03041980")
    keys.key("q")
    keys.key("z")
    expect(day.visitor.page.get_by_text("Waiting: 1 person")).to_be_visible()
    keys.key("1")
    day.sees("Ask Ana")
    keys.key("2")
    keys.press("Enter")
    day.sees("Waiting for Ana")
    day.says_yes(user)
    keys.key("r")
    day.sees("Help Ana")


KINDS: dict[str, Callable[[Day, Keyboard], None]] = {
    "first sign-in": first_sign_in,
    "start a link": start_link,
    "start a link by phone": start_link_by_phone,
    "update": update,
    "near match, the same": near_same,
    "near match, somebody else": near_other,
    "lost second step": lost_step,
    "who acts, as they wish": who_acts,
    "a parent, with papers": parent,
    "wait, and be called": wait_and_be_called,
}


def test_ten_kinds_of_assists_by_keyboard(visitor: Visitor, world: World, services: Services) -> None:
    visitor.sign_in(world.staff("dana"))
    day = Day(visitor, world, services)
    for _round in range(EACH):
        for kind, assist in KINDS.items():
            keys = Keyboard(visitor.page)
            assist(day, keys)
            keys.key("x")
            day.sees("Find a patient")
            day.acts.setdefault(kind, []).append(keys.acts)
    table = "".join(f"{kind}: {max(acts)} acts at most\n" for kind, acts in day.acts.items())
    ARTEFACTS.mkdir(exist_ok=True)
    (ARTEFACTS / "clerks-day.txt").write_text(table)
    assert {kind: len(acts) for kind, acts in day.acts.items()} == dict.fromkeys(KINDS, EACH)
    assert not {kind: max(acts) for kind, acts in day.acts.items() if max(acts) > MOST_ACTS[kind]}, table
