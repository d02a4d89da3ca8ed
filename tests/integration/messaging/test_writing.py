"""The pages: whom one may write to and why not, drafts, answers, files, and who wrote."""

import re
from io import BytesIO
from typing import Any

import pytest

from portal.domain.ids import HOME, new_id
from portal.domain.links import LinkState, Tier
from portal.domain.people import GrantLevel
from portal.refresh.ingest import ingest
from portal.store.directory import organizations
from portal.store.links import links
from portal.store.links import tokens as link_tokens
from portal.store.messages import outgoing, recipients
from portal.store.messages.outgoing import OutgoingMessage
from tests.factories.record import link, medication
from tests.factories.world import BEN, World, sign_in
from tests.integration.messaging.conftest import NAIR, OWEN, Pair, accept_messages, care_team
from tests.integration.web.html import check_page, get
from tests.unit.messaging.test_files import png


def written(pair: Pair) -> list[OutgoingMessage]:
    with pair.here.db.reading() as tx:
        return list(outgoing.unsent(tx, person_id=pair.maria.person_id or "", account_id=pair.maria.account_id))


def form(pair: Pair, **changes: Any) -> dict[str, Any]:
    values = {"message": new_id(), "to": f"{pair.link_id}|{OWEN}", "subject": "My heart", "body": "It races."}
    return values | changes


def test_who_takes_messages_is_chosen_by_name(pair: Pair) -> None:
    page = get(pair.client, "/messages/new")
    check_page(page)
    assert all(words in page.text for words in ("Gareth Owen, MD", "Priya Nair, MD", "Not for emergencies", "911"))
    found = get(pair.client, "/messages/new?to=my+heart+doctor").text
    assert "Gareth Owen, MD" in found
    assert "Priya Nair, MD" not in found
    assert "Nobody who takes messages has this name" in get(pair.client, "/messages/new?to=Smith").text


def test_a_form_that_comes_twice_is_one_message(pair: Pair) -> None:
    sent = form(pair)
    for _sent_twice in range(2):
        assert pair.post("/messages/new", **sent).status_code == 303
    assert len(written(pair)) == 1
    pair.work()
    assert pair.post("/messages/new", **sent).status_code == 303
    pair.work()
    assert pair.arrived() == ["It races."]


def test_what_is_typed_is_kept_by_itself(pair: Pair) -> None:
    """Quietly, and never after it was sent: what comes late changes nothing and sends nothing."""
    assert pair.post("/messages/new", **form(pair, step="auto", body="", subject="")).get_data() == b""
    assert not written(pair)
    sent = form(pair)
    for text in ("It ra", "It races"):
        answer = pair.post("/messages/new", **(sent | {"step": "auto", "body": text}))
        assert answer.get_data(as_text=True).startswith("Draft saved at ")
    [kept] = written(pair)
    assert (kept.state, kept.content.body) == ("draft", "It races")
    assert pair.post("/messages/new", **sent).status_code == 303
    pair.post("/messages/new", **(sent | {"step": "auto", "body": "It"}))
    pair.work()
    pair.post("/messages/new", **(sent | {"step": "auto", "body": "It"}))
    assert pair.arrived() == ["It races."]
    assert not written(pair)


def test_what_is_typed_is_kept_while_one_looks_for_somebody(pair: Pair) -> None:
    sent = form(pair, to="", step="find", find="heart")
    kept = pair.post("/messages/new", **sent)
    page = get(pair.client, kept.headers["Location"]).text
    assert "It races." in page
    assert "Gareth Owen, MD" in page
    assert "Draft:" in get(pair.client, "/messages").text
    assert pair.post("/messages/new", **form(pair, message=sent["message"], step="keep")).status_code == 303
    [draft] = written(pair)
    assert (draft.source, draft.content.recipient) == (pair.link_id, OWEN)
    assert pair.post(f"/messages/new/{draft.id}/discard").status_code == 303
    assert written(pair) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"to": ""}, "Choose who to write to."),
        ({"to": "somewhere|Practitioner/x"}, "Choose who to write to."),
        ({"body": " "}, "Write a message."),
        ({"body": "x" * 5001}, "Use at most 5,000 characters."),
        ({"files": (BytesIO(b"<svg><script/></svg>"), "picture.svg")}, "can run scripts"),
        ({"files": (BytesIO(b"PK\x03\x04 vbaProject.bin"), "letter.docm")}, "macros"),
        ({"files": (BytesIO(b"PK\x03\x04"), "bomb.zip")}, "an archive"),
        ({"files": (BytesIO(png()[:-3]), "cut.png")}, "damaged or not complete"),
        ({"files": (BytesIO(png() + b"\0" * 5_300_000), "big.png")}, "5 MB"),
    ],
)
def test_what_cannot_be_sent_says_why_and_keeps_the_text(pair: Pair, changes: dict[str, Any], words: str) -> None:
    refused = pair.post("/messages/new", **form(pair, **changes))
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422
    assert words in page
    assert changes.get("body", "It races.") in page
    assert written(pair) == []


