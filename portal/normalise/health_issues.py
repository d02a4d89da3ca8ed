"""Condition → health issues. Source: https://hl7.org/fhir/R4/condition.html, US Core 6.1 condition profiles."""

from portal.domain.entry import Absence, Entry, Fact, HealthIssue, Status
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.domain.titles import told_in_title
from portal.normalise import coding, phrases
from portal.normalise.absence import absence_of
from portal.normalise.ages import age_facts
from portal.normalise.body_sites import body_sites
from portal.normalise.context import Context
from portal.normalise.elements import extension, items, line, notes, period, unique, when
from portal.normalise.facts import common_facts, facts, qualifiers, visit_of
from portal.normalise.names import party
from portal.normalise.reasons import reasons
from portal.normalise.status import clinical_status


def health_issue(context: Context) -> Entry:
    """Return the entry of a Condition: problem, diagnosis of a visit, or health concern (``detail.categories``)."""
    resource = context.resource
    status, clinical, verification = clinical_status(resource.get("clinicalStatus"), resource.get("verificationStatus"))
    start, stopped = period(resource.get("onsetPeriod"))
    ending, ended = period(resource.get("abatementPeriod"))
    end = when(resource.get("abatementDateTime")) or ended or ending or stopped
    if status is Status.UNKNOWN and (end or resource.get("abatementBoolean") is True or _abated(context)):
        status = Status.PAST
    code = resource.get("code")
    absence, scope = absence_of(code, Section.HEALTH_ISSUES)
    title = coding.name_of(code, (coding.SNOMED, coding.ICD10))
    if absence is not None and not coding.words_of(code):
        title = phrases.NO_KNOWN_PROBLEMS if absence is Absence.NONE else phrases.NO_INFORMATION["health-issues"]
    if not title:
        raise NormaliseError("no-code")
    told = told_in_title(title)
    asserted = when(extension(resource, "condition-assertedDate").get("valueDateTime"))
    recorded = when(resource.get("recordedDate"))
    onset, stages = age_facts(resource, "onset", phrases.ONSET), _stages(context)
    return Entry(
        section=Section.HEALTH_ISSUES,
        title=title,
        status=status,
        start=when(resource.get("onsetDateTime")) or start,
        end=end,
        recorded=recorded or asserted,
        recorder=party(resource.get("recorder") or resource.get("asserter"), context),
        codes=coding.codes_of(code),
        notes=notes(resource.get("note")),
        qualifiers=qualifiers(
            phrases.VERIFICATION.get(verification, ""),
            phrases.IN_TITLE[told] if told else "",
            phrases.CLINICAL_STATUS.get(clinical, ""),
            "" if clinical else line(resource.get("clinicalStatus")),
        ),
        facts=(
            *onset,
            *facts((phrases.KIND, coding.kinds_of(resource.get("category")))),
            *common_facts(context),
            *age_facts(resource, "abatement", phrases.ENDED),
            *((Fact(phrases.DOCUMENTED_ON, start=asserted),) if asserted and asserted != recorded else ()),
            *facts((phrases.SOURCE, party(resource.get("asserter"), context) if resource.get("recorder") else "")),
        ),
        absence=absence,
        scope=scope,
        visit=visit_of(resource),
        detail=HealthIssue(
            clinical_status=clinical,
            verification=verification,
            severity=coding.name_of(resource.get("severity")) or coding.in_extension(resource, "severity"),
            stage="; ".join(stages),
            stages=stages,
            onset=next((fact.text for fact in onset if fact.text), ""),
            encounter=visit_of(resource),
            categories=tuple(sorted(coding.all_codes(resource.get("category")) - {""})),
            body_site=body_sites(context),
            evidence=unique(
                name
                for part in items(resource.get("evidence"))
                for name in (*coding.names_of(part.get("code")), *reasons(part.get("detail"), context))
            ),
            negated=absence is not None,
        ),
    )


def _stages(context: Context) -> tuple[str, ...]:
    """Every stage, with what kind of stage it is and what it was found by."""
    stages = []
    for part in items(context.resource.get("stage")):
        kind = coding.name_of(part.get("type"))
        summary = coding.name_of(part.get("summary")) or ", ".join(reasons(part.get("assessment"), context))
        stages.append(f"{kind}: {summary}" if kind and summary else summary or kind)
    return unique(stages or [coding.in_extension(context.resource, "stage")])


def _abated(context: Context) -> bool:
    return any(context.resource.get(f"abatement{kind}") for kind in ("Age", "Range", "String", "Period"))
