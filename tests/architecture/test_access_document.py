"""``docs/access.md`` is what the code says, and every address of a person or of staff names what it asks for."""

from flask import Flask

from portal.endpoints import Kind, access_of
from portal.web.access_document import as_markdown
from tests.architecture.test_files import ROOT


def test_the_document_is_made_from_the_code(app: Flask) -> None:
    assert (ROOT / "docs/access.md").read_text() == as_markdown(app), "portal access > docs/access.md"


def test_every_address_names_what_it_asks_for(app: Flask) -> None:
    silent = [
        endpoint
        for endpoint in app.view_functions
        if (access := access_of(app, endpoint)) and access.kind in (Kind.PERSON, Kind.DUTY) and not access.permission
    ]
    assert silent == []
