"""What is kept private while a share is being made is not in it: the choice came first, or it ends the link."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import update

from portal.directory import suggestions
from portal.domain.errors import NotFoundError
from portal.domain.ids import HOME, new_id
from portal.domain.sections import Section
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import files, health_links, making, privacy, shlink
from portal.sharing.making import NothingToShareError, Opening
from portal.store.directory import organizations
from portal.store.directory import suggestions as stored_suggestions
from portal.store.people import removal
from portal.store.records.privacy import PrivateChoice
from portal.store.schema.records import entry
from portal.store.shares import shares
from portal.store.shares.shares import ShareTerms
from tests.factories.record import condition, medication, small_record, visit
from tests.factories.world import TestUser

ALLERGIES, MEDICATIONS = "48765-2", "10160-0"
PRIVATE = PrivateChoice(Section.MEDICATIONS)
"""``small_record`` has lisinopril among the medications, penicillin among the allergies."""


@pytest.fixture
def person(services: Services, ana: TestUser) -> TestUser:
    small_record(services, ana)
    return ana


def keep_private(services: Services, person: TestUser) -> None:
    privacy.keep(
        services, person_id=person.person_id or "", account_id=person.account_id, chosen=[PRIVATE], private=True
    )


def once(monkeypatch: pytest.MonkeyPatch, module: Any, name: str, happens: Callable[[], Any]) -> list[str]:
    """Let something happen the first time that a function has ended; return what happened."""
    real = getattr(module, name)
    happened: list[str] = []

    def followed(*args: Any, **named: Any) -> Any:
        answer = real(*args, **named)
        if not happened:
            happened.append(name)
            happens()
        return answer

    monkeypatch.setattr(module, name, followed)
    return happened


def make(services: Services, person: TestUser, opening: Opening, *codes: str) -> tuple[str, making.NewLink]:
    share_id = new_id()
    link = making.create(
        services.db,
        settings=services.settings,
        share_id=share_id,
        person_id=person.person_id or "",
        account_id=person.account_id,
        terms=ShareTerms("Dr. Lee", codes),
        opening=opening,
        with_code=opening is Opening.WEEK,
    )
    assert link
    return share_id, link


def content_of(services: Services, share_id: str, link: making.NewLink) -> str:
    key = shlink.from_base64url(shlink.read(link.link).key)
    with services.db.reading() as tx:
        content = shares.content(tx, share_id=share_id)
    assert content
    return files.decrypt(content, key).decode()


@pytest.mark.parametrize("opening", [Opening.DAY, Opening.CARD])
def test_what_is_labelled_and_not_yet_grouped_stays_out(
    services: Services, person: TestUser, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that died after it had stored a label: the row still shows the item for an hour."""
    share_id, link = make(services, person, opening, ALLERGIES, MEDICATIONS)
    with services.db.transaction() as tx:
        own = (entry.c.person_id == person.person_id, entry.c.section == Section.ALLERGIES)
        assert tx.conn.execute(update(entry).where(*own).values(confidential=True, grouped=False)).rowcount
    reads = iter(range(3))
    real = making._content
    monkeypatch.setattr(making, "_content", lambda *about, **more: (next(reads), real(*about, **more))[1])
    if opening is Opening.CARD:
        with services.db.reading() as tx:
            stored = shares.by_id(tx, share_id=share_id)
        assert stored
        making.renew(services.db, settings=services.settings, stored=stored)
    else:
        share_id, link = make(services, person, opening, ALLERGIES, MEDICATIONS)
    content = content_of(services, share_id, link).lower()
    assert ("lisinopril" in content, "penicillin" in content) == (True, False)


