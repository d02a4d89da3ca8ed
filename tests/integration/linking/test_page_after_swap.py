"""A link's page says one thing: after a part of it was swapped it is what it is after it was loaded again."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jobs import nightly
from portal.domain.links import LinkState
from tests.fakes import data
from tests.fakes.misbehaviour import status
from tests.integration.linking.conftest import Journey
from tests.integration.linking.test_life import age, near
from tests.integration.web.html import parse

_PER_LOOK = {"hx-get", "hx-trigger", "value"}
"""What differs between two looks at the same state: when to look again, form tokens."""


def test_what_stands_outside_the_part_never_changes(journey: Journey) -> None:
    """The whole page below its heading is the part, so that nothing of it can be left behind."""
    page = parse(journey.page(f"/links/{journey.link()}"))
    main = page.find(".//main")
    live = main.find(".//*[@id='live']")
    outside = _words(main).replace(_words(live), "")
    assert " ".join(outside.split()) == "Link My Accounts RRRiverbend Regional"


def _verified(journey: Journey) -> str:
    return journey.link(work=False)


def _near(journey: Journey) -> str:
    journey.org.add(data.patient("maria", "Alvarez-Gomez", ["María"], "1980-04-12", "female"))
    return journey.link(work=False)


def _refused(journey: Journey) -> str:
    journey.org.add(data.patient("maria", "Whitfield", ["Joan"], "1951-12-01", "female"))
    return journey.link(work=False)


def _undecided(journey: Journey) -> str:
    journey.org.misbehave("/fhir/Patient/maria", status(403))
    return journey.link(work=False)


def _new_result(journey: Journey) -> str:
    link_id = journey.link()
    journey.org.add(data.observation("new", "maria", "laboratory", ("4548-4", "Hemoglobin A1c"), (7.2, "%")))
    return _asked(journey, link_id)


def _broken(journey: Journey) -> str:
    link_id = journey.link()
    journey.org.misbehave("*", status(500))
    return _asked(journey, link_id)


def _healed(journey: Journey) -> str:
    link_id = _broken(journey)
    journey.work()
    assert journey.stored(link_id).state is LinkState.ERROR
    journey.org.behave()
    return _asked(journey, link_id)


def _partly(journey: Journey) -> str:
    link_id = journey.link()
    journey.org.misbehave("/fhir/Condition", status(500))
    return _asked(journey, link_id)


def _throttled(journey: Journey) -> str:
    link_id = journey.link()
    journey.org.misbehave("*", status(429, retry_after="600"))
    return _asked(journey, link_id)


def _ended_there(journey: Journey) -> str:
    link_id = journey.link()
    for grant in journey.org.oauth.grants.values():
        grant.revoked = True
    return _asked(journey, link_id)


def _asked(journey: Journey, link_id: str) -> str:
    journey.post(f"/links/{link_id}/update")
    return link_id


@pytest.mark.parametrize(
    ("begin", "state"),
    [
        (_verified, LinkState.ACTIVE),
        (_near, LinkState.CONFIRM),
        (_refused, LinkState.REFUSED),
        (_undecided, LinkState.NEEDS_VERIFICATION),
        (_new_result, LinkState.ACTIVE),
        (_broken, LinkState.ERROR),
        (_healed, LinkState.ACTIVE),
        (_partly, LinkState.ACTIVE),
        (_throttled, LinkState.ACTIVE),
        (_ended_there, LinkState.NEEDS_VERIFICATION),
    ],
)
def test_after_the_work_is_done(journey: Journey, begin: Callable[[Journey], str], state: LinkState) -> None:
    link_id = begin(journey)
    swapped = _Open(journey, link_id)
    assert swapped.asks_again, "nothing looks at what is under way"
    journey.work()
    assert journey.stored(link_id).state is state
    swapped.look()
    assert not swapped.asks_again
    assert "Riverbend Regional" in (swapped.title or "")
    assert "(" not in (swapped.title or "")
    assert swapped.says() == _Open(journey, link_id).says()


@pytest.mark.parametrize("act", ["cancel", "unlink", "hide", "not-me", "confirm", "expire"])
def test_after_something_happened_elsewhere(journey: Journey, act: str) -> None:
    """In another window, or by night: the next look has all of it."""
    link_id = _begun(journey, act)
    swapped = _Open(journey, link_id)
    if act == "expire":
        age(journey, link_id, verified_at=timedelta(days=400))
        nightly.run(instance=journey.instance)
    else:
        assert journey.post(f"/links/{link_id}/{act}").status_code == 303
        journey.page("/links")  # takes the messages away
    swapped.look()
    assert swapped.says() == _Open(journey, link_id).says()


def _begun(journey: Journey, act: str) -> str:
    if act == "cancel":
        return journey.link(work=False)
    return near(journey) if act in ("not-me", "confirm") else journey.link()


class _Open:
    """A link's page in a browser, where htmx exchanges its part."""

    def __init__(self, journey: Journey, link_id: str) -> None:
        self._journey, self._link_id = journey, link_id
        self._page = parse(journey.page(f"/links/{link_id}"))

    @property
    def asks_again(self) -> bool:
        return self._live().get("hx-get") is not None

    @property
    def title(self) -> str | None:
        """What the link's state is called, in one sentence."""
        text: str | None = self._page.findtext(".//h2[@id='state-title']")
        return text

    def look(self) -> None:
        """Exchange the part as it is answered now."""
        answer = self._journey.client.get(f"/links/{self._link_id}/progress?look=3", headers={"HX-Request": "true"})
        assert answer.status_code == 200
        (part,) = [each for each in parse(answer.get_data(as_text=True), fragment=True) if isinstance(each.tag, str)]
        live = self._live()
        parent = next(each for each in self._page.iter() if live in list(each))
        place = list(parent).index(live)
        part.tail = live.tail
        parent.remove(live)
        parent.insert(place, part)

    def says(self) -> list[tuple[Any, ...]]:
        """Every element of the page below its header, with its words."""
        return [
            (
                element.tag,
                tuple(sorted((name, value) for name, value in element.attrib.items() if name not in _PER_LOOK)),
                " ".join((element.text or "").split()),
                " ".join((element.tail or "").split()),
            )
            for element in self._page.find(".//main").iter()
            if isinstance(element.tag, str)
        ]

    def _live(self) -> Any:
        return self._page.find(".//*[@id='live']")


def _words(element: Any) -> str:
    return " ".join("".join(element.itertext()).split())
