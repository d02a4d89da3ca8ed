"""``Patient/$match`` as a partner calls it, for 2,000 invented people: no wrong match, and most who are there found.

In the fast test each eighth of them is asked for, among all who are there.
"""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from portal.domain.people import Person
from portal.refresh.imports import import_files
from portal.services import Services
from tests.factories.match_set import Case, labelled
from tests.integration.provider.conftest import TestApp
from tests.integration.provider.test_clients import match, system

__all__ = ["system"]


def patient(person: Person) -> dict[str, Any]:
    """A person as a FHIR Patient without its type."""
    telecom = [{"system": "phone", "value": one} for one in person.phones]
    telecom += [{"system": "email", "value": one} for one in person.emails]
    return {
        "name": [{"family": one.family, "given": list(one.given), "suffix": list(one.suffix)} for one in person.names],
        "birthDate": person.birth_date,
        "gender": person.sex,
        "telecom": telecom,
        "address": [{"line": list(one.line), "postalCode": one.postal_code} for one in person.addresses],
        "identifier": [
            {"system": one.system, "value": one.value, "type": {"coding": [{"code": one.type}]}}
            for one in person.identifiers
        ],
    }


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.slow)], ids=["each-eighth", "all"])
def test_two_thousand_people(system: TestApp, services: Services, tmp_path: Path, every: int) -> None:
    known, cases = labelled(11)  # another seed than those of the unit test
    chart = tmp_path / "chart.ndjson"
    with chart.open("w") as file:
        for fhir_id, person in known.items():
            file.write(json.dumps({"resourceType": "Patient", "id": fhir_id, **patient(person)}) + "\n")
    assert len(import_files(services.db, paths=[chart]).patients) == len(known)
    right: Counter[str] = Counter()
    there: Counter[str] = Counter()
    wrong: list[Case] = []
    too_little = 0
    for case in cases[::every]:
        answer = match(system, **patient(case.asked))
        there[case.kind] += case.truth in known
        too_little += answer.status_code == 422
        found = [one["resource"]["id"] for one in answer.get_json().get("entry", ())]
        assert len(found) <= 1
        if found and found != [case.truth]:
            wrong.append(case)
        right[case.kind] += found == [case.truth]
    share = sum(right.values()) / sum(there.values())
    kinds = ", ".join(f"{kind} {right[kind]}/{there[kind]}" for kind in sorted(there))
    print(f"$match: {share:.1%} of {sum(there.values())} who are there; {kinds}; asked with too little: {too_little}")
    assert not wrong
    assert share > 0.5
    assert right["typo"] == right["wrong-day"] == 0
