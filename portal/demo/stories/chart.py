"""Writing a chart in few words: each method adds one FHIR R4 resource in the shape of US Core 6.1.0."""

from base64 import b64encode
from dataclasses import dataclass

from portal.demo.stories import codes
from portal.demo.stories.codes import HL7, LOINC, UCUM, concept
from portal.demo.stories.measurements import Measurements
from portal.demo.stories.pdf import one_page
from portal.demo.stories.site import Resource

_ACT = {"AMB": "ambulatory", "IMP": "inpatient encounter", "EMER": "emergency", "VR": "virtual"}


@dataclass(slots=True)
class Chart(Measurements):
    """The record of one patient at one site."""

    def restricted(self) -> None:
        """Label what was added last: a parent of a teenager does not see it (HL7 v3 Confidentiality)."""
        label = {"system": f"{HL7}/v3-Confidentiality", "code": "R", "display": "restricted"}
        added = self.resources[-1]
        added["meta"] = {**added.get("meta", {}), "security": [label]}

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
        manufactured, ends = self.day(placed - 400), self.day(placed + 3250)
        short_made, short_ends = manufactured[2:].replace("-", ""), ends[2:].replace("-", "")
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
            manufactureDate=manufactured,
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
    ) -> str:
        """Add a visit that was; return its id. ``provider`` when it was elsewhere and this chart knows of it."""
        end = self.at(days + nights, "11:00") if nights else self.at(days, clock, 30)
        people = [{"individual": self.site.of(self.site.doctor(doctor))}] if doctor else None
        report = self._add(
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
        return str(report["id"])

    def appointment(self, days: int, doctor: str, *, why: str, clock: str = "10:00", bring: str = "") -> None:
        self._add(
            "",
            "Appointment",
            status="booked",
            description=why,
            start=self.at(days, clock),
            end=self.at(days, clock, 30),
            patientInstruction=bring,
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

    def message(
        self, days: int, topic: str, text: str, *, doctor: str, from_patient: bool = False, answers: str = ""
    ) -> str:
        """Add a message of the doctor, or of the patient (``from_patient``); return its id for an answer."""
        people = (self._who, self.site.of(self.site.doctor(doctor)))
        sender, recipient = people if from_patient else reversed(people)
        message = self._add(
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
        return str(message["id"])

    def document(
        self,
        days: int,
        title: str,
        loinc: tuple[str, str],
        text: str,
        doctor: str,
        *,
        visit: str = "",
        pdf: bool = False,
    ) -> None:
        """Add a note of a doctor, as text, or as a ``pdf``; ``visit`` is the id of the visit it was written at."""
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
                        "contentType": "application/pdf" if pdf else "text/plain; charset=utf-8",
                        "data": b64encode(one_page(title, text) if pdf else text.encode()).decode(),
                        "title": title,
                        "creation": self.at(days, "17:00"),
                    }
                }
            ],
            context={"encounter": [{"reference": f"Encounter/{visit}"}]} if visit else None,
        )
