"""Observation → results, vital signs, findings, answers. Source: https://hl7.org/fhir/R4/observation.html."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec.structs import replace

from portal.domain.entry import Component, Entry, Quantity, Result
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.context import Context, target_of
from portal.normalise.elements import items, line, notes, obj, paragraph, period, unique, when, word
from portal.normalise.facts import common_facts, facts, qualifiers, until, visit_of, visit_through
from portal.normalise.lab_names import component_order, test_name
from portal.normalise.names import parties, party
from portal.normalise.quantities import absent_reason, value_of
from portal.normalise.ranges import ranges
from portal.normalise.reasons import reasons
from portal.normalise.sections import observation_section
from portal.normalise.status import RESULT, status_of


def observation(context: Context) -> Entry:
    """Return the entry of an Observation: its value, or its components, or in words that there is none and why."""
    resource = context.resource
    section = observation_section(resource)
    title = test_name(resource.get("code"))
    if section is Section.EXAM_FINDINGS:
        title = _finding_name(title)
    if not title:
        raise NormaliseError("no-code")
    components = (*_components(resource.get("component")), *contained_results(resource.get("hasMember"), context))
    members = unique([target_of(part) for part in items(resource["hasMember"])]) if "hasMember" in resource else ()
    value, text, absent = _value(resource, required=not (components or members))
    if section is Section.EXAM_FINDINGS and value is None and _is_numbered(components):
        text, components = "\n".join(component.text for component in components), ()
    flag, flag_text, flags = interpretation(resource.get("interpretation"))
    start, end = period(resource.get("effectivePeriod"))
    start_or_moment = when(resource.get("effectiveDateTime")) or when(resource.get("effectiveInstant")) or start
    issued = when(resource.get("issued"))
    performers = parties(items(resource["performer"]), context) if "performer" in resource else ()
    status = word(resource.get("status"))
    visit = visit_of(resource)
    if not visit and section is Section.EXAM_FINDINGS:
        visit = visit_through((*items(resource.get("focus")), *items(resource.get("derivedFrom"))), context)
    sees_more = not _MORE.isdisjoint(resource)  # most results say nothing of these
    focus = _focus(context) if sees_more else []
    device = party(resource.get("device"), context) if sees_more else ""
    return Entry(
        section=section,
        title=title,
        status=status_of(status, RESULT),
        start=start_or_moment,
        end=end,
        recorded=issued,
        recorder=performers[0] if performers else "",
        codes=coding.codes_of(resource.get("code")),
        qualifiers=qualifiers(phrases.RESULT_STATUS.get(status, "")),
        facts=(
            *common_facts(context),
            *until(start_or_moment, end),
            *(
                facts(
                    (phrases.FOCUS, focus),
                    (phrases.BASED_ON, reasons(resource.get("basedOn"), context)),
                    (phrases.PART_OF, reasons(resource.get("partOf"), context)),
                    (phrases.COLLECTED, collected(context)),
                    (phrases.DEVICE, device),
                    (phrases.DERIVED_FROM, reasons(resource.get("derivedFrom"), context)),
                    (phrases.WHEN_TIMING, [coding.name_of(obj(resource.get("effectiveTiming")).get("code"))]),
                    (phrases.RESULTS, names_only(_named_members(resource, context))),
                )
                if sees_more
                else ()
            ),
        ),
        visit=visit,
        detail=Result(
            quantity=value,
            text=text,
            flag=flag,
            flag_text=flag_text,
            flags=flags,
            ranges=ranges(resource.get("referenceRange"), value),
            components=components,
            absent_reason=absent,
            notes=_notes(resource),
            specimen=specimen(context) if sees_more else "",
            performer=", ".join(performers),
            fhir_status=status,
            issued=issued,
            body_site=coding.name_of(resource.get("bodySite")),
            method=coding.name_of(resource.get("method")),
            focus=", ".join(focus),
            device=device,
            members=tuple([member for member in members if not member.startswith("#")]),
        ),
    )


_MORE = frozenset({"focus", "basedOn", "partOf", "specimen", "device", "derivedFrom", "effectiveTiming", "hasMember"})


def contained_results(references: object, context: Context) -> tuple[Component, ...]:
    """Return the observations that are contained in a report or a panel and named by it, in its order.

    They are no entries: what is contained has no identity outside its resource. A panel among them gives its parts.
    """
    if not references:
        return ()
    components: list[Component] = []
    waiting = [(reference, "") for reference in reversed(items(references))]
    seen: set[str] = set()
    while waiting:
        reference, prefix = waiting.pop()
        target = target_of(reference)
        if not target.startswith("#") or target in seen:
            continue
        seen.add(target)
        inner = context.resolve(reference)
        if inner is None or word(inner.resource.get("resourceType")) != "Observation":
            continue
        own = _component(inner.resource, required=False)
        name = f"{prefix}{test_name(inner.resource.get('code'))}"
        if own is not None and (own.quantity or own.text):
            components.append(_named(own, name, inner.resource))
        parts = _components(inner.resource.get("component"))
        components += [_named(part, f"{name}: {part.name}", inner.resource) for part in parts]
        waiting += [(member, f"{name}: ") for member in reversed(items(inner.resource.get("hasMember")))]
        if own is not None and not (own.quantity or own.text or parts or inner.resource.get("hasMember")):
            components.append(_named(_component(inner.resource, required=True) or own, name, inner.resource))
    return tuple(components)


def _named(part: Component, name: str, resource: Mapping[str, Any]) -> Component:
    return replace(part, name=name, notes=_notes(resource), fhir_status=word(resource.get("status")))


def _value(holder: Mapping[str, Any], *, required: bool) -> tuple[Quantity | None, str, str]:
    """Return the value, or its text, and why there is none. ``required``: nothing else stands for it: say so."""
    measured, text = value_of(holder)
    if (measured or text) and "dataAbsentReason" not in holder:
        return measured, text, ""
    code, own = absent_reason(holder)
    reason = own or phrases.ABSENT.get(code, "") or code
    if measured or text or not (required or reason):
        return measured, text, reason
    if own and own.casefold() != phrases.ABSENT.get(code, "").casefold() and own.casefold().replace(" ", "-") != code:
        return None, f"{phrases.NO_RESULT}: {own}", reason
    return None, phrases.NO_RESULT_BECAUSE.get(code, phrases.NO_RESULT), reason


def _components(parts: object) -> tuple[Component, ...]:
    if not parts:
        return ()
    components = [part for element in items(parts) if (part := _component(element, required=True))]
    return tuple(sorted(components, key=_order))


def _order(part: Component) -> int:
    return component_order([code.code for code in part.codes])


def _component(part: Mapping[str, Any], *, required: bool) -> Component | None:
    name = test_name(part.get("code"))
    measured, text, reason = _value(part, required=required)
    if not name and not (measured or value_of(part)[1]):
        return None
    flag, flag_text, flags = interpretation(part.get("interpretation"))
    return Component(
        name=name or phrases.PART,
        codes=coding.codes_of(part.get("code")),
        quantity=measured,
        text=text,
        flag=flag,
        flag_text=flag_text,
        flags=flags,
        ranges=ranges(part.get("referenceRange"), measured),
        absent_reason=reason,
    )


_GRAVITY = (
    "AA",
    "HH",
    "LL",
    "HU",
    "LU",
    "H>",
    "L<",
    ">",
    "<",
    "A",
    "H",
    "L",
    "U",
    "D",
    "W",
    "POS",
    "DET",
    "R",
    "RR",
    "I",
)
"""The gravest first; codes that are not here count less."""


def interpretation(concepts: object) -> tuple[str, str, tuple[str, ...]]:
    """Return the flag's code, the words of all interpretations, and all codes.

    Codes are upper case HL7 v3 where they are of it, else as sent. Of several the gravest gives the code: "HH" is not
    hidden behind "H". DSTU2 and STU3 send one concept.
    """
    parts = items(concepts) if concepts else ()
    if not parts:
        return "", "", ()
    codes = [_flag_code(part) for part in parts]
    ordered = sorted(enumerate(codes), key=lambda pair: _GRAVITY.index(pair[1]) if pair[1] in _GRAVITY else 99)
    gravest = next((code for _place, code in ordered if code), "")
    words = [_flag_words(parts[place]) for place, _code in ordered]
    return gravest, ", ".join(unique(words)), unique(codes)


_FLAG_WORDS = {phrase.casefold(): code for code, phrase in reversed(phrases.FLAGS.items())}
"""Words that are a code's count as it."""


