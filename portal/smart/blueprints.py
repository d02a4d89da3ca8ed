"""Everything that other portals and apps reach."""

from flask import Flask

from portal.smart.fhir import views as fhir
from portal.smart.oauth import views as oauth


def register(app: Flask) -> None:
    for area in (oauth, fhir):
        app.register_blueprint(area.blueprint)
