"""Tributary: one instance is one organization's patient portal and its SMART on FHIR server."""

__version__ = "0.1.0"
