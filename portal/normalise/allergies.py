"""AllergyIntolerance → allergies. Source: https://hl7.org/fhir/R4/allergyintolerance.html."""

import re
from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Absence, Allergy, Entry, Reaction
from portal.domain.errors import NormaliseError
from portal.domain.phrases import N_
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.absence import absence_of
from portal.normalise.ages import age_facts
from portal.normalise.context import Context
from portal.normalise.elements import items, line, lines, notes, paragraph, period, unique, when, word
from portal.normalise.facts import common_facts, facts, qualifiers, visit_of
from portal.normalise.names import party
from portal.normalise.status import clinical_status

_PREFERRED = (coding.RXNORM, coding.SNOMED)
_TYPES = {"allergy": N_("Allergy"), "intolerance": N_("Intolerance")}


_EXCEPT = re.compile(r"(?:except|other than|apart from|excepto|salvo)\b", re.IGNORECASE)
"""How a note takes something out of "no known allergies"."""


def allergy(context: Context) -> Entry:
    """Return the entry of an AllergyIntolerance, or of the documented absence of allergies."""
    resource = context.resource
    status, clinical, verification = clinical_status(
        resource.get("clinicalStatus") or resource.get("status"), resource.get("verificationStatus")
    )
    code = resource.get("code") or resource.get("substance")
    absence, scope = absence_of(code, Section.ALLERGIES)
    if any(map(_EXCEPT.match, notes(resource.get("note")))):
        absence, scope = None, ""
    title = coding.name_of(code, _PREFERRED) or _substance(resource.get("reaction"))
    if absence is not None and not coding.words_of(code):
        title = phrases.NO_KNOWN.get(("allergies", scope), "") if absence is Absence.NONE else ""
        title = title or (
            phrases.NO_KNOWN_ALLERGIES if absence is Absence.NONE else phrases.NO_INFORMATION["allergies"]
        )
    if not title:
        raise NormaliseError("no-code")
    start, end = period(resource.get("onsetPeriod"))
    reactions = items(resource.get("reaction"))
    return Entry(
        section=Section.ALLERGIES,
        title=title,
        status=status,
        start=when(resource.get("onsetDateTime")) or start,
        end=end,
        recorded=when(resource.get("recordedDate")) or when(resource.get("assertedDate")),
        recorder=party(resource.get("recorder") or resource.get("asserter"), context),
        codes=coding.codes_of(code) or coding.codes_of(*(part.get("substance") for part in reactions)),
        notes=unique((*notes(resource.get("note")), *(text for part in reactions for text in notes(part.get("note"))))),
        qualifiers=qualifiers(
            phrases.VERIFICATION.get(verification, ""),
            ""
            if absence in (None, Absence.NONE)
            else phrases.NOT_ASKED
            if absence is Absence.NOT_ASKED
            else phrases.NOT_KNOWN,
        ),
        facts=(
            *age_facts(resource, "onset", phrases.ONSET),
            *common_facts(context),
            *facts(
                (phrases.TYPE, _TYPES.get(word(resource.get("type")), line(resource.get("type")))),
                (phrases.ALSO_TO, [coding.name_of(part.get("substance"), _PREFERRED) for part in reactions]),
                (phrases.HOW_EXPOSED, [coding.name_of(part.get("exposureRoute")) for part in reactions]),
                (phrases.OCCURRED, when(resource.get("lastOccurrence")) or ""),
                (phrases.SOURCE, party(resource.get("asserter"), context) if resource.get("recorder") else ""),
            ),
        ),
        absence=absence,
        scope=scope,
        visit=visit_of(resource),
        detail=Allergy(
            reactions=_reactions(resource.get("reaction"), coding.in_extension(resource, "severity")),
            category=lines(resource.get("category")),
            criticality=_criticality(resource),
            verification=verification,
            negated=absence is not None,
            clinical_status=clinical,
        ),
    )


_CRITICALITIES = {"crith": "high", "critl": "low", "critu": "unable-to-assess"}
"""Codes of HL7 v3 ObservationValue, from which FHIR's are made."""


def _criticality(resource: Mapping[str, Any]) -> str:
    code = (word(resource.get("criticality")) or coding.in_extension(resource, "criticality")).casefold()
    return _CRITICALITIES.get(code, code)


def _reactions(value: object, of_all: str) -> tuple[Reaction, ...]:
    """Return every reaction by its words: what was coded, and the description where it says something else.

    ``of_all``: how severe all are that do not say it themselves.
    """
    reactions = []
    for part in items(value):
        coded = coding.names_of(part.get("manifestation"), (coding.SNOMED,))
        own = paragraph(part.get("description"), 1000)
        repeated = own.casefold() in {name.casefold() for name in coded} | {", ".join(coded).casefold()}
        manifestations = coded if repeated or not own else (*coded, own)
        severity = word(part.get("severity")) or coding.in_extension(part, "severity") or of_all
        severity, onset = severity.casefold(), when(part.get("onset"))
        if manifestations or severity or onset:
            reactions.append(Reaction(manifestations=manifestations, severity=severity, when=onset))
    return tuple(reactions)


def _substance(reactions: object) -> str:
    """Return the name of what a reaction was to, for the few that carry no code of their own."""
    for part in items(reactions):
        name = coding.name_of(part.get("substance"), _PREFERRED)
        if name:
            return name
    return ""
