"""Two records of one person become one at the word of two; until then nothing has changed."""

import threading
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import func, select

from portal.access.proxies import LEVELS
from portal.audit import chain
from portal.audit.checkpoints import checkpoint_file
from portal.domain.errors import ConflictError, DecryptionError, NotFoundError
from portal.domain.ids import new_id
from portal.domain.people import GrantLevel, HumanName, Identifier, Person, ProxyChoice, Role
from portal.domain.sections import Section
from portal.persons import erasure, merging, merging_proxies
from portal.queue import JobQueue
from portal.refresh.imports import import_files
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.sharing import making
from portal.sharing.making import Opening
from portal.sharing.summary import SECTIONS
from portal.store import Database, Tx
from portal.store.audit import events
from portal.store.engine import key_rotation
from portal.store.links import links
from portal.store.messages import authors
from portal.store.people import accounts, changes, finding, outbox, people, proxies
from portal.store.people import merging as rows
from portal.store.people.accounts import Account
from portal.store.provider import matches
from portal.store.records import privacy, renewals, resources
from portal.store.records import rows as record_rows
from portal.store.records import rows as rows_of
from portal.store.records.privacy import PrivateChoice
from portal.store.schema import metadata
from portal.store.schema.access import person
from portal.store.schema.encryption import person_key
from portal.store.shares import calendar_feeds, shares
from portal.store.shares.shares import ShareTerms
from tests.factories.record import at_home, message, small_record
from tests.factories.settings import make_settings
from tests.factories.sights import OPEN
from tests.factories.stages import staged
from tests.factories.world import ANA, BEN, TestUser, World
from tests.integration.provider.conftest import register
from tests.unit.normalise.ccda import coded
from tests.unit.normalise.ccda.documents import document

NAMED = {"given": "Ana", "family": "Rivera", "born": "19800304"}
NUMBERS = ("MC-0042-7730", "MC-0099-1111")
FIRST: Person = msgspec.structs.replace(ANA, identifiers=(Identifier("urn:home", NUMBERS[0], "MR"),))
SECOND: Person = msgspec.structs.replace(
    ANA,
    names=(HumanName(family="Riviera", given=("Ana",), use="official"),),
    identifiers=(Identifier("urn:home", NUMBERS[1], "MR"),),
)


@pytest.fixture
def services(database: Database, tmp_path: Path) -> Services:
    settings = make_settings(tmp_path)
    return Services(settings, database, JobQueue("", settings.slug))


@pytest.fixture
def both(services: Services) -> tuple[TestUser, TestUser]:
    """Ana twice: each with an account; the second with a record, links, shares, somebody who acts for her."""
    return staged(services, "both", lambda: _both(services))


def _both(services: Services) -> tuple[TestUser, TestUser]:
    world = World(services)
    first, second = world.patient("ana", FIRST), world.patient("ana2", SECOND)
    ben = world.patient("ben", BEN)
    small_record(services, second)
    ingest(services.db, person_id=first.person_id, source="home", resources=[{**at_home()[0], "id": "the-same-again"}])
    world.proxy(ben, second.person_id or "", GrantLevel.FULL)
    world.proxy(second, ben.person_id or "", GrantLevel.FULL)
    world.proxy(first, second.person_id or "", GrantLevel.FULL)
    with services.db.transaction() as tx:
        calendar_feeds.add(tx, feed_id=new_id(), person_id=second.person_id or "", account_id=second.account_id)
        choice = PrivateChoice(section=Section.INSURANCE.value)
        privacy.put(tx, person_id=second.person_id or "", chosen=[choice], private=True)
    return first, second


def staff(
    services: Services, name: str, role: Role = Role.RECORDS, *, as_patient: str = "", email: str = ""
) -> Account:
    with services.db.transaction() as tx:
        account_id = accounts.add(
            tx, username=name, display=name, password_hash="", role=role, as_patient=as_patient, email=email
        )
        account = accounts.by_id(tx, account_id=account_id)
    assert account
    return account


