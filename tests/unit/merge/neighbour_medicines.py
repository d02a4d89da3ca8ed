"""Orders and statements of medicines that differ from an original in one thing, in structure or in words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.unit.merge.neighbour_edits import (
    Edit,
    Resource,
    a_year_later,
    another_day,
    at,
    code_of,
    concept,
    dates,
    leaving_out,
    other_than,
    period,
    renamed,
    setting,
    statuses,
    within,
)

_STRENGTH = re.compile(r"(\d+(?:\.\d+)?)(?= ?(?:MG|mg|mcg|MCG|UNT|unit|mEq|MEQ|%)\b)")


def _stronger(text: str) -> str:
    return _STRENGTH.sub(lambda number: f"{float(number[1]) * 2:g}", text, count=1)


def _as_extended(text: str) -> str:
    if re.search(r"(?i)\b(?:release|XR|ER|HR)\b", text):
        return text
    return re.sub(r"\b(?=Oral Tablet|tablet\b)", "Extended Release ", text, count=1)


def _product(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    medicine = resource.get("medicationCodeableConcept")
    if not isinstance(medicine, dict):
        return
    for field, change in (
        ("strength", _stronger),
        ("form", lambda text: re.sub(r"\b([Tt])ablet\b", "Oral Solution", text)),
        ("form", lambda text: re.sub(r"\b[Cc]apsule\b", "Chewable Tablet", text)),
        ("release", _as_extended),
        ("release", lambda text: re.sub(r"(?i)\b(?:extended release|XR|ER|24 HR) ?", "", text)),
        ("ingredient", lambda text: f"{text} / Hydrochlorothiazide 12.5 MG"),
    ):
        named = renamed(medicine, change)
        if named.get("text") not in (None, renamed(medicine, str).get("text")):
            yield field, setting("medicationCodeableConcept", named)


def _dosages(resource: Mapping[str, Any], name: str) -> Iterator[tuple[str, Edit]]:
    for place, dosage in enumerate(resource.get(name) or ()):
        for field, edit in _dosage(dosage):
            yield f"dosage {field}", within(name, place, edit)
    if resource.get(name):
        yield "dosage left out", lambda changed: changed.__setitem__(name, changed[name][:-1])


def _dosage(dosage: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    structured = "asNeededCodeableConcept" in dosage or dosage.get("asNeededBoolean")
    for field, text in sig_changes(str(dosage.get("text", ""))):
        if not (structured and field.startswith(("when needed", "as needed"))):  # the structure goes on saying it
            yield f"words: {field}", _writing(text)
    yield from _amounts(dosage)
    timing = dosage.get("timing") or {}
    repeat = timing.get("repeat") or {}
    yield from _rates(repeat)
    yield from _timing(timing, repeat)
    if dosage.get("route"):
        written = str(dosage["route"]).casefold()
        for route in ("Intravenous", "Ophthalmic", "Rectal"):
            if route.casefold() not in written:
                yield "route", setting("route", concept(route))
    yield from _need(dosage)
    yield "maximum at a time", setting("maxDosePerAdministration", {"value": 7, "unit": "mg"})
    if dosage.get("site"):
        yield "site", setting("site", concept("Left thigh"))
    yield "warning", setting("additionalInstruction", [concept("Do not take if pulse is below 50")])
    yield "for the patient", setting("patientInstruction", "Stop 5 days before surgery")


def _amounts(dosage: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    for index, rate in enumerate(dosage.get("doseAndRate") or ()):
        for name, path in (("doseQuantity", ("doseQuantity",)), ("doseRange", ("doseRange", "high"))):
            quantity = rate.get(name) if len(path) == 1 else (rate.get(name) or {}).get("high")
            if not quantity or quantity.get("value") is None:
                continue
            where = ("doseAndRate", index, *path)
            yield "amount doubled", at(*where, "value", to=float(quantity["value"]) * 2)
            yield "amount halved", at(*where, "value", to=float(quantity["value"]) / 2)
            yield "amount times ten", at(*where, "value", to=float(quantity["value"]) * 10)
            for unit in _OTHER_UNITS.get(str(quantity.get("unit") or quantity.get("code")), ()):
                yield "unit", _measured_in(where, unit)
        if rate.get("rateQuantity"):
            yield "rate", at("doseAndRate", index, "rateQuantity", "value", to=lambda value: float(value) * 2)


def _rates(repeat: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    if "frequency" in repeat or "period" in repeat:
        yield "frequency", at("timing", "repeat", "frequency", to=int(repeat.get("frequency", 1)) + 1)
        yield "period", at("timing", "repeat", "period", to=float(repeat.get("period", 1)) * 2)
        for unit in other_than(repeat.get("periodUnit"), "h", "d", "wk", "mo"):
            if repeat.get("periodUnit"):
                yield "period's unit", at("timing", "repeat", "periodUnit", to=unit)


def _need(dosage: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    if not re.search(r"(?i)needed|prn", str(dosage.get("text", ""))):  # else the words go on saying it
        yield "when needed", setting("asNeededBoolean", not dosage.get("asNeededBoolean", False))
    if dosage.get("asNeededCodeableConcept"):
        yield "when needed for", setting("asNeededCodeableConcept", concept("seasickness"))
    elif "asNeededBoolean" in dosage:
        yield "when needed for", _needed_for("nausea")
    if not dosage.get("maxDosePerPeriod"):
        limit = {"numerator": {"value": 3, "unit": "tablet"}, "denominator": {"value": 1, "unit": "d", "code": "d"}}
        yield "maximum added", setting("maxDosePerPeriod", limit)
    else:
        yield "maximum doubled", at("maxDosePerPeriod", "numerator", "value", to=lambda value: float(value) * 2)
        yield "maximum of a week", at("maxDosePerPeriod", "denominator", to={"value": 1, "unit": "wk", "code": "wk"})
        yield "maximum left out", leaving_out("maxDosePerPeriod")


_OTHER_UNITS = {
    "mg": ("mcg", "g", "mL"),
    "mL": ("units", "mg", "L"),
    "ml": ("units", "mg", "L"),
    "tablet": ("mL", "mg"),
    "{tbl}": ("mL", "mg"),
    "TAB": ("mL", "mg"),
    "mcg": ("mg", "mL"),
    "units": ("mL", "mg"),
    "Units": ("mL", "mg"),
    "puff": ("mL", "mg"),
}


def _measured_in(where: tuple[str | int, ...], unit: str) -> Edit:
    def edit(dosage: Resource) -> None:
        at(*where, "unit", to=unit)(dosage)
        at(*where, "code", to=unit)(dosage)

    return edit


def _writing(text: str) -> Edit:
    return setting("text", text)


def _needed_for(reason: str) -> Edit:
    def edit(dosage: Resource) -> None:
        dosage.pop("asNeededBoolean", None)
        dosage["asNeededCodeableConcept"] = concept(reason)

    return edit


def _timing(timing: Mapping[str, Any], repeat: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    for name, value in (
        ("boundsDuration", {"value": 11, "unit": "days", "code": "d", "system": "http://unitsofmeasure.org"}),
        ("boundsPeriod", {"start": "2019-01-01", "end": "2019-01-08"}),
        ("count", 3),
    ):
        if name not in repeat and timing:
            yield f"{name} added", _repeated(name, value)
    if repeat.get("boundsDuration", {}).get("value"):
        doubled = float(repeat["boundsDuration"]["value"]) * 2
        yield "boundsDuration", at("timing", "repeat", "boundsDuration", "value", to=doubled)
        yield "boundsDuration left out", at("timing", "repeat", to=lambda each: _less(each, "boundsDuration"))
    for end in ("start", "end"):
        if repeat.get("boundsPeriod", {}).get(end):
            date = repeat["boundsPeriod"][end]
            yield f"boundsPeriod {end}", at("timing", "repeat", "boundsPeriod", end, to=another_day(date))
            yield f"boundsPeriod {end}", at("timing", "repeat", "boundsPeriod", end, to=a_year_later(date))
    yield from _days_and_times(timing, repeat)


def _days_and_times(timing: Mapping[str, Any], repeat: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    if repeat.get("dayOfWeek"):
        yield "days", _repeated("dayOfWeek", ["sun"] if repeat["dayOfWeek"] != ["sun"] else ["mon"])
    if repeat.get("when"):
        yield "when", _repeated("when", ["HS"] if repeat["when"] != ["HS"] else ["MORN"])
    if repeat.get("timeOfDay"):
        yield "time of day", _repeated("timeOfDay", ["03:00:00"])
    if timing.get("code"):
        for code in other_than(code_of(timing["code"]), "BID", "QID", "QOD"):
            yield "timing code", at("timing", "code", to={"coding": [{"code": code}], "text": code})


def _less(mapping: Mapping[str, Any], name: str) -> Resource:
    return {each: value for each, value in mapping.items() if each != name}


def _repeated(name: str, value: object) -> Edit:
    return lambda dosage: dosage["timing"].setdefault("repeat", {}).__setitem__(name, value)


_SIG_CHANGES = (
    ("amount", r"\b(\d+(?:\.\d+)?)(?= ?(?:mg|mcg|mL|ml|g|unit|tab|cap|puff|drop|spray|patch|TAB))", "×2"),
    ("amount", r"\b(\d+(?:\.\d+)?)(?= ?(?:mg|mcg|mL|ml|g|unit|tab|cap|puff|drop|spray|patch|TAB))", "÷2"),
    ("amount", r"(?i)\bone\b(?= (?:tab|cap|puff|drop|spray))", "two"),
    ("frequency", r"(?i)\b(?:once )?(?:daily|every day|a day)\b(?! as)", "every other day"),
    ("frequency", r"(?i)\btwice\b|\b2 times\b|\b2 \(two\) times\b", "4 times"),
    ("frequency", r"(?i)\bthree times\b|\b3 times\b", "once"),
    ("frequency", r"(?i)(?<=every )\d+(?= hours)", "×2"),
    ("frequency", r"(?i)\bweekly\b|\bonce a week\b", "daily"),
    ("frequency", r"(?i)\b(?:BID|TID)\b", "QID"),
    ("route", r"(?i)\bby mouth\b|\boral(?:ly)?\b", "rectally"),
    ("when needed", r"(?i),? ?\b(?:as needed|prn)\b", ""),
    ("duration", r"(?i)(?<=for )\d+(?= (?:day|week|month))", "×2"),
    ("day of week", r"(?i)(?<!Starting )(?<!Until )\bMon(?:day)?s?\b", "Tuesday"),
)


def sig_changes(text: str) -> Iterator[tuple[str, str]]:
    """Instructions that differ in one thing: the first amount, how often, the route, when needed, how long."""
    for field, pattern, instead in _SIG_CHANGES:
        factor = {"×2": 2, "÷2": 0.5}.get(instead)

        def change(match: re.Match[str], factor: float | None = factor, instead: str = instead) -> str:
            return f"{float(match[0]) * factor:g}" if factor else instead

        changed = re.sub(pattern, change, text, count=1)
        if changed != text:
            yield field, changed
    if text and not re.search(r"(?i)needed|prn", text):
        yield "as needed added", f"{text.rstrip('. ')} as needed for headache"
    if text and not re.search(r"(?i)\bmax|exceed|more than", text):
        yield "maximum added", f"{text.rstrip('. ')}. Max 3 doses per day"
    if text and not re.search(r"(?i)\bfor \d+ |\bx ?\d+ ?d", text):
        yield "duration added", f"{text.rstrip('. ')} for 11 days"


def medication(resource: Mapping[str, Any]) -> Iterator[tuple[str, Edit]]:
    yield from _product(resource)
    yield from _dosages(resource, "dosageInstruction")
    yield from _dosages(resource, "dosage")
    yield from statuses(resource, "stopped", "on-hold", "completed", "cancelled", "active", "entered-in-error")
    if resource.get("status") in ("stopped", "on-hold", "cancelled"):
        yield "status reason", setting("statusReason", _shape(resource, concept("Angioedema")))
    if resource["resourceType"] == "MedicationRequest":
        yield "doNotPerform", setting("doNotPerform", True)
        for intent in other_than(resource.get("intent"), "plan", "proposal"):
            yield f"intent {intent}", setting("intent", intent)
    else:
        yield from dates(resource, effectiveDateTime="start")
        yield from period(resource, "effectivePeriod")
    if resource.get("reasonCode"):
        yield "reason", setting("reasonCode", [concept("Gout")])


def _shape(resource: Mapping[str, Any], value: Resource) -> object:
    """A list where a MedicationStatement has one; of a MedicationRequest it is one."""
    return [value] if resource["resourceType"] == "MedicationStatement" else value
