"""Phrases put where a resource has a code only. Marked for translation; the page translates what it shows.

An Entry keeps the English phrase; ``gettext(entry.title)`` finds its translation, since each is marked here with N_.
"""

from portal.domain.phrases import N_
from portal.domain.titles import Telling

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
NO_KNOWN = {
    ("allergies", "all"): NO_KNOWN_ALLERGIES,
    ("allergies", "drug"): N_("No known drug allergies"),
    ("allergies", "food"): N_("No known food allergies"),
    ("allergies", "environment"): N_("No known environmental allergies"),
    ("allergies", "latex"): N_("No known latex allergy"),
    ("allergies", "contrast"): N_("No known allergy to contrast media"),
    ("allergies", "animal"): N_("No known animal allergies"),
    ("allergies", "insect"): N_("No known insect allergies"),
    ("health-issues", "all"): NO_KNOWN_PROBLEMS,
    ("medications", "all"): N_("No known medications"),
    ("procedures", "all"): N_("No known procedures"),
    ("implants", "all"): N_("No known implants"),
    ("immunizations", "all"): N_("No known immunizations"),
}
"""Documented absence, by section and scope, where the source has a code only."""
NO_INFORMATION = {
    "allergies": N_("No information about allergies"),
    "health-issues": N_("No information about health issues"),
    "medications": N_("No information about medications"),
    "procedures": N_("No information about procedures"),
    "implants": N_("No information about implants"),
    "immunizations": N_("No information about immunizations"),
}
"""Nobody asked, or it is not known: that says nothing about whether there is any."""

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
    "as-text": N_("See the text"),
    "error": N_("Could not be determined"),
    "not-a-number": N_("Could not be determined"),
    "negative-infinity": N_("Too low to measure"),
    "positive-infinity": N_("Too high to measure"),
}
"""FHIR data-absent-reason (https://terminology.hl7.org/CodeSystem-data-absent-reason.html)."""

NO_RESULT = N_("No result recorded")
NO_RESULT_BECAUSE = {
    "unknown": N_("No result recorded: unknown"),
    "asked-unknown": N_("No result recorded: asked, but not known"),
    "temp-unknown": N_("No result recorded: not known yet"),
    "not-asked": N_("No result recorded: not asked"),
    "asked-declined": N_("No result recorded: asked, but declined"),
    "masked": N_("No result recorded: not released"),
    "not-applicable": N_("No result recorded: does not apply"),
    "unsupported": N_("No result recorded: cannot be given"),
    "as-text": N_("No result recorded here: see the text"),
    "not-performed": N_("No result recorded: not performed"),
    "not-permitted": N_("No result recorded: not permitted"),
    "error": N_("No result recorded: could not be determined"),
    "not-a-number": N_("No result recorded: could not be determined"),
    "negative-infinity": N_("No result recorded: too low to measure"),
    "positive-infinity": N_("No result recorded: too high to measure"),
}
"""The same with the reason, so that a page translates it as a whole."""