def proposed(services: Services, both: tuple[TestUser, TestUser], by: Account) -> str:
    with services.db.transaction() as tx:
        return merging.propose(
            tx, person_id=both[0].person_id or "", other_id=both[1].person_id or "", by=by, teen_age=13
        )


def everything(services: Services) -> Mapping[str, list[Any]]:
    """All rows of all tables but the trail."""
    with services.db.reading() as tx:
        return {
            table.name: sorted(map(repr, tx.conn.execute(select(table))))
            for table in metadata.sorted_tables
            if table.name not in {"audit_event", "audit_segment"}
        }


def test_until_it_is_confirmed_nothing_has_changed(services: Services, both: tuple[TestUser, TestUser]) -> None:
    first, second = staff(services, "records"), staff(services, "admin", Role.ADMIN)
    before = everything(services)
    merge_id = proposed(services, both, first)
    assert proposed(services, both, first) == merge_id, "said twice it is one"
    with pytest.raises(ConflictError):
        merging.confirm(services, merge_id=merge_id, by=first)
    with services.db.transaction() as tx:
        merging.cancel(tx, merge_id=merge_id, by=second)
    assert everything(services) == before
    with pytest.raises(NotFoundError):
        merging.confirm(services, merge_id=merge_id, by=second)


@pytest.mark.parametrize("role", [role for role in Role if role not in {Role.RECORDS, Role.ADMIN}])
def test_nobody_else_may(services: Services, both: tuple[TestUser, TestUser], role: Role) -> None:
    other = staff(services, "other", role)
    with pytest.raises(ConflictError):
        proposed(services, both, other)
    merge_id = proposed(services, both, staff(services, "records"))
    with pytest.raises(ConflictError):
        merging.confirm(services, merge_id=merge_id, by=other)


def test_everything_of_both_stands_under_one(services: Services, both: tuple[TestUser, TestUser]) -> None:
    first, second = staff(services, "records"), staff(services, "records2")
    stays, goes = both[0].person_id or "", both[1].person_id or ""
    with services.db.reading() as tx:
        numbers = [rows.counts(tx, person_id=each) for each in (stays, goes)]
        lines = resources.counts(tx, person_id=goes)
        key = tx.conn.execute(select(person_key.c.id).where(person_key.c.person_id == goes)).scalar_one()
        total = {
            table.name: tx.conn.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (metadata.tables["resource"], metadata.tables["entry"], metadata.tables["link"])
        }
    merge_id = proposed(services, both, first)
    assert merging.confirm(services, merge_id=merge_id, by=second) == stays
    with services.db.reading() as tx:
        after = rows.counts(tx, person_id=stays)
        assert after == {name: numbers[0][name] + numbers[1][name] for name in after}
        assert sum(after.values()) > 10, "there was something to move"
        for name, count in total.items():
            assert tx.conn.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one() == count
        assert resources.counts(tx, person_id=stays) == lines, "the same thing of both is one line"
        assert people.by_id(tx, person_id=goes) is None
        assert list(resources.everything(tx, person_id=stays)), "it opens"
        assert tx.conn.execute(select(person_key).where(person_key.c.id == key)).first() is None
        assert not renewals.waiting(tx)
    with services.db.reading() as tx:
        for column in key_rotation.sealed_columns():
            key_rotation.open_newest(tx, column)
        assert privacy.choices(tx, person_id=stays)[0].section == Section.INSURANCE
    checkpoints = checkpoint_file(services.settings)
    assert chain.seal(services.db, checkpoints)
    assert not chain.verify(services.db, checkpoints).findings


def test_the_old_key_opens_nothing_any_more(services: Services, both: tuple[TestUser, TestUser]) -> None:
    goes = both[1].person_id
    with services.db.reading() as tx:
        sealed = tx.conn.execute(select(person.c.data).where(person.c.id == goes)).scalar_one()
    merge_id = proposed(services, both, staff(services, "records"))
    merging.confirm(services, merge_id=merge_id, by=staff(services, "records2"))
    with services.db.reading() as tx, pytest.raises(DecryptionError):
        tx.open(bytes(sealed), row=f"person.data:{goes}")


