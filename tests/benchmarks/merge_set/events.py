"""What happens again and again: results, reports, vaccinations, procedures. The same only with its date."""

from collections.abc import Iterator
from typing import Any

from tests.benchmarks.merge_set import Pair
from tests.factories.fhir import LOINC, SNOMED, concept

CVX = "http://hl7.org/fhir/sid/cvx"
CPT = "http://www.ama-assn.org/go/cpt"
_PATIENT = {"reference": "Patient/p1"}
LABS = (  # LOINC, name here, name there, value, another value, unit
    ("4548-4", "Hemoglobin A1c", "HbA1c", 7.2, 7.4, "%"),
    ("2345-7", "Glucose", "Glucose, serum", 98, 99, "mg/dL"),
    ("2160-0", "Creatinine", "Creatinine level", 0.9, 1.1, "mg/dL"),
    ("718-7", "Hemoglobin", "HGB", 13.1, 12.8, "g/dL"),
    ("6690-2", "Leukocytes", "WBC", 6.7, 7.6, "10*3/uL"),
    ("777-3", "Platelets", "Platelet count", 250, 260, "10*3/uL"),
    ("2951-2", "Sodium", "Sodium level", 140, 141, "mmol/L"),
    ("2823-3", "Potassium", "Potassium, serum", 4.1, 4.3, "mmol/L"),
    ("13457-7", "LDL cholesterol", "LDL calculated", 101, 104, "mg/dL"),
    ("3016-3", "TSH", "Thyrotropin", 2.1, 2.3, "m[IU]/L"),
)
VACCINES = (  # CVX, name here, name there
    ("140", "Influenza, seasonal, injectable, preservative free", "Flu vaccine (PF)"),
    ("208", "COVID-19, mRNA, LNP-S, PF, 30 mcg/0.3 mL dose", "Pfizer COVID-19 vaccine"),
    ("115", "Tdap", "Tetanus, diphtheria, pertussis (Tdap)"),
    ("33", "Pneumococcal polysaccharide PPV23", "Pneumovax 23"),
    ("187", "Zoster recombinant", "Shingrix"),
    ("03", "MMR", "Measles, mumps and rubella"),
    ("62", "HPV, quadrivalent", "Gardasil"),
)
PROCEDURES = (  # SNOMED CT, CPT, name
    ("73761001", "45378", "Colonoscopy"),
    ("80146002", "44950", "Appendectomy"),
    ("52734007", "27130", "Total replacement of hip"),
    ("40701008", "93306", "Echocardiography"),
    ("71651007", "77067", "Mammography"),
    ("65801008", "11400", "Excision"),
)


def observation(text: str, code: str | None, when: str, value: float | str, unit: str, **more: Any) -> dict[str, Any]:
    category = "http://terminology.hl7.org/CodeSystem/observation-category"
    return {
        "resourceType": "Observation",
        "id": "o",
        "status": "final",
        "category": [concept("", (category, "laboratory"))],
        "code": concept(text, *([(LOINC, code)] if code else [])),
        "subject": _PATIENT,
        "effectiveDateTime": when,
        "valueQuantity": {"value": value, "unit": unit, "code": unit, "system": "http://unitsofmeasure.org"},
    } | more


def immunization(text: str, code: str | None, when: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Immunization",
        "id": "i",
        "status": "completed",
        "vaccineCode": concept(text, *([(CVX, code)] if code else [])),
        "patient": _PATIENT,
        "occurrenceDateTime": when,
    } | more


def procedure(text: str, when: str, *codings: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Procedure",
        "id": "x",
        "status": "completed",
        "code": concept(text, *codings),
        "subject": _PATIENT,
        "performedDateTime": when,
    } | more


def pairs() -> Iterator[Pair]:
    yield from _results()
    yield from _reports()
    yield from _vaccinations()
    yield from _procedures()


