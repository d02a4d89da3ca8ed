"""Condition → health issues. Source: https://hl7.org/fhir/R4/condition.html, US Core 6.1 condition profiles."""

from portal.domain.entry import Entry, HealthIssue, Status
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.context import Context
from portal.normalise.elements import first, items, line, notes, obj, period, unique, when, words
from portal.normalise.names import party
from portal.normalise.quantities import amount_text
from portal.normalise.status import clinical_status

_NO_KNOWN_PROBLEM = words("160245001 409586006")
"""SNOMED CT "No current problems or disability", "Complaint: none"."""
_ASSERTED = "http://hl7.org/fhir/StructureDefinition/condition-assertedDate"


def health_issue(context: Context) -> Entry:
    """The entry of a Condition: problem, diagnosis of a visit, or health concern (``detail.categories``)."""
    resource = context.resource
    status, clinical, verification = clinical_status(resource.get("clinicalStatus"), resource.get("verificationStatus"))
    start, stopped = period(resource.get("onsetPeriod"))
    end = when(resource.get("abatementDateTime")) or period(resource.get("abatementPeriod"))[1] or stopped
    if status is Status.UNKNOWN and (end or resource.get("abatementBoolean") is True or _abated(context)):
        status = Status.PAST
    codes = coding.codes_of(resource.get("code"))
    negated = any(one.system == coding.SNOMED and one.code in _NO_KNOWN_PROBLEM for one in codes)
    title = coding.title_of(resource.get("code"), (coding.SNOMED, coding.ICD10))
    if negated and not coding.name_of(resource.get("code")):
        title = phrases.NO_KNOWN_PROBLEMS
    if not title:
        raise NormaliseError("no-code")
    return Entry(
        section=Section.HEALTH_ISSUES,
        title=title,
        status=status,
        start=when(resource.get("onsetDateTime")) or start,
        end=end,
        recorded=when(resource.get("recordedDate")) or _asserted(resource.get("extension")),
        recorder=party(resource.get("recorder") or resource.get("asserter"), context),
        codes=codes,
        notes=(*_ages(context), *notes(resource.get("note"))),
        detail=HealthIssue(
            clinical_status=clinical,
            verification=verification,
            severity=coding.name_of(resource.get("severity")),
            stage=coding.name_of(first(resource.get("stage")).get("summary")),
            categories=tuple(sorted(coding.all_codes(resource.get("category")) - {""})),
            body_site=", ".join(coding.names_of(resource.get("bodySite"))),
            evidence=unique(
                name for one in items(resource.get("evidence")) for name in coding.names_of(one.get("code"))
            ),
            negated=negated,
        ),
    )


def _abated(context: Context) -> bool:
    return any(context.resource.get(f"abatement{kind}") for kind in ("Age", "Range", "String", "Period"))


def _ages(context: Context) -> tuple[str, ...]:
    """Onset and end that are given as an age or in words, since no date can be told from them."""
    resource, found = context.resource, []
    for element, label in (("onset", phrases.ONSET), ("abatement", phrases.ENDED)):
        said = amount_text({f"{element}Quantity": resource.get(f"{element}Age")}, element)
        said = said or amount_text({f"{element}Range": resource.get(f"{element}Range")}, element)
        said = said or line(resource.get(f"{element}String"))
        if said:
            found.append(f"{label}: {said}")
    return tuple(found)


def _asserted(extensions: object) -> str | None:
    return next((when(one.get("valueDateTime")) for one in items(extensions) if obj(one).get("url") == _ASSERTED), None)
