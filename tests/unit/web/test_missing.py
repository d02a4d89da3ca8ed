"""Why something is missing: each state and outcome gives the reason that applies, and no other."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from portal.domain.links import Outcome, Shown, Tier
from portal.domain.sections import Section
from portal.paths import TRANSLATIONS
from portal.web.health.missing_reasons import Cause, LinkedSection, Why, anchor, causes, text
from portal.web.help.topics import LINKING, QUESTIONS
from portal.web.words import STATE_HELP

GOOD = datetime(2026, 11, 1, tzinfo=UTC)


def linked(shown: Shown = Shown.ACTIVE, outcome: Outcome | None = Outcome.DONE, **more: object) -> LinkedSection:
    values: dict[str, object] = {"link_id": "l", "name": "A", "items": 3, "good_at": GOOD} | more
    return LinkedSection(shown=shown, outcome=outcome, **values)  # type: ignore[arg-type]


@contextmanager
def speaking(language: str) -> Iterator[None]:
    app = Flask("portal")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app)
    with app.test_request_context(), force_locale(language):
        yield


def whys(*links: LinkedSection, section: Section = Section.TEST_RESULTS, shared: int = 0) -> list[Why]:
    return [cause.why for cause in causes(section, links, shared=shared)]


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        (linked(), [Why.MAY_BE_WITHHELD]),
        (linked(items=0), [Why.NOT_DOCUMENTED]),
        (linked(Shown.NO_ACCOUNT, None, tier=Tier.RECORD_ONLY), [Why.NO_ACCOUNT]),
        (linked(Shown.NEEDS_VERIFICATION), [Why.NEEDS_VERIFICATION, Why.MAY_BE_WITHHELD]),
        (linked(Shown.LINKING, None), [Why.NOT_LOADED]),
        (linked(outcome=Outcome.RUNNING), [Why.NOT_LOADED]),
        (linked(Shown.ERROR, Outcome.FAILED), [Why.ERROR]),
        (linked(outcome=Outcome.FAILED), [Why.ERROR]),
        (linked(Shown.UPDATE_DUE), [Why.STALE, Why.MAY_BE_WITHHELD]),
        (linked(outcome=Outcome.PARTLY), [Why.PARTLY]),
        (linked(outcome=Outcome.REFUSED), [Why.NOT_RELEASED]),
        (linked(outcome=Outcome.NOT_OFFERED, reason="not-granted"), [Why.NOT_GRANTED]),
        (linked(outcome=Outcome.NOT_OFFERED, reason="not-in-capability"), [Why.NOT_OFFERED]),
        (linked(Shown.UNAVAILABLE), [Why.UNAVAILABLE, Why.MAY_BE_WITHHELD]),
    ],
)
def test_each_state_has_its_reason(link: LinkedSection, expected: list[Why]) -> None:
    assert whys(link) == expected


def test_a_record_only_link_gives_the_basic_sections() -> None:
    link = linked(Shown.NO_ACCOUNT, tier=Tier.RECORD_ONLY)
    assert whys(link, section=Section.ALLERGIES) == [Why.MAY_BE_WITHHELD]


def test_without_links_and_with_shared_items() -> None:
    assert whys() == [Why.NOT_LINKED]
    assert whys(linked(), shared=2) == [Why.MAY_BE_WITHHELD, Why.SHOWN_HERE]


def test_one_reason_names_all_its_organizations() -> None:
    (cause,) = causes(Section.VISITS, [linked(name="A"), linked(name="B")])
    assert cause.names == ("A", "B")
    assert cause.link_id is None


def test_every_reason_and_state_leads_to_a_topic_of_the_help_page() -> None:
    anchors = {topic.anchor for topic in (*LINKING, *QUESTIONS)}
    assert {anchor(why) for why in Why} <= anchors
    assert set(STATE_HELP.values()) <= anchors
    assert set(STATE_HELP) == set(Shown)


@pytest.mark.parametrize(
    ("language", "names", "sentence"),
    [
        ("en", ("A",), "A has switched linking off."),
        ("en", ("A", "B"), "A and B have switched linking off."),
        ("es", ("A", "B"), "A y B han desactivado la vinculación."),
    ],
)
def test_the_verb_follows_the_number_of_organizations(language: str, names: tuple[str, ...], sentence: str) -> None:
    with speaking(language):
        assert text(Cause(Why.UNAVAILABLE, names)) == sentence


@pytest.mark.parametrize("why", [Why.MAY_BE_WITHHELD, Why.PARTLY, Why.STALE, Why.NOT_RELEASED, Why.NOT_OFFERED])
def test_several_have_a_verb_of_their_own_in_spanish(why: Why) -> None:
    with speaking("es"):
        several = text(Cause(why, ("A", "B"))).replace("A y B", "A")
        assert several != text(Cause(why, ("A",)))


def test_a_time_in_the_afternoon_ends_its_sentence_with_one_period() -> None:
    with speaking("es"):
        told = text(Cause(Why.STALE, ("A",), since=GOOD.replace(hour=20)))
    assert told.endswith("m.")
    assert not told.endswith("..")