def _flag_code(concept: Mapping[str, Any]) -> str:
    code = coding.code_in(concept) or line(concept.get("text"))
    return _FLAG_WORDS.get(code.casefold()) or (code.upper() if code.upper() in phrases.FLAGS else code)


def _flag_words(concept: Mapping[str, Any]) -> str:
    """Return the organization's own words, else ours for the code, else the display. "H" as text is no word."""
    own = line(concept.get("text"))
    if own and own.upper() not in phrases.FLAGS:
        return coding.tidy(own)
    return phrases.FLAGS.get(_flag_code(concept).upper(), "") or coding.name_of(concept)


def _notes(resource: Mapping[str, Any]) -> tuple[str, ...]:
    own = notes(resource.get("note"))
    comment = resource.get("comment") or resource.get("comments")  # STU3, DSTU2
    return own or (unique((paragraph(comment),)) if comment else ())


def specimen(context: Context) -> str:
    """Return what the sample was: its type and where it was taken from; of several each."""
    samples = items(context.resource.get("specimen"))
    return ", ".join(unique([_sample(reference, context) for reference in samples])) if samples else ""


def _sample(reference: Mapping[str, Any], context: Context) -> str:
    sample = context.resolve(reference)
    if sample is None:
        return party(reference, context)
    kind = coding.name_of(sample.resource.get("type"))
    site = coding.name_of(obj(sample.resource.get("collection")).get("bodySite"))
    return f"{kind} ({site})" if kind and site else kind or site or party(reference, context)


