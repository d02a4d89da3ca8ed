"""What stands over several items, and what is said of one: the same word in English, two in Spanish."""

import pytest
from flask import Flask
from flask_babel import Babel, force_locale

from portal.domain.entry import Status
from portal.domain.sections import Section
from portal.paths import TRANSLATIONS
from portal.web.health import headings
from tests.architecture.test_files import ROOT


@pytest.mark.parametrize(
    ("status", "english", "several", "one"),
    [
        (Status.ACTIVE, "Current", "Actuales", "Actual"),
        (Status.PAST, "Past", "Anteriores", "Anterior"),
        (Status.UPCOMING, "Planned", "Planificados", "Planificado"),
        (Status.UNKNOWN, "Status not given", "Sin estado indicado", "Sin estado indicado"),
    ],
)
def test_a_list_and_one_item(status: Status, english: str, several: str, one: str) -> None:
    app = Flask("portal")
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = str(TRANSLATIONS)
    Babel(app)
    with app.test_request_context():
        with force_locale("es"):
            assert headings.heading(Section.MEDICATIONS, status) == several
            assert headings.of_one(Section.MEDICATIONS, status) == one
        with force_locale("en"):
            assert headings.heading(Section.MEDICATIONS, status) == english
            assert headings.of_one(Section.MEDICATIONS, status) == english


def test_only_a_thing_is_manufactured_in_spanish() -> None:
    """A summary or a link was made on a day; "Fabricado" is said of a device, in the code that writes its facts."""
    templates = {path.name for path in (ROOT / "templates").rglob("*.html") if '_("Made")' in path.read_text()}
    assert not templates