@pytest.mark.parametrize("opening", [Opening.DESK, Opening.WEEK, Opening.CARD])
def test_what_becomes_private_meanwhile_is_left_out(
    services: Services, person: TestUser, opening: Opening, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "isinopril" in content_of(services, *make(services, person, opening, ALLERGIES, MEDICATIONS))
    happened = once(monkeypatch, files, "encrypt", lambda: keep_private(services, person))
    told = content_of(services, *make(services, person, opening, ALLERGIES, MEDICATIONS))
    assert happened
    assert "isinopril" not in told
    assert "enicillin" in told


def test_what_names_something_that_becomes_private_meanwhile_leaves_without_it(
    services: Services, person: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = medication("for-it", "861007", "metformin hydrochloride 500 MG Oral Tablet", "Take 1 tablet daily")
    order["reasonReference"] = [{"reference": "Condition/secret", "display": "Syphilis"}]
    sent = [condition("secret", "76272004", "Syphilis"), order]
    ingest(services.db, person_id=person.person_id, source=HOME, resources=sent)
    share_id, link = make(services, person, Opening.WEEK, MEDICATIONS)
    assert "yphilis" in content_of(services, share_id, link)

    def keep_issues_private() -> None:
        whose = {"person_id": person.person_id or "", "account_id": person.account_id}
        privacy.keep(services, **whose, chosen=[PrivateChoice(Section.HEALTH_ISSUES)], private=True)

    happened = once(monkeypatch, files, "encrypt", keep_issues_private)
    share_id, link = make(services, person, Opening.WEEK, MEDICATIONS)
    content = content_of(services, share_id, link)
    assert happened
    assert "yphilis" not in content
    assert "etformin" in content


def test_a_choice_that_comes_while_the_link_is_stored_ends_it(
    services: Services, person: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    chooses = threading.Thread(target=keep_private, args=(services, person))
    real = shares.add

    def slow(*args: Any, **named: Any) -> None:
        real(*args, **named)
        chooses.start()
        chooses.join(0.3)  # it waits until the link is there for it to find

    monkeypatch.setattr(shares, "add", slow)
    share_id, _link = make(services, person, Opening.WEEK, MEDICATIONS)
    chooses.join(60)
    with services.db.reading() as tx:
        stored = shares.by_id(tx, share_id=share_id)
        assert stored
        assert stored.ended_at is not None


def test_where_nothing_else_was_chosen_no_link_is_made(
    services: Services, person: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    once(monkeypatch, files, "encrypt", lambda: keep_private(services, person))
    with pytest.raises(NothingToShareError):
        make(services, person, Opening.DESK, MEDICATIONS)
    with services.db.reading() as tx:
        assert not shares.of_person(tx, person_id=person.person_id or "")


def test_of_a_person_who_is_erased_meanwhile_no_link_is_made(
    services: Services, person: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    def erase() -> None:
        with services.db.transaction() as tx:
            removal.remove_person(tx, person_id=person.person_id or "")

    once(monkeypatch, files, "encrypt", erase)
    with pytest.raises(NotFoundError):
        make(services, person, Opening.WEEK, ALLERGIES)


def test_a_long_lived_link_that_is_renewed_meanwhile_has_ended(
    services: Services, person: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    share_id, link = make(services, person, Opening.CARD, ALLERGIES, MEDICATIONS)
    once(monkeypatch, files, "encrypt", lambda: keep_private(services, person))
    token = shlink.read(link.link).url.rsplit("/", 1)[1]
    _stored, location = health_links.manifest(
        services.db, settings=services.settings, token=token, recipient="Lee", passcode=link.passcode
    )
    with pytest.raises(health_links.LinkGoneError):
        health_links.file_at(services.db, settings=services.settings, location=location)
    with services.db.reading() as tx:
        assert shares.content(tx, share_id=share_id) is None


def test_no_place_is_suggested_by_a_visit_that_is_kept_private_meanwhile(
    services: Services, person: TestUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    person_id = person.person_id or ""
    with services.db.transaction() as tx:
        organizations.add(tx, name="Quiet Harbor Clinic")
    held_there = visit("v9", "Office visit", "2026-04-03T15:00:00Z", "2026-04-03T15:30:00Z")
    held_there["serviceProvider"] = {"display": "Quiet Harbor Clinic"}
    ingest(services.db, person_id=person_id, source=HOME, resources=[held_there])

    def suggested() -> set[str]:
        with services.db.reading() as tx:
            listed = stored_suggestions.suggestions(tx, person_id=person_id, may_see_confidential=True)
        return {each.organization.name for each in listed}

    def keep() -> None:
        chosen = [PrivateChoice(Section.VISITS)]
        privacy.keep(services, person_id=person_id, account_id=person.account_id, chosen=chosen, private=True)

    happened = once(monkeypatch, suggestions, "_nearby", keep)
    suggestions.compute(services.db, person_id=person_id)
    assert happened
    assert suggested() == set()
    privacy.keep(
        services,
        person_id=person_id,
        account_id=person.account_id,
        chosen=[PrivateChoice(Section.VISITS)],
        private=False,
    )
    assert suggested() == {"Quiet Harbor Clinic"}, "else it would prove nothing"