def _results() -> Iterator[Pair]:
    at, same_moment, later, on = (
        "2024-03-05T08:30:00-05:00",
        "2024-03-05T13:30:00Z",
        "2024-03-05T16:00:00Z",
        "2024-03-05",
    )
    for index, (code, here, there, value, other, unit) in enumerate(LABS):
        first = observation(here, code, at, value, unit)
        yield Pair("same", first, observation(there, code, same_moment, value, unit), f"{here}: zones")
        yield Pair("same", first, observation(there, code, on, value, unit), f"{here}: time / day")
        yield Pair(
            "same", observation(here, None, on, value, unit), observation(here.upper(), code, on, value, unit), "words"
        )
        yield Pair(
            "same", first, observation(there, code, at, f"{value}0" if "." in str(value) else value, unit), "zeros"
        )
        yield Pair("different", first, observation(there, code, "2024-06-05", value, unit), f"{here}: another date")
        yield Pair("different", first, observation(there, code, later, value, unit), f"{here}: later the same day")
        yield Pair("different", first, observation(there, code, at, other, unit), f"{here}: another value")
        neighbour = LABS[(index + 1) % len(LABS)]
        yield Pair("different", first, observation(neighbour[1], neighbour[0], at, value, unit), "another test")
    yield Pair(
        "different",
        observation("Glucose", "2345-7", at, 98, "mg/dL"),
        observation("Glucose", "5792-7", at, 98, "mg/dL"),
        "blood and urine under one name",
    )
    yield Pair(
        "different",
        observation("Glucose", "2345-7", at, 5.4, "mmol/L"),
        observation("Glucose", "2345-7", at, 5.4, "mg/dL"),
        "unit",
    )


def _reports() -> Iterator[Pair]:
    def report(text: str, code: str, when: str) -> dict[str, Any]:
        code_of = concept(text, (LOINC, code))
        return {
            "resourceType": "DiagnosticReport",
            "id": "d",
            "status": "final",
            "code": code_of,
            "subject": _PATIENT,
        } | {"effectiveDateTime": when}

    panels = (("58410-2", "CBC panel"), ("24323-8", "Comprehensive metabolic panel"), ("24627-2", "CT chest"))
    for code, text in panels:
        here = report(text, code, "2024-03-05T08:30:00Z")
        yield Pair("same", here, report(text.upper(), code, "2024-03-05T08:30:00Z"), f"{text}: one moment")
        yield Pair("same", here, report(text, code, "2024-03-05"), f"{text}: day there")
        yield Pair("different", here, report(text, code, "2024-03-05T18:30:00Z"), f"{text}: twice a day")
        yield Pair("different", here, report(text, code, "2024-04-05T08:30:00Z"), f"{text}: a month later")
    yield Pair(
        "different", report("A", "58410-2", "2024-03-05"), report("B", "24323-8", "2024-03-05"), "two panels a day"
    )


def _vaccinations() -> Iterator[Pair]:
    for index, (code, here, there) in enumerate(VACCINES):
        first = immunization(here, code, "2023-10-05")
        yield Pair("same", first, immunization(there, code, "2023-10-05"), f"{here}: CVX")
        yield Pair("same", first, immunization(there, code, "2023-10-05T09:15:00-04:00"), f"{here}: day / time")
        yield Pair("same", first, immunization(here.lower(), None, "2023-10-05"), f"{here}: words")
        yield Pair("same", first, immunization(there, code, "2023"), f"{here}: year there")
        yield Pair("different", first, immunization(there, code, "2022-10-05"), f"{here}: a year before")
        yield Pair("different", first, immunization(there, code, "2023-11-02"), f"{here}: second dose")
        refused = immunization(there, code, "2023-10-05", status="not-done")
        yield Pair("different", first, refused, f"{here}: refused there")
        if code == "140":
            unspecified = immunization("Influenza, unspecified", "88", "2023-10-05")
            yield Pair("same", first, unspecified, "CVX of an unspecified formulation")
        other = VACCINES[(index + 1) % len(VACCINES)]
        yield Pair("different", first, immunization(other[1], other[0], "2023-10-05"), "another vaccine, the same day")


def _procedures() -> Iterator[Pair]:
    for index, (snomed, cpt, text) in enumerate(PROCEDURES):
        code, other_code = (SNOMED, snomed), (CPT, cpt)
        first = procedure(text, "2019-06-20", code)
        yield Pair("same", first, procedure(f"{text} (procedure)", "2019-06-20", code), f"{text}: SNOMED CT")
        yield Pair("same", first, procedure(text, "2019-06-20T11:00:00-04:00", code), f"{text}: day / time")
        yield Pair("same", first, procedure(text, "2019-06-20", other_code), f"{text}: SNOMED CT / CPT, same words")
        yield Pair(
            "same", procedure(text, "2019-06-20", code, other_code), procedure("-", "2019-06-20", other_code), "CPT"
        )
        yield Pair("different", first, procedure(text, "2021-06-20", code), f"{text}: again")
        other = PROCEDURES[(index + 1) % len(PROCEDURES)]
        yield Pair("different", first, procedure(other[2], "2019-06-20", (SNOMED, other[0])), "another, the same day")
        left = procedure(text, "2019-06-20", code, bodySite=[{"text": "Left"}])
        right = procedure(text, "2019-06-20", code, bodySite=[{"text": "Right"}])
        yield Pair("different", left, right, f"{text}: side")
