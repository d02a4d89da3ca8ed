"""Two parents of one child who live apart: no page tells one of them what the other one writes or where they live.

The pages come from the route map, filled with what is the child's.
"""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from portal.domain.ids import HOME, new_id
from portal.domain.links import LinkState
from portal.domain.people import Address, HumanName, Person
from portal.domain.sections import Section
from portal.store.messages import outgoing
from portal.store.messages.outgoing import MessageContent
from portal.store.people import accounts
from portal.store.records import writing
from tests.factories.world import BEN
from tests.hostile.web.stage import LETTER, Stage, addresses, ask, build

OTHERS = "qzother"  # in all that is of the other parent
MOTHER = Person(
    names=(HumanName(family="Rivera", given=("Ana",), use="official"),),
    birth_date="1980-03-04",
    addresses=(Address(line=(f"5 {OTHERS.title()} Street",), city="Camden", state="NJ", postal_code="08102"),),
    phones=("(856) 555-0177",),
    emails=(f"{OTHERS}@mail.example",),
)
HOUSE = ("qzmark lane", "qzmarkton", "555-0199", "5550199", "555-0177", "5550177")
"""Where the child is said to live is where one of them does."""


@pytest.fixture(scope="module")
def family(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Stage, FlaskClient, FlaskClient]]:
    """The stage with both parents' browsers: the mother's, who writes, and the father's."""
    stage = build(tmp_path_factory.mktemp("family"))
    mother, father = stage.world.patient("mother", MOTHER), stage.world.patient("father", BEN)
    for parent in (mother, father):
        stage.world.proxy(parent, stage.person_id)
    with stage.services.db.transaction() as tx:
        accounts.set_email(tx, account_id=mother.account_id, email=f"{OTHERS}@mail.example")
        for source, sent in (("", False), (HOME, True)):
            message_id = new_id()
            text = f"{OTHERS} {LETTER}"
            content = MessageContent(
                subject=text, body=text, recipient="Practitioner/p", recipient_name=f"Dr. {OTHERS}"
            )
            about = {"message_id": message_id, "person_id": stage.person_id, "account_id": mother.account_id}
            outgoing.put_draft(tx, **about, source=source, content=content)
            if sent:
                outgoing.post(tx, **about)
    yield stage, stage.visitor(mother), stage.visitor(father)
    stage.services.db.close()


def told(stage: Stage, client: FlaskClient, words: tuple[str, ...], *, own: bool = False) -> list[str]:
    """The pages of the child that say one of these words, with it."""
    pages = {each.path for each in addresses(stage) if each.method == "GET" and ("/for/" in each.path) is not own}
    assert len(pages) > 60
    shown = []
    for page in sorted(pages):
        text = ask(client, "GET", page).get_data(as_text=True).lower()
        shown += [f"{page}: {word}" for word in words if word in text]
    return shown


def test_neither_sees_what_the_other_writes_nor_where_they_live(
    family: tuple[Stage, FlaskClient, FlaskClient],
) -> None:
    stage, mother, father = family
    assert told(stage, mother, (OTHERS,)), "she sees what she writes"
    assert told(stage, father, (OTHERS, *HOUSE)) == []


def test_a_letter_says_where_the_child_lives_to_one_alone(family: tuple[Stage, FlaskClient, FlaskClient]) -> None:
    """The letter to another organization, which is written when the form is sent."""
    stage, _mother, father = family
    with stage.services.db.reading() as tx:
        active = stage.links[LinkState.ACTIVE]
        brought = writing.entry_ids(tx, person_id=stage.person_id, source=active, section=Section.MEDICATIONS)
    outside = min(brought)
    page = f"/health/medications/{outside}/correction"
    own = stage.visitor(stage.victim)
    letters = [
        ask(client, "POST", path, token=stage.token(client), wrong="x", right="y").get_data(as_text=True).lower()
        for client, path in ((own, page), (father, f"/for/{stage.person_id}{page}"))
    ]
    assert [any(word in letter for word in HOUSE) for letter in letters] == [True, False]
