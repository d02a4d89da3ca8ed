"""Forms: none works without its CSRF token, none from a GET, and each sent twice has the effect of once (C4, C6)."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.domain.links import LinkState
from portal.endpoints import Kind, access_of
from tests.hostile.web.stage import Stage, addresses, ask, build, filled_with_nobody

_OWN_RULE = frozenset({"/oauth/authorize", "/notices/stop/<token>"})
"""What others post: it comes from other sites and leads to a GET; it comes from a mail program (RFC 8058)."""


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Stage]:
    made = build(tmp_path)
    yield made
    made.services.db.close()


def _posts(stage: Stage) -> list[str]:
    """Every address that takes a POST from a browser, of the person's own and of the pages without a person."""
    found = {one.path for one in addresses(stage) if one.method == "POST"}
    for rule in stage.app.url_map.iter_rules():
        access = access_of(stage.app, rule.endpoint)
        others = access and access.kind not in (Kind.PERSON, Kind.OAUTH) and "POST" in (rule.methods or ())
        if others and rule.rule not in _OWN_RULE:
            found.add(filled_with_nobody(stage, rule))
    return sorted(found)


def test_nothing_happens_without_the_token(stage: Stage) -> None:
    client = stage.visitor(stage.victim)
    before = stage.state()
    for path in _posts(stage):
        for fragment in (False, True):
            for wrong in ("", "not-a-token"):
                answer = ask(client, "POST", path, fragment=fragment, token=wrong)
                assert answer.status_code == 400, f"{path}: {answer.status}"
    assert client.get("/links").status_code == 200, "signed out without a token"
    assert stage.state() == before


def test_a_token_of_another_session_is_not_good(stage: Stage) -> None:
    foreign = stage.token(stage.visitor(None))
    client = stage.visitor(stage.victim)
    for path in _posts(stage):
        assert ask(client, "POST", path, token=foreign).status_code == 400, path


def test_no_get_changes_anything(stage: Stage) -> None:
    """GET, HEAD and OPTIONS of every address, also of those that take a POST: only that something was seen is kept."""
    client = stage.visitor(stage.victim)
    for target in addresses(stage):  # what is shown becomes read: once, by the first look
        ask(client, "GET", target.path)
    before = stage.state()
    for path in sorted({one.path for one in addresses(stage)} | set(_posts(stage))):
        for method in ("GET", "HEAD", "OPTIONS"):
            client.open(path, method=method)
    after = stage.state()
    seen = {"link"}  # looked_at
    assert {name: table for name, table in after.items() if name not in seen} == {
        name: table for name, table in before.items() if name not in seen
    }
    assert client.get("/links").status_code == 200


def test_methods_that_are_not_offered(stage: Stage) -> None:
    client = stage.visitor(stage.victim)
    token = stage.token(client)
    for path in _posts(stage):
        for method in ("PUT", "PATCH", "DELETE", "TRACE"):
            assert client.open(path, method=method, headers={"X-CSRFToken": token}).status_code in (400, 405), path
        hidden = client.get(path, query_string={"_method": "POST", "csrf_token": token}).status_code
        assert hidden in (200, 303, 400, 404, 405), f"{path}: {hidden}"


_STEPS = [
    *((f"/links/{{{state}}}/{verb}", state) for state in (LinkState.ACTIVE,) for verb in ("update", "hide", "show")),
    ("/links/{confirm}/confirm", "confirm"),
    ("/links/{linking}/cancel", "linking"),
    ("/links/{active}/unlink", "active"),
    ("/links/{error}/unlink", "error"),
    ("/links/new/{suggested}/later", ""),
    ("/links/new/{suggested}/not-me", ""),
    ("/settings", ""),
    ("/settings/quick", ""),
]


def test_each_post_twice_has_the_effect_of_once(fresh: Stage) -> None:
    client = fresh.visitor(fresh.victim)
    done = set()
    for template, _state in _STEPS:
        path = template.format(**{key.replace("-", "_"): value for key, value in _ids(fresh).items()})
        done.add(template.rsplit("/", 1)[1])
        token = fresh.token(client)
        first = _post(client, path, token)
        once = _lasting(fresh)
        second = _post(client, path, token)
        assert {first, second} <= {200, 303}, f"{path}: {first}, {second}"
        assert _lasting(fresh) == once, f"{path} did something again"
    refused = _post(client, f"/links/{fresh.links['needs-verification']}/not-me", fresh.token(client))
    assert refused == 303
    offered = {path.rsplit("/", 1)[1] for path in _posts(fresh) if path.startswith("/links/") and "/new/" not in path}
    assert offered <= done | {"verify", "not-me", "missing"}, "a new POST: say here what it does twice"


def _ids(stage: Stage) -> dict[str, str]:
    return {**stage.links, "suggested": stage.organizations["suggested"]}


def _post(client: FlaskClient, path: str, token: str) -> int:
    data = {"csrf_token": token, "language": "en", "reduce_data": "1"}
    return client.post(path, data=data).status_code


def _lasting(stage: Stage) -> dict[str, object]:
    """What is true now, without clocks: link states and events, open refreshes, suggestions' answers, preferences."""
    state = stage.state()
    with stage.services.db.reading() as tx:
        query = "SELECT person_id, organization_id, dismissed_at IS NULL, later_until IS NULL FROM suggestion"
        answered = sorted(map(tuple, tx.conn.exec_driver_sql(query)))
    kept = {
        name: state[name] for name in ("link_event", "link_token", "link_revocation", "refresh", "account", "entry")
    }
    return {**kept, "link": [row[:9] for row in state["link"]], "suggestion": answered}


def test_a_sign_out_repeated_is_no_error(stage: Stage) -> None:
    client = stage.visitor(stage.victim)
    token = stage.token(client)
    assert ask(client, "POST", "/sign-out", token=token).status_code == 303
    assert ask(client, "POST", "/sign-out", token=token).status_code in (303, 400)
