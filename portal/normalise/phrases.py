"""Phrases put where a resource has a code only. Marked for translation; the page translates what it shows.

An Entry keeps the English phrase; ``gettext(entry.title)`` finds its translation, since each is marked here with N_.
"""


def N_(phrase: str) -> str:  # noqa: N802 (gettext's usual name for "mark only")
    """Marks a phrase for the extraction of translations and returns it unchanged."""
    return phrase


VISIT_CLASSES = {
    "AMB": N_("Office visit"),
    "EMER": N_("Emergency visit"),
    "FLD": N_("Visit in the field"),
    "HH": N_("Home visit"),
    "IMP": N_("Hospital stay"),
    "ACUTE": N_("Hospital stay"),
    "NONAC": N_("Hospital stay"),
    "OBSENC": N_("Hospital stay for observation"),
    "PRENC": N_("Visit before admission"),
    "SS": N_("Short hospital stay"),
    "VR": N_("Virtual visit"),
    # Codes of earlier FHIR versions (DSTU2, STU3 drafts)
    "ambulatory": N_("Office visit"),
    "outpatient": N_("Office visit"),
    "inpatient": N_("Hospital stay"),
    "emergency": N_("Emergency visit"),
    "home": N_("Home visit"),
    "virtual": N_("Virtual visit"),
}
"""HL7 v3 ActEncounterCode (https://terminology.hl7.org/ValueSet-v3-ActEncounterCode.html) in a patient's words."""

VISIT = N_("Visit")
APPOINTMENT = N_("Appointment")
CARE_TEAM = N_("Care team")
COVERAGE = N_("Health insurance")
MESSAGE = N_("Message")
DOCUMENT = N_("Document")
NO_KNOWN_ALLERGIES = N_("No known allergies")
NO_KNOWN_PROBLEMS = N_("No known health issues")

FLAGS = {
    "H": N_("High"),
    "HH": N_("Critically high"),
    "HU": N_("Significantly high"),
    "L": N_("Low"),
    "LL": N_("Critically low"),
    "LU": N_("Significantly low"),
    "A": N_("Abnormal"),
    "AA": N_("Critically abnormal"),
    "N": N_("Normal"),
    "POS": N_("Positive"),
    "NEG": N_("Negative"),
    "IND": N_("Indeterminate"),
    "DET": N_("Detected"),
    "ND": N_("Not detected"),
    "E": N_("Equivocal"),
    "R": N_("Resistant"),
    "RR": N_("Reactive"),
    "NR": N_("Non-reactive"),
    "S": N_("Susceptible"),
    "I": N_("Intermediate"),
    "W": N_("Worse"),
    "B": N_("Better"),
    "U": N_("Significant change up"),
    "D": N_("Significant change down"),
    "<": N_("Below what can be measured"),
    ">": N_("Above what can be measured"),
    "H>": N_("Significantly high"),
    "L<": N_("Significantly low"),
    "CAR": N_("Carrier"),
    "WR": N_("Weakly reactive"),
}
"""HL7 v3 ObservationInterpretation (https://terminology.hl7.org/CodeSystem-v3-ObservationInterpretation.html)."""

ABSENT = {
    "unknown": N_("Unknown"),
    "asked-unknown": N_("Asked, but not known"),
    "temp-unknown": N_("Not known yet"),
    "not-asked": N_("Not asked"),
    "asked-declined": N_("Asked, but declined"),
    "masked": N_("Not released"),
    "not-applicable": N_("Does not apply"),
    "unsupported": N_("Cannot be given"),
    "not-performed": N_("Not performed"),
    "not-permitted": N_("Not permitted"),
    "error": N_("Could not be determined"),
    "not-a-number": N_("Could not be determined"),
    "negative-infinity": N_("Too low to measure"),
    "positive-infinity": N_("Too high to measure"),
}
"""FHIR data-absent-reason (https://terminology.hl7.org/CodeSystem-data-absent-reason.html)."""

YES = N_("Yes")
NO = N_("No")
ONSET = N_("Began at")
ENDED = N_("Ended at")