YES = N_("Yes")
NO = N_("No")
ONSET = N_("Began at")
ENDED = N_("Ended at")
DOCUMENTED_ON = N_("Documented on")
DECLINED = N_("Declined")
INACTIVE_DOSE = N_("Why the dose does not count")
WHY_STATUS = N_("Why")
ADHERENCE = N_("Taken as told")
ALSO_TO = N_("Reaction to")
HOW_EXPOSED = N_("How it came into the body")
OCCURRED = N_("Last happened")
TYPE = N_("Allergy or intolerance")
FOCUS = N_("About")
ORIGIN = N_("Where it is from")
FROM_DOCUMENT = N_("A document that was imported, not a record system")
FROM_SENT_DOCUMENT = N_("A document of this organization, which lists nothing of this kind by itself")
BASED_ON = N_("Based on")
PART_OF = N_("Part of")
RECEIVED = N_("Received")
STANDING = N_("Order of insurances")
RX_BIN = N_("Pharmacy number (BIN)")
RX_PCN = N_("Pharmacy number (PCN)")
RX_GROUP = N_("Pharmacy group")
RX_ID = N_("Pharmacy member number")
SERVICE = N_("Service")
SPECIALTY = N_("Specialty")
PRIORITY = N_("Priority")
ADMITTED_FROM = N_("Came from")
DIET = N_("Diet")
SUBSTITUTION = N_("May be replaced by an equivalent")
PHARMACY = N_("Pharmacy")
COURSE = N_("Course")
VALID = N_("Order valid")
SOURCE = N_("Told by")
FUNDING = N_("Paid by")
EDUCATION = N_("Leaflet")
REACTION = N_("Reaction")
FORMAT = N_("Format")
ATTACHMENT_DATE = N_("File made")
PERFORMED_BY = N_("Given or done by")
MEMBER_UNTIL = N_("No longer a member")
ORIGINAL = N_("Original text")
DISTINCT = N_("Identifying number")
USED = N_("Used")
DEVICE_ACTION = N_("What was done with the device")
REASON = N_("Reason")
PROGRAM = N_("Program")
SERIES = N_("Series")
SAMPLE = N_("Sample")
COLLECTED = N_("Sample taken")
IMAGES = N_("Images")
AT_VISIT = N_("At the visit")
UNTIL = N_("Until")
NOTE_BY = N_("Note written by")
RELATED = N_("Goes with")
DEPENDENT = N_("Number of this person")
SUBSCRIBER_NUMBER = N_("Number of the main insured person")
RESULTS = N_("Results")
MEMBER_SINCE = N_("Member since")
WENT_TO = N_("Went to")
UNANSWERED = N_("Has not answered yet")
ABOUT = N_("About")
DEVICE = N_("Device")
DERIVED_FROM = N_("Worked out from")
WHEN_TIMING = N_("Times")
PART = N_("Part")
ATTACHED = N_("Attached")
TITLE = N_("Title")
VISIT_FROM = N_("Covers from")
VISIT_UNTIL = N_("Covers until")
FILE_KIND = N_("Kind of file")
LANGUAGE = N_("Language")
CONFIDENTIAL = N_("Confidentiality")
KIND = N_("Kind")
OTHER_CONTACT = N_("Contact")
SUBGROUP = N_("Subgroup")
SUBPLAN = N_("Part of the plan")
CLASS = N_("Class")
SUBCLASS = N_("Subclass")
SEQUENCE = N_("Sequence")
OTHER_PLAN = N_("Other plan")
OTHER_GROUP = N_("Other group")
POLICY_HOLDER = N_("Policy holder")
NETWORK = N_("Network")
OTHER_NUMBERS = N_("Other numbers")
WITH = N_("Who did what")
ADMISSION = N_("Admission")
LOCATIONS = N_("Other places")
REPLACES = N_("Replaces")
SIGNED_BY = N_("Signed by")
CLASSIFICATION = N_("Subject")
FACILITY = N_("Facility")
PRACTICE = N_("Practice setting")
NUMBERED = N_("Length")
PRODUCT = N_("Product")
PART_NUMBER = N_("Part number")
VERSION = N_("Version")
DEVICE_NUMBER = N_("Device number")

ANSWERS = {
    "260373001": N_("Detected"),
    "260415000": N_("Not detected"),
    "10828004": N_("Positive"),
    "260385009": N_("Negative"),
    "264868006": N_("No growth"),
    "17621005": N_("Normal"),
    "263654008": N_("Abnormal"),
    "373066001": N_("Yes"),
    "373067005": N_("No"),
    "261665006": N_("Unknown"),
    "419984006": N_("Inconclusive"),
    "82334004": N_("Indeterminate"),
    "11214006": N_("Reactive"),
    "131194007": N_("Non-reactive"),
    "52101004": N_("Present"),
    "2667000": N_("Absent"),
    "24484000": N_("Severe"),
    "6736007": N_("Moderate"),
    "255604002": N_("Mild"),
    "7771000": N_("Left"),
    "24028007": N_("Right"),
    "LA6576-8": N_("Positive"),
    "LA6577-6": N_("Negative"),
    "LA33-6": N_("Yes"),
    "LA32-8": N_("No"),
    "LA9633-4": N_("Present"),
    "LA9634-2": N_("Absent"),
    "LA11882-0": N_("Detected"),
    "LA11883-8": N_("Not detected"),
    "LAB": N_("Laboratory"),
    "RAD": N_("Radiology"),
    "LP29684-5": N_("Radiology"),
    "LP29708-2": N_("Cardiology"),
    "LP7839-6": N_("Pathology"),
    "clinical-note": N_("Clinical note"),
    "problem-list-item": N_("On the problem list"),
    "encounter-diagnosis": N_("Diagnosis of a visit"),
    "health-concern": N_("Health concern"),
    "assess-plan": N_("Assessment and plan"),
    "sdoh": N_("Living conditions"),
    "FF": N_("First fill"),
    "RF": N_("Refill"),
    "inpatient": N_("In the hospital"),
    "outpatient": N_("As an outpatient"),
    "community": N_("At home"),
    "discharge": N_("On going home"),
}
"""Codes of SNOMED CT and LOINC that are answers, which many laboratories send without words; no code is of both."""

