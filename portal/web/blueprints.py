"""All pages, by area."""

from flask import Flask

from portal.web import (
    account,
    activity,
    admin,
    family,
    health,
    home,
    links,
    logos,
    messages,
    metrics,
    settings,
    staff,
    system,
)
from portal.web import help as help_pages


def register(app: Flask) -> None:
    for area in (
        account,
        activity,
        admin,
        family,
        health,
        help_pages,
        home,
        links,
        logos,
        messages,
        settings,
        staff,
        system,
    ):
        app.register_blueprint(area.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.register_blueprint(home.install_blueprint)
