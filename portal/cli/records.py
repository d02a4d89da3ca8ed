"""``portal records``: the home chart from files."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import msgspec

from portal.cli.explain import explain
from portal.config import Settings
from portal.domain.errors import InvalidInputError, PortalError
from portal.linking import home_chart
from portal.merge import rules_text
from portal.processes import calm_collector
from portal.refresh.compare import PairVerdict, compare
from portal.refresh.imports import ImportReport, import_files
from portal.refresh.ingest_report import IngestReport, SectionCount
from portal.refresh.renormalise import lines, renormalise
from portal.services import open_services
from portal.sharing import filing
from portal.store import Database, open_database
from portal.store.records import packing


@click.group("records")
def group() -> None:
    """Fill and look at the home chart: FHIR resources of this organization's own patients."""


group.add_command(explain)


@group.command("import")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--patient", help="FHIR id of a Patient: leave out what is about others.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def import_(paths: tuple[Path, ...], patient: str | None, as_json: bool) -> None:
    """Import FHIR R4 bundles, NDJSON and single resources; folders too. Importing the same again changes nothing.

    Clinical documents (C-CDA as XML, or a zip of them) become documents of the one patient that they name; with
    --patient of that one, unless they name another.

    A patient summary (IPS) is what others say: it is filed beside the record of whom it is about, with where it comes
    from, for the care team and the patient to read; nothing of it gets into the record.

    Prints the patients' ids, counts per section and how many resources were refused for which reason.
    """
    settings = Settings.from_environment(os.environ)
    if settings.chart_base:
        raise click.UsageError("PORTAL_CHART_BASE is set: the home chart comes from there; see `portal records fetch`")
    calm_collector()
    database = open_database(settings)
    try:
        report = import_files(database, paths=paths, patient=patient)
        filed = _file_summaries(database, report, patient)
    except PortalError as error:
        raise click.ClickException(error.hint or error.code) from error
    finally:
        database.close()
    if as_json:
        click.echo(msgspec.json.encode(_as_json(report) | {"summaries": filed}).decode())
    else:
        if report.summaries:
            click.echo(f"{len(report.summaries)} patient summaries of others, {filed} newly filed beside the record")
        _print(report)


def _file_summaries(database: Database, report: ImportReport, patient: str | None) -> int:
    """File the summaries of others that the files held; return how many are new. Refusals go into the report."""
    filed = 0
    for content in report.summaries:
        try:
            filed += filing.file_document(database, content=content, patient=(patient or "").removeprefix("Patient/"))
        except InvalidInputError as refusal:
            report.total.refused[refusal.code] += 1
    return filed


