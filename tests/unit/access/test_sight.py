"""What a sight shows and hides: sections, types of resources, and whose messages."""

import pytest

from portal.access.visibility import Sight
from portal.domain.sections import SECTIONS_OF, Section

WHOLE = Sight(confidential=True, private=True, held=False, sections=frozenset(Section), account=None)


def narrowed(**changes: object) -> Sight:
    values = {name: getattr(WHOLE, name) for name in ("confidential", "private", "held", "sections", "account")}
    return Sight(**(values | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "whole"),
    [
        ({}, True),
        ({"held": True}, True),  # what waits is the person's own choice
        ({"confidential": False}, False),
        ({"private": False}, False),
        ({"account": "proxy"}, False),
        ({"account": ""}, False),
        ({"sections": frozenset(Section) - {Section.VISITS}}, False),
    ],
)
def test_whole_is_who_may_see_everything(changes: dict[str, object], whole: bool) -> None:
    assert narrowed(**changes).whole is whole


def test_what_is_private_stays_off_a_screen_that_others_see() -> None:
    assert WHOLE.without_private == narrowed(private=False)
    assert narrowed(private=False).without_private == narrowed(private=False)


def test_sections_that_are_left_out() -> None:
    sight = WHOLE.without(Section.VISITS, Section.MESSAGES)
    assert [section for section in Section if not sight.opens(section)] == [Section.MESSAGES, Section.VISITS]
    assert sight.hidden_types() == {"Encounter", "Appointment", "Communication"}
    assert WHOLE.hidden_types() == frozenset()
    assert narrowed(sections=frozenset()).hidden_types() == frozenset(SECTIONS_OF)
    assert "Observation" not in narrowed(sections=frozenset({Section.VITAL_SIGNS})).hidden_types()


@pytest.mark.parametrize(
    ("account", "portal", "authors", "reads"),
    [
        (None, "", None, ["", "mother", "father", "their portal"]),
        ("mother", "", {"", "mother"}, ["", "mother"]),
        ("", "", {""}, [""]),
        ("", "their portal", {"", "their portal"}, ["", "their portal"]),
    ],
)
def test_whose_messages_are_read(account: str | None, portal: str, authors: set[str] | None, reads: list[str]) -> None:
    sight = narrowed(account=account, portal=portal)
    assert sight.authors == authors
    assert [author for author in ("", "mother", "father", "their portal") if sight.reads(author)] == reads
