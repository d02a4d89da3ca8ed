"""What is planned, aimed at, ordered and handed out: details of entries; of these only the last is ever merged."""

from portal.domain.detail import Detail
from portal.domain.doses import Dose


class PlannedCare(Detail, frozen=True, tag="plan"):
    """A CarePlan, a Goal or a ServiceRequest, by ``kind``: care-plan | goal | order."""

    kind: str = ""
    fhir_status: str = ""
    intent: str = ""
    reason: str = ""
    activities: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    due: str | None = None
    until: str | None = None
    achieved: str = ""
    people: tuple[str, ...] = ()  # who wrote, set or ordered it
    performers: tuple[str, ...] = ()
    forbids: bool = False  # an order not to do it


class Dispense(Detail, frozen=True, tag="dispense"):
    """A MedicationDispense: what a pharmacy handed out. ``orders`` are references of its orders, as written."""

    fhir_status: str = ""
    instructions: tuple[str, ...] = ()
    quantity: str = ""
    supply: str = ""
    pharmacy: str = ""
    kind: str = ""
    doses: tuple[Dose, ...] = ()
    orders: tuple[str, ...] = ()