def test_one_account_is_left_and_nobody_acts_for_themselves(
    services: Services, both: tuple[TestUser, TestUser]
) -> None:
    clerk = World(services).account("clerk", Role.STAFF, None)
    with services.db.transaction() as tx:
        accounts.set_as_patient(tx, before="", person_id=both[1].person_id or "")
    merge_id = proposed(services, both, staff(services, "records"))
    stays = merging.confirm(services, merge_id=merge_id, by=staff(services, "records2"))
    with services.db.reading() as tx:
        own = accounts.own_account(tx, person_id=stays)
        assert own
        assert own.username == "ana"
        assert accounts.by_username(tx, username="ana2") is None
        assert not proxies.in_force(tx, teen_age=13, person_id=stays), "Ben was let into the other one alone"
        assert len(proxies.in_force(tx, teen_age=13, account_id=own.id)) == 1, "she acts for Ben as before"
        assert [feed.account_id for feed in calendar_feeds.of_person(tx, person_id=stays)] == [own.id]
        member = accounts.by_id(tx, account_id=clerk.account_id)
        assert member
        assert member.as_patient == stays


@pytest.mark.parametrize("side", [0, 1], ids=["stays", "goes"])
def test_nobody_sees_more_by_it_than_they_were_given(
    services: Services, both: tuple[TestUser, TestUser], side: int
) -> None:
    """Who acts for one of the two ends and is told; who acts for both sees what both let them see."""
    world = World(services)
    zoe = world.patient("zoe", BEN)
    world.proxy(zoe, both[side].person_id or "", GrantLevel.FULL)
    world.proxy(zoe, both[1 - side].person_id or "", GrantLevel.NO_CONFIDENTIAL)
    with services.db.transaction() as tx:
        ben = accounts.by_username(tx, username="ben")
        assert ben
        accounts.set_email(tx, account_id=ben.id, email="ben@mail.example")
        more = {"choices": [ProxyChoice.CONFIDENTIAL], "relationship": "mother"}
        proxies.begin(tx, account_id=zoe.account_id, person_id=both[0].person_id or "", **more)
        invited = proxies.Invited("Somebody", "mother", "code")
        for user in both:
            proxies.invite(
                tx, person_id=user.person_id or "", choices=[ProxyChoice.RECORD], invited=invited, grant_ends_at=None
            )
            invited = proxies.Invited("Somebody", "mother", "another")
    merge_id = proposed(services, both, staff(services, "records"))
    with services.db.reading() as tx:
        proposal = rows.by_id(tx, merge_id=merge_id)
        assert proposal
        acting = merging_proxies.acting(tx, proposal, teen_age=13)
    assert (set(acting.both), acting.one) == ({zoe.account_id}, {ben.id})
    stays = merging.confirm(services, merge_id=merge_id, by=staff(services, "records2"))
    with services.db.reading() as tx:
        [grant] = proxies.in_force(tx, teen_age=13, person_id=stays)
        assert (grant.account_id, grant.choices) == (zoe.account_id, LEVELS[GrantLevel.NO_CONFIDENTIAL])
        assert not proxies.invitations(tx, person_id=stays)
        [told] = [mail for mail in outbox.newest(tx, limit=9) if mail.content.recipient == "ben@mail.example"]
    assert "no longer act" in told.content.subject
    assert ben.id in _ended(services, stays)


def test_what_was_given_for_a_day_is_not_given_for_longer(services: Services, both: tuple[TestUser, TestUser]) -> None:
    """A second grant for one record: a little for years beside all of it until tomorrow."""
    zoe = World(services).patient("zoe", BEN)
    with services.db.transaction() as tx:
        tomorrow, years = tx.now + timedelta(days=1), tx.now + timedelta(days=900)
        for user, level, ends_at in (
            (both[0], GrantLevel.FULL, None),
            (both[1], GrantLevel.NO_CONFIDENTIAL, years),
            (both[1], GrantLevel.FULL, tomorrow),
        ):
            named = {"account_id": zoe.account_id, "person_id": user.person_id or "", "relationship": "mother"}
            accounts.grant_proxy(tx, **named, level=level, ends_at=ends_at)
    merge_id = proposed(services, both, staff(services, "records"))
    stays = merging.confirm(services, merge_id=merge_id, by=staff(services, "records2"))
    with services.db.reading() as tx:
        [grant] = proxies.in_force(tx, teen_age=13, person_id=stays)
    assert grant.ends_at == tomorrow


