"""Everything that other portals and apps reach."""

from flask import Flask

from portal.smart import brands, developers, granted, registered
from portal.smart.fhir import views as fhir
from portal.smart.oauth import api as oauth_api
from portal.smart.oauth import views as oauth


def register(app: Flask) -> None:
    for area in (oauth, oauth_api, fhir, brands, developers, granted, registered):
        app.register_blueprint(area.blueprint)
