"""An assist: what the front desk does for one patient, with a purpose and the patient's consent."""

from enum import StrEnum


class Purpose(StrEnum):
    ACTIVATION = "activation"
    LINK = "link"
    UPDATE = "update"
    FACTOR = "factor"
    FAMILY = "family"
    SUMMARY = "summary"
    VISIT = "visit"


class AssistState(StrEnum):
    FOUND = "found"
    ASKED = "asked"
    AGREED = "agreed"
    ENDED = "ended"


class Consent(StrEnum):
    """How a patient says yes."""

    DEVICE = "device"  # signed in on a device of their own
    CODE = "code"  # a code that was sent to them and that they tell
    DOCUMENT = "document"  # an identity document or papers, of somebody who cannot be asked in another way


class ProxyDocument(StrEnum):
    """What the desk saw when it let somebody act for a patient. A photo ID of theirs belongs to each."""

    OWN_YES = "own-yes"  # the patient said so themselves
    PARENT = "parent"  # birth certificate, custody papers
    COURT = "court"  # power of attorney, court order


class AssistEnding(StrEnum):
    FINISHED = "finished"
    IDLE = "idle"
    REFUSED = "refused"
    WRONG_PERSON = "wrong-person"
    QUEUED = "queued"
    CLOSED = "closed"  # the record of somebody who died


class WaitingPlace(StrEnum):
    """Where somebody waits for the desk."""

    DESK = "desk"
    ROOM = "room"
    PHONE = "phone"
