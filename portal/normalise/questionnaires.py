"""QuestionnaireResponse → answers. Source: https://hl7.org/fhir/R4/questionnaireresponse.html, US Core 6.1.0."""

from collections.abc import Iterator, Mapping
from typing import Any

from portal.domain.entry import Component, Entry, Result
from portal.domain.sections import Section
from portal.normalise import coding, phrases, request_phrases
from portal.normalise.context import Context
from portal.normalise.elements import items, line, obj, unique, uri, when, word
from portal.normalise.facts import common_facts, facts, qualifiers, visit_of
from portal.normalise.names import party
from portal.normalise.quantities import decimal_text, quantity_text, value_of
from portal.normalise.reasons import reasons
from portal.normalise.status import EVENT, status_of

_MOST = 1000  # questions of one questionnaire, with those that only group others
_DISPLAY = "http://hl7.org/fhir/StructureDefinition/display"


def answers(context: Context) -> Entry:
    """Return the entry of a QuestionnaireResponse: each question with its answers, in their order."""
    resource = context.resource
    status = word(resource.get("status"))
    author, source = party(resource.get("author"), context), party(resource.get("source"), context)
    return Entry(
        section=Section.QUESTIONNAIRES,
        title=_title(resource),
        status=status_of(status, EVENT),
        start=when(resource.get("authored")),
        recorder=author or source,
        qualifiers=qualifiers(request_phrases.ANSWERS_STATUS.get(status, "")),
        facts=(
            *common_facts(context),
            *facts(
                (request_phrases.ANSWERED_BY, source),
                (phrases.BASED_ON, reasons(resource.get("basedOn"), context)),
                (phrases.PART_OF, reasons(resource.get("partOf"), context)),
                (request_phrases.FORM, uri(resource.get("questionnaire"))),
            ),
        ),
        visit=visit_of(resource),
        detail=Result(components=tuple(_components(resource)), fhir_status=status, performer=author),
    )


def _title(resource: Mapping[str, Any]) -> str:
    extensions = items(obj(resource.get("_questionnaire")).get("extension"))
    display = next((line(part.get("valueString")) for part in extensions if part.get("url") == _DISPLAY), "")
    return coding.tidy(display) or request_phrases.QUESTIONNAIRE


def _components(resource: Mapping[str, Any]) -> Iterator[Component]:
    """Yield each question with what was answered, in reading order; questions stand in groups and in answers too."""
    waiting = [*reversed(items(resource.get("item")))]
    for _number in range(_MOST):
        if not waiting:
            return
        question = waiting.pop()
        given = items(question.get("answer"))
        inner = [*items(question.get("item")), *(part for answer in given for part in items(answer.get("item")))]
        text = "; ".join(unique(map(_answer, given)))
        name = line(question.get("text")) or line(question.get("linkId"))
        if name:  # a group's too: it is the heading of what follows
            yield Component(name=name, text=text)
        waiting += reversed(inner[:_MOST])


def _answer(answer: Mapping[str, Any]) -> str:
    measured, text = value_of(answer)
    if measured is not None:
        return quantity_text(measured)
    coded = coding.name_of({"coding": [answer["valueCoding"]]}) if isinstance(answer.get("valueCoding"), dict) else ""
    number = decimal_text(answer.get("valueDecimal")) or when(answer.get("valueDate"))
    return text or coded or number or line(answer.get("valueUri"))