def _ended(services: Services, person_id: str) -> set[str]:
    with services.db.reading() as tx:
        listed = events.of_person(tx, person_id=person_id, limit=500)
    return {event.detail["account"] for event in listed if event.action == "proxy-end"}


def test_what_she_wrote_for_another_stays_hers(services: Services, both: tuple[TestUser, TestUser]) -> None:
    """Both of her accounts wrote for Ben, in one conversation: the one that stays sees it, and no one else who acts."""
    first, second = both
    with services.db.transaction() as tx:
        ben = accounts.by_username(tx, username="ben")
        assert ben
        for fhir_id, writer in (("m1", second), ("m2", first)):
            key = resources.resource_id(tx.vault, source="home", type="Communication", fhir_id=fhir_id)
            authors.put(tx, key=key, person_id=ben.person_id or "", account_id=writer.account_id)
    letters = [
        message(each, "Camp", "Monday.", "2026-05-01T12:00:00Z", "Dr. Owen") | {"groupIdentifier": {"value": "camp"}}
        for each in ("m1", "m2", "m3")
    ]
    ingest(services.db, person_id=ben.person_id, source="home", resources=letters)
    merge_id = proposed(services, both, staff(services, "records"))
    merging.confirm(services, merge_id=merge_id, by=staff(services, "records2"))
    for account_id, expected in ((first.account_id, 3), ("somebody", 0)):
        sight = replace(OPEN, account=account_id)
        with services.db.reading() as tx:
            counts = rows_of.counts(tx, person_id=ben.person_id or "", sight=sight)
            listed = rows_of.page(tx, person_id=ben.person_id or "", section=Section.MESSAGES, sight=sight).rows
        assert (counts.get(Section.MESSAGES, {}).get("", 0), len(listed)) == (expected, expected)


def test_she_is_found_by_both_numbers_and_the_trail_goes_on(
    services: Services, both: tuple[TestUser, TestUser]
) -> None:
    goes = both[1].person_id or ""
    with services.db.reading() as tx:
        before = {event.seq for event in events.of_person(tx, person_id=goes, limit=500)}
    merge_id = proposed(services, both, staff(services, "records"))
    stays = merging.confirm(services, merge_id=merge_id, by=staff(services, "records2"))
    with services.db.transaction() as tx:
        for number in NUMBERS:
            matches = finding.find(tx, birth_date=ANA.birth_date, number=number)
            assert [match.id for match in matches] == [stays]
        told = events.of_person(tx, person_id=stays, limit=500)
        assert before <= {event.seq for event in told}
        assert (told[0].action, told[0].detail) == ("merge", {"other": goes, "step": "confirmed"})
        # What the chart still sends of either leads to her, and undoes nothing.
        for name, demographics in (("ana2", SECOND), ("ana", FIRST)):
            assert people.put_home_patient(tx, fhir_id=f"patient-{name}", demographics=demographics) == stays
        stored = people.by_id(tx, person_id=stays)
        assert stored
        assert stored.demographics.display == "Ana Luz Rivera"
        assert set(finding.record_numbers(stored.demographics)) == {number.replace("-", "") for number in NUMBERS}


def test_of_two_links_to_one_organization_the_working_one_stays(
    services: Services, both: tuple[TestUser, TestUser]
) -> None:
    with services.db.reading() as tx:
        theirs = links.of_person(tx, person_id=both[1].person_id or "")[0]
    with services.db.transaction() as tx:
        again = links.add(
            tx,
            person_id=both[0].person_id or "",
            organization_id=theirs.organization_id,
            state=theirs.state,
            tier=theirs.tier,
            created_by=both[0].account_id,
            move="authorized",
        ).id
    merge_id = proposed(services, both, staff(services, "records"))
    with services.db.reading() as tx:
        proposal = rows.by_id(tx, merge_id=merge_id)
        assert proposal
        assert [(pair.stays.id, pair.goes.id) for pair in merging.twice(tx, proposal)] == [(again, theirs.id)]
    stays = merging.confirm(services, merge_id=merge_id, by=staff(services, "records2"))
    with services.db.reading() as tx:
        live = [
            each.id for each in links.of_person(tx, person_id=stays) if each.organization_id == theirs.organization_id
        ]
        assert live == [again]


