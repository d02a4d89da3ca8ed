"""Whatever a page leads to, by an address of ours, is there."""

import re
from collections import deque
from typing import Any

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.domain.people import ProxyChoice
from portal.refresh.ingest import ingest
from portal.services import Services
from portal.store.people import proxies
from tests.factories.record import Linked, message
from tests.factories.world import BEN, TestUser, World, sign_in
from tests.integration.web.html import parse

_ID = re.compile(r"[0-9a-z]{20,}")


def addresses(tree: Any) -> list[str]:
    hrefs = (element.get("href") or "" for element in tree.findall(".//a[@href]"))
    return [address.partition("#")[0] for address in hrefs if address.startswith("/") and "sign-out" not in address]


def follow(client: FlaskClient, start: str) -> set[str]:
    """Open one address of each kind: the same path with other ids, or the same names of other values, is one kind."""
    waiting, kinds = deque([start]), set[str]()
    while waiting:
        address = waiting.popleft()
        kind = _ID.sub("N", re.sub(r"=[^&]*", "", address))
        if not address.startswith(start.removesuffix("messages")) or kind in kinds:
            continue
        kinds.add(kind)
        answer = client.get(address)
        assert answer.status_code < 400, (address, answer.status_code)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            waiting.extend(addresses(parse(answer.get_data(as_text=True))))
    return kinds


def test_no_page_of_a_linked_record_leads_to_nothing(signed: FlaskClient, riverbend: Linked) -> None:
    assert len(follow(signed, "/")) > 80


@pytest.mark.usefixtures("riverbend")
@pytest.mark.parametrize(
    ("choice", "first"), [(ProxyChoice.RECORD, ""), (ProxyChoice.VISITS, ""), (ProxyChoice.MESSAGES, "messages")]
)
def test_nor_does_one_for_who_sees_a_part_of_it(
    services: Services, world: World, ana: TestUser, client: FlaskClient, *, choice: ProxyChoice, first: str
) -> None:
    ben = world.patient("ben", BEN)
    assert ana.person_id
    with services.db.transaction() as tx:
        proxies.begin(
            tx, account_id=ben.account_id, person_id=ana.person_id, choices=frozenset({choice}), relationship="child"
        )
    letter = message("letter", "Form", "Please sign.", "2030-05-01T12:00:00Z", "Dr. Owen")
    letter["payload"].append({"contentAttachment": {"contentType": "application/pdf", "data": "JVBERi0xLjQK"}})
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[letter])
    sign_in(client, ben)
    kinds = follow(client, f"/for/{ana.person_id}/{first}")
    assert any("/file/" in kind for kind in kinds) is (choice is ProxyChoice.MESSAGES)
    assert len(kinds) >= 3
