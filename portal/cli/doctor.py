"""``portal doctor``: what is wrong with this deployment, and what to mend."""

import sys
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click
import msgspec

from portal.doctor import Measures, examine
from portal.instances import environments


@click.command()
@click.option(
    "--backups",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder of the backups, instead of PORTAL_BACKUP_DIR: the newest must be recent.",
)
@click.option("--backup-hours", type=click.IntRange(1), default=26, show_default=True, help="What recent means.")
@click.option("--free", type=click.IntRange(0), default=1024, show_default=True, help="MiB that the disk must have.")
@click.option("--offline", is_flag=True, help="Call nobody over the network.")
@click.option("--json", "as_json", is_flag=True, help="Print findings as JSON, one a line.")
def doctor(*, backups: Path | None, backup_hours: int, free: int, offline: bool, as_json: bool) -> None:
    """Look for what is wrong with this deployment; one line a finding, which says what to mend.

    Exit status 1 with findings. Nothing is changed. Run it as the user of the service, with its environment.
    """
    measures = Measures(free_mib=free, backups=backups, backup_age=timedelta(hours=backup_hours), network=not offline)
    count = 0
    for prefix, environ in environments():
        for finding in examine(environ, measures):
            count += 1
            line = msgspec.json.encode({"instance": prefix, **asdict(finding)}).decode()
            click.echo(line if as_json else f"{prefix}{': ' if prefix else ''}{finding}")
    if not count and not as_json:
        click.echo("Nothing is wrong.")
    if count:
        sys.exit(1)
