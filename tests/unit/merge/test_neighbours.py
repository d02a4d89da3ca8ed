"""A resource of one organization beside the same with one clinically telling thing changed, at another one.

The two are not one row, or the row shows both values; what else may be is in ``_REVIEWED``, with why. The resources are
published examples, exports and synthetic charts; ``neighbour_resources`` knows their fields, and nothing of merge.
"""

import json
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from portal.domain.errors import NormaliseError
from portal.refresh.compare import compare
from tests.shared_data import bundles, ndjson, shared
from tests.unit.merge.neighbour_resources import neighbours

_SETS = ("synthea-2019-r4", "synthea-bulk-10-patients", "us-core-610", "epic-export-sanitized", "us-core-9-fixtures")
_NAMED = {"us-core-610": ("us-core-610", "examples.ndjson"), "epic-export-sanitized": ("epic-export-sanitized",)}

_REVIEWED: Mapping[tuple[str, str], str] = {
    ("Condition", "abatement left out"): "who does not know the end contradicts none; that it is over both say",
    ("Condition", "severity added"): "who is silent contradicts none: the row is completed",
    ("Condition", "onsetPeriod start"): "two spans in which it began agree where they overlap",
    ("Condition", "onsetPeriod end"): "two spans in which it began agree where they overlap",
    ("DiagnosticReport", "moment"): "one accession within a month is one report (clinical-truth.md §2)",
    ("DiagnosticReport", "title"): "one accession within a month is one report (clinical-truth.md §2)",
    ("DocumentReference", "date"): "the same content is one document: each place dates its copy when it files it",
    ("DocumentReference", "title"): "the same content is one document (clinical-truth.md §2)",
    ("DocumentReference", "document's status"): "what is superseded is no more preliminary than final",
    ("MedicationRequest", "dosage left out"): "who is silent contradicts none: the row is completed",
    ("MedicationRequest", "status reason"): "who is silent contradicts none: the row is completed",
    ("MedicationRequest", "status active"): "where the reason says that it was stopped, that holds in both",
    ("MedicationRequest", "dosage timing code"): "of several dosages beside words that say how often",
    ("Observation", "effectivePeriod end"): "the moment of a result is the beginning of its period",
    ("Observation", "specimen"): "where LOINC names the system, LOINC decides (clinical-truth.md §2)",
    ("AllergyIntolerance", "clinicalStatus active"): "words that it is outgrown or refuted hold in both",
    ("AllergyIntolerance", "clinicalStatus inactive"): "words that it is outgrown or refuted hold in both",
    ("AllergyIntolerance", "clinicalStatus resolved"): "words that it is outgrown or refuted hold in both",
    ("AllergyIntolerance", "verificationStatus confirmed"): "a note that it was refuted holds in both",
    ("AllergyIntolerance", "verificationStatus unconfirmed"): "a note that it was refuted holds in both",
}
"""Fields in which a neighbour may be one row that says nothing, and the clinical reason."""


def _paths(value: object, path: str = "") -> frozenset[str]:
    if isinstance(value, dict):
        return frozenset().union(*(_paths(part, f"{path}.{name}") for name, part in value.items()))
    if isinstance(value, list):
        return frozenset().union(*(_paths(part, path) for part in value))
    return frozenset([path])


def _references(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for part in value.values():
            yield from _references(part)
    elif isinstance(value, list):
        for part in value:
            yield from _references(part)


def _resources(name: str) -> list[dict[str, Any]]:
    if name == "synthea-2019-r4":
        return [part["resource"] for _file, bundle in bundles(name) for part in bundle.get("entry", ())]
    if name == "us-core-9-fixtures":
        return [json.loads(file.read_bytes()) for file in sorted(shared(name).glob("*/*.json"))]
    return list(ndjson(*_NAMED.get(name, (name,))))


@cache
def _shapes(name: str) -> tuple[list[list[list[dict[str, Any]]]], int]:
    """Resources by the fields that they have, each with what it refers to behind it, and how many there are."""
    resources = [each for each in _resources(name) if isinstance(each.get("resourceType"), str)]
    by_id = {str(each.get("id")): each for each in resources}
    shapes: dict[object, list[list[dict[str, Any]]]] = defaultdict(list)
    for each in resources:
        others = (by_id.get(reference.replace(":", "/").rsplit("/", 1)[-1]) for reference in _references(each))
        shapes[each["resourceType"], _paths(each)].append([each, *(other for other in others if other)])
    return list(shapes.values()), len(resources)


def _faults(name: str, *, seed: int, most: int) -> tuple[list[str], int]:
    chance = random.Random(f"{name} {seed}")
    drawn = [chance.choice(alike) for alike in _shapes(name)[0]]
    chance.shuffle(drawn)
    faults, tried = [], 0
    for resource, *others in drawn:
        changed = list(neighbours(resource))
        if not changed or _alone(resource, others) or tried >= most:
            continue
        for field, other in changed:
            tried += 1
            kind = str(resource["resourceType"])
            if not _shows([resource, *others], [other, *others]) and (kind, field) not in _REVIEWED:
                faults.append(f"{kind}/{resource.get('id')}: {field}")
    return faults, tried


def _alone(resource: dict[str, Any], others: list[dict[str, Any]]) -> bool:
    """Tell whether even the same resource at two places is two rows: nothing is hidden then."""
    try:
        return compare([resource, *others], [resource, *others]).verdict != "same"
    except NormaliseError:
        return True


def _shows(left: object, right: object) -> bool:
    verdict = compare(left, right)
    shown = (*verdict.disagreements, *verdict.wordings)
    return verdict.verdict != "same" or any(each.left != each.right for each in shown)


@pytest.mark.parametrize("name", _SETS)
def test_one_thing_that_differs_is_told(name: str) -> None:
    if not shared(name).exists():
        pytest.skip(f"data not present: {name}")
    faults, tried = _faults(name, seed=1, most=250)
    assert not faults
    assert tried > 10


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", _SETS)
def test_one_thing_that_differs_is_told_in_every_shape(name: str, seed: int) -> None:
    if not shared(name).exists():
        pytest.skip(f"data not present: {name}")
    assert not _faults(name, seed=seed, most=100_000)[0]
