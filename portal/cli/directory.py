"""``portal directory``: the directory of organizations."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from portal.config import Settings
from portal.directory import Match
from portal.directory import search as find
from portal.directory.importing import ListReport, import_file
from portal.directory.listing import REFUSALS
from portal.domain.errors import PortalError
from portal.store import open_database
from portal.store.directory import entries


@click.group("directory")
def group() -> None:
    """Manage the directory of organizations that patients search."""


@group.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--source", default="", help="Name of the list that the file is an edition of [default: the file's name]."
)
@click.option("--json", "as_json", is_flag=True, help="A JSON list of reports, one for each file.")
def import_(paths: tuple[Path, ...], source: str, as_json: bool) -> None:
    """Import published lists: User-access Brands, Endpoint bundles, vendors' lists (JSON or NDJSON)."""
    if source and len(paths) > 1:
        raise click.UsageError("--source names one list: give one file with it")
    database = open_database(Settings.from_environment(os.environ))
    reports: list[ListReport] = []
    try:
        for path in paths:
            reports.append(import_file(database, path, source=source))
            if not as_json:
                click.echo(_described(reports[-1]))
    except PortalError as error:
        raise click.ClickException(f"{error} (nothing of this file was imported)") from error
    finally:
        database.close()
    if as_json:
        click.echo(json.dumps([asdict(report) for report in reports], indent=2))


def _described(report: ListReport) -> str:
    r = report
    lines = [
        f"{r.source}: {r.read} entries read, {r.organizations} organizations ({r.merged} entries merged)",
        f"  in {r.seconds:.1f} s, {r.megabytes} MB; added {r.added}, changed {r.changed}, unchanged {r.unchanged}",
        f"  left the list {r.left} (forgotten {r.forgotten}, kept for links {r.kept_for_links})",
    ]
    lines += [
        f"  refused {count:6}  {reason}: {REFUSALS.get(reason, reason)}" for reason, count in report.refused.items()
    ]
    return "\n".join(lines)


@group.group("source")
def source_group() -> None:
    """Manage lists that are read again every night (``portal schedule``)."""


@source_group.command("add")
@click.argument("name")
@click.argument("address")
def add_source(name: str, address: str) -> None:
    """Read the list at ADDRESS every night, as editions of the list NAME; or change its address."""
    if not address.startswith(("https://", "http://")) or len(address) > 500 or not 0 < len(name) <= 200:
        raise click.UsageError("a name of up to 200 characters, and an http(s) address of up to 500")
    database = open_database(Settings.from_environment(os.environ))
    try:
        with database.transaction() as tx:
            entries.put_source(tx, source=name, address=address)
    finally:
        database.close()


@source_group.command("remove")
@click.argument("name")
def remove_source(name: str) -> None:
    """Read it no more. What it brought stays in the directory."""
    database = open_database(Settings.from_environment(os.environ))
    try:
        with database.transaction() as tx:
            dropped = entries.drop_source(tx, source=name)
    finally:
        database.close()
    if not dropped:
        raise click.ClickException(f"no list is called {name}")


@source_group.command("list")
def list_sources() -> None:
    """Name, address, and how reading it ended the last time."""
    database = open_database(Settings.from_environment(os.environ))
    try:
        with database.reading() as tx:
            for source in entries.sources(tx):
                when = f"{source.checked_at:%Y-%m-%d %H:%M} UTC" if source.checked_at else "never"
                click.echo(f"{source.source}  {source.address}  {when}  {source.outcome}".rstrip())
    finally:
        database.close()


@group.command("search")
@click.argument("text")
@click.option("--near", metavar="ZIP", help="Nearer organizations first among equals.")
@click.option("--limit", default=20, show_default=True, help="At most so many.")
@click.option("--json", "as_json", is_flag=True, help="A JSON list, best first.")
def search(text: str, near: str | None, limit: int, as_json: bool) -> None:
    """Search as patients do."""
    database = open_database(Settings.from_environment(os.environ))
    try:
        with database.reading() as tx:
            matches = find(tx, text=text, near=near, limit=limit)
    finally:
        database.close()
    if as_json:
        click.echo(json.dumps([_json(match) for match in matches], ensure_ascii=False, indent=2))
        return
    for match in matches:
        part_of = f" (part of {match.owner})" if match.owner else ""
        known_as = "" if match.matched.kind == "name" else f" [{match.matched.kind}: {match.matched.name}]"
        place = ", ".join(filter(None, (match.city, match.state)))
        click.echo(f"{match.id}  {match.name}{part_of}{known_as}  {place}".rstrip())
    if not matches:
        click.echo("Nothing found.", err=True)


def _json(match: Match) -> dict[str, str]:
    return {
        "id": match.id,
        "name": match.name,
        "owner": match.owner,
        "city": match.city,
        "state": match.state,
        "matched": match.matched.name,
    }
