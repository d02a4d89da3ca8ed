"""All pages, by area."""

from flask import Flask

from portal.web import account, activity, admin, family, health, help, home, links, messages, settings, system


def register(app: Flask) -> None:
    for area in (account, activity, admin, family, health, help, home, links, messages, settings, system):
        app.register_blueprint(area.blueprint)
    app.register_blueprint(home.install_blueprint)
