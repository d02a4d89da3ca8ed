"""An organization of the stories apart from its patients, and who its patients and doctors are."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portal.demo.network import Instance
from portal.demo.stories.codes import concept

_US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-"
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
        own = self.instance
        address = {"line": [own.line], "city": own.city, "state": "NJ", "postalCode": own.postal_code}
        phone = [{"system": "phone", "value": own.phone}]
        self._add("organization", "Organization", own.key, active=True, name=own.organization, telecom=phone,
                  address=[address])  # fmt: skip
        self._add("location", "Location", f"{own.key}-main", status="active", name=f"{own.organization}, main building",
                  telecom=phone, address=address, managingOrganization=self.reference)  # fmt: skip
        for doctor in self.doctors:
            code, display = _SPECIALTIES[doctor.specialty]
            self._add("practitioner", "Practitioner", doctor.id, active=True,
                      identifier=[{"system": f"https://{own.key}.example/staff", "value": doctor.id}],
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
        self.resources.append(resource(profile, kind, id_, elements))


def resource(profile: str, kind: str, id_: str, elements: Resource) -> Resource:
    """Return a resource of this US Core profile ("" for none) without what is empty. ``class_`` stands for ``class``."""
    meta = {"meta": {"profile": [_US_CORE + profile]}} if profile else {}
    stated = {name.rstrip("_"): value for name, value in elements.items() if value not in (None, [], "")}
    return {"resourceType": kind, "id": id_, **meta, **stated}
