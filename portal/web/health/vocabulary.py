"""Codes of standards in a patient's words. What is not in a table is shown as the source wrote it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask_babel.speaklater import LazyString

from portal.normalise.phrases import RESULT_STATUS
from portal.web.phrases import gettext as _
from portal.web.phrases import lazy_gettext
from portal.web.words import phrase


@dataclass(frozen=True, slots=True)
class Tag:
    """``kind`` is a class of the style sheet: "", bad, warn, good, quiet."""

    text: str
    kind: str = ""


_FLAGS: Mapping[str, tuple[LazyString, str]] = {
    "H": (lazy_gettext("High"), "warn"),
    "L": (lazy_gettext("Low"), "warn"),
    "HU": (lazy_gettext("Far above the reference range"), "bad"),
    "LU": (lazy_gettext("Far below the reference range"), "bad"),
    "HH": (lazy_gettext("Critically high"), "bad"),
    "LL": (lazy_gettext("Critically low"), "bad"),
    "A": (lazy_gettext("Not normal"), "warn"),
    "AA": (lazy_gettext("Critical"), "bad"),
    "N": (lazy_gettext("Normal"), "good"),
    "POS": (lazy_gettext("Positive"), "warn"),
    "NEG": (lazy_gettext("Negative"), "good"),
    "DET": (lazy_gettext("Detected"), "warn"),
    "ND": (lazy_gettext("Not detected"), "good"),
    "R": (lazy_gettext("Resistant"), "warn"),
    "S": (lazy_gettext("Susceptible"), "good"),
    "IND": (lazy_gettext("Not clear"), ""),
}
"""HL7 v3 ObservationInterpretation in words, and how much they stand out."""

NOT_NORMAL_FLAGS = frozenset(code for code, (_word, kind) in _FLAGS.items() if kind in ("warn", "bad"))

_ABSENT: Mapping[str, LazyString] = {
    "unknown": lazy_gettext("No value: not known"),
    "asked-unknown": lazy_gettext("No value: asked, but not known"),
    "asked-declined": lazy_gettext("No value: not answered"),
    "temp-unknown": lazy_gettext("No value yet"),
    "not-performed": lazy_gettext("Not performed"),
    "not-applicable": lazy_gettext("Does not apply"),
    "masked": lazy_gettext("Not released"),
    "error": lazy_gettext("No value: the test did not work"),
    "not-a-number": lazy_gettext("No value"),
    "as-text": lazy_gettext("See the report’s text"),
}

_CATEGORIES: Mapping[str, LazyString] = {
    "food": lazy_gettext("Food"),
    "medication": lazy_gettext("Medicine"),
    "environment": lazy_gettext("Environment"),
    "biologic": lazy_gettext("Biological substance"),
}

_SEVERITIES: Mapping[str, tuple[LazyString, str]] = {
    "mild": (lazy_gettext("Mild"), "quiet"),
    "moderate": (lazy_gettext("Moderate"), "warn"),
    "severe": (lazy_gettext("Severe"), "bad"),
}


def flag(code: str, text: str = "") -> Tag | None:
    """Return a result's flag in words; None without one; codes of no list as the source's word."""
    if code in _FLAGS:
        word, kind = _FLAGS[code]
        return Tag(str(word), kind)
    return Tag(text or code, "quiet") if text or code else None


def flags(codes: Sequence[str], text: str = "") -> tuple[Tag, ...]:
    """Return all flags of a result, each in words: high and critically high are both said."""
    tags = [flag(code, text if len(codes) == 1 else "") for code in codes if code or text]
    return tuple({tag.text: tag for tag in tags if tag}.values())


def severity(word: str) -> Tag | None:
    """Return a severity as a tag; unknown words as the source wrote them."""
    if not word:
        return None
    word_kind = _SEVERITIES.get(word.casefold())
    return Tag(str(word_kind[0]), word_kind[1]) if word_kind else Tag(word, "quiet")


def absent(reason: str) -> str:
    """Why there is no value, in words."""
    return str(_ABSENT.get(reason, reason)) if reason else ""


def category(code: str) -> str:
    return str(_CATEGORIES.get(code, code))


def result_state(status: str) -> str:
    """Return a FHIR status of a result that is worth saying (final is not); empty otherwise."""
    return _("Status not known") if status == "unknown" else phrase(RESULT_STATUS.get(status, ""))


_VISIT_STATES: Mapping[str, tuple[LazyString, str]] = {
    "cancelled": (lazy_gettext("Cancelled"), "warn"),
    "noshow": (lazy_gettext("Missed"), "quiet"),
    "waitlist": (lazy_gettext("On the waiting list"), "quiet"),
    "pending": (lazy_gettext("Not yet confirmed"), "quiet"),
    "proposed": (lazy_gettext("Proposed"), "quiet"),
    "in-progress": (lazy_gettext("Under way"), ""),
    "arrived": (lazy_gettext("Under way"), ""),
}


def visit_state(status: str) -> Tag | None:
    """Return a FHIR status of a visit that is worth saying."""
    word_kind = _VISIT_STATES.get(status)
    return Tag(str(word_kind[0]), word_kind[1]) if word_kind else None


_STATUSES: Mapping[str, LazyString] = {
    "aborted": lazy_gettext("Stopped"),
    "active": lazy_gettext("Current"),
    "amended": lazy_gettext("Changed later"),
    "appended": lazy_gettext("Added to later"),
    "cancelled": lazy_gettext("Cancelled"),
    "completed": lazy_gettext("Completed"),
    "corrected": lazy_gettext("Corrected later"),
    "draft": lazy_gettext("Draft"),
    "ended": lazy_gettext("Ended"),
    "final": lazy_gettext("Final"),
    "finished": lazy_gettext("Completed"),
    "in-progress": lazy_gettext("In progress"),
    "inactive": lazy_gettext("Not active"),
    "not-done": lazy_gettext("Not done"),
    "given": lazy_gettext("Given"),
    "not-taken": lazy_gettext("Not taken"),
    "on-hold": lazy_gettext("On hold"),
    "partial": lazy_gettext("Partly ready"),
    "past": lazy_gettext("Past"),
    "planned": lazy_gettext("Planned"),
    "preliminary": lazy_gettext("Preliminary"),
    "preparation": lazy_gettext("Planned"),
    "recurrence": lazy_gettext("Came back"),
    "registered": lazy_gettext("No result yet"),
    "relapse": lazy_gettext("Relapse"),
    "remission": lazy_gettext("In remission"),
    "resolved": lazy_gettext("Resolved"),
    "stopped": lazy_gettext("Stopped"),
    "superseded": lazy_gettext("Replaced by a newer version"),
    "suspended": lazy_gettext("Suspended"),
    "unknown": lazy_gettext("Status not given"),
    "upcoming": lazy_gettext("Planned"),
}
"""Where an entry stands: this portal's own words, FHIR's statuses of records and its clinical statuses."""


def status_word(code: str) -> str:
    """Return a status in words; one that is in no table as it is."""
    return str(_STATUSES.get(code, code))
