"""Words for plans, goals, orders, what was handed out, and answers; as ``portal.normalise.phrases``."""

from portal.domain.phrases import N_
from portal.normalise import phrases

CARE_PLAN = N_("Care plan")
QUESTIONNAIRE = N_("Questionnaire")
PICTURE = N_("Picture")
GOALS = N_("Goals")
START = N_("At the start")
BODY_SITE = N_("Part of the body")
DETAILS = N_("Details")
AMOUNT = N_("How much")
AS_NEEDED = N_("When needed")
SPECIMEN = N_("Sample to be taken")
ANSWERED_BY = N_("Answered by")
FORM = N_("Form")
NOT_TO_BE_DONE = N_("Not to be done")
REQUEST_STATUS = {
    "draft": N_("Draft"),
    "on-hold": N_("On hold"),
    "suspended": N_("On hold"),
    "revoked": N_("Cancelled"),
    "cancelled": N_("Cancelled"),
}
REQUEST_INTENT = {"proposal": phrases.PROPOSED, "option": N_("One of several options")}
GOAL_STATUS = {
    "proposed": N_("Proposed"),
    "planned": phrases.PLANNED,
    "on-hold": N_("On hold"),
    "cancelled": N_("Cancelled"),
    "rejected": N_("Rejected"),
}
PHARMACY_RECORD = N_("Record of a pharmacy")
DISPENSE_STATUS = {
    "completed": N_("Handed out by a pharmacy"),
    "preparation": N_("Being prepared by a pharmacy"),
    "in-progress": N_("Ready to be picked up"),
    "on-hold": N_("On hold at the pharmacy"),
    "cancelled": N_("Not handed out"),
    "stopped": N_("Handed out in part"),
    "declined": N_("Not handed out"),
}
ACTIVITY_STATUS = {
    "on-hold": N_("On hold"),
    "cancelled": N_("Cancelled"),
    "stopped": N_("Stopped"),
    "completed": N_("Done"),
}
ANSWERS_STATUS = {
    "in-progress": N_("Not finished"),
    "amended": N_("Changed later"),
    "stopped": N_("Stopped"),
}
PRIORITIES = {"urgent": N_("Urgent"), "asap": N_("As soon as possible"), "stat": N_("At once")}
REPLACED = N_("Replaced by an equivalent")
