"""Every page of the front desk, the privacy office and administrators, while a patient is helped: no clinical word.

The pages come from the route map, and are filled with what is the patient's; every text of her record is marked.
"""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from portal.access.duties import DUTIES, SHOWS_CLINICAL_TEXT
from portal.assist import assists
from portal.domain.assists import Consent, Purpose
from portal.domain.links import LinkState
from portal.domain.people import Role
from portal.endpoints import Kind, access_of
from portal.store.people import accounts
from portal.store.people.outbox import MailContent
from tests.factories.world import TestUser
from tests.hostile.web.stage import LETTER, MARK, Stage, ask

BLIND = tuple(role for role in Role if DUTIES[role] and not DUTIES[role] & SHOWS_CLINICAL_TEXT)


def help_victim(stage: Stage, clerk: TestUser) -> None:
    """Let the clerk help Vera, who said yes on her own device."""
    with stage.services.db.reading() as tx:
        account = accounts.by_id(tx, account_id=clerk.account_id)
    assert account
    assists.begin(stage.services, account, person_id=stage.person_id)
    assist = assists.current(stage.services, account)
    assert assist
    assists.ask(
        stage.services,
        assist,
        purpose=Purpose.LINK,
        consent=Consent.DEVICE,
        id_checked=True,
        letter=lambda code: MailContent("", "", code),
    )
    read = {"assist_id": assist.id, "purpose": Purpose.LINK.value}
    who = {"person_id": stage.person_id, "account_id": stage.victim.account_id}
    assert assists.answer(stage.services, **who, **read, agrees=True)


def duty_addresses(stage: Stage, role: Role) -> Iterator[tuple[str, str]]:
    """Yield method and address of every page that is there for a role, filled with what is Vera's."""
    adapter = stage.app.url_map.bind("localhost")
    for rule in stage.app.url_map.iter_rules():
        access = access_of(stage.app, rule.endpoint)
        if access is None or access.kind is not Kind.DUTY or access.permission not in DUTIES[role]:
            continue
        for state in (LinkState.ACTIVE, LinkState.CONFIRM, LinkState.ERROR):
            known = {
                "link": stage.links[state],
                "organization": stage.organizations[state],
                "person": stage.person_id,
                "account": stage.victim.account_id,
                "client": "none",
                "received_id": stage.fetched,
            }
            values = {name: known.get(name, "0" * 20) for name in rule.arguments}
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                yield method, adapter.build(rule.endpoint, values)


@pytest.mark.parametrize("role", BLIND)
def test_no_page_shows_a_word_of_the_record(stage: Stage, role: Role) -> None:
    worker = stage.world.staff(f"blind-{role.value}", role)
    client = stage.visitor(worker)
    token = stage.token(client)
    pages = sorted(set(duty_addresses(stage, role)))
    shown = []
    for only in ("GET", "POST"):
        for method, address in pages:
            if method != only or address.endswith("/unlink"):
                continue
            if role is Role.STAFF:
                _ensure_help(stage, client, worker)
            answer = ask(client, method, address, token=token)
            if words := _clinical(answer.get_data(as_text=True)):
                shown.append(f"{method} {address}: {words}")
    assert not shown, "\n".join(shown)
    assert len(pages) > 3


def _ensure_help(stage: Stage, client: FlaskClient, worker: TestUser) -> None:
    page = client.get("/staff/patient", follow_redirects=True).get_data(as_text=True)
    if "Linked organizations" not in page:
        with stage.services.db.reading() as tx:
            account = accounts.by_id(tx, account_id=worker.account_id)
        assert account
        if (assist := assists.current(stage.services, account)) is not None:
            assists.finish(stage.services, assist, assists.AssistEnding.FINISHED)
        help_victim(stage, worker)


def _clinical(page: str) -> str:
    """Return the first marked words of a page that are not the patient's name, birth date or address."""
    text = page.casefold()
    for name in ("vera qzmarkine", "qzmarksson, vera", "qzmarkine", "qzmarksson", "qzmark here", "qzmark there"):
        text = text.replace(name, "")
    mark = next((mark for mark in (MARK, LETTER) if mark in text), "")
    return text[max(0, text.index(mark) - 60) : text.index(mark) + 60] if mark else ""
