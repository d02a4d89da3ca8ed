"""Observation → test results and vital signs. Source: https://hl7.org/fhir/R4/observation.html."""

from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Component, Entry, Result
from portal.domain.errors import NormaliseError
from portal.normalise import coding, phrases
from portal.normalise.context import Context, target_of
from portal.normalise.elements import first, items, line, notes, obj, period, unique, when, word
from portal.normalise.lab_names import component_order, test_name
from portal.normalise.names import parties, party
from portal.normalise.quantities import ranges, value_of
from portal.normalise.sections import observation_section
from portal.normalise.status import RESULT, status_of


def observation(context: Context) -> Entry:
    """The entry of an Observation: its value, or its components, or in words why there is none."""
    resource = context.resource
    section = observation_section(resource)
    title = test_name(resource.get("code"))
    if not title:
        raise NormaliseError("no-code")
    measured, text = value_of(resource)
    absent = _absent(resource.get("dataAbsentReason"))
    flag, flag_text = interpretation(resource.get("interpretation"))
    start, end = period(resource.get("effectivePeriod"))
    issued = when(resource.get("issued"))
    performers = parties(items(resource.get("performer")), context)
    return Entry(
        section=section,
        title=title,
        status=status_of(resource.get("status"), RESULT),
        start=when(resource.get("effectiveDateTime")) or when(resource.get("effectiveInstant")) or start,
        end=end,
        recorded=issued,
        recorder=next(iter(performers), ""),
        codes=coding.codes_of(resource.get("code")),
        detail=Result(
            quantity=measured,
            text=text or ("" if measured else absent),
            flag=flag,
            flag_text=flag_text,
            ranges=ranges(resource.get("referenceRange"), measured),
            components=_components(resource.get("component")),
            absent_reason=absent,
            notes=_notes(resource),
            specimen=_specimen(context),
            performer=", ".join(performers),
            fhir_status=word(resource.get("status")),
            issued=issued,
            body_site=coding.name_of(resource.get("bodySite")),
            method=coding.name_of(resource.get("method")),
            members=unique(target_of(one) for one in items(resource.get("hasMember"))),
        ),
    )


def _components(parts: object) -> tuple[Component, ...]:
    found = [one for one in map(_component, items(parts)) if one]
    return tuple(sorted(found, key=lambda one: component_order(tuple(code.code for code in one.codes))))


def _component(part: Mapping[str, Any]) -> Component | None:
    name = test_name(part.get("code"))
    measured, text = value_of(part)
    absent = _absent(part.get("dataAbsentReason"))
    if not name or not (measured or text or absent):
        return None
    flag, flag_text = interpretation(part.get("interpretation"))
    return Component(
        name=name,
        codes=coding.codes_of(part.get("code")),
        quantity=measured,
        text=text or ("" if measured else absent),
        flag=flag,
        flag_text=flag_text,
        ranges=ranges(part.get("referenceRange"), measured),
        absent_reason=absent,
    )


def interpretation(concepts: object) -> tuple[str, str]:
    """The flag's code and its words. The code is upper case HL7 v3 where it is one of them, else as sent.

    Of several interpretations the first gives the code and all give the words. DSTU2 and STU3 send one concept.
    """
    found = items(concepts)
    code = next((one for one in (coding.code_in(concept) for concept in found) if one), "")
    code = code.upper() if code.upper() in phrases.FLAGS else code
    return code, ", ".join(unique(_flag_words(concept) for concept in found))


def _flag_words(concept: Mapping[str, Any]) -> str:
    """The organization's own words, else ours for the code, else the display. "H" as text is no word."""
    own = line(concept.get("text"))
    if own and own.upper() not in phrases.FLAGS:
        return coding.tidy(own)
    return phrases.FLAGS.get(coding.code_in(concept).upper(), "") or coding.name_of(concept)


def _absent(concept: object) -> str:
    """Why there is no value, in words. Its codes are of the system that ``coding`` leaves out everywhere else."""
    code = word(first(obj(concept).get("coding")).get("code")) or word(concept)
    own = coding.name_of(concept)
    return own or phrases.ABSENT.get(code, "")


def _notes(resource: Mapping[str, Any]) -> tuple[str, ...]:
    found = notes(resource.get("note"))
    comment = resource.get("comment")  # STU3
    return found or notes({"text": comment})


def _specimen(context: Context) -> str:
    reference = context.resource.get("specimen")
    found = context.resolve(reference)
    return (coding.name_of(found.resource.get("type")) if found else "") or party(reference, context)
