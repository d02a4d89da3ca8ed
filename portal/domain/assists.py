"""An assist: what the front desk does for one patient, with a purpose and the patient's consent."""

from enum import StrEnum


class Purpose(StrEnum):
    ACTIVATION = "activation"
    LINK = "link"
    UPDATE = "update"
    FACTOR = "factor"
    FAMILY = "family"
    SUMMARY = "summary"


class AssistState(StrEnum):
    FOUND = "found"
    ASKED = "asked"
    AGREED = "agreed"
    ENDED = "ended"


class Consent(StrEnum):
    """How a patient says yes."""

    DEVICE = "device"  # signed in on a device of their own
    CODE = "code"  # a code that was sent to them and that they tell
    DOCUMENT = "document"  # an identity document; only for a first sign-in, of somebody who can be sent nothing


class AssistEnding(StrEnum):
    FINISHED = "finished"
    IDLE = "idle"
    REFUSED = "refused"
    WRONG_PERSON = "wrong-person"
    QUEUED = "queued"


class WaitingPlace(StrEnum):
    """Where somebody waits for the desk."""

    DESK = "desk"
    ROOM = "room"
    PHONE = "phone"
