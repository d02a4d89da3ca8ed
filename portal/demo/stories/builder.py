"""Writing a chart in few words: each method adds one FHIR R4 resource in the shape of US Core 6.1.0.

Days are counted from the day the demo was set up (negative: ago), so that the stories stay fresh.
"""

from base64 import b64encode
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.demo.network import Instance
from portal.demo.stories import codes
from portal.demo.stories.codes import HL7, LOINC, UCUM, concept

_ZONE = ZoneInfo("America/New_York")
_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
_LABORATORY = concept("Laboratory", (f"{HL7}/observation-category", "laboratory", "Laboratory"))
_VITAL_SIGNS = concept("Vital signs", (f"{HL7}/observation-category", "vital-signs", "Vital Signs"))
_ACT = {"AMB": "ambulatory", "IMP": "inpatient encounter", "EMER": "emergency", "VR": "virtual"}
_SPECIALTIES = {
    "primary care": ("207Q00000X", "Family Medicine Physician"),
    "orthopedics": ("207X00000X", "Orthopaedic Surgery Physician"),
    "cardiology": ("207RC0000X", "Cardiovascular Disease Physician"),
    "pediatrics": ("208000000X", "Pediatrics Physician"),
    "endocrinology": ("207RE0101X", "Endocrinology, Diabetes & Metabolism Physician"),
    "laboratory medicine": ("207ZP0105X", "Clinical Pathology/Laboratory Medicine Physician"),
    "urology": ("208800000X", "Urology Physician"),
}

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doctor:
    id: str
    given: str
    family: str
    specialty: str

    @property
    def display(self) -> str:
        return f"{self.given} {self.family}, MD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """One invented person. ``born`` is how many days before today; the day of birth never moves within a demo."""

    id: str
    given: tuple[str, ...]
    family: str
    sex: str
    born: str
    line: str
    city: str
    postal_code: str
    phone: str
    email: str = ""
    language: str = "en"


@dataclass(slots=True)
class Site:
    """What an organization has apart from its patients: itself, its place, its people."""

    instance: Instance
    doctors: tuple[Doctor, ...]
    today: date
    resources: list[Resource] = field(default_factory=list)

    def __post_init__(self) -> None:
        here = self.instance
        address = {"line": [here.line], "city": here.city, "state": "NJ", "postalCode": here.postal_code}
        phone = [{"system": "phone", "value": here.phone}]
        self._add("organization", "Organization", here.key, active=True, name=here.organization, telecom=phone,
                  address=[address])  # fmt: skip
        self._add("location", "Location", f"{here.key}-main", status="active", name=f"{here.organization}, main building",
                  telecom=phone, address=address, managingOrganization=self.reference)  # fmt: skip
        for doctor in self.doctors:
            code, display = _SPECIALTIES[doctor.specialty]
            self._add("practitioner", "Practitioner", doctor.id, active=True,
                      identifier=[{"system": f"https://{here.key}.example/staff", "value": doctor.id}],
                      name=[{"family": doctor.family, "given": [doctor.given], "suffix": ["MD"]}])  # fmt: skip
            self._add("practitionerrole", "PractitionerRole", f"{doctor.id}-role", active=True,
                      practitioner=self.of(doctor), organization=self.reference, telecom=phone,
                      specialty=[concept(doctor.specialty.capitalize(), ("http://nucc.org/provider-taxonomy", code, display))],
                      location=[self.place])  # fmt: skip

    @property
    def reference(self) -> Resource:
        return {"reference": f"Organization/{self.instance.key}", "display": self.instance.organization}

    @property
    def place(self) -> Resource:
        return {
            "reference": f"Location/{self.instance.key}-main",
            "display": f"{self.instance.organization}, main building",
        }

    def doctor(self, family: str) -> Doctor:
        return next(doctor for doctor in self.doctors if doctor.family == family)

    def of(self, doctor: Doctor) -> Resource:
        return {"reference": f"Practitioner/{doctor.id}", "display": doctor.display}

    def outside(self, key: str, name: str) -> Resource:
        """Another organization that this chart names."""
        if not any(resource["id"] == key for resource in self.resources):
            self._add("organization", "Organization", key, active=True, name=name)
        return {"reference": f"Organization/{key}", "display": name}

    def _add(self, profile: str, kind: str, id_: str, **elements: Any) -> None:
        self.resources.append(_resource(profile, kind, id_, elements))


def _resource(profile: str, kind: str, id_: str, elements: Resource) -> Resource:
    meta = {"meta": {"profile": [_US_CORE + profile]}} if profile else {}
    said = {name.rstrip("_"): value for name, value in elements.items() if value not in (None, [], "")}
    return {"resourceType": kind, "id": id_, **meta, **said}


@dataclass(slots=True)
class Chart:
    """The record of one patient at one site."""

    site: Site
    patient: Patient
    resources: list[Resource] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        who = self.patient
        self._add(
            "patient",
            "Patient",
            identifier=[
                {
                    "type": concept("Medical record number", (f"{HL7}/v2-0203", "MR", "Medical record number")),
                    "system": f"https://{self.site.instance.key}.example/mrn",
                    "value": f"{self.site.instance.key[:2].upper()}-{sum(map(ord, who.id)) * 7919 % 1000000:06}",
                }
            ],
            id_=who.id,
            active=True,
            name=[{"use": "official", "family": who.family, "given": list(who.given)}],
            telecom=[
                {"system": "phone", "value": who.phone, "use": "mobile"},
                *([{"system": "email", "value": who.email}] if who.email else []),
            ],
            gender=who.sex,
            birthDate=who.born,
            address=[
                {
                    "use": "home",
                    "line": [who.line],
                    "city": who.city,
                    "state": "NJ",
                    "postalCode": who.postal_code,
                    "country": "US",
                }
            ],
            communication=[
                {"language": concept("", ("urn:ietf:bcp:47", who.language, "")) | {"text": None}, "preferred": True}
            ],
        )

    # -- dates -----------------------------------------------------------------------------------------------------

    def day(self, days: int) -> str:
        return (self.site.today + timedelta(days=days)).isoformat()

    def at(self, days: int, clock: str = "09:30", minutes: int = 0) -> str:
        """An instant on that day, moved off the week-end."""
        day = self.site.today + timedelta(days=days)
        if day.weekday() >= 5:
            day += timedelta(days=7 - day.weekday() if days > 0 else 4 - day.weekday())
        moment = datetime.combine(day, time.fromisoformat(clock), _ZONE) + timedelta(minutes=minutes)
        return moment.isoformat()

    # -- sections --------------------------------------------------------------------------------------------------

    def problem(self, code: Resource, since: int, *, ended: int | None = None) -> None:
        state = "resolved" if ended is not None else "active"
        self._add(
            "condition-problems-health-concerns",
            "Condition",
            clinicalStatus=concept("", (f"{HL7}/condition-clinical", state, state.capitalize())),
            verificationStatus=concept("", (f"{HL7}/condition-ver-status", "confirmed", "Confirmed")),
            category=[concept("Problem", (f"{HL7}/condition-category", "problem-list-item", "Problem List Item"))],
            code=code,
            subject=self._who,
            onsetDateTime=self.day(since),
            recordedDate=self.day(since),
            abatementDateTime=self.day(ended) if ended is not None else None,
        )

    def allergy(self, code: Resource, since: int, reaction: Resource, severity: str, *, category: str) -> None:
        self._add(
            "allergyintolerance",
            "AllergyIntolerance",
            clinicalStatus=concept("", (f"{HL7}/allergyintolerance-clinical", "active", "Active")),
            verificationStatus=concept("", (f"{HL7}/allergyintolerance-verification", "confirmed", "Confirmed")),
            type="allergy",
            category=[category],
            criticality="high" if severity == "severe" else "low",
            code=code,
            patient=self._who,
            recordedDate=self.day(since),
            reaction=[{"manifestation": [reaction], "severity": severity}],
        )

    def no_allergies(self, since: int) -> None:
        self._add(
            "allergyintolerance",
            "AllergyIntolerance",
            clinicalStatus=concept("", (f"{HL7}/allergyintolerance-clinical", "active", "Active")),
            verificationStatus=concept("", (f"{HL7}/allergyintolerance-verification", "confirmed", "Confirmed")),
            code=concept("No known allergies", (codes.SNOMED, "716186003", "No known allergy")),
            patient=self._who,
            recordedDate=self.day(since),
        )

    def medicine(
        self,
        code: Resource,
        since: int,
        how: str,
        doctor: str,
        *,
        dose: tuple[float, str] = (1, "{tbl}"),
        per_day: float = 1,
        stopped: bool = False,
        as_needed: bool = False,
        reason: Resource | None = None,
    ) -> None:
        value, unit = dose
        words = {"{tbl}": "tablet", "{puff}": "puff", "{capsule}": "capsule", "{application}": "application"}
        timing = {"frequency": int(per_day), "period": 1, "periodUnit": "d"} if per_day >= 1 else None
        self._add(
            "medicationrequest",
            "MedicationRequest",
            status="stopped" if stopped else "active",
            intent="order",
            category=[concept("Community", (f"{HL7}/medicationrequest-category", "community", "Community"))],
            reportedBoolean=False,
            medicationCodeableConcept=code,
            subject=self._who,
            authoredOn=self.day(since),
            requester=self.site.of(self.site.doctor(doctor)),
            reasonCode=[reason] if reason else None,
            dosageInstruction=[
                {
                    "text": how,
                    **({"timing": {"repeat": timing}} if timing and not as_needed else {}),
                    **({"asNeededBoolean": True} if as_needed else {}),
                    "doseAndRate": [
                        {"doseQuantity": {"value": value, "unit": words[unit], "system": UCUM, "code": unit}}
                    ],
                }
            ],
            dispenseRequest={"numberOfRepeatsAllowed": 3},
        )

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

    def vaccine(self, code: Resource, days: int) -> None:
        self._add(
            "immunization",
            "Immunization",
            status="completed",
            vaccineCode=code,
            patient=self._who,
            occurrenceDateTime=self.day(days),
            primarySource=True,
        )

    def procedure(self, code: Resource, days: int, doctor: str) -> None:
        self._add(
            "procedure",
            "Procedure",
            status="completed",
            code=code,
            subject=self._who,
            performedDateTime=self.day(days),
            performer=[{"actor": self.site.of(self.site.doctor(doctor))}],
        )

    def implant(self, code: Resource, *, placed: int, udi: str, lot: str, serial: str, maker: str, model: str) -> None:
        """``udi`` is a GTIN-14 of GS1's range for examples; the carrier is built as printed on a label."""
        made, ends = self.day(placed - 400), self.day(placed + 3250)
        short_made, short_ends = made[2:].replace("-", ""), ends[2:].replace("-", "")
        self._add(
            "implantable-device",
            "Device",
            udiCarrier=[
                {
                    "deviceIdentifier": udi,
                    "issuer": "http://hl7.org/fhir/NamingSystem/gs1-di",
                    "carrierHRF": f"(01){udi}(11){short_made}(17){short_ends}(10){lot}(21){serial}",
                }
            ],
            status="active",
            manufacturer=maker,
            manufactureDate=made,
            expirationDate=ends,
            lotNumber=lot,
            serialNumber=serial,
            deviceName=[{"name": model, "type": "user-friendly-name"}],
            modelNumber=model,
            type=code,
            patient=self._who,
        )

    def visit(
        self,
        code: Resource,
        days: int,
        doctor: str | None,
        *,
        why: str,
        kind: str = "AMB",
        clock: str = "09:30",
        nights: int = 0,
        provider: Resource | None = None,
    ) -> None:
        """A visit that was. ``provider`` when it was elsewhere and this chart knows of it."""
        end = self.at(days + nights, "11:00") if nights else self.at(days, clock, 30)
        people = [{"individual": self.site.of(self.site.doctor(doctor))}] if doctor else None
        self._add(
            "encounter",
            "Encounter",
            status="finished",
            class_={"system": f"{HL7}/v3-ActCode", "code": kind, "display": _ACT[kind]},
            type=[code],
            subject=self._who,
            participant=people,
            period={"start": self.at(days, clock), "end": end},
            reasonCode=[{"text": why}],
            location=None if provider else [{"location": self.site.place}],
            serviceProvider=provider or self.site.reference,
        )

    def appointment(self, days: int, doctor: str, *, why: str, clock: str = "10:00") -> None:
        self._add(
            "",
            "Appointment",
            status="booked",
            description=why,
            start=self.at(days, clock),
            end=self.at(days, clock, 30),
            participant=[
                {"actor": self._who, "status": "accepted"},
                {"actor": self.site.of(self.site.doctor(doctor)), "status": "accepted"},
                {"actor": self.site.place, "status": "accepted"},
            ],
        )

    def care_team(self, *doctors: str, name: str = "Care team") -> None:
        roles = {
            "primary care": ("453231000124104", "Primary care provider"),
            "cardiology": ("17561000", "Cardiologist"),
            "orthopedics": ("22731001", "Orthopedic surgeon"),
            "pediatrics": ("82296001", "Pediatrician"),
            "endocrinology": ("61894003", "Endocrinologist"),
            "urology": ("24590004", "Urologist"),
        }
        members = []
        for family in doctors:
            doctor = self.site.doctor(family)
            code, words = roles[doctor.specialty]
            members.append({"role": [concept(words, (codes.SNOMED, code, words))], "member": self.site.of(doctor)})
        self._add("careteam", "CareTeam", status="active", name=name, subject=self._who, participant=members)

    def insurance(
        self, plan: str, member: str, payor: Resource, *, since: int, group: str, relationship: str = "self"
    ) -> None:
        self._add(
            "coverage",
            "Coverage",
            identifier=[
                {
                    "type": concept("Member number", (f"{HL7}/v2-0203", "MB", "Member Number")),
                    "system": "https://gardenstate.example/member",
                    "value": member,
                }
            ],
            status="active",
            type=concept("PPO", (f"{HL7}/v3-ActCode", "PPO", "preferred provider organization policy")),
            subscriberId=member[:-2],
            beneficiary=self._who,
            relationship=concept(
                relationship.capitalize(),
                (f"{HL7}/subscriber-relationship", relationship, relationship.capitalize()),
            ),
            period={"start": self.day(since)},
            payor=[payor],
            class_=[
                {"type": concept(words, (f"{HL7}/coverage-class", code, words)), "value": value, "name": value}
                for code, words, value in (("group", "Group", group), ("plan", "Plan", plan))
            ],
        )

    def message(self, days: int, topic: str, text: str, *, doctor: str, mine: bool = False, answers: str = "") -> str:
        """A message of the doctor, or of the patient (``mine``); gives its id for an answer."""
        people = (self._who, self.site.of(self.site.doctor(doctor)))
        sender, recipient = people if mine else reversed(people)
        made = self._add(
            "",
            "Communication",
            status="completed",
            category=[{"text": "Message"}],
            subject=self._who,
            topic={"text": topic},
            sent=self.at(days, "13:10"),
            sender=sender,
            recipient=[recipient],
            inResponseTo=[{"reference": f"Communication/{answers}"}] if answers else None,
            payload=[{"contentString": text}],
        )
        return str(made["id"])

    def document(self, days: int, title: str, loinc: tuple[str, str], text: str, doctor: str) -> None:
        category = "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category"
        self._add(
            "documentreference",
            "DocumentReference",
            status="current",
            type=concept(title, (LOINC, *loinc)),
            category=[concept("Clinical note", (category, "clinical-note", "Clinical Note"))],
            subject=self._who,
            date=self.at(days, "17:00"),
            author=[self.site.of(self.site.doctor(doctor))],
            custodian=self.site.reference,
            content=[
                {
                    "attachment": {
                        "contentType": "text/plain; charset=utf-8",
                        "data": b64encode(text.encode()).decode(),
                        "title": title,
                        "creation": self.at(days, "17:00"),
                    }
                }
            ],
        )

    @property
    def _who(self) -> Resource:
        return {
            "reference": f"Patient/{self.patient.id}",
            "display": f"{self.patient.given[0]} {self.patient.family}",
        }

    def _add(self, profile: str, kind: str, *, id_: str = "", **elements: Any) -> Resource:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        made = _resource(
            profile, kind, id_ or f"{self.patient.id}-{kind.lower()}-{self._numbers[kind]}", _without_empty(elements)
        )
        self.resources.append(made)
        return made


def _quantity(value: float, ucum: str, unit: str) -> Resource:
    return {"value": value, "unit": unit, "system": UCUM, "code": ucum}


def _without_empty(value: Any) -> Any:
    """FHIR has no empty elements: leave out what is None or empty, all the way down."""
    if isinstance(value, dict):
        cleaned = {name: _without_empty(part) for name, part in value.items()}
        return {name: part for name, part in cleaned.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [_without_empty(part) for part in value]
    return value