@pytest.mark.parametrize(("side", "kind"), [(0, changes.DECEASED), (1, changes.ERASURE)], ids=["stays", "goes"])
def test_nobody_is_merged_who_waits_to_be_erased_or_closed(
    services: Services, both: tuple[TestUser, TestUser], side: int, kind: str
) -> None:
    admin, records, second = staff(services, "a", Role.ADMIN), staff(services, "r"), staff(services, "r2")
    merge_id = proposed(services, both, records)
    with services.db.transaction() as tx:
        change_id = erasure.request(tx, person_id=both[side].person_id or "", by=admin, kind=kind)
    with pytest.raises(ConflictError, match="change-waits"):
        merging.confirm(services, merge_id=merge_id, by=second)
    with services.db.transaction() as tx:
        merging.cancel(tx, merge_id=merge_id, by=records)
    with pytest.raises(ConflictError, match="change-waits"):
        proposed(services, both, records)
    with services.db.transaction() as tx:
        change = changes.by_id(tx, change_id=change_id)
        assert change
        assert change.person_id == both[side].person_id
        erasure.cancel(tx, change_id=change_id, by=admin)
    merging.confirm(services, merge_id=proposed(services, both, records), by=second)


def test_what_is_being_confirmed_cannot_be_called_off(
    services: Services, both: tuple[TestUser, TestUser], monkeypatch: pytest.MonkeyPatch
) -> None:
    asker, second = staff(services, "r"), staff(services, "r2")
    merge_id = proposed(services, both, asker)
    events: list[str] = []
    real = rows.move

    def call_off() -> None:
        try:
            with services.db.transaction() as tx:
                merging.cancel(tx, merge_id=merge_id, by=asker)
            events.append("called off")
        except NotFoundError:
            events.append("too late")

    thread = threading.Thread(target=call_off)

    def slow(tx: Tx, **sides: str) -> Any:
        thread.start()
        thread.join(0.3)  # on SQLite, and behind the lock, it waits until this one ends
        return real(tx, **sides)

    monkeypatch.setattr(rows, "move", slow)
    merging.confirm(services, merge_id=merge_id, by=second)
    thread.join(60)
    assert events == ["too late"]


@pytest.mark.parametrize("side", [0, 1], ids=["stays", "goes"])
def test_who_is_not_to_be_matched_by_partners_stays_so(
    services: Services, both: tuple[TestUser, TestUser], side: int
) -> None:
    register(services)
    with services.db.transaction() as tx:
        people.set_share_matches(tx, person_id=both[side].person_id or "", share=False)
        matches.add_match(tx, client_id="test-app", person_id=both[1 - side].person_id or "")
    merge_id = proposed(services, both, staff(services, "r"))
    stays = merging.confirm(services, merge_id=merge_id, by=staff(services, "r2"))
    with services.db.reading() as tx:
        stored = people.by_id(tx, person_id=stays)
        assert stored
        assert not stored.share_matches
        assert not matches.matched_people(tx, client_id="test-app")


