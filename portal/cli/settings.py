"""``portal settings``: what can be set, and whether what is set is right."""

import os

import click

from portal.config import Settings, variables


@click.command()
@click.option("--check", is_flag=True, help="Also check the values that are set.")
def settings(check: bool) -> None:
    """List the settings with their meaning (default in brackets) and what is set."""
    for variable in variables():
        default = f" ({variable.default})" if variable.default else ""
        click.echo(f"{variable.name}\n    {variable.meaning}{default}")
        if variable.name in os.environ:
            click.echo("    set" if variable.secret else f"    set to: {os.environ[variable.name]}")
    if check:
        Settings.from_environment(os.environ)
        click.echo("The settings are right.")
