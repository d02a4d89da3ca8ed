"""All pages, by area."""

from flask import Flask

from portal.web import (
    account,
    activity,
    admin,
    calendar,
    care_team,
    desk,
    family,
    health,
    home,
    links,
    logos,
    messages,
    metrics,
    settings,
    share,
    staff,
    system,
    viewing,
)
from portal.web import help as help_pages
from portal.web.admin import apps as admin_apps
from portal.web.apps import consent, developers, granted
from portal.web.desk import receiving
from portal.web.received import views as received
from portal.web.settings import notices


def register(app: Flask) -> None:
    for area in (
        account,
        activity,
        admin,
        admin_apps,
        calendar,
        care_team,
        consent,
        desk,
        developers,
        family,
        granted,
        health,
        help_pages,
        home,
        links,
        logos,
        messages,
        notices,
        received,
        receiving,
        settings,
        share,
        staff,
        system,
        viewing,
    ):
        app.register_blueprint(area.blueprint)
    app.register_blueprint(metrics.blueprint)
    app.register_blueprint(home.install_blueprint)
    app.register_blueprint(care_team.settings_blueprint)