@pytest.mark.parametrize(("section", "left"), [("", set()), ("documents", set()), ("medications", {"open"})])
def test_links_end_that_may_show_what_the_other_record_keeps_private(
    services: Services, both: tuple[TestUser, TestUser], section: str, left: set[str]
) -> None:
    codes = {each.section: each.code for each in SECTIONS}
    with services.db.transaction() as tx:
        choice = PrivateChoice(section=section, source="" if section else "home")
        privacy.put(tx, person_id=both[0].person_id or "", chosen=[choice], private=True)
        privacy.put(
            tx,
            person_id=both[1].person_id or "",
            chosen=privacy.choices(tx, person_id=both[1].person_id or ""),
            private=False,
        )
    for label, shared in (("open", Section.ALLERGIES), ("ends", Section.MEDICATIONS)):
        making.create(
            services.db,
            settings=services.settings,
            share_id=new_id(),
            person_id=both[1].person_id or "",
            account_id=both[1].account_id,
            terms=ShareTerms(label, (codes[shared],)),
            opening=Opening.WEEK,
            uses=None,
            story="",
            with_code=False,
        )
    merge_id = proposed(services, both, staff(services, "r"))
    stays = merging.confirm(services, merge_id=merge_id, by=staff(services, "r2"))
    with services.db.reading() as tx:
        assert {each.terms.label for each in shares.of_person(tx, person_id=stays) if each.opens(tx.now)} == left


@pytest.mark.parametrize("order", [(0, 1), (1, 0)], ids=["stays", "goes"])
def test_what_was_read_out_of_a_document_goes_where_the_other_record_keeps_it_private(
    services: Services, both: tuple[TestUser, TestUser], order: tuple[int, int], tmp_path: Path
) -> None:
    path = tmp_path / "summary.xml"
    path.write_text(document(coded.part("48765-2", coded.allergy(coded.PENICILLIN)), **NAMED))
    import_files(services.db, paths=[path], patient="patient-ana")

    def is_open(person_id: str) -> bool:
        with services.db.reading() as tx:
            page = record_rows.page(tx, person_id=person_id, section=Section.ALLERGIES, sight=OPEN, limit=50)
        return any(each.entry.title == "Penicillin" for row in page.rows for each in row.entries)

    assert is_open(both[0].person_id or "")
    with services.db.transaction() as tx:
        choice = PrivateChoice(section=Section.DOCUMENTS.value)
        privacy.put(tx, person_id=both[1].person_id or "", chosen=[choice], private=True)
    merge_id = proposed(services, (both[order[0]], both[order[1]]), staff(services, "r"))
    stays = merging.confirm(services, merge_id=merge_id, by=staff(services, "r2"))
    assert not is_open(stays)


@pytest.mark.parametrize("side", [0, 1], ids=["stays", "goes"])
def test_nobody_decides_about_their_own_record(services: Services, both: tuple[TestUser, TestUser], side: int) -> None:
    other, ben = staff(services, "r"), World(services).patient("ben2", BEN)
    World(services).proxy(ben, both[side].person_id or "", GrantLevel.FULL)
    merge_id = proposed(services, both, other)
    for name, as_patient in (("self", both[side].person_id), ("parent", ben.person_id)):
        own = staff(services, name, as_patient=as_patient or "")
        with pytest.raises(ConflictError, match="own-record"):
            proposed(services, both, own)
        with pytest.raises(ConflictError, match="own-record"):
            merging.confirm(services, merge_id=merge_id, by=own)
    with services.db.transaction() as tx:
        for account_id in (other.id, both[side].account_id):
            accounts.set_email(tx, account_id=account_id, email="same@mail.example")
    with pytest.raises(ConflictError, match="own-record"):
        merging.confirm(services, merge_id=merge_id, by=staff(services, "r2"))


def test_two_accounts_of_one_human_are_not_two_people(services: Services, both: tuple[TestUser, TestUser]) -> None:
    merge_id = proposed(services, both, staff(services, "r", email="rae@mail.example"))
    with pytest.raises(ConflictError, match="second-person"):
        merging.confirm(services, merge_id=merge_id, by=staff(services, "r2", email="Rae@mail.example"))


def test_an_account_that_is_switched_off_stays_off(services: Services, both: tuple[TestUser, TestUser]) -> None:
    with services.db.transaction() as tx:
        accounts.disable(tx, account_id=both[0].account_id)
    merge_id = proposed(services, both, staff(services, "r"))
    stays = merging.confirm(services, merge_id=merge_id, by=staff(services, "r2"))
    with services.db.reading() as tx:
        own = accounts.own_account(tx, person_id=stays)
        assert own
        assert (own.username, own.disabled) == ("ana", True)
        assert accounts.by_username(tx, username="ana2") is None
