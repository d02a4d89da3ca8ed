"""Tables that lead from a name to what it stands for lead somewhere, and leave nothing out."""

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, get_args

import click
import pytest
from click.testing import CliRunner
from flask import Flask

import jobs
import portal
from portal import queue
from portal.cli import main
from portal.domain import entry, plans
from portal.domain.sections import SECTIONS, SECTIONS_OF, SUPPORTING_TYPES, Section
from portal.web import guards, templating
from tests.architecture.test_files import ROOT
from tests.fakes import data
from tests.hostile.web.record import filled
from tests.unit.normalise.samples import sample

ENTRY_TYPES = frozenset(get_args(entry.AnyDetail))
OF_ENTRIES = frozenset(SECTIONS_OF)
"""FHIR types that an entry is made from."""
FHIR_TYPES = OF_ENTRIES | frozenset(SUPPORTING_TYPES) | {"Patient"}

PARTIAL = {
    "portal.sharing.narrative._USUAL_STATES": "kinds that have a usual state; of the others every state is said",
    "portal.merge.comparing._PROOF": "the other methods need nothing in common",
    "portal.access.proxies.SEEN": "the other choices are no groups of sections",
    "portal.domain.sections.DESCRIBING_TYPES": "of the others no further type says more",
    "portal.fhir.vendors.base.PARTS": "types that some servers give only in parts",
    "portal.linking.states._AS_STORED": "an active link is shown by more than its state",
    "portal.fhir.vendors.base._STATUSES": "types whose status is a code; a condition's and an allergy's are codings",
    "portal.identity.comparison._OTHER_SEX": "with any other relation of names it is somebody else",
    "portal.merge.grouping.RANKS": "what was entered in error is in no list",
    "portal.merge.comparing._COMPARE": "two need more of the entries than this one property",
    "portal.merge.statements._DOCUMENTS": "the others are said by how far a document was written",
    "portal.merge.properties._ELSEWHERE_FACTS": "the others have no fact that is not to be compared",
    "portal.normalise.absence._NONE": "sections in which somebody writes that there is nothing",
    "portal.normalise.absence._THINGS": "the same",
    "portal.normalise.ccda.entries._SERVICES": "what every laboratory sends needs no category of its own",
    "portal.normalise.registry._NAMED_BY": "the others need no code to have a title",
    "portal.normalise.safety._CODES": "a condition's states are codings, not codes",
    "portal.normalise.search_tokens._PERIODS": "types with a period",
    "portal.normalise.search_tokens._POINTS": "types with a moment of their own",
    "portal.provider.fhir.definitions.DATES": "US Core 6.1.0 and FHIR R4 search the others by no date",
    "portal.provider.fhir.definitions.INCLUDES": "the others refer to nothing that US Core includes",
    "portal.provider.fhir.definitions.INDEXED_DATE": "types whose first moment is the store's own date",
    "portal.refresh.from_documents.SECTIONS": "what is read out of documents",
    "portal.refresh.run._STATES": "of the others it counts whether anything came",
    "portal.store.records.visits._GROUPS": "what is not known counts as past by the clock",
    "portal.sharing.fitting._CONCEPTS": "of the kinds that a section of a summary holds",
    "portal.sharing.fitting._MOMENTS": "of those, the kinds that must say when",
    "portal.web.health.headings._LISTED": "the others have a heading of their own, or are past",
    "portal.web.health.headings._OF_ONE": "the others are said alike of one and of several",
    "portal.web.health.headings._VISITS": "all others are past",
    "portal.web.health.home_chart._LACKING": "with the others nothing is lacking, or it was not read at all",
    "portal.web.health.missing_reasons._ANCHORS": "the others lead to the section on what is missing",
    "portal.web.health.missing_reasons._DATED": "reasons that are the same without a date",
    "portal.web.health.sources._FAILED": "what is well, under way or not offered is said elsewhere, or nothing is",
    "portal.web.links.standing.SENTENCES": "how the other states stand depends on what came from there",
    "portal.web.health.missing_reasons._STATES": "in the other states the section's own outcome says why",
    "portal.web.health.section_page._FILTERED": "sections that can be narrowed",
    "portal.web.access_document._KINDS": "the others name the permission itself",
    "portal.web.templating._BY_ROLE": "patients have the main menu",
}
"""Tables that are of some only, and why."""
_NEVER_THE_SAME = frozenset({plans.PlannedCare})
_READ_AS_AN_ORDER = frozenset({plans.Dispense})
EXCEPTIONS: Mapping[str, frozenset[Any]] = {
    "portal.merge.properties.ELSEWHERE": _NEVER_THE_SAME | _READ_AS_AN_ORDER,
    "portal.merge.properties._BY_WORDS": _NEVER_THE_SAME | _READ_AS_AN_ORDER,
    "portal.merge.reading.READERS": _NEVER_THE_SAME,
    "portal.merge.statements._READERS": _NEVER_THE_SAME | {entry.Message},
}
"""Tables of all but a few: two plans are never the same thing, copies of a message state the same, and what a pharmacy
handed out is an order."""


def _modules() -> Iterator[ModuleType]:
    for info in pkgutil.walk_packages(portal.__path__, "portal."):
        if not info.name.endswith("__main__") and ".migrations." not in info.name:
            yield importlib.import_module(info.name)


