"""What staff may do: each role has its duties, and a duty reaches nobody's record by itself. Pure.

Only the care team and the records office see clinical text, and only what the message or the request names. The front
desk reaches a person through an assist that the person agreed to.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

from portal.domain.people import Role


class Duty(StrEnum):
    ASSIST_PATIENTS = "assist-patients"
    ANSWER_MESSAGES = "answer-messages"
    ANSWER_CORRECTIONS = "answer-corrections"
    MERGE_PERSONS = "merge-persons"
    SEARCH_AUDIT = "search-audit"
    MANAGE_DIRECTORY = "manage-directory"
    MANAGE_APPS = "manage-apps"
    MANAGE_RELEASE = "manage-release"
    MANAGE_ACCOUNTS = "manage-accounts"
    STOP_ACCESS = "stop-access"


DUTIES: Mapping[Role, frozenset[Duty]] = {
    Role.PATIENT: frozenset(),
    Role.STAFF: frozenset({Duty.ASSIST_PATIENTS}),
    Role.CARE_TEAM: frozenset({Duty.ANSWER_MESSAGES}),
    Role.RECORDS: frozenset({Duty.ANSWER_CORRECTIONS, Duty.MERGE_PERSONS}),
    Role.PRIVACY: frozenset({Duty.SEARCH_AUDIT, Duty.STOP_ACCESS}),
    Role.ADMIN: frozenset(
        {
            Duty.MANAGE_DIRECTORY,
            Duty.MANAGE_APPS,
            Duty.MANAGE_RELEASE,
            Duty.MANAGE_ACCOUNTS,
            Duty.MERGE_PERSONS,
            Duty.SEARCH_AUDIT,
            Duty.STOP_ACCESS,
        }
    ),
}
SHOWS_CLINICAL_TEXT = frozenset({Duty.ANSWER_MESSAGES, Duty.ANSWER_CORRECTIONS})
"""Duties whose pages show what a patient wrote, and the one item that it is about."""


def has_duty(role: Role, duty: Duty) -> bool:
    return duty in DUTIES[role]


def may_assist(role: Role, person_id: str, *, as_patient: str, acts_for: Collection[str]) -> bool:
    """Tell whether a member of staff may help a person at the desk: never oneself, nor whom one acts for.

    ``as_patient`` is the person whom the member of staff is as a patient ("" for none); ``acts_for`` are the people
    whom that person acts for.
    """
    return has_duty(role, Duty.ASSIST_PATIENTS) and person_id != as_patient and person_id not in acts_for
