"""Requirement C5: each endpoint about a person × each visitor × page and fragment: not one byte of the person's data.

The addresses come from the route map, so that a new endpoint is covered without being named here.
"""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.access import Permission
from portal.access.table import ROLE_NAMES
from portal.endpoints import access_of
from tests.hostile.web.stage import (
    ALL_MARKS,
    LETTER,
    MARK,
    PLACE,
    STAFF_ROLES,
    Stage,
    Target,
    addresses,
    ask,
    bytes_of,
    visitors,
    with_nobodys_ids,
    without_chance,
)

STAFF_NAMES = tuple(ROLE_NAMES[role] for role in STAFF_ROLES)
WHO = (
    "nobody",
    "another patient",
    "messages-only proxy",
    "ended proxy",
    "expired proxy",
    *STAFF_NAMES,
)
_LETTERS = {Permission.VIEW_MESSAGES, Permission.WRITE_MESSAGES}


@pytest.fixture(scope="module")
def browsers(stage: Stage) -> dict[str, FlaskClient]:
    return visitors(stage)


_ALL = (pytest.param("page", marks=pytest.mark.slow), pytest.param("fragment", marks=pytest.mark.slow))


@pytest.mark.parametrize("form", ["in turns", *_ALL])
@pytest.mark.parametrize("who", WHO)
def test_nobody_else_gets_a_byte(stage: Stage, browsers: dict[str, FlaskClient], who: str, form: str) -> None:
    """In turns: each visitor asks for each address, and each is asked for as page and as fragment by every second."""
    client = browsers[who]
    token = stage.token(client)
    before = stage.state()
    leaks = []
    for number, target in enumerate(addresses(stage), WHO.index(who)):
        fragment = number % 2 == 1 if form == "in turns" else form == "fragment"
        answer = ask(client, target.method, target.path, fragment=fragment, token=token)
        problem = _problem(target, who, fragment, answer)
        if problem:
            leaks.append(f"{target.method} {target.rule}: {problem}")
    assert not leaks, "\n".join(leaks)
    assert stage.state() == before, "a visitor without a right changed something"


def _problem(target: Target, who: str, fragment: bool, answer: TestResponse) -> str:
    status, got = answer.status_code, bytes_of(answer).casefold()
    if who == "nobody":
        wanted = (401,) if fragment else (303,)
        if "/sign-in" not in got:
            return "no way to the sign-in page"
        return _marks(got, ALL_MARKS) or ("" if status in wanted else f"status {status}")
    letters = who == "messages-only proxy" and "person" in target.about and target.access.permission in _LETTERS
    if letters:
        # Who wrote may be known; where else the person has been seen may not.
        got = got.replace(f"{PLACE} active hospital", "")
        drafted = "message" in target.about or target.method == "POST"  # another's draft; nobody takes an answer
        fine = status in (200, 422) or (drafted and status == 404)
        return _marks(got, (MARK, PLACE), but_names=True) or ("" if fine else f"status {status}")
    acts = who == "messages-only proxy"  # whom somebody acts for stands in their menu on every page
    if target.about or who in STAFF_NAMES:
        # Staff and administrators have no record of their own: the home page sends them to theirs.
        fine = status == 404 or (not target.about and target.path == "/" and status == 303)
        return _marks(got, ALL_MARKS, but_names=acts) or ("" if fine else f"status {status}")
    # The visitor's own page: it may name an organization that the address names, and nothing else of Vera's.
    forbidden = (MARK, LETTER) if "organization" in dict(target.values) else ALL_MARKS
    return _marks(got, forbidden, but_names=acts) or ("" if status in (200, 303, 409, 422) else f"status {status}")


def _marks(got: str, marks: tuple[str, ...], *, but_names: bool = False) -> str:
    if but_names:  # whose record is open stands at the top of each page of it
        got = got.replace("vera qzmarkine qzmarksson", "").replace("vera qzmarkine", "")
    found = [mark for mark in marks if mark in got]
    return f"shows {got[max(0, got.index(found[0]) - 60) : got.index(found[0]) + 60]!r}" if found else ""


@pytest.mark.parametrize("fragment", [False, True], ids=["page", "fragment"])
@pytest.mark.parametrize("who", ["another patient", "messages-only proxy"])
def test_what_is_anothers_answers_like_what_is_not_there(
    stage: Stage, browsers: dict[str, FlaskClient], who: str, fragment: bool
) -> None:
    client = browsers[who]
    token = stage.token(client)
    differing = []
    once = {(target.rule, target.method): target for target in addresses(stage)}
    for target in once.values():
        if not target.about or (who == "messages-only proxy" and target.access.permission in _LETTERS):
            continue
        real = ask(client, target.method, target.path, fragment=fragment, token=token)
        none = ask(client, target.method, with_nobodys_ids(stage, target), fragment=fragment, token=token)
        ids = [value for name, value in target.values if name in target.about]
        if without_chance(real, *ids) != without_chance(none, *ids):
            differing.append(f"{target.method} {target.rule}: {real.status} and {none.status}")
    assert not differing, "\n".join(differing)


def test_the_person_does_see_it(stage: Stage) -> None:
    """The other side of the matrix: the marks are really on the pages, or it would prove nothing."""
    client = stage.visitor(stage.victim)
    shown = set()
    for target in addresses(stage):
        if target.method != "GET" or "person" in target.about:
            continue
        answer = client.get(target.path, follow_redirects=True)
        assert answer.status_code == 200, f"{target.rule}: {answer.status}"
        got = answer.get_data(as_text=True).casefold()
        if MARK in got.replace("vera qzmarkine", "").replace("qzmarksson", "") or LETTER in got or PLACE in got:
            shown.add(target.endpoint)
    assert {"health.section", "health.part", "health.entry", "messages.inbox", "links.page", "links.tile"} <= shown


def test_queries_reach_no_further_than_addresses(stage: Stage, browsers: dict[str, FlaskClient]) -> None:
    """An id of another person in the query string, a cursor of another person's list, a foreign person in a form."""
    client = browsers["another patient"]
    victim = stage.visitor(stage.victim)
    link, person = stage.links["active"], stage.person_id
    for path in (
        f"/health/medications?source={link}",
        f"/health/medications?person={person}",
        f"/health/medications?person_id={person}&source=home",
        f"/messages?person={person}&source={link}",
        f"/links?person={person}",
        f"/links/search?q={PLACE}&person={person}",
        f"/activity?person={person}",
        f"/?person={person}",
        "/health/medications?after=x&status=active",
        "/health/medications?after=%00",
        "/health/medications?after=eyJhIjoxfQ",
    ):
        for fragment in (False, True):
            answer = ask(client, "GET", path, fragment=fragment)
            got = bytes_of(answer).casefold()
            allowed = (MARK, LETTER) if "search" in path else ALL_MARKS
            assert answer.status_code in (200, 400, 404), f"{path}: {answer.status}"
            assert not [mark for mark in allowed if mark in got], path
    assert MARK in victim.get(f"/health/medications?source={link}").get_data(as_text=True)


def test_every_endpoint_is_classified(stage: Stage) -> None:
    silent = [rule.rule for rule in stage.app.url_map.iter_rules() if access_of(stage.app, rule.endpoint) is None]
    assert not silent
