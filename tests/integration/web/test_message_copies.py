"""A message that went to two organizations stands in both conversations, each naming the other."""

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.services import Services
from tests.factories.record import link, message
from tests.factories.world import TestUser
from tests.integration.web.html import check_page, get


@pytest.mark.parametrize(("sent", "named"), [("2026-03-02T10:00:00Z", True), ("2026-03-02T10:00:01Z", False)])
def test_both_conversations_name_each_other(
    signed: FlaskClient, services: Services, ana: TestUser, sent: str, named: bool
) -> None:
    ours = message("m1", "Your A1c", "It is 6.1 %.", "2026-03-02T10:00:00Z", "Dr. Osei")
    theirs = message("m2", "Your A1c", "It is 6.1 %.", sent, "Dr. Osei")
    ingest(services.db, person_id=ana.person_id, source=HOME, resources=[ours])
    link(services, ana, name="Lakeside Clinic", resources=[theirs])
    inbox = check_page(get(signed, "/messages"))
    addresses = {part.get("href") for part in inbox.iter("a") if "".join(part.itertext()).strip() == "Your A1c"}
    assert len(addresses) == 2
    texts = [" ".join(check_page(get(signed, address)).find(".//main").itertext()) for address in addresses]
    assert [("Also at" in text) for text in texts] == [named, named]
