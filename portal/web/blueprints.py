"""All pages, by area."""

from flask import Flask

from portal.web import account, activity, family, system


def register(app: Flask) -> None:
    for area in (account, activity, family, system):
        app.register_blueprint(area.blueprint)
