"""Written once, delivered once: two real instances, killed and cut off at each step."""

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient

from portal import audit
from portal.access.policy import OrganizationRules
from portal.domain.errors import UnreachableError
from portal.domain.ids import HOME, new_id
from portal.fhir.authorised import Authorised
from portal.linking import organization_rules, transitions
from portal.linking.states import By, Move
from portal.messaging import outbox
from portal.services import Services
from portal.store.links import links
from portal.store.messages import outgoing
from portal.store.provider import grants
from tests.integration.linking.second import second_instance
from tests.integration.messaging.conftest import Pair, accept_messages, paired
from tests.integration.messaging.cutting import cut_line
from tests.unit.messaging.test_files import png


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is tried again is due again at once."""
    monkeypatch.setattr(outbox, "_SENDING", outbox._SENDING * 0)
    monkeypatch.setattr(outbox, "_FIRST_WAIT", outbox._FIRST_WAIT * 0)


def test_a_message_goes_there_and_the_answer_comes_back(pair: Pair) -> None:
    message = new_id()
    pair.write(message_id=message)
    assert pair.work() == 1
    assert pair.state(message) == ("sent", "")
    assert pair.arrived() == ["My heart races."]
    assert pair.bodies(pair.here, pair.maria) == ["My heart races."], "it is here at once, before the next refresh"
    pair.answer("Please come by.")
    pair.refresh()
    assert sorted(pair.bodies(pair.here, pair.maria)) == ["My heart races.", "Please come by."]
    [new] = [row for row in pair.rows(pair.here, pair.maria) if row.new]
    assert "Please come by." in pair.get(f"/messages/{new.primary_id}").get_data(as_text=True)
    pair.work()
    assert [row.new for row in pair.rows(pair.there.services, pair.maria_there)] == [frozenset(), frozenset()], (
        "read here is read there"
    )


def test_what_is_read_there_is_read_here(pair: Pair) -> None:
    pair.write(message_id=new_id())
    pair.work()
    pair.answer("Please come by.")
    pair.refresh()
    assert any(row.new for row in pair.rows(pair.here, pair.maria))
    [answer] = [row for row in pair.rows(pair.there.services, pair.maria_there) if row.new]
    with pair.there.services.db.transaction() as tx:
        from portal.store.messages import receipts

        assert receipts.add(tx, entry_ids=[answer.primary_id])
    outbox.send_due(pair.there.services)
    pair.refresh()
    assert not any(row.new for row in pair.rows(pair.here, pair.maria))


class _Killed(BaseException):
    """The worker is gone."""


def _before(name: str, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_arguments: Any, **_more: Any) -> None:
        raise _Killed

    monkeypatch.setattr(owner, name, die)


def _after(name: str, owner: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = getattr(owner, name)

    def die(*arguments: Any, **more: Any) -> None:
        real(*arguments, **more)
        raise _Killed

    monkeypatch.setattr(owner, name, die)


@pytest.mark.parametrize("when", [_before, _after])
@pytest.mark.parametrize(
    ("owner", "name"),
    [(outgoing, "take_due"), (Authorised, "post"), (outbox, "ingest"), (outbox, "_store"), (outgoing, "end")],
)
def test_a_worker_that_is_killed_at_any_step_loses_and_doubles_nothing(
    pair: Pair, monkeypatch: pytest.MonkeyPatch, when: Any, owner: Any, name: str
) -> None:
    message = new_id()
    pair.write(message_id=message)
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_SENDING", outbox._SENDING * 0)
        when(name, owner, patch)
        with pytest.raises(_Killed):
            pair.work()
    pair.work()
    assert pair.state(message) == ("sent", "")
    assert pair.arrived() == ["My heart races."]
    assert pair.bodies(pair.here, pair.maria) == ["My heart races."]


def test_a_line_that_drops_after_the_message_arrived_leaves_one(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    real, drops = Authorised.post, iter([True, True, False])

    def dropping(self: Authorised, *arguments: Any, **more: Any) -> Any:
        answer = real(self, *arguments, **more)
        if next(drops):
            raise UnreachableError("connection-lost")
        return answer

    monkeypatch.setattr(Authorised, "post", dropping)
    message = new_id()
    pair.write(message_id=message)
    pair.work()
    assert pair.state(message) == ("sent", "")
    assert pair.arrived() == ["My heart races."]


def test_a_line_that_is_cut_anywhere_leaves_exactly_one(
    client: FlaskClient, services: Services, tmp_path: Path
) -> None:
    """Within the request, after it, and within the answer: sent again, it is there once."""
    with (
        cut_line(b"POST /fhir/Communication ") as line,
        second_instance(tmp_path / "second", base_url=line.url) as there,
    ):
        line.target = urlsplit(there.url).port or 0
        with paired(services, client, replace(there, url=line.url)) as pair:
            texts = ["Text 00"]
            pair.write(texts[0], message_id=new_id())
            pair.work()
            up, down = line.sent, line.answered
            assert up > len("Text 00")
            assert down > 0
            points = [("cut_up", at) for at in (0, up // 2, up - 1, up)]
            points += [("cut_down", at) for at in (0, down // 2, down - 100)]
            for number, (where, at) in enumerate(points, 1):
                texts.append(f"Text {number:02}")
                message = new_id()
                setattr(line, where, at)
                pair.write(texts[-1], message_id=message)
                for _again in range(3):
                    pair.work()
                assert (pair.state(message), line.cuts) == (("sent", ""), number), (where, at)
            assert sorted(pair.arrived()) == texts
            assert sorted(pair.bodies(pair.here, pair.maria)) == texts


def test_what_does_not_get_through_says_so_and_is_sent_by_try_again(
    pair: Pair, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_arguments: Any, **_more: Any) -> None:
        raise UnreachableError

    message = new_id()
    pair.write(message_id=message)
    with monkeypatch.context() as patch:
        patch.setattr(Authorised, "post", unreachable)
        pair.work()
    assert pair.state(message) == ("failed", "unreachable")
    page = pair.get("/messages").get_data(as_text=True)
    assert "Your message to Gareth Owen, MD was not sent" in page
    assert pair.post(f"/messages/new/{message}/again").status_code == 303
    pair.work()
    assert (pair.state(message), pair.arrived()) == (("sent", ""), ["My heart races."])


def test_a_file_goes_with_it(pair: Pair) -> None:
    message = new_id()
    pair.write(message_id=message)
    with pair.here.db.transaction() as tx:
        outgoing.add_file(
            tx,
            person_id=pair.maria.person_id or "",
            title="Pulse",
            content_type="image/png",
            content=png(),
            message_id=message,
        )
    pair.work()
    [row] = pair.rows(pair.here, pair.maria)
    page = pair.get(f"/messages/{row.primary_id}").get_data(as_text=True)
    address = page.split(f"/messages/{row.primary_id}/file/")[1].split('"')[0]
    assert pair.get(f"/messages/{row.primary_id}/file/{address}").get_data() == png()


def test_written_at_home_it_goes_the_same_way(pair: Pair) -> None:
    accept_messages(pair.here)
    message = new_id()
    pair.write(message_id=message, source=HOME)
    pair.work()
    assert pair.state(message) == ("failed", "not-accepted"), "nobody of that name is on the care team here"


def test_the_other_side_switched_messages_off(pair: Pair) -> None:
    message = new_id()
    pair.write(message_id=message)
    accept_messages(pair.there.services, accepts=False)
    pair.work()
    assert (pair.state(message), pair.arrived()) == (("failed", "switched-off"), [])
    assert "takes messages only in its own portal" in pair.get("/messages/new").get_data(as_text=True)


def test_our_administrators_switched_writing_there_off(pair: Pair) -> None:
    """Nobody is offered it, and what waits is not sent; until it is on again."""
    message = new_id()
    pair.write(message_id=message)
    with pair.here.db.transaction() as tx:
        rules = OrganizationRules(messages_off=True)
        organization_rules.apply(tx, organization_id=pair.organization_id, rules=rules, actor=audit.Actor("operator"))
    pair.work()
    assert pair.arrived() == []
    assert pair.state(message) == ("failed", "not-offered")
    assert "Gareth Owen" not in pair.get("/messages/new").get_data(as_text=True)
    with pair.here.db.transaction() as tx:
        organization_rules.apply(
            tx, organization_id=pair.organization_id, rules=OrganizationRules(), actor=audit.Actor("operator")
        )
    assert "Gareth Owen" in pair.get("/messages/new").get_data(as_text=True)


def test_a_clinician_takes_no_messages_any_more(pair: Pair) -> None:
    message = new_id()
    pair.write(message_id=message)
    accept_messages(pair.there.services, "owen", accepts=False)
    pair.work()
    assert (pair.state(message), pair.arrived()) == (("failed", "not-accepted"), [])


def test_the_permission_was_ended_there(pair: Pair) -> None:
    message = new_id()
    pair.write(message_id=message)
    with pair.there.services.db.transaction() as tx:
        [grant] = grants.grants_of_person(tx, person_id=pair.maria_there.person_id or "")
        grants.end_grant(tx, grant_id=grant.id, reason="revoked")
    pair.work()
    assert (pair.state(message), pair.arrived()) == (("failed", "needs-verification"), [])


def test_unlinking_takes_what_waits_with_it(pair: Pair) -> None:
    message = new_id()
    pair.write(message_id=message)
    with pair.here.db.transaction() as tx:
        link = links.by_id(tx, link_id=pair.link_id)
        assert link
        transitions.end(tx, link, Move.UNLINKED, By.PATIENT)
    assert pair.work() == 0
    assert pair.arrived() == []
    with pair.here.db.reading() as tx:
        assert outgoing.by_id(tx, message_id=message, person_id=pair.maria.person_id or "") is None


def test_who_writes_for_somebody_is_named(pair: Pair) -> None:
    pair.write(message_id=new_id(), writer="Rosa Alvarez")
    pair.work()
    [row] = pair.rows(pair.there.services, pair.maria_there)
    detail: Any = row.primary.entry.detail
    assert (detail.sender, detail.own, bool(row.new)) == ("Rosa Alvarez", True, False)
