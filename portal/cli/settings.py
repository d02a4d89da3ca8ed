"""``portal settings``: what can be set, and whether what is set is right."""

import os

import click

from portal.config import FILE, keys_beside_database, variables
from portal.instances import check_settings

_BESIDE = (
    "The keys are in the folder of the database: a copy of it can be read by whoever has it. Stop everything, move"
    " secret-key, encryption-keys and index-key to another folder, and name that with PORTAL_KEY_DIR."
)


@click.command()
@click.option("--check", is_flag=True, help="Check what is set instead: a sentence for each that is wrong.")
def settings(check: bool) -> None:
    """List the settings with their meaning (default in brackets) and what is set.

    A secret NAME may be in a file instead, which NAME_FILE names. Nothing is made or changed.
    """
    if check:
        check_settings()
        click.echo("The settings are right.")
        if not os.environ.get("PORTAL_INSTANCES_DIR") and keys_beside_database(os.environ):
            click.echo(_BESIDE)
        return
    for variable in variables():
        default = f" ({variable.default})" if variable.default else ""
        click.echo(f"{variable.name}\n    {variable.meaning}{default}")
        if variable.name in os.environ:
            click.echo("    set" if variable.secret else f"    set to: {os.environ[variable.name]}")
        elif variable.secret and f"{variable.name}{FILE}" in os.environ:
            click.echo(f"    in the file {os.environ[f'{variable.name}{FILE}']}")
