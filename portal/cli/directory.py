"""``portal directory``: the directory of organizations."""

import json
import os

import click

from portal.config import Settings
from portal.directory import Match
from portal.directory import search as find
from portal.store import open_database


@click.group("directory")
def group() -> None:
    """The directory of organizations that patients search."""


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
            found = find(tx, text=text, near=near, limit=limit)
    finally:
        database.close()
    if as_json:
        click.echo(json.dumps([_json(match) for match in found], ensure_ascii=False, indent=2))
        return
    for match in found:
        part_of = f" (part of {match.owner})" if match.owner else ""
        known_as = "" if match.matched.kind == "name" else f" [{match.matched.kind}: {match.matched.name}]"
        place = ", ".join(filter(None, (match.city, match.state)))
        click.echo(f"{match.id}  {match.name}{part_of}{known_as}  {place}".rstrip())
    if not found:
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
