"""Each page of staff × each role: who has not the duty is told the same as of a page that does not exist.

Pages and methods come from the route map, the answers from the table of ``portal.access``.
"""

import pytest

from portal.access import Duty, has_duty
from portal.domain.people import Role
from portal.endpoints import Kind, access_of
from tests.hostile.web.stage import Stage, ask, filled_with_nobody, without_chance

_NO_PAGE = "/there-is-no-such-page"


def duty_pages(stage: Stage) -> list[tuple[str, str, Duty]]:
    """Return method, address and duty of everything that is for staff."""
    pages = []
    for rule in stage.app.url_map.iter_rules():
        access = access_of(stage.app, rule.endpoint)
        if access is not None and access.kind is Kind.DUTY:
            assert isinstance(access.permission, Duty), rule.rule
            path = filled_with_nobody(stage, rule)
            methods = sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
            pages += [(method, path, access.permission) for method in methods]
    return pages


@pytest.mark.parametrize("role", Role)
def test_who_lacks_the_duty_finds_nothing(stage: Stage, role: Role) -> None:
    user = stage.victim if role is Role.PATIENT else stage.world.staff(f"duty-{role.value}", role)
    client = stage.visitor(user)
    token = stage.token(client)
    pages = duty_pages(stage)
    assert len(pages) > 10
    differing = []
    for method, path, duty in pages:
        if has_duty(role, duty):
            continue
        answer = ask(client, method, path, token=token)
        none = ask(client, method, _NO_PAGE, token=token)
        if answer.status_code != 404 or without_chance(answer, f'value="{path}"') != without_chance(
            none, f'value="{_NO_PAGE}"'
        ):
            differing.append(f"{method} {path}: {answer.status}")
    assert not differing, "\n".join(differing)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.PATIENT}))
def test_who_has_the_duty_finds_the_page(stage: Stage, role: Role) -> None:
    client = stage.visitor(stage.world.staff(f"has-{role.value}", role))
    refused = [
        path
        for method, path, duty in duty_pages(stage)
        if method == "GET" and has_duty(role, duty) and "0" * 20 not in path
        if ask(client, method, path).status_code not in (200, 303)
    ]
    assert not refused
