"""That a message of this organization was read, in the chart: ``Communication.received`` (FHIR R4)."""

from datetime import datetime

from portal.domain.ids import HOME
from portal.refresh.ingest import ingest
from portal.store import Database
from portal.store.records import resources


def receive(database: Database, *, person_id: str, fhir_id: str, at: datetime) -> bool:
    """Note when a message was read first; False where there is no such message to this person."""
    with database.reading() as tx:
        stored = resources.read(tx, type="Communication", fhir_id=fhir_id)
    if stored is None or stored.deleted or stored.person_id != person_id:
        return False
    sender = stored.body.get("sender")
    reference = str(sender.get("reference", "")) if isinstance(sender, dict) else ""
    if not stored.body.get("received") and not reference.startswith(("Patient/", "RelatedPerson/", "#")):
        received = at.isoformat(timespec="seconds").replace("+00:00", "Z")
        ingest(database, person_id=person_id, source=HOME, resources=[{**stored.body, "received": received}])
    return True