def names_only(references: Iterable[tuple[Mapping[str, Any], Context | None]]) -> list[str]:
    """Return the names of results that are not at hand: those that are stand on the page as items of their own."""
    return [
        coding.tidy(line(reference.get("display")))
        for reference, target in references
        if target is None and reference.get("display")
    ]


def _named_members(resource: Mapping[str, Any], context: Context) -> list[tuple[Mapping[str, Any], Context | None]]:
    # What is looked up may make the entry confidential: only what can be shown.
    members = items(resource.get("hasMember"))
    return [(member, context.resolve(member)) for member in members if member.get("display")]


def collected(context: Context) -> list[str]:
    """Return when the samples were taken, those that differ from the time of the result."""
    moments = []
    for reference in items(context.resource.get("specimen")):
        sample = context.resolve(reference)
        collection = obj(sample.resource.get("collection")) if sample else {}
        moment = when(collection.get("collectedDateTime")) or period(collection.get("collectedPeriod"))[0]
        moments.append(moment if moment and moment != context.resource.get("effectiveDateTime") else "")
    return moments


def _focus(context: Context) -> list[str]:
    """Whom or what it is about when that is not the patient: a fetus, a donor; documents are no such thing."""
    return [
        party(reference, context)
        for reference in items(context.resource.get("focus"))
        if "DocumentReference/" not in target_of(reference)
    ]


_EXAM = ("findings - physical exam - ", "physical exam - ", "findings - ")


def _finding_name(title: str) -> str:
    """Epic's smart data are named by their way through a tree, in capitals: what they all begin with is left out."""
    for opening in _EXAM:
        if title.casefold().startswith(opening):
            rest = title[len(opening) :]
            return rest[:1].upper() + rest[1:]
    return title


def _is_numbered(components: tuple[Component, ...]) -> bool:
    """Tell whether the parts are only lines of one text: "Line 1", "Line 2"."""
    return bool(components) and all(
        part.text and not part.quantity and part.name.casefold().startswith("line ") for part in components
    )
