"""All pages, by area."""

from flask import Flask

from portal.web import account, activity, family, help, home, settings, system


def register(app: Flask) -> None:
    for area in (account, activity, family, help, settings, system):
        app.register_blueprint(area.blueprint)
    app.register_blueprint(home.install_blueprint)
