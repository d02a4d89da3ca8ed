"""The FHIR R4 read API over the home chart: read, search, capability statement (US Core 6.1.0)."""
