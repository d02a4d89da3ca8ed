"""Results, reports and vital signs of a record of the stories."""

from dataclasses import dataclass

from portal.demo.stories import codes
from portal.demo.stories.codes import HL7, LOINC, UCUM, concept
from portal.demo.stories.pages import Pages
from portal.demo.stories.site import Resource

_LABORATORY = concept("Laboratory", (f"{HL7}/observation-category", "laboratory", "Laboratory"))
_VITAL_SIGNS = concept("Vital signs", (f"{HL7}/observation-category", "vital-signs", "Vital Signs"))


@dataclass(slots=True)
class Measurements(Pages):
    """What was measured, and what somebody wrote about it."""

    def lab(
        self, test: codes.Test, value: float, days: int, *, fasting: str = "08:15", performer: Resource | None = None
    ) -> Resource:
        code, name, words, ucum, unit, low, high = test
        flag = "H" if high is not None and value > high else "L" if low is not None and value < low else "N"
        quantity = {"value": value, "unit": unit, "system": UCUM, "code": ucum}
        range_ = {
            end: {"value": bound, "unit": unit, "system": UCUM, "code": ucum}
            for end, bound in (("low", low), ("high", high))
            if bound is not None
        }
        meaning = {"H": "High", "L": "Low", "N": "Normal"}[flag]
        return self._add(
            "observation-lab",
            "Observation",
            status="final",
            category=[_LABORATORY],
            code=concept(words, (LOINC, code, name)),
            subject=self._who,
            effectiveDateTime=self.at(days, fasting),
            issued=self.at(days, fasting, 480),
            performer=[performer or self.site.reference],
            valueQuantity=quantity,
            interpretation=[concept(meaning, (f"{HL7}/v3-ObservationInterpretation", flag, meaning))],
            referenceRange=[range_] if range_ else None,
        )

    def panel(self, code: Resource, days: int, tests: list[tuple[codes.Test, float]]) -> None:
        results = [self.lab(test, value, days) for test, value in tests]
        self._add(
            "diagnosticreport-lab",
            "DiagnosticReport",
            status="final",
            category=[concept("Laboratory", (f"{HL7}/v2-0074", "LAB", "Laboratory"))],
            code=code,
            subject=self._who,
            effectiveDateTime=self.at(days, "08:15"),
            issued=self.at(days, "16:15"),
            performer=[self.site.reference],
            result=[
                {"reference": f"Observation/{result['id']}", "display": result["code"]["text"]} for result in results
            ],
        )

    def report(self, code: Resource, days: int, conclusion: str, doctor: str, *, kind: str = "Radiology") -> None:
        category = {"Radiology": "LP29684-5", "Cardiology": "LP29708-2"}[kind]
        self._add(
            "diagnosticreport-note",
            "DiagnosticReport",
            status="final",
            category=[concept(kind, (LOINC, category, kind))],
            code=code,
            subject=self._who,
            effectiveDateTime=self.at(days, "11:00"),
            issued=self.at(days, "15:30"),
            performer=[self.site.of(self.site.doctor(doctor))],
            conclusion=conclusion,
        )

    def vitals(self, days: int, *, pressure: tuple[int, int], weight: float, pulse: int, height: float) -> None:
        """Blood pressure in mmHg, weight in kg, pulse per minute, height in cm, taken at one visit."""
        when = self.at(days, "09:40")
        shared: Resource = {
            "status": "final",
            "category": [_VITAL_SIGNS],
            "subject": self._who,
            "effectiveDateTime": when,
        }
        parts = (
            ("8480-6", "Systolic blood pressure", pressure[0]),
            ("8462-4", "Diastolic blood pressure", pressure[1]),
        )
        self._add(
            "blood-pressure",
            "Observation",
            **shared,
            code=concept("Blood pressure", (LOINC, "85354-9", "Blood pressure panel with all children optional")),
            component=[
                {"code": concept(words, (LOINC, code, words)), "valueQuantity": _quantity(value, "mm[Hg]", "mmHg")}
                for code, words, value in parts
            ],
        )
        for profile, code, words, quantity in (
            ("body-weight", "29463-7", "Body weight", _quantity(weight, "kg", "kg")),
            ("heart-rate", "8867-4", "Heart rate", _quantity(pulse, "/min", "beats per minute")),
            ("body-height", "8302-2", "Body height", _quantity(height, "cm", "cm")),
            ("bmi", "39156-5", "Body mass index", _quantity(round(weight / (height / 100) ** 2, 1), "kg/m2", "kg/m²")),
        ):
            self._add(
                profile, "Observation", **shared, code=concept(words, (LOINC, code, words)), valueQuantity=quantity
            )


def _quantity(value: float, ucum: str, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": ucum}
