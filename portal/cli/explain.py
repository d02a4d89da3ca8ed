"""``portal records explain``: what a row and a page say of each resource of a file, or why it is refused."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from portal.domain.errors import NormaliseError, PortalError
from portal.domain.sections import KEPT_TYPES
from portal.normalise import REASONS, to_entry
from portal.normalise.coverage import coverage
from portal.normalise.device_uses import is_about, with_uses
from portal.refresh.bundles import files_of, resources_of
from portal.web.health import entry_text


class Explained(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What becomes of one resource. ``reaches`` says of each leaf: "row", "page", "original" or "dropped"."""

    type: str
    id: str
    section: str = ""
    status: str = ""
    row: list[str] = []
    page: list[str] = []
    absence: str = ""
    scope: str = ""
    unsafe: list[str] = []
    refused: str = ""
    meaning: str = ""
    reaches: dict[str, str] = {}


@click.command("explain")
@click.argument("path", type=click.Path(exists=True, path_type=Path), metavar="FILE")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON list, with what each leaf of a resource reaches.")
def explain(path: Path, as_json: bool) -> None:
    """Print what a row and a page would say of each resource of FILE (bundle, NDJSON), or why it is refused.

    No instance is needed and nothing is stored.
    """
    try:
        resources = [(content.full_url, resource) for content, resource in resources_of(files_of([path]))]
    except PortalError as error:
        raise click.ClickException(error.hint or error.code) from error
    with entry_text.in_words():
        explained = list(_explained(resources, details=as_json))
    if as_json:
        click.echo(msgspec.json.encode(explained).decode())
    else:
        _print(explained)


def _explained(resources: list[tuple[str, Mapping[str, Any]]], *, details: bool) -> Iterator[Explained]:
    by_reference: dict[str, Mapping[str, Any]] = {}
    for full_url, resource in resources:
        if isinstance(resource, Mapping):
            by_reference[f"{resource.get('resourceType')}/{resource.get('id')}"] = resource
            by_reference.update({full_url: resource} if full_url else {})
    for _full_url, resource in resources:
        yield _explain(resource, by_reference, details=details)


def _explain(resource: Any, by_reference: Mapping[str, Mapping[str, Any]], *, details: bool) -> Explained:
    named = resource if isinstance(resource, Mapping) else {}
    kind, fhir_id = str(named.get("resourceType", "")), str(named.get("id", ""))
    if kind in KEPT_TYPES or kind in ("Patient", "Binary"):
        return Explained(type=kind, id=fhir_id, meaning="serves others")
    if kind == "Device":
        resource = with_uses(resource, [use for use in by_reference.values() if is_about(use, resource)])
    try:
        entry = to_entry(resource, by_reference.get)
    except NormaliseError as refusal:
        return Explained(type=kind, id=fhir_id, refused=refusal.code, meaning=REASONS[refusal.code])
    reaches = coverage(resource, by_reference.get, row=entry_text.row, page=entry_text.page) if details else {}
    return Explained(
        type=kind,
        id=fhir_id,
        section=entry.section.value,
        status=entry.status.value,
        row=entry_text.row(entry).splitlines(),
        page=entry_text.page(entry).splitlines(),
        absence=entry.absence.value if entry.absence else "",
        scope=entry.scope,
        unsafe=list(entry.unsafe),
        reaches=reaches,
    )


def _print(explained: list[Explained]) -> None:
    for item in explained:
        name = f"{item.type}/{item.id}" if item.id else item.type or "?"
        if item.refused:
            click.echo(f"{name}: refused, {item.refused}: {item.meaning}")
        elif item.meaning:
            click.echo(f"{name}: {item.meaning}")
        else:
            click.echo(f"{name}: {item.section}, {item.status}")
            for mark in (*item.unsafe, f"absence: {item.absence}, of {item.scope}" if item.absence else ""):
                click.echo(f"    ! {mark}" if mark else "", nl=bool(mark))
            for line in item.row:
                click.echo(f"    row   {line}")
            for line in item.page:
                click.echo(f"    page  {line}")
    counts = Counter(item.section or item.refused or "serves others" for item in explained)
    click.echo("; ".join(f"{number} {name}" for name, number in sorted(counts.items())))
