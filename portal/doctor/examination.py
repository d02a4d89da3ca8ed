"""The whole examination of one instance, from its settings on; what the rest depends on comes first."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path

from portal.config import Settings, problems, unmade
from portal.doctor import database, jobs, machine, network
from portal.doctor.faults import Fault, Measures
from portal.services import open_services

_FILE = "sqlite:///"


def examine(environ: Mapping[str, str], measures: Measures) -> Iterator[Fault]:
    """Yield every fault of the instance that these variables describe; without any, it is sound."""
    sentences = problems(environ)
    for sentence in sentences:
        yield Fault("settings", sentence, "Correct it where the service's environment is set")
    if sentences:
        return
    for path in (files := unmade(environ)):
        yield Fault(
            "keys-missing",
            f"{path} is not there: a start would make a new one, which fits no database",
            "Put it back from the backup of the keys, or correct PORTAL_KEY_DIR or PORTAL_DATA_DIR; a new instance: "
            "`portal db upgrade`",
        )
    if files:
        return
    settings = Settings.from_environment(environ)
    yield from (faults := tuple(machine.examine(settings, measures)))
    if any(fault.code == "data-dir" for fault in faults):
        return
    if settings.database_url.startswith(_FILE) and not Path(settings.database_url.removeprefix(_FILE)).is_file():
        yield Fault(
            "database-missing",
            "the database file is not there",
            "Correct PORTAL_DATABASE_URL or PORTAL_DATA_DIR; a new instance: `portal db upgrade`",
        )
        return
    yield from _running(settings, measures)


def _running(settings: Settings, measures: Measures) -> Iterator[Fault]:
    services = open_services(settings)
    with closing(services.db):
        yield from database.examine(services, measures)
        yield from jobs.examine(services, measures)
        if measures.network:
            yield from network.examine(settings, measures)
            if database.is_usable(services):
                yield from network.examine_others(services)
