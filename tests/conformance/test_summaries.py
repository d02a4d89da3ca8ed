"""Each summary against what the International Patient Summary requires (``ips.tsv``), and that the table notices."""

import copy
from collections import Counter
from typing import Any

import pytest

from tests.conformance import ips_table, summaries

Json = dict[str, Any]


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, Json]]:
    folder = tmp_path_factory.mktemp("charts")
    return [
        (name, summaries.document(content))
        for everybody in (summaries.of_demo, summaries.of_shared)
        for name, content in everybody(folder)
    ]


def test_every_summary_is_as_the_guide_requires(documents: list[tuple[str, Json]]) -> None:
    counted = Counter((name, breach) for name, document in documents for breach in ips_table.breaches(document))
    number = sum(len(document["entry"]) for _name, document in documents)
    print(f"{len(documents)} summaries of {number} resources, {ips_table.RULES} rules: {counted.total()} breaches")
    assert not counted, counted.most_common(20)


def without(document: Json, of: str, way: list[str]) -> Json | None:
    """The document without an element, in the first place that has it; None where no place does."""
    changed = copy.deepcopy(document)
    for resource in (changed, *(entry["resource"] for entry in changed["entry"])):
        if resource["resourceType"] != of:
            continue
        holders = [resource]
        for name in way[:-1]:
            inner = [holder[name] for holder in holders if name in holder]
            holders = [each for value in inner for each in (value if isinstance(value, list) else [value])]
        stem = way[-1].removesuffix("[x]")
        for holder in holders:
            names = [key for key in holder if key.removeprefix("_").startswith(stem)]
            if way[-1] == stem:
                names = [key for key in names if key.removeprefix("_") == stem]
            if names:
                for name in names:
                    del holder[name]
                return changed
    return None


def test_the_table_notices_what_is_missing(documents: list[tuple[str, Json]]) -> None:
    noticed: Counter[str] = Counter()
    for of, way, rule in ips_table.ELEMENTS:
        if rule.startswith("0.."):
            continue
        changed = next(filter(None, (without(document, of, way) for _name, document in documents)), None)
        if changed is None or (of, way[-1]) in {("Bundle", "resource"), ("Composition", "code")}:
            continue  # without these there is no document to be read
        told = list(ips_table.breaches(changed))
        assert any(f"{of}.{'.'.join(way)}" in breach for breach in told), (of, way, told)
        noticed[of] += 1
    assert noticed.total() > 50, noticed


def test_the_table_notices_sections_that_are_not_as_they_should_be(documents: list[tuple[str, Json]]) -> None:
    document = next(document for _name, document in documents if len(document["entry"][0]["resource"]["section"]) > 4)
    for code in ("48765-2", "11450-4", "10160-0"):
        changed = copy.deepcopy(document)
        composition = changed["entry"][0]["resource"]
        composition["section"] = [
            section for section in composition["section"] if section["code"]["coding"][0]["code"] != code
        ]
        assert f"Composition.section[{code}]: 1..1" in list(ips_table.breaches(changed))
    changed = copy.deepcopy(document)
    section = next(part for part in changed["entry"][0]["resource"]["section"] if "entry" in part)
    section["entry"].append({"reference": changed["entry"][1]["fullUrl"]})
    assert any(".entry: Patient" in breach for breach in ips_table.breaches(changed))
    changed["entry"].append(changed["entry"].pop(0))
    changed["entry"][0], changed["entry"][-1] = changed["entry"][-1], changed["entry"][0]
    changed["entry"].append(changed["entry"][0])
    assert any("bdl-ips-1" in breach for breach in ips_table.breaches(changed))
