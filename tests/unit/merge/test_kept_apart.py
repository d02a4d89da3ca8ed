"""Every property of the tables: what differs in it alone is two rows, by the name that is shown; unsaid as it says."""

# ruff: noqa: E501 (a table is read line by line)

from typing import Any

import msgspec
import pytest

from portal.domain.entry import (
    Allergy,
    AnyDetail,
    CareTeam,
    Code,
    Document,
    Dose,
    Entry,
    Fact,
    HealthIssue,
    Immunization,
    Implant,
    Insurance,
    Medication,
    Member,
    Procedure,
    Quantity,
    Report,
    Result,
    Status,
    Visit,
)
from portal.domain.sections import Section
from portal.merge import read
from portal.merge.relation import relation
from portal.merge.rules import RULES

SAME, APART = "same", "apart"
_LOINC, _SNOMED, _CVX = "http://loinc.org", "http://snomed.info/sct", "http://hl7.org/fhir/sid/cvx"
_MORNING, _LATER = "2024-03-04T08:00:00-05:00", "2024-03-04T09:30:00-05:00"

_BASES: dict[str, tuple[str, AnyDetail, dict[str, Any]]] = {
    "medication": ("Lisinopril 10 mg tablet", Medication(intent="order"), {"start": "2024-01-01"}),
    "health issue": ("Osteoarthritis of knee", HealthIssue(verification="confirmed"), {}),
    "allergy": ("Penicillin", Allergy(verification="confirmed"), {}),
    "result": ("Potassium", Result(quantity=Quantity("4.1", "mmol/L")), {"start": _MORNING}),
    "report": (
        "CT abdomen",
        Report(conclusion="Normal", performer="Lee, Ann"),
        {"start": _MORNING, "identifiers": ("|urn:city|7",)},
    ),
    "document": ("Consult note", Document(), {"start": _MORNING, "identifiers": ("|urn:city|7",)}),
    "immunization": ("Influenza", Immunization(), {"start": "2024-03-04"}),
    "procedure": ("Arthroscopy of knee", Procedure(fhir_status="completed"), {"start": "2024-03-04"}),
    "implant": ("Knee prosthesis", Implant(device_identifier="00812", serial="77"), {}),
    "visit": ("Office visit", Visit(visit_class="AMB", place="Elm Street Clinic"), {"start": _MORNING}),
    "insurance": ("Aetna", Insurance(payer="Aetna", member_id="123456789"), {}),
    "care team": (
        "Care team",
        CareTeam(members=(Member("Ann Lee", role="PCP", organization="Elm Street Clinic"),)),
        {},
    ),
}


def _entry(kind: str, changes: dict[str, Any]) -> Entry:
    title, detail, more = _BASES[kind]
    of_detail = {name: value for name, value in changes.items() if name in detail.__struct_fields__}
    of_entry = {name: value for name, value in changes.items() if name not in of_detail}
    written = {"title": title, "status": Status.ACTIVE, **more, **of_entry}
    return Entry(section=Section.ALLERGIES, detail=msgspec.structs.replace(detail, **of_detail), **written)


def _tie(kind: str, left: dict[str, Any], right: dict[str, Any]) -> tuple[str, ...]:
    readings = [read(_entry(kind, changes), source=source) for changes, source in ((left, "home"), (right, "link"))]
    facts = [reading.facts for reading in readings if reading]
    outcomes = [relation(*pair, one_organization=False) for pair in (facts, facts[::-1])]
    assert outcomes[0] == outcomes[1]
    return outcomes[0].fields or (outcomes[0].tie.value,)


def _named(title: str) -> dict[str, Any]:
    return {"title": title}


def _dosed(**dose: Any) -> dict[str, Any]:
    return {"title": "Furosemide 10 mg/mL", "doses": (Dose(text="As ordered", **dose),)}


def _coded(system: str, *codes: str) -> dict[str, Any]:
    return {"codes": tuple(Code(system, code) for code in codes)}


def _from(start: str, end: str | None = None) -> dict[str, Any]:
    return {"start": start, "end": end, "status": Status.PAST}


def _of(**member: Any) -> dict[str, Any]:
    return {"members": (Member(**{"name": "Ann Lee", "role": "PCP", "organization": "Elm Street Clinic", **member}),)}


