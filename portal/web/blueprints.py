"""All pages, by area."""

from flask import Flask

from portal.web import account, system


def register(app: Flask) -> None:
    for area in (account, system):
        app.register_blueprint(area.blueprint)
