"""Identifiers of persons and organizations: systems, and types by what they tell. Source: HL7 v2 table 0203."""

NPI = "http://hl7.org/fhir/sid/us-npi"
SSN = "http://hl7.org/fhir/sid/us-ssn"

GOVERNMENT = frozenset({"SS", "SB", "DL", "PPN", "PRC", "NIIP", "CZ"})
"""Social security and beneficiary, driver's licence, passport, permanent resident, health plan and citizen cards."""

MEMBER = frozenset({"MB", "MC", "MA", "SN", "JHN"})
"""A health plan's numbers: member, Medicare, Medicaid, subscriber, jurisdictional."""

PERSONAL = GOVERNMENT | (MEMBER - {"SN"}) | {"NI"}
"""What two organizations can have in common of one person; a family shares a subscriber's number."""
