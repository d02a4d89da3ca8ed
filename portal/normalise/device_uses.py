"""DeviceUseStatement: on which side a Device is, since and until when, why, and whether it is still in use.

Source: https://hl7.org/fhir/R4/deviceusestatement.html. It refers to the Device, and the Device says nothing of it:
before a Device is read, the statements of its organization about it are put into it as contained resources
(``with_uses``). So its repeats, what is not understood in it and its original text are told with them.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from portal.domain.dates import sort_key
from portal.domain.entry import Fact, Status
from portal.normalise import coding, phrases
from portal.normalise.context import Context, target_of
from portal.normalise.elements import items, notes, obj, period, unique, when, word
from portal.normalise.facts import common_facts, facts
from portal.normalise.names import party
from portal.normalise.reasons import reason_of
from portal.normalise.status import DEVICE_USE, ERROR, status_of

USE = "DeviceUseStatement"
_OF_THE_RESOURCE = frozenset({"id", "meta", "text", "contained", "device"})


class Use(NamedTuple):
    """What all statements about one device say together; where only one can be right, the newest counts."""

    site: str = ""
    start: str | None = None
    end: str | None = None
    recorded: str | None = None
    status: Status = Status.UNKNOWN
    qualifier: str = ""
    notes: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()


def device_of(use: Mapping[str, Any]) -> str:
    """Return the reference of the device that a DeviceUseStatement is about, as written."""
    return target_of(use.get("device"))


def is_about(use: Mapping[str, Any], device: Mapping[str, Any]) -> bool:
    """Tell whether a resource is a statement about a Device of its own delivery."""
    target, own_id = device_of(use), device.get("id")
    names = {target, "/".join(target.split("/")[-2:])}
    return use.get("resourceType") == USE and not names.isdisjoint(
        f"{at}{own_id}" for at in ("Device/", "urn:uuid:", "#")
    )


def with_uses(device: Mapping[str, Any], uses: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Return a Device with the statements about it among its contained resources."""
    if not uses:
        return device
    parts = list(items(device.get("contained")))
    for use in uses:
        own = {name: part for name, part in use.items() if name not in _OF_THE_RESOURCE}
        parts += [*items(use.get("contained")), {**own, "device": {"reference": "#"}}]
    return {**device, "contained": parts}


def use_of(context: Context) -> Use:
    """Return what the statements contained in a Device say of it; nothing from those entered in error."""
    own_id = word(context.resource.get("id"))
    own = ("#", f"#{own_id}", f"Device/{own_id}")
    uses = [
        part
        for part in context.contained(USE)
        if device_of(part.resource) in own and word(part.resource.get("status")) != ERROR
    ]
    if not uses:
        return Use()
    uses.sort(key=_written_at, reverse=True)
    newest = uses[0].resource
    status = word(newest.get("status"))
    spans = [_span(use.resource) for use in uses]
    return Use(
        site=", ".join(unique(name for use in uses for name in coding.names_of(use.resource.get("bodySite")))),
        # A use that has ended before is not the one since which it is there now.
        start=min(
            (start for start, end in spans if start and (not end or end == spans[0][1])), key=sort_key, default=None
        ),
        end=spans[0][1],
        recorded=when(newest.get("recordedOn")),
        status=status_of(status, DEVICE_USE),
        qualifier=phrases.USE_STATUS.get(status, "") or _with_end(newest, spans[0][1]),
        notes=unique(note for use in uses for note in notes(use.resource.get("note"))),
        facts=tuple(dict.fromkeys(_facts(uses))),
    )


def _with_end(use: Mapping[str, Any], end: str | None) -> str:
    """Return that a use goes on by its status and has an end by its dates, unless that was to come when recorded."""
    if not end or status_of(use.get("status"), DEVICE_USE) is not Status.ACTIVE:
        return ""
    recorded = when(use.get("recordedOn"))
    return "" if recorded and sort_key(recorded) < sort_key(end) else phrases.USED_WITH_END


def _span(use: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return since and until when it is used (``timing[x]``)."""
    bounds = obj(obj(obj(use.get("timingTiming")).get("repeat")).get("boundsPeriod"))
    start, end = period(use.get("timingPeriod") or bounds)
    return when(use.get("timingDateTime")) or start, end


def _written_at(use: Context) -> str:
    """Return the sort key of when a statement was written down, else of since when it holds."""
    return sort_key(when(use.resource.get("recordedOn")) or _span(use.resource)[0])


def _facts(uses: Iterable[Context]) -> Iterable[Fact]:
    for use in uses:
        resource = use.resource
        yield from facts((phrases.REASON, reason_of(use)), (phrases.SOURCE, party(resource.get("source"), use)))
        yield from common_facts(use)
