"""What every record of the stories has: the patient, dates, and a place to add resources to.

Days are counted from the day the demo was set up (negative: ago), so that the stories stay fresh.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portal.demo.stories.codes import HL7, concept
from portal.demo.stories.site import Patient, Resource, Site, resource

_ZONE = ZoneInfo("America/New_York")


@dataclass(slots=True)
class Pages:
    """What every record has: the patient, dates, and a place to add to."""

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

    def day(self, days: int) -> str:
        return (self.site.today + timedelta(days=days)).isoformat()

    def at(self, days: int, clock: str = "09:30", minutes: int = 0) -> str:
        """Return an instant on that day, moved off the week-end."""
        day = self.site.today + timedelta(days=days)
        if day.weekday() >= 5:
            day += timedelta(days=7 - day.weekday() if days > 0 else 4 - day.weekday())
        moment = datetime.combine(day, time.fromisoformat(clock), _ZONE) + timedelta(minutes=minutes)
        return moment.isoformat()

    @property
    def _who(self) -> Resource:
        return {
            "reference": f"Patient/{self.patient.id}",
            "display": f"{self.patient.given[0]} {self.patient.family}",
        }

    def _add(self, profile: str, kind: str, *, id_: str = "", **elements: Any) -> Resource:
        self._numbers[kind] = self._numbers.get(kind, 0) + 1
        document = resource(
            profile, kind, id_ or f"{self.patient.id}-{kind.lower()}-{self._numbers[kind]}", without_empty(elements)
        )
        self.resources.append(document)
        return document


def without_empty(value: Any) -> Any:
    """FHIR has no empty elements: leave out what is None or empty, all the way down."""
    if isinstance(value, dict):
        cleaned = {name: without_empty(part) for name, part in value.items()}
        return {name: part for name, part in cleaned.items() if part not in (None, "", [], {})}
    if isinstance(value, list):
        return [without_empty(part) for part in value]
    return value
