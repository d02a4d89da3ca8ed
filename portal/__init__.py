"""Tributary: one instance is one organization's patient portal and its SMART on FHIR server."""

from importlib.metadata import version

__version__ = version("tributary")