def test_files_are_added_and_left_out_again(pair: Pair) -> None:
    sent = form(pair, step="keep")
    assert pair.post("/messages/new", **sent, files=(BytesIO(png()), "pulse.png")).status_code == 303
    page = get(pair.client, f"/messages/new/{sent['message']}").text
    [file] = re.findall(r'name="remove"\s+value="(\w+)"', page)
    assert "Leave out pulse.png" in page
    assert pair.post("/messages/new", **sent, remove=file).status_code == 303
    assert "Leave out" not in get(pair.client, f"/messages/new/{sent['message']}").text


def test_an_answer_goes_to_who_wrote(pair: Pair) -> None:
    pair.write(message_id=new_id())
    pair.work()
    pair.answer("Please come by.")
    pair.refresh()
    [new] = [row for row in pair.rows(pair.here, pair.maria) if row.new]
    inbox = get(pair.client, "/messages")
    check_page(inbox)
    assert "(1) Messages" in inbox.text
    assert "2 messages" in inbox.text
    page = get(pair.client, f"/messages/{new.primary_id}")
    check_page(page)
    assert page.text.index("My heart races.") < page.text.index("Please come by."), "oldest first"
    assert "Send to Gareth Owen, MD" in page.text
    assert "(1) Messages" not in get(pair.client, "/messages").text, "what was shown is read"
    kept = pair.post(f"/messages/{new.primary_id}", message="a" * 20, body="I wi", step="auto")
    assert kept.get_data(as_text=True).startswith("Draft saved at ")
    for _sent_twice in range(2):
        answered = pair.post(f"/messages/{new.primary_id}", message="a" * 20, body="I will.")
        assert answered.status_code == 303
    assert "Being sent" in get(pair.client, answered.headers["Location"]).text
    pair.work()
    assert sorted(pair.arrived()) == ["I will.", "My heart races.", "Please come by."]
    assert "3 messages" in get(pair.client, "/messages").text, "it is one conversation"


def test_what_one_asks_about_goes_along(pair: Pair) -> None:
    drug = medication("m1", "861007", "metformin 500 MG Oral Tablet", "Take 1 tablet")
    drug |= {"subject": {"reference": "Patient/patient-maria"}}
    ingest(pair.there.services.db, person_id=pair.maria_there.person_id, source=HOME, resources=[drug])
    ingest(pair.here.db, person_id=pair.maria.person_id, source=pair.link_id, resources=[drug])
    page = get(pair.client, "/health/medications").text
    item = re.search(r'href="/health/medications/(\w{32})"', page)
    assert item
    asks = re.search(r'href="(/messages/new\?about=\w+)"', get(pair.client, f"/health/medications/{item[1]}").text)
    assert asks
    assert "About: " in get(pair.client, asks[1]).text
    pair.post("/messages/new", **form(pair, about=item[1]))
    pair.work()
    [row] = pair.rows(pair.there.services, pair.maria_there)
    with pair.there.services.db.reading() as tx:
        from portal.store.records import resources

        stored = resources.by_id(tx, resource_id=row.primary_id)
    assert stored
    assert stored.body["about"] == [{"reference": "MedicationRequest/m1"}]


# Why nobody can be written to (product.md §3.20): each reason, in place of the button.


def why(pair: Pair) -> list[str]:
    return re.findall(r'data-why="([^"]+)"', get(pair.client, "/messages/new").text)


def test_reasons(pair: Pair) -> None:
    assert why(pair) == ["app", "not-used"], "messages are off at home, and the app writes to nobody elsewhere"
    accept_messages(pair.here)
    assert "nobody" in why(pair), "no care team at home"
    ingest(pair.here.db, person_id=pair.maria.person_id, source=HOME, resources=care_team("patient-maria"))
    assert why(pair) == ["app"]
    with pair.here.db.transaction() as tx:
        listed = recipients.by_link(tx, link_ids=[pair.link_id])[pair.link_id][0]
        recipients.put(tx, link_id=pair.link_id, recipients=[])
    assert "nobody" in why(pair)
    with pair.here.db.transaction() as tx:
        recipients.put(tx, link_id=pair.link_id, recipients=listed)
    accept_messages(pair.there.services, "nair", accepts=False)
    pair.refresh()
    assert "provider" in why(pair)
    assert "Priya Nair, MD takes no messages." in get(pair.client, "/messages/new").text


