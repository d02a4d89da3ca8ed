"""AllergyIntolerance → allergies. Source: https://hl7.org/fhir/R4/allergyintolerance.html."""

from portal.domain.entry import Allergy, Entry, Reaction
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.context import Context
from portal.normalise.elements import items, line, lines, notes, period, when, word, words
from portal.normalise.names import party
from portal.normalise.status import clinical_status

NO_KNOWN_ALLERGY = words("716186003")
"""SNOMED CT "No known allergy": about everything."""
_NEGATED = NO_KNOWN_ALLERGY | words(
    # no known drug / food / environmental / latex … allergy: about one kind only
    "409137002 428607008 429625007 428197003 1003774007 716184000 716185004 716220001 160244002"
)
_PREFERRED = (coding.RXNORM, coding.SNOMED)


def allergy(context: Context) -> Entry:
    """The entry of an AllergyIntolerance; documented absence ("no known allergies") has ``detail.negated``."""
    resource = context.resource
    status, _clinical, verification = clinical_status(
        resource.get("clinicalStatus") or resource.get("status"), resource.get("verificationStatus")
    )
    code = resource.get("code")
    reactions = _reactions(resource.get("reaction"))
    title = coding.title_of(code, _PREFERRED) or _substance(resource.get("reaction"))
    codes = coding.codes_of(code)
    negated = any(one.system == coding.SNOMED and one.code in _NEGATED for one in codes)
    if negated and coding.name_of(code) == "" and any(one.code in NO_KNOWN_ALLERGY for one in codes):
        title = phrases.NO_KNOWN_ALLERGIES
    if not title:
        raise NormaliseError("no-code")
    start, end = period(resource.get("onsetPeriod"))
    return Entry(
        section=Section.ALLERGIES,
        title=title,
        status=status,
        start=when(resource.get("onsetDateTime")) or start,
        end=end,
        recorded=when(resource.get("recordedDate")) or when(resource.get("assertedDate")),
        recorder=party(resource.get("recorder") or resource.get("asserter"), context),
        codes=codes or coding.codes_of(*(one.get("substance") for one in items(resource.get("reaction")))),
        notes=notes(resource.get("note")),
        detail=Allergy(
            reactions=reactions,
            category=lines(resource.get("category")),
            criticality=word(resource.get("criticality")),
            verification=verification,
            negated=negated,
        ),
    )


def _reactions(value: object) -> tuple[Reaction, ...]:
    found = []
    for one in items(value):
        said = coding.names_of(one.get("manifestation"), (coding.SNOMED,)) or lines(one.get("description"))
        severity, onset = word(one.get("severity")), when(one.get("onset"))
        if said or severity or onset:
            found.append(Reaction(manifestations=said, severity=severity, when=onset))
    return tuple(found)


def _substance(reactions: object) -> str:
    """The name of what a reaction was to, for the few that carry no code of their own."""
    for one in items(reactions):
        name = coding.name_of(one.get("substance"), _PREFERRED) or line(one.get("substance"))
        if name:
            return name
    return ""
