"""DiagnosticReport → test results. Source: https://hl7.org/fhir/R4/diagnosticreport.html."""

from collections.abc import Iterable

from portal.domain.entry import Entry, Report
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.attachments import attachments
from portal.normalise.context import Context, target_of
from portal.normalise.elements import items, line, notes, obj, paragraph, period, unique, when, word
from portal.normalise.facts import common_facts, facts, qualifiers, until, visit_of
from portal.normalise.lab_names import test_name
from portal.normalise.names import parties
from portal.normalise.quantities import quantity_text, value_of
from portal.normalise.reasons import reasons
from portal.normalise.results import collected, contained_results, names_only, specimen
from portal.normalise.status import RESULT, status_of


def report(context: Context) -> Entry:
    """Return the entry of a DiagnosticReport.

    Its observations stay entries of their own, named in ``detail.results``; those that are contained in it are its
    ``detail.components``.
    """
    resource = context.resource
    categories = coding.names_of(resource.get("category"))
    files = attachments(resource.get("presentedForm"))
    title = test_name(resource.get("code")) or next(iter(categories), "")
    title = title or next((file.title for file in files if file.title), "")
    if not title:
        raise NormaliseError("no-code")
    start, end = period(resource.get("effectivePeriod"))
    issued = when(resource.get("issued"))
    performers = parties((*items(resource.get("performer")), *items(resource.get("resultsInterpreter"))), context)
    status = word(resource.get("status"))
    named = items(resource.get("result"))
    results = unique([target_of(part) for part in named])
    at_hand = [context.resolve(part) for part in named]
    media = items(resource.get("media")) or items(resource.get("image"))
    return Entry(
        section=Section.TEST_RESULTS,
        title=title,
        status=status_of(status, RESULT),
        start=when(resource.get("effectiveDateTime")) or start,
        end=end,
        recorded=issued,
        recorder=next(iter(performers), ""),
        codes=coding.codes_of(resource.get("code")),
        notes=notes(resource.get("note")),
        qualifiers=qualifiers(phrases.RESULT_STATUS.get(status, "")),
        facts=(
            *common_facts(context),
            *until(when(resource.get("effectiveDateTime")) or start, end),
            *facts(
                (phrases.RESULTS, names_only(zip(named, at_hand, strict=True))),
                (phrases.KIND, categories),
                (phrases.SAMPLE, specimen(context)),
                (phrases.COLLECTED, collected(context)),
                (phrases.BASED_ON, reasons(resource.get("basedOn"), context)),
                (phrases.IMAGES, [line(part.get("comment")) for part in media]),
                (phrases.IMAGES, [line(obj(part.get("link")).get("display")) for part in media]),
                (phrases.IMAGES, reasons(resource.get("imagingStudy"), context)),
                (phrases.TITLE, [file.title for file in files]),
                (phrases.FILE_KIND, [file.content_type for file in files]),
            ),
        ),
        visit=visit_of(resource),
        detail=Report(
            results=tuple(target for target in results if not target.startswith("#")),
            components=contained_results(resource.get("result"), context),
            conclusion=paragraph(resource.get("conclusion")),
            conclusions=coding.names_of(
                resource.get("conclusionCode") or resource.get("codedDiagnosis"), (coding.SNOMED,)
            ),
            performer=", ".join(performers),
            category=categories,
            issued=issued,
            attachments=files,
            fhir_status=status,
            findings=_findings(at_hand),
        ),
    )


def _findings(at_hand: Iterable[Context | None]) -> tuple[str, ...]:
    """Return what the results of a report say, those that are at hand, in the order of the codes.

    "718-7|Hemoglobin=9.4 g/dL", or "Hemoglobin=9.4 g/dL" without a LOINC code.
    """
    findings = []
    for target in at_hand:
        if target:
            measured, text = value_of(target.resource)
            name = test_name(target.resource.get("code")).replace("=", " ").replace("|", " ")
            code = coding.code_in(target.resource.get("code"), coding.LOINC)
            value = quantity_text(measured) or text
            if (code or name) and value:
                findings.append(f"{'|'.join(filter(None, (code, name)))}={value}")
    return tuple(sorted(findings))
