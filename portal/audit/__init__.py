"""One function: an event goes into the transaction of what it describes (FHIR R4 AuditEvent gives the words)."""

from portal.audit.events import Action, Actor, of_author, record

__all__ = ["Action", "Actor", "of_author", "record"]
