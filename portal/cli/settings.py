"""``portal settings``: what can be set, and whether what is set is right."""

import os

import click

from portal.config import VARIABLES, Settings

_SECRET = {"PORTAL_SECRET_KEY", "PORTAL_ENCRYPTION_KEYS", "PORTAL_INDEX_KEY", "PORTAL_DATABASE_URL", "PORTAL_REDIS_URL"}


@click.command()
@click.option("--check", is_flag=True, help="Also check the values that are set.")
def settings(check: bool) -> None:
    """List the settings with their meaning (default in brackets) and what is set."""
    for name, meaning in VARIABLES.items():
        click.echo(f"{name}\n    {meaning}")
        if name in os.environ:
            click.echo("    set" if name in _SECRET else f"    set to: {os.environ[name]}")
    if check:
        Settings.from_environment(os.environ)
        click.echo("The settings are right.")