NOT_TO_BE_TAKEN = N_("Not to be taken")
PROPOSED = N_("Proposed, not ordered")
PLANNED = N_("Planned")
UNSAFE = N_("Could not be shown safely")
REPEATED = N_("Came back")
REMISSION = N_("In remission")
RULED_OUT = N_("Ruled out")
SUBPOTENT = N_("Dose does not count")
YOU_DECLINED = N_("You declined")
THE_PATIENT = N_("the patient")
THE_CLINIC = N_("the clinic")
NOT_ASKED = N_("Not asked")
NOT_KNOWN = N_("Not known")

INTENT = {"proposal": PROPOSED, "plan": PLANNED, "option": N_("One of several options")}
"""FHIR medicationrequest-intent: what is no order yet."""

MEDICATION_STATUS = {
    "on-hold": N_("On hold"),
    "stopped": N_("Stopped"),
    "cancelled": N_("Cancelled"),
    "draft": N_("Draft"),
    "not-taken": N_("Not taken"),
    "intended": PLANNED,
    "ended": N_("Ended"),
}
EVENT_STATUS = {
    "preparation": PLANNED,
    "in-progress": N_("In progress"),
    "on-hold": N_("On hold"),
    "suspended": N_("On hold"),
    "stopped": N_("Stopped"),
    "aborted": N_("Stopped"),
    "not-done": N_("Not done"),
}
"""FHIR event-status and its older words; what is completed needs no word."""
RESULT_STATUS = {
    "registered": N_("No result yet"),
    "preliminary": N_("Preliminary"),
    "partial": N_("Partly ready"),
    "amended": N_("Changed later"),
    "corrected": N_("Corrected later"),
    "appended": N_("Added to later"),
    "cancelled": N_("Cancelled"),
}
DOCUMENT_STATUS = {
    "superseded": N_("Replaced by a newer version"),
    "preliminary": N_("Preliminary"),
    "amended": N_("Changed later"),
    "appended": N_("Added to later"),
}
VERIFICATION = {
    "refuted": RULED_OUT,
    "differential": N_("One of several possibilities"),
    "provisional": N_("Not confirmed"),
    "unconfirmed": N_("Not confirmed"),
}
IN_TITLE = {
    Telling.RELATIVE: N_("In a relative"),
    Telling.RULED_OUT: RULED_OUT,
    Telling.UNCERTAIN: N_("Not confirmed"),
    Telling.PAST: N_("In the past"),
}
"""What the title of a health issue tells beside the illness."""
CLINICAL_STATUS = {
    "recurrence": REPEATED,
    "relapse": N_("Relapse"),
    "remission": REMISSION,
}
LASTING_STATUS = {
    "inactive": N_("Not active"),
    "suspended": N_("Suspended"),
    "cancelled": N_("Cancelled"),
    "draft": N_("Draft"),
    "proposed": N_("Proposed"),
}
USE_STATUS = {
    "intended": PLANNED,
    "on-hold": N_("On hold"),
    "stopped": N_("Stopped"),
    "completed": N_("Ended"),
}
"""FHIR device-statement-status: what is in use needs no word."""
USED_WITH_END = N_("Listed as in use, with an end date")
USED_AND_OUT_OF_USE = N_("Listed as out of use and as in use")
VISIT_STATUS = {
    "onleave": N_("On leave"),
    "discontinued": N_("Ended early"),
    "on-hold": N_("On hold"),
    "entered-in-error": N_("Entered in error"),
}
