"""DiagnosticReport → test results. Source: https://hl7.org/fhir/R4/diagnosticreport.html."""

from portal.domain.entry import Entry, Report
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding
from portal.normalise.attachments import attachments
from portal.normalise.context import Context, target_of
from portal.normalise.elements import items, paragraph, period, unique, when, word
from portal.normalise.lab_names import test_name
from portal.normalise.names import parties
from portal.normalise.status import RESULT, status_of


def report(context: Context) -> Entry:
    """The entry of a DiagnosticReport; its observations stay entries of their own, named in ``detail.results``."""
    resource = context.resource
    categories = coding.names_of(resource.get("category"))
    title = test_name(resource.get("code")) or next(iter(categories), "")
    if not title:
        raise NormaliseError("no-code")
    start, end = period(resource.get("effectivePeriod"))
    issued = when(resource.get("issued"))
    performers = parties((*items(resource.get("performer")), *items(resource.get("resultsInterpreter"))), context)
    return Entry(
        section=Section.TEST_RESULTS,
        title=title,
        status=status_of(resource.get("status"), RESULT),
        start=when(resource.get("effectiveDateTime")) or start,
        end=end,
        recorded=issued,
        recorder=next(iter(performers), ""),
        codes=coding.codes_of(resource.get("code")),
        detail=Report(
            results=unique(target_of(one) for one in items(resource.get("result"))),
            conclusion=paragraph(resource.get("conclusion")),
            conclusions=coding.names_of(resource.get("conclusionCode"), (coding.SNOMED,)),
            performer=", ".join(performers),
            category=categories,
            issued=issued,
            attachments=attachments(resource.get("presentedForm")),
            fhir_status=word(resource.get("status")),
        ),
    )