@pytest.mark.parametrize(
    ("state", "tier", "reason"),
    [
        (LinkState.NO_ACCOUNT, Tier.RECORD_ONLY, "no-account"),
        (LinkState.NEEDS_VERIFICATION, Tier.ACCOUNT, "verify"),
        (LinkState.CONFIRM, Tier.ACCOUNT, "verify"),
    ],
)
def test_reasons_of_links_without_an_account(pair: Pair, state: LinkState, tier: Tier, reason: str) -> None:
    link(pair.here, pair.maria, name="Pinelands", state=state, tier=tier, messaging=True)
    assert reason in why(pair)


def test_an_organization_that_takes_none_by_api_is_a_link_to_its_portal(pair: Pair) -> None:
    made = link(
        pair.here,
        pair.maria,
        name="Pinelands",
        messaging=True,
        portal_url="https://pinelands.example",
        phone="555-0150",
    )
    with pair.here.db.transaction() as tx:
        link_tokens.put_tokens(tx, link_id=made.link_id, tokens=_tokens(), expires_at=None)
    page = get(pair.client, "/messages/new").text
    assert "Pinelands takes messages only in its own portal." in page
    assert 'href="https://pinelands.example" target="_blank" rel="noopener noreferrer"' in page
    assert "(opens in a new tab)" in page


def _tokens() -> Any:
    return link_tokens.Tokens(access_token="x", scopes=("patient/*.rs",), patient="p", issuer="i")


def test_without_the_permission_it_is_asked_for(pair: Pair) -> None:
    with pair.here.db.transaction() as tx:
        link_tokens.put_tokens(tx, link_id=pair.link_id, tokens=_tokens(), expires_at=None)
    assert "permission" in why(pair)
    assert f'href="/links/{pair.link_id}"' in get(pair.client, "/messages/new").text


def test_an_organization_without_messages(pair: Pair) -> None:
    with pair.here.db.transaction() as tx:
        other = organizations.add(tx, name="Shoreline", fhir_base="https://shoreline.example/fhir")
        linked = links.add(
            tx,
            person_id=pair.maria.person_id or "",
            organization_id=other.id,
            state=LinkState.ACTIVE,
            tier=Tier.ACCOUNT,
            created_by=pair.maria.account_id,
            move="authorized",
        )
        link_tokens.put_tokens(tx, link_id=linked.id, tokens=_tokens(), expires_at=None)
    assert why(pair).count("not-used") == 2


# Who writes.


def test_a_proxy_writes_in_their_own_name(pair: Pair, world: World) -> None:
    ben = world.patient("ben", BEN)
    world.proxy(ben, pair.maria.person_id or "", GrantLevel.MESSAGES_ONLY)
    pair.client = pair.client.application.test_client()
    sign_in(pair.client, ben)
    prefix = f"/for/{pair.maria.person_id}"
    page = get(pair.client, f"{prefix}/messages/new")
    check_page(page)
    assert "/links" not in page.text.split("<main")[1], "messages only: where else Maria goes is not told"
    pair.post(f"{prefix}/messages/new", **form(pair))
    pair.work()
    [row] = pair.rows(pair.there.services, pair.maria_there)
    assert "Okafor" in row.primary.entry.detail.sender  # type: ignore[union-attr]


def test_a_draft_is_its_writers_alone(pair: Pair, world: World) -> None:
    draft = form(pair, step="keep")
    pair.post("/messages/new", **draft)
    ben = world.patient("ben", BEN)
    world.proxy(ben, pair.maria.person_id or "", GrantLevel.FULL)
    pair.client = pair.client.application.test_client()
    sign_in(pair.client, ben)
    prefix = f"/for/{pair.maria.person_id}"
    assert pair.get(f"{prefix}/messages/new/{draft['message']}").status_code == 404
    assert "Draft:" not in get(pair.client, f"{prefix}/messages").text
    taken = pair.post(f"{prefix}/messages/new", **form(pair, message=draft["message"], body="Not mine"))
    assert taken.status_code == 422
    [kept] = written(pair)
    assert kept.content.body == "It races."


def test_names_find_messages(pair: Pair) -> None:
    pair.write(message_id=new_id())
    pair.work()
    assert "1 message has these words" in get(pair.client, "/messages?q=owen").text
    assert "1 message has these words" in get(pair.client, "/messages?q=races").text
    assert "0 messages have these words" in get(pair.client, "/messages?q=elephant").text
    assert NAIR not in get(pair.client, "/messages?q=owen").text