def _universe(table: Mapping[Any, Any]) -> frozenset[Any]:
    """What a table's keys are some of: the members of one enumeration of ours, entry types, FHIR types; or nothing."""
    kinds = {type(key) for key in table}
    if len(kinds) != 1:
        return frozenset()
    (kind,) = kinds
    if issubclass(kind, Enum):
        return frozenset(kind)
    keys = frozenset(table)
    return next((types for types in (ENTRY_TYPES, OF_ENTRIES) if len(keys & types) > 4), frozenset())


def tables() -> dict[str, tuple[Mapping[Any, Any], frozenset[Any]]]:
    """Return every table that is keyed by an enumeration, by entry types or by FHIR types, where it is written."""
    keyed = {}
    for module in _modules():
        source = Path(inspect.getfile(module)).read_text()
        for name, table in vars(module).items():
            written_here = re.search(rf"^{name}\b[^\n]* = ", source, re.MULTILINE)
            if written_here and isinstance(table, Mapping) and table and (universe := _universe(table)):
                keyed[f"{module.__name__}.{name}"] = table, universe
    return keyed


def test_every_table_is_complete_or_says_why_not() -> None:
    keyed = tables()
    absent = {
        name: universe - frozenset(table) - EXCEPTIONS.get(name, frozenset())
        for name, (table, universe) in keyed.items()
    }
    incomplete = {name: sorted(map(str, keys)) for name, keys in absent.items() if keys}
    assert {name: left for name, left in incomplete.items() if name not in PARTIAL} == {}
    assert set(PARTIAL) <= set(incomplete), "what is complete needs no excuse"
    assert all(not keys & frozenset(keyed[name][0]) for name, keys in EXCEPTIONS.items())


def test_the_union_of_entry_types_has_every_one() -> None:
    assert frozenset(entry.Detail.__subclasses__()) == ENTRY_TYPES


@pytest.mark.parametrize(
    ("table", "without"),
    [
        ("portal.normalise.registry._READERS", FHIR_TYPES - OF_ENTRIES),
        ("portal.provider.types.WORDS", frozenset()),
    ],
)
def test_every_fhir_type_is_served_for(table: str, without: frozenset[str]) -> None:
    module, _, name = table.rpartition(".")
    assert FHIR_TYPES - without <= set(getattr(importlib.import_module(module), name))


def test_each_resource_has_one_section() -> None:
    for kind, sections in SECTIONS_OF.items():
        codes = [code for section in sections for code in SECTIONS[section].categories]
        assert len(codes) == len(set(codes)), kind
        assert all(SECTIONS[section].categories for section in sections[1:]), f"nothing says which {kind} comes there"


def test_every_type_is_in_each_record_that_tests_use() -> None:
    for record in (data.people(), filled(str, key="x"), [sample(kind) for kind in OF_ENTRIES]):
        assert {resource["resourceType"] for resource in record} >= OF_ENTRIES


def test_every_section_has_its_icon() -> None:
    symbols = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
    assert {section.value for section in Section} <= symbols


def _job_names() -> dict[str, str]:
    return {name: value for name, value in vars(queue).items() if isinstance(value, str) and value.startswith("jobs.")}


def test_every_job_that_is_asked_for_exists() -> None:
    for job in _job_names().values():
        module, _, function = job.rpartition(".")
        assert callable(getattr(importlib.import_module(module), function))


def test_every_job_is_asked_for() -> None:
    modules = [importlib.import_module(info.name) for info in pkgutil.iter_modules(jobs.__path__, "jobs.")]
    assert {f"{module.__name__}.run" for module in modules if hasattr(module, "run")} == set(_job_names().values())
    sources = "\n".join(
        path.read_text()
        for folder in ("portal", "jobs")
        for path in (ROOT / folder).rglob("*.py")
        if path != ROOT / "portal/queue.py"
    )
    assert [name for name in _job_names() if not re.search(rf"\b{name}\b[,)]", sources)] == []


def test_the_worker_has_every_job_loaded() -> None:
    work = importlib.import_module("jobs.work")
    assert {f"{module.__name__}.run" for module in work.LOADED} == set(_job_names().values())


def _commands(command: click.Command, *path: str) -> Iterator[tuple[str, ...]]:
    yield path
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from _commands(below, *path, name)


def test_every_command_can_be_asked_for_help() -> None:
    paths = list(_commands(main))
    assert len(paths) > 20
    for path in paths:
        answer = CliRunner().invoke(main, [*path, "--help"])
        assert answer.exit_code == 0, path
        assert answer.output.startswith("Usage:"), path


def test_every_menu_entry_leads_to_a_page(app: Flask) -> None:
    symbols = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "static/icons.svg").read_text()))
    plans = (templating._MAIN, templating._OWN, *templating._BY_ROLE.values())
    with app.test_request_context("/"):
        labels = templating._LABELS
        for rule, icon, _permission in (item for plan in plans for item in plan):
            assert app.view_functions[templating.endpoint_of(rule)]
            assert labels[rule]
            assert icon in symbols
        assert set(labels) == {item[0] for plan in plans for item in plan}
        assert all(templating.endpoint_of(rule) for rule in guards._START.values())
