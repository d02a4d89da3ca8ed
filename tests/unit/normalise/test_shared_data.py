"""All of the shared data goes through: no crash, no empty or raw title, counts per section and per refusal.

Run as a program to see the counts: ``python -m tests.unit.normalise.test_shared_data``.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import pytest

from portal.domain.entry import Entry
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import carries_entry, clinical_date, section_of, subject_reference
from portal.normalise.registry import read
from tests.shared_data import SAMPLE, bundles, ndjson, only_shared

SETS = ("synthea-2019-r4", "synthea-bulk-10-patients", "us-core-610/examples.ndjson")


def resources(name: str) -> list[dict[str, Any]]:
    """Every resource of one of the sets."""
    if name == "synthea-2019-r4":
        return [entry["resource"] for _name, bundle in bundles(name) for entry in bundle["entry"]]
    return list(ndjson(*name.split("/")))


class Known:
    """A Lookup over a set."""

    def __init__(self, found: list[dict[str, Any]]) -> None:
        self._by_reference = {f"{one['resourceType']}/{one['id']}": one for one in found}
        self._by_reference |= {f"urn:uuid:{one['id']}": one for one in found}

    def __call__(self, reference: str, /) -> Mapping[str, Any] | None:
        return self._by_reference.get(reference)


def outcomes(name: str) -> Iterator[tuple[dict[str, Any], Entry | str]]:
    """Each resource with its entry, or with the code of its refusal."""
    found = resources(name)
    known = Known(found)
    for resource in found:
        try:
            yield resource, read(resource, known)
        except NormaliseError as refused:
            yield resource, refused.code


def counts(name: str) -> Counter[tuple[str, str]]:
    """How many resources of each type went to which section, or were refused why."""
    return Counter(
        (resource["resourceType"], f"refused: {outcome}" if isinstance(outcome, str) else outcome.section.value)
        for resource, outcome in outcomes(name)
    )


@pytest.mark.parametrize("name", SETS)
def test_everything_goes_through(name: str) -> None:
    for resource, outcome in outcomes(name):
        kind = resource["resourceType"]
        assert isinstance(clinical_date(resource), str)
        if isinstance(outcome, str):
            assert carries_entry(kind) is (outcome != "unsupported-type")
            continue
        assert outcome.section is section_of(resource)
        assert subject_reference(resource), kind
        assert msgspec.json.decode(msgspec.json.encode(outcome), type=Entry) == outcome


@pytest.mark.parametrize("name", SETS)
def test_no_title_is_raw(name: str) -> None:
    tag = r"\((disorder|finding|procedure|situation|substance|person)\)"
    raw = re.compile(tag + r"|https?:|urn:|\b(None|null)\b|^\d[\d-]*$|_")
    for _resource, outcome in outcomes(name):
        if isinstance(outcome, Entry):
            assert not raw.search(outcome.title), outcome.title
            assert outcome.title == outcome.title.strip() != ""
            assert len(outcome.title) <= 300


def test_sections_of_the_sets_are_filled_as_expected() -> None:
    only_shared("synthea-2019-r4")
    old = counts("synthea-2019-r4")
    assert old["Condition", Section.HEALTH_ISSUES] == 83
    assert old["MedicationRequest", Section.MEDICATIONS] == 88
    assert old["DiagnosticReport", Section.TEST_RESULTS] == 165
    assert old["Observation", Section.VITAL_SIGNS] == 641
    assert old["Encounter", Section.VISITS] == 472
    assert old["Claim", "refused: unsupported-type"] == 560
    assert not [key for key in old if key[1] in ("refused: malformed", "refused: no-code")]

    bulk = counts("synthea-bulk-10-patients")
    assert bulk["AllergyIntolerance", Section.ALLERGIES] == 11
    assert bulk["DocumentReference", Section.DOCUMENTS] == 1215
    # wheelchairs, glucose meters, a nebulizer …: all carry a UDI and claim the implantable profile
    assert bulk["Device", "refused: not-an-implant"] == 16

    core = counts("us-core-610/examples.ndjson")
    assert core["Device", Section.IMPLANTS] == 3
    assert core["Coverage", Section.INSURANCE] == 1
    assert core["CareTeam", Section.CARE_TEAM] == 2


def test_the_sample_fills_most_sections_and_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.shared_data.SHARED", SAMPLE / "absent")
    filled = {where for name in SETS for _kind, where in counts(name)}
    assert filled >= set(Section) - {
        Section.MESSAGES,
        Section.EXAM_FINDINGS,
        Section.QUESTIONNAIRES,
        Section.PLANS,
    }
    assert sum(file.stat().st_size for file in SAMPLE.rglob("*") if file.is_file()) <= 60_000


if __name__ == "__main__":
    for one in SETS:
        print(one)
        for (kind, where), number in sorted(counts(one).items()):
            print(f"  {number:6}  {kind:22} {where}")
