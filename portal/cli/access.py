"""``portal access``: who may do what, as a table."""

import os

import click

from portal.app import create_app
from portal.config import Settings
from portal.web.access_document import as_markdown


@click.command("access")
def access() -> None:
    """Print who may do what, and what every address asks for (Markdown)."""
    click.echo(as_markdown(create_app(Settings.from_environment(os.environ))), nl=False)