_AMPLE = "Metoprolol {}50 mg tablet".format
_LEFT, _RIGHT = {"notes": ("Left side",)}, {"notes": ("Right side",)}

_Case = tuple[str, str, dict[str, Any], dict[str, Any], str, dict[str, Any], str]
# Kind, property, one entry, the other, what they are; what they are when the other leaves it unsaid (and how it does).
_TABLE: list[_Case] = [
    (
        *("medication", "parts", _named("Losartan/hydrochlorothiazide 50 mg/12.5 mg tablet")),
        *(_named("Losartan/amlodipine 50 mg/5 mg tablet"), APART, _named("Losartan 50 mg tablet"), "strength"),
    ),
    ("medication", "key salt", _named(_AMPLE("succinate ")), _named(_AMPLE("tartrate ")), "salt", _named(_AMPLE("")), "salt"),
    (
        *("medication", "salt", _named("Amlodipine besylate 5 mg tablet"), _named("Amlodipine maleate 5 mg tablet")),
        *("salt", _named("Amlodipine 5 mg tablet"), SAME),
    ),
    ("medication", "strength", {}, _named("Lisinopril 20 mg tablet"), "strength", _named("Lisinopril tablet"), "strength"),
    ("medication", "form", {}, _named("Lisinopril 10 mg capsule"), "form", _named("Lisinopril 10 mg"), SAME),
    (
        *("medication", "release", _named("Metformin ER 500 mg tablet"), _named("Metformin DR 500 mg tablet"), "release"),
        *(_named("Metformin 500 mg tablet"), "release"),
    ),
    (
        *("medication", "hours", _named("Diltiazem 12 hr ER 120 mg capsule")),
        *(_named("Diltiazem 24 hr ER 120 mg capsule"), "release", _named("Diltiazem ER 120 mg capsule"), SAME),
    ),
    (
        *("medication", "route", _dosed(route="intravenous"), _dosed(route="intramuscular"), "route"),
        *(_dosed(), SAME),
    ),
    (
        *("medication", "single dose", _named("Epinephrine 0.3 mg/0.3 mL auto-injector")),
        *(_named("Epinephrine 0.15 mg/0.15 mL auto-injector"), "strength"),
        *(_named("Epinephrine 1 mg/mL auto-injector"), "strength"),
    ),
    (
        *("medication", "package", _named("Lidocaine 10 mg/mL 20 mL vial"), _named("Lidocaine 10 mg/mL 50 mL vial")),
        *("strength", _named("Lidocaine 10 mg/mL vial"), SAME),
    ),
    (
        *("medication", "wear", _named("Estradiol 0.05 mg/24 hr weekly patch")),
        *(_named("Estradiol 0.05 mg/24 hr twice weekly patch"), "wear", _named("Estradiol 0.05 mg/24 hr patch"), SAME),
    ),
    ("medication", "brand", _named("Ozempic"), _named("Wegovy"), "product", _named("Semaglutide"), SAME),
    (
        *("medication", "product", _named("Lisinopril 10 mg tablet (Alpha)"), _named("Lisinopril 10 mg tablet (Beta)")),
        *("product", {}, SAME),
    ),
    (
        *("medication", "parts", _named("Amlodipine 5 mg / benazepril 10 mg capsule")),
        *(_named("Amlodipine 5 mg / valsartan 160 mg capsule"), APART, _named("Amlodipine 5 mg"), "strength"),
    ),
    ("medication", "intent", {}, {"intent": "proposal"}, "intent", {"intent": ""}, SAME),
    ("medication", "do not perform", {}, {"do_not_perform": True}, "doNotPerform", {}, SAME),
    ("medication", "therapy", _from("2010-01-01", "2010-02-01"), _from("2024-01-01"), APART, {"start": None}, SAME),
    ("health issue", "words", {}, _named("Osteoarthritis of knee with cyst"), "name", {}, SAME),
    (
        *("health issue", "codes", _coded(_SNOMED, "239873007"), _coded(_SNOMED, "396275006"), "code"),
        *(_coded("urn:own", "1"), SAME),
    ),
    (
        *("health issue", "context", {}, _named("Family history of osteoarthritis of knee"), APART),
        *({}, SAME),
    ),
    (
        *("health issue", "past", {}, _named("History of osteoarthritis of knee"), "status", {}, SAME),
    ),
    (
        *("health issue", "side", _named("Osteoarthritis of right knee"), _named("Osteoarthritis of left knee"), "side"),
        *({}, "side"),
    ),
    ("health issue", "noted side", _RIGHT, _LEFT, "side", {}, SAME),
    ("health issue", "noted place", {"notes": ("RUL",)}, {"notes": ("LLL",)}, "body site", {}, SAME),
    (
        *("health issue", "type", _named("Diabetes mellitus type 1"), _named("Diabetes mellitus type 2"), "type"),
        *(_named("Diabetes mellitus"), "type"),
    ),
    (
        *("health issue", "stage", _named("Chronic kidney disease stage 3"), _named("Chronic kidney disease stage 4")),
        *("stage", _named("Chronic kidney disease"), "stage"),
    ),
    (
        *("health issue", "course", _named("Acute sinusitis"), _named("Chronic sinusitis"), "course"),
        *(_named("Sinusitis"), "course"),
    ),
    (
        *("health issue", "episode", {"title": "Pneumonia", **_from("2019-01-01", "2019-01-20")}),
        *({"title": "Pneumonia", **_from("2024-01-01", "2024-01-20")}, "onset"),
        *({"title": "Pneumonia", "status": Status.PAST}, "onset"),
    ),
    ("health issue", "period", _from("2010-01-01", "2011-01-01"), _from("2020-01-01"), "onset", {}, SAME),
    ("health issue", "assertion", {}, {"verification": "refuted"}, "verification", {"verification": ""}, SAME),
    ("allergy", "assertion", {}, {"verification": "refuted"}, "verification", {"verification": ""}, SAME),
    ("allergy", "group", {"category": ("medication",)}, {"category": ("environment",)}, "category", {}, SAME),
    ("result", "codes", _coded(_LOINC, "2823-3"), _coded(_LOINC, "6298-4"), "test", {}, SAME),
    ("result", "moment", {}, {"start": _LATER}, APART, {"start": "2024-03"}, "moment"),
    ("result", "qualities", _named("Glucose fasting"), _named("Glucose random"), "test", _named("Glucose"), "test"),
    (
        *("result", "method", _named("Glucose by glucometer"), _named("Glucose estimated"), "method"),
        *(_named("Glucose"), "method"),
    ),
    (
        *("result", "system", {"specimen": "Urine"}, {"specimen": "CSF"}, APART),
        *({}, "specimen"),
    ),
    (
        *("result", "coded system", {"title": "Protein", "codes": (Code(_LOINC, "2885-2", "Protein in Serum or Plasma"),)}),
        *({"title": "Protein", "codes": (Code(_LOINC, "2888-6", "Protein in Urine"),)}, APART, _named("Protein"), SAME),
    ),
    ("result", "site", {"body_site": "Arm"}, {"body_site": "Thigh"}, "body site", {"body_site": "Upper"}, SAME),
    ("result", "side", {"body_site": "Left arm"}, {"body_site": "Right arm"}, "side", {"body_site": "Arm"}, SAME),
    (
        *("result", "setting", {"notes": ("Home reading",)}, {"notes": ("ABPM",)}),
        *("method", {}, "method"),
    ),
    ("result", "focus", {"focus": "Fetus"}, {"focus": "Donor"}, "focus", {}, "focus"),
    ("result", "value", {}, {"quantity": Quantity("5.9", "mmol/L")}, "value", {"quantity": None}, "value"),
    ("report", "codes", _coded(_LOINC, "24531-6"), _coded(_LOINC, "24627-2"), APART, {}, SAME),
    ("report", "side", _named("CT knee right"), _named("CT knee left"), "side", _named("CT knee"), "side"),
    (
        *("report", "accession", {"identifiers": ("|urn:city|7", "ACSN|urn:lab|A1")}),
        *({"identifiers": ("|urn:city|7", "ACSN|urn:lab|A2")}, APART, {}, SAME),
    ),
    ("report", "near", {}, {"start": "2024-06-04T08:00:00-05:00"}, APART, {"start": None}, SAME),
    ("document", "side", _named("MRI knee right"), _named("MRI knee left"), "side", _named("MRI knee"), "side"),
    ("document", "near", {}, {"start": "2024-06-04T08:00:00-05:00"}, APART, {"start": None}, SAME),
    ("immunization", "codes", _coded(_CVX, "140"), _coded(_CVX, "150"), APART, {}, SAME),
    ("immunization", "day", {}, {"start": "2024-03-05"}, APART, {"start": "2024-03"}, "day"),
    ("immunization", "given", {}, {"not_given": True}, "status", {}, SAME),
    ("immunization", "lot", {"lot": "AB-12"}, {"lot": "AB13"}, "lot", {}, SAME),
    ("procedure", "words", {}, _named("Arthroscopy of knee with debridement"), "name", {}, SAME),
    ("procedure", "codes", _coded(_SNOMED, "309431004"), _coded(_SNOMED, "13714004"), "code", {}, SAME),
    ("procedure", "day", {}, {"start": "2024-03-05"}, APART, {"start": None}, "day"),
    ("procedure", "side", {"body_site": "Right"}, {"body_site": "Left"}, "side", {}, "side"),
    ("procedure", "noted side", _RIGHT, _LEFT, "side", {}, SAME),
    ("procedure", "noted level", {"notes": ("L4-L5",)}, {"notes": ("L5-S1",)}, "body site", {}, SAME),
    (
        *("procedure", "approach", _named("Laparoscopic cholecystectomy"), _named("Open cholecystectomy"), "approach"),
        *(_named("Cholecystectomy"), "approach"),
    ),
    (
        *("procedure", "purpose", _named("Screening mammogram"), _named("Diagnostic mammogram"), "name"),
        *(_named("Mammogram"), SAME),
    ),
    ("procedure", "state", {}, {"fhir_status": "not-done"}, "status", {"fhir_status": "unknown"}, SAME),
    ("procedure", "place", {"place": "Elm Hospital"}, {"place": "Oak Hospital"}, APART, {}, SAME),
    ("implant", "serial", {}, {"serial": "78"}, APART, {"serial": ""}, "serial"),
    ("implant", "side", _named("Knee prosthesis, right"), _named("Knee prosthesis, left"), "side", {}, SAME),
    ("visit", "moment", {}, {"start": _LATER}, APART, {"start": "2024-03-04"}, "moment"),
    ("visit", "class", {}, {"visit_class": "EMER", **_named("Emergency visit")}, APART, {"visit_class": ""}, SAME),
    ("visit", "unclear class", {}, {"visit_class": "EMER"}, "class", {"visit_class": ""}, SAME),
    ("visit", "place", {}, {"place": "Oak Hospital"}, "place", {"place": ""}, "place"),
    ("visit", "organization", {"organization": "Elm"}, {"organization": "Oak"}, APART, {}, SAME),
    ("visit", "people", {"people": ("Ann Lee",)}, {"people": ("Joe Poe",)}, APART, {}, SAME),
    (
        *("visit", "service", {"appointment": True, "kind": "MRI"}, {"appointment": True, "kind": "Blood draw"}, APART),
        *({"appointment": True}, SAME),
    ),
    ("insurance", "member", {}, {"member_id": "987654321"}, APART, {"member_id": ""}, "member"),
    ("insurance", "prefix", {"member_id": "XYZ123456789"}, {"member_id": "ABC123456789"}, APART, {}, SAME),
    ("insurance", "group", {"group_number": "77123"}, {"group_number": "88123"}, "group", {}, SAME),
    ("insurance", "plan", {"plan": "Gold"}, {"plan": "Bronze"}, "plan", {}, SAME),
    ("insurance", "plan number", {"plan_number": "H1036"}, {"plan_number": "H5521"}, "plan", {"plan_number": ""}, SAME),
    (
        *("insurance", "card", {"facts": (Fact("Pharmacy number (BIN)", "610014"),)}),
        *({"facts": (Fact("Pharmacy number (BIN)", "004336"),)}, "plan", {"facts": (Fact("Class", "1"),)}, SAME),
    ),
    ("insurance", "cover", {"kind": "Medicare Part A"}, {"kind": "Medicare Part B"}, "kind", {}, SAME),
    ("insurance", "special", {"kind": "Dental"}, {"kind": "Medical"}, "kind", {}, "kind"),
    ("insurance", "network", {"kind": "HMO"}, {"kind": "PPO"}, "kind", {}, SAME),
    ("insurance", "dependent", {"dependent": "01"}, {"dependent": "02"}, "dependent", {}, SAME),
    ("insurance", "relationship", {"relationship": "wife"}, {"relationship": "son"}, "relationship", {}, SAME),
    ("insurance", "period", _from("2010-01-01", "2010-12-31"), _from("2024-01-01"), "period", {}, SAME),
    (
        *("insurance", "payer number", {"payer_identifiers": ("60054",)}, {"payer_identifiers": ("87726",)}, "payer"),
        *({}, SAME),
    ),
    ("insurance", "payer", {}, {"payer": "Cigna"}, "payer", {"payer": ""}, SAME),
    ("care team", "numbers", _of(identifier="1234567893"), _of(identifier="1987654329"), APART, {}, SAME),
    ("care team", "middle", _of(name="Ann B. Lee"), _of(name="Ann C. Lee"), APART, {}, SAME),
    ("care team", "generation", _of(name="Ann Lee Jr."), _of(name="Ann Lee Sr."), APART, {}, SAME),
    ("care team", "profession", _of(name="Ann Lee, MD"), _of(name="Ann Lee, PA-C"), APART, _of(name="Ann Lee"), SAME),
    ("care team", "roles", {}, _of(role="Cardiologist"), APART, _of(role=""), "roles"),
    ("care team", "team", _named("Heart team"), _named("Kidney team"), APART, {}, SAME),
]  # fmt: skip


