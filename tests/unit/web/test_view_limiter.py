"""The limiter of views: it limits what is bound to it and nothing else, so nobody may rely on its other ways."""

from typing import Any

import pytest
from flask import Blueprint, Flask

from portal.extensions import ViewLimiter


def _statuses(limits: dict[str, Any], *, of_blueprint: bool, of_view: bool) -> list[int]:
    app, area = Flask("limited"), Blueprint("area", __name__)
    limiter = ViewLimiter(lambda: "one", app=app, storage_uri="memory://", **limits)

    def view() -> str:
        return "here"

    area.add_url_rule("/", view_func=limiter.limit("1 per hour")(view) if of_view else view)
    if of_blueprint:
        limiter.limit("1 per hour")(area)
    app.register_blueprint(area)
    return [app.test_client().get("/").status_code for _ in range(3)]


def test_a_view_that_is_bound_is_limited() -> None:
    assert _statuses({}, of_blueprint=False, of_view=True) == [200, 429, 429]


def test_where_only_failures_count_the_answers_of_the_area_are_looked_at() -> None:
    app, area = Flask("limited"), Blueprint("area", __name__)
    limiter = ViewLimiter(lambda: "one", app=app, storage_uri="memory://")
    area.add_url_rule("/<int:status>", "view", lambda status: ("here", status))
    app.register_blueprint(area)
    limiter.bind(app, "area.view", limiter.limit("1 per hour", deduct_when=lambda answer: answer.status_code == 422))
    assert [app.test_client().get(f"/{status}").status_code for status in (200, 200, 422, 200)] == [200, 200, 422, 429]


@pytest.mark.parametrize("limits", [{"default_limits": ["1 per hour"]}, {"application_limits": ["1 per hour"]}, {}])
def test_limits_of_an_application_or_a_blueprint_do_not_hold(limits: dict[str, Any]) -> None:
    assert _statuses(limits, of_blueprint=not limits, of_view=False) == [200, 200, 200]


def test_so_the_portal_has_none(app: Flask) -> None:
    [limiter] = app.extensions["limiter"]
    manager = limiter.limit_manager
    assert not [*manager.application_limits, *manager.default_limits]
    assert not any(manager.blueprint_limits(app, name) for name in app.blueprints)
