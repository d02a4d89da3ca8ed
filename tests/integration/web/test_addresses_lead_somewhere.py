"""Whatever a page leads to, by an address of ours, is there."""

import re
from collections import deque
from typing import Any

from flask.testing import FlaskClient

from tests.factories.record import Linked
from tests.integration.web.html import parse

_ID = re.compile(r"[0-9a-z]{20,}")


def addresses(tree: Any) -> list[str]:
    found = (element.get("href") or "" for element in tree.findall(".//a[@href]"))
    return [address.partition("#")[0] for address in found if address.startswith("/") and "sign-out" not in address]


def test_no_page_of_a_linked_record_leads_to_nothing(signed: FlaskClient, riverbend: Linked) -> None:
    """One address of each kind: the same path with other ids, or the same names of other values, is the same kind."""
    waiting, kinds = deque(["/"]), set[str]()
    while waiting:
        address = waiting.popleft()
        kind = _ID.sub("N", re.sub(r"=[^&]*", "", address))
        if kind in kinds:
            continue
        kinds.add(kind)
        answer = signed.get(address)
        assert answer.status_code < 400, (address, answer.status_code)
        if answer.mimetype == "text/html" and answer.status_code == 200:
            waiting.extend(addresses(parse(answer.get_data(as_text=True))))
    assert len(kinds) > 80