@pytest.mark.parametrize("case", _TABLE, ids=lambda case: f"{case[0]}-{case[1]}")
def test_what_differs_in_one_property(case: _Case) -> None:
    kind, name, left, right, fields, unsaid, then = case
    assert (name, _tie(kind, left, left)) == (name, (SAME,))
    assert (name, _tie(kind, left, right)) == (name, (fields,))
    assert (name, _tie(kind, left, unsaid)) == (name, (then,))


def test_every_property_of_the_tables_is_tried() -> None:
    tried = {(kind, name) for kind, name, *_rest in _TABLE}
    assert {(kind, rule.name) for kind, rules in RULES.items() for rule in rules.apart} - tried == set()


_GLUCOSE = Code(_LOINC, "2350-7", "Glucose [Mass/volume] in Urine")


@pytest.mark.parametrize(
    ("kind", "left", "right"),
    [
        ("result", _named("Glucose by glucometer"), {"title": "Glucose", "method": "Glucometer"}),
        ("result", {"title": "Glucose", "codes": (_GLUCOSE,)}, _named("Glucose, urine")),
        ("immunization", {"title": "Tdap", **_coded(_CVX, "115")}, {"title": "Adult booster", **_coded(_CVX, "115")}),
        ("immunization", {"title": "Influenza", **_coded(_CVX, "88")}, {"title": "Yearly", **_coded(_CVX, "140")}),
        ("immunization", _named("Boostrix"), {"title": "Booster", **_coded(_CVX, "115")}),
        (
            *("health issue", {"title": "Osteoarthritis of right knee", "body_site": "Left knee"}),
            _named("Osteoarthritis of both knees"),
        ),
        ("procedure", {"body_site": "Right", "notes": ("Both knees",)}, {"body_site": "Right"}),
        (
            *("report", {"findings": ("718-7|Hgb=9.4 g/dL", "2823-3|K=4 mmol/L"), "conclusion": "", "identifiers": ()}),
            {"findings": ("718-7|Hgb=94 g/L", "2823-3|K=4 mmol/L"), "conclusion": "", "identifiers": ()},
        ),
        ("visit", {"people": ("Ann Lee, MD", "Joe Poe")}, {"people": ("Lee, A",)}),
        ("care team", _of(name="Lee, Ann, MD"), _of(name="Dr. Ann Lee", organization="Elm Street Clinic, Inc.")),
        ("insurance", {"member_id": "00123-456 789"}, {"member_id": "123456789"}),
        ("implant", {"device_identifier": "", "serial": "", "udi": "(01)00812(21)77"}, {}),
        ("document", {"identifiers": ("|urn:oid:1.2.3|9",)}, {"identifiers": ("|urn:ietf:rfc:3986|urn:oid:1.2.3.9",)}),
    ],
)
def test_one_thing_in_two_ways(kind: str, left: dict[str, Any], right: dict[str, Any]) -> None:
    assert _tie(kind, left, right) == (SAME,)