@group.command("fetch")
@click.argument("patients", metavar="[ID]...", nargs=-1)
@click.option("--roster", is_flag=True, help="All members of the Group that PORTAL_CHART_GROUP names.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def fetch(patients: tuple[str, ...], roster: bool, as_json: bool) -> None:
    """Read these Patients (FHIR ids) of this organization's own server now; workers then load their charts.

    Exit status 1 when one of them could not be read. Doing it again asks for their charts again.
    """
    if bool(patients) is roster:
        raise click.UsageError("give patients' FHIR ids, or --roster")
    services = open_services(Settings.from_environment(os.environ))
    try:
        done = home_chart.enrol(
            services,
            home_chart.roster(services) if roster else [patient.removeprefix("Patient/") for patient in patients],
        )
    except PortalError as error:
        raise click.ClickException(error.hint or error.code) from error
    finally:
        services.db.close()
    if as_json:
        click.echo(msgspec.json.encode({"requested": done.requested, "failed": done.failed}).decode())
    else:
        click.echo(f"{len(done.requested)} charts are asked for")
        for fhir_id, code in done.failed.items():
            click.echo(f"  not read: {fhir_id}: {code}", err=True)
    if done.failed:
        raise SystemExit(1)


@group.command("renormalise")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def renormalise_(as_json: bool) -> None:
    """Read everything again from the raw resources that were kept, and group it again. Prints what changed.

    It may be stopped at any time: the next call goes on where it was, and its report is of both.
    """
    calm_collector()
    database = open_database(Settings.from_environment(os.environ))
    try:
        report = renormalise(database)
    finally:
        database.close()
    by_section = {
        "changed": report.changed,
        "added": report.added,
        "gone": report.removed,
        "regrouped": report.regrouped,
    }
    if as_json:
        totals = {name: {section.value: n for section, n in count.items() if n} for name, count in by_section.items()}
        numbers = {"resources": report.resources, "resumed": report.resumed}
        click.echo(msgspec.json.encode({**numbers, **totals, "refused": report.refused}).decode())
        return
    for line in lines(report):
        click.echo(line)


@group.command("compare")
@click.argument("files", nargs=-1, metavar="[LEFT RIGHT]", type=click.Path(exists=True, path_type=Path))
@click.option("--batch", type=click.File("r"), help='JSON lines: {"id", "left", "right", "one_organization"}.')
@click.option("--one-organization", is_flag=True, help="Both come from one organization.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as JSON.")
def compare_(files: tuple[Path, ...], batch: Any, one_organization: bool, as_json: bool) -> None:
    """Print what merge makes of two FHIR resources: one row, two rows that name each other, or two rows.

    LEFT and RIGHT are JSON files: a resource, or a list of it and of what it refers to. Ids and subjects may be
    absent. No instance is needed and nothing is stored. With --batch one JSON line is printed for each pair.
    """
    if (batch is None) is (len(files) != 2):
        raise click.UsageError("give two files, or --batch")
    if batch is not None:
        for line in batch:
            if line.strip():
                click.echo(msgspec.json.encode(_compare_line(line)).decode())
        return
    left, right = (_read_json(path.read_bytes()) for path in files)
    verdict = compare(left, right, one_organization=one_organization)
    if as_json:
        click.echo(msgspec.json.encode(verdict).decode())
    else:
        _print_verdict(verdict)


@group.command("rules")
def rules() -> None:
    """Print what merge takes for the same, section by section, as Markdown (docs/merge-rules.md)."""
    click.echo(rules_text.markdown(), nl=False)


def _compare_line(line: str) -> PairVerdict:
    pair = _read_json(line.encode())
    if not isinstance(pair, Mapping):
        raise click.ClickException("a line is not a JSON object")
    return compare(
        pair.get("left"),
        pair.get("right"),
        one_organization=pair.get("one_organization") is True,
        pair_id=str(pair.get("id", "")),
    )


def _read_json(written: bytes) -> Any:
    try:
        return packing.decode(written)
    except msgspec.DecodeError as error:
        raise click.ClickException(f"not JSON: {error}") from error


def _print_verdict(verdict: PairVerdict) -> None:
    click.echo(verdict.verdict + (", may be the same" if verdict.may_be_same else ""))
    for refusal in verdict.refusals:
        click.echo(f"  no entry: {refusal}")
    for difference in verdict.disagreements:
        click.echo(f"  {difference.field}: {difference.left or '-'} / {difference.right or '-'}")
    for hidden in verdict.hidden:
        click.echo(f"  hidden: {hidden}")


def _as_json(report: ImportReport) -> dict[str, Any]:
    return {
        "files": report.files,
        "resources": report.resources,
        "patients": [{"id": fhir_id, "sections": _sections(done)} for fhir_id, done in report.people.items()],
        "sections": _sections(report.total),
        "supporting": _count(report.total.supporting),
        "repeated": report.total.repeated,
        "refused": dict(sorted(report.total.refused.items())),
    }


def _sections(done: IngestReport) -> dict[str, dict[str, int]]:
    return {section.value: _count(count) for section, count in sorted(done.sections.items())}


def _count(count: SectionCount) -> dict[str, int]:
    return {"new": count.new, "changed": count.changed, "unchanged": count.unchanged, "removed": count.removed}


def _print(report: ImportReport) -> None:
    click.echo(f"{report.resources} resources in {report.files} files")
    for fhir_id in report.patients:
        click.echo(f"patient {fhir_id}")
    width = max((len(section) for section in report.total.sections), default=10)
    rows = [(section.value, count) for section, count in sorted(report.total.sections.items())]
    for name, count in [*rows, ("supporting", report.total.supporting)]:
        click.echo(f"  {name:<{width}}  {count.new:>7} new {count.changed:>7} changed {count.unchanged:>7} unchanged")
    for reason, number in sorted(report.total.refused.items()):
        click.echo(f"  refused: {reason:<20} {number:>7}")
