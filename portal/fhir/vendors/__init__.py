"""Quirks of servers, chosen by ``organization.vendor``: the only place that knows of vendors."""

from portal.fhir.vendors.base import OPEN_ENDED, PARTS, Quirks, parts_by
from portal.fhir.vendors.registry import quirks_of

__all__ = ["OPEN_ENDED", "PARTS", "Quirks", "parts_by", "quirks_of"]
