"""What the International Patient Summary requires of a document, from the table ``ips.tsv``."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Json = Mapping[str, Any]
_TABLE = [
    line.split("\t")
    for line in Path(__file__).with_name("ips.tsv").read_text().splitlines()
    if line and not line.startswith("#")
]
ELEMENTS = [(kind, path.split("."), rule) for kind, path, rule, _source in _TABLE if kind != "section"]
_SECTIONS = {code: (rule, kinds.split()) for kind, code, rule, kinds in _TABLE if kind == "section"}
RULES = len(_TABLE) + 6
"""The lines of the table, and the invariants that are written out below."""


def breaches(bundle: Json) -> Iterator[str]:
    """Yield what a document breaks, as "where: what"."""
    resources = [entry["resource"] for entry in bundle["entry"]]
    for resource in (bundle, *resources):
        yield from _elements(resource)
    kinds = Counter(resource["resourceType"] for resource in resources)
    if kinds["Composition"] != 1 or resources[0]["resourceType"] != "Composition":
        yield "Bundle: bdl-ips-1, the Composition is first and alone"
    if not kinds["Patient"]:
        yield "Bundle.entry[patient]: 1..1"
    by_address = {entry.get("fullUrl", ""): entry["resource"] for entry in bundle["entry"]}
    yield from _sections(resources[0], by_address)
    for patient in (resource for resource in resources if resource["resourceType"] == "Patient"):
        if not all(name.keys() & {"family", "given", "text"} for name in patient.get("name", ())):
            yield "Patient.name: ips-pat-1"
    for resource in resources:
        if resource["resourceType"] == "Observation":
            yield from _observation(resource)
        if resource.get("status") == "entered-in-error":
            yield f"{resource['resourceType']}.status: entered-in-error"


def _elements(resource: Json) -> Iterator[str]:
    kind = resource["resourceType"]
    for of, path, rule in ELEMENTS:
        if of != kind:
            continue
        *way, last = path
        for holder in _holders(resource, way) or ([{}] if last == "reference" else []):
            values = _values(holder, last)
            if rule.startswith("="):
                if not any(_is(value, rule[1:]) for value in values):
                    yield f"{kind}.{'.'.join(path)}: {rule}"
                continue
            least, most = rule.split("..")
            if len(values) < int(least) or (most != "*" and len(values) > int(most)):
                yield f"{kind}.{'.'.join(path)}: {rule}, was {len(values)}"


def _holders(value: Json, way: list[str]) -> list[Json]:
    """The elements at the end of a way; one that is said to be unknown holds nothing that can be missing."""
    holders = [value]
    for name in way:
        inner = [each for holder in holders for each in _values(holder, name)]
        holders = [each for each in inner if isinstance(each, Mapping) and not _is_unknown(each)]
    return holders


def _values(holder: Json, name: str) -> list[Any]:
    """The values of an element, of any type of a choice; one that is said to be unknown counts (the guide's rule)."""
    stem = name.removesuffix("[x]")
    names = [key for key in holder if key.removeprefix("_") == stem]
    if name != stem:
        names = [key for key in holder if (rest := key.removeprefix("_").removeprefix(stem)) and rest[0].isupper()]
        names = [key for key in names if key.removeprefix("_").startswith(stem)]
    values: dict[str, Any] = {}
    for key in names:
        if holder[key] not in (None, "", [], {}):
            values.setdefault(key.removeprefix("_"), holder[key])
    return [inner for value in values.values() for inner in (value if isinstance(value, list) else [value])]


def _is_unknown(element: Json) -> bool:
    return any(str(one.get("url", "")).endswith("data-absent-reason") for one in element.get("extension", ()))


def _is(value: Any, wanted: str) -> bool:
    system, bar, code = wanted.partition("|")
    if not bar:
        return bool(value == wanted)
    return any(coding.get("system") == system and coding.get("code") == code for coding in value.get("coding", ()))


def _sections(composition: Json, by_address: Mapping[str, Json]) -> Iterator[str]:
    numbers = Counter(section["code"]["coding"][0]["code"] for section in composition.get("section", ()))
    for code, (rule, _kinds) in _SECTIONS.items():
        least, most = map(int, rule.split(".."))
        if not least <= numbers[code] <= most:
            yield f"Composition.section[{code}]: {rule}"
    for section in composition.get("section", ()):
        code = section["code"]["coding"][0]["code"]
        rule, kinds = _SECTIONS.get(code, ("", []))
        entries = section.get("entry", ())
        if rule == "1..1" and bool(entries) == ("emptyReason" in section):
            yield f"Composition.section[{code}]: ips-comp-1"
        for entry in entries:
            resource = by_address.get(entry["reference"], {})
            if resource.get("resourceType") not in kinds:
                yield f"Composition.section[{code}].entry: {resource.get('resourceType')}"


def _observation(observation: Json) -> Iterator[str]:
    codes = {
        coding.get("code") for category in observation.get("category", ()) for coding in category.get("coding", ())
    }
    if "laboratory" in codes:
        has_value = any(key.startswith("value") for key in observation)
        if not has_value and not observation.keys() & {"hasMember", "component", "dataAbsentReason"}:
            yield "Observation: ips-2, neither a value nor why there is none"
        for part in observation.get("component", ()):
            if not any(key.startswith("value") or key == "dataAbsentReason" for key in part):
                yield "Observation.component: ips-3"
    if "imaging" in codes and {"hasMember", "component"} <= observation.keys():
        yield "Observation: hasMember and component"
