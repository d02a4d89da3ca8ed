"""Identifiers of persons and organizations: systems, and types by what they tell. Source: HL7 v2 table 0203."""

NPI = "http://hl7.org/fhir/sid/us-npi"
SSN = "http://hl7.org/fhir/sid/us-ssn"

GOVERNMENT = frozenset({"SS", "SB", "DL", "PPN", "PRC", "NIIP", "CZ"})
"""Social security and beneficiary, driver's licence, passport, permanent resident, health plan and citizen cards."""

MEMBER = frozenset({"MB", "MC", "MA", "SN", "JHN"})
"""A health plan's numbers: member, Medicare, Medicaid, subscriber, jurisdictional."""

SHARED = frozenset({"MB", "SN"})
"""What a plan may give to a whole family."""

PERSONAL = GOVERNMENT | (MEMBER - SHARED) | {"NI"}
"""What two organizations can have in common of one person alone."""

LASTING = frozenset({"SS", "DL", "NI", "NIIP", "CZ", "SB"})
"""Of which a person has one at a time from one issuer, so that two contradict; a passport is renewed."""
