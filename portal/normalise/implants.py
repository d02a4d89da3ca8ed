"""Device → implants. Source: https://hl7.org/fhir/R4/device.html, US Core 6.1 implantable device.

A Device is an implant when it is of an implantable kind by its words, or when it carries a UDI or claims US Core's
implantable device profile, unless its words say that it stays outside the body (a wheelchair, a glucose meter): those
are refused as "not-an-implant", as are devices without any of these signs.
"""

import re
from collections.abc import Mapping
from typing import Any

from portal.domain.entry import Absence, Entry, Fact, Implant, Status
from portal.domain.errors import NormaliseError
from portal.domain.sections import Section
from portal.normalise import coding, phrases
from portal.normalise.absence import absence_of
from portal.normalise.context import Context
from portal.normalise.device_uses import Use, use_of
from portal.normalise.elements import first, items, line, lines, notes, obj, unique, when, word
from portal.normalise.facts import facts, qualifiers
from portal.normalise.names import device_name, party, phone
from portal.normalise.status import LASTING, status_of

_INSIDE = re.compile(
    r"\b(implant\w*|prosthe\w+|stent\w*|pacemaker|defibrillator|cardioverter|icd|graft|mesh|intraocular|intrauterine|iud|"
    r"cochlear|shunt|aneurysm clip|coil|screw|plate|rod|nail|pin|suture anchor|annuloplasty|heart valve|valve|"
    r"arthroplasty|vena cava filter|neurostimulator|stimulator|port-a-cath|implantable|breast implant|filler|"
    r"pulse generator|lead|spacer|cage|occluder|infusion port|reservoir|loop recorder|(?:tissue|breast) expander|"
    r"gastric band|lap-band|tympanostomy tubes?|ear tubes?|ventricular assist|lvad|nexplanon|mirena|kyleena|liletta|"
    r"paragard)\b",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"\b("
    r"wheelchair|walker|walking|cane|crutch\w*|nebuli[sz]er|glucose|glucometer|meter|monitor\w*|thermometer|"
    r"oximeter|cuff|sphygmomanometer|cpap|respiratory apparatus|airway pressure|oxygen|concentrator|hearing aid|"
    r"spectacles|glasses|contact lens|mask|respirator|swab|test strip|lancet|syringe|needle|insulin pen|inhaler|"
    r"spacer device|bed|commode|lift|scale|brace|splint|orthosis|bandage|dressing|urinary|software|app|phone|"
    r"tablet|computer|external|analy[sz]er|dialysis|feeding|humidifier|patch|telemetry|shoe|sling|wristband"
    r")\b",
    re.IGNORECASE,
)
_STRONG = re.compile(
    r"\b(implant\w*|insertable|pacemaker|defibrillator|cardioverter|prosthe\w+|stent\w*|graft|mesh|intraocular|"
    r"intrauterine|cochlear|loop recorder|(?:intrathecal|baclofen) pump|(?:mid|sub)?-?urethral sling|pubovaginal sling|"
    r"ventricular assist)\b",
    re.IGNORECASE,
)
_NEVER = re.compile(
    r"\b(wearable|automated external|external (?:\w+ )?(?:prosthe\w+|defibrillator|pacemaker)|"
    r"(?:leg|arm|limb|hand|foot|hair|cranial) prosthe\w+|prosthetic (?:leg|arm|limb|hand|foot|hair))\b",
    re.IGNORECASE,
)
_PROFILE = "us-core-implantable-device"


def implant(context: Context) -> Entry:
    """Return the entry of an implanted Device; NormaliseError "not-an-implant" for one that stays outside the body."""
    device = context.resource
    kind = device.get("type")
    absence, scope = absence_of(kind, Section.IMPLANTS)
    title = device_name(device) or coding.name_of(kind)
    if absence is Absence.NONE:
        title = title if coding.words_of(kind) else phrases.NO_KNOWN["implants", "all"]
    elif not is_implant(device):
        raise NormaliseError("not-an-implant")
    else:
        absence = None
    carrier = first(device.get("udiCarrier")) or obj(device.get("udi"))
    identifier = line(carrier.get("deviceIdentifier")) or line(carrier.get("name"))
    readable = line(carrier.get("carrierHRF"))
    title = title or line(device.get("manufacturer"))
    if not title:
        raise NormaliseError("no-code")
    owner = context.resolve(device.get("owner"))
    status = word(device.get("status"))
    use = use_of(context)
    return Entry(
        section=Section.IMPLANTS,
        title=title,
        status=_status(status_of(status, LASTING), use),
        start=use.start,
        end=use.end,
        recorded=use.recorded,
        recorder=party(device.get("owner"), context),
        codes=coding.codes_of(kind),
        notes=unique((*notes(device.get("note")), *use.notes)),
        qualifiers=qualifiers(phrases.LASTING_STATUS.get(status, ""), use.qualifier, _contradicted(status, use)),
        facts=(*_facts(device, identifier if readable and identifier not in readable else ""), *use.facts),
        absence=absence,
        scope=scope if absence is not None else "",
        detail=Implant(
            udi=readable or identifier,
            device_identifier=identifier,
            manufacturer=coding.tidy(line(device.get("manufacturer"))),
            model=line(device.get("modelNumber")) or line(device.get("model")) or _model_name(device),
            serial=line(device.get("serialNumber")),
            lot=line(device.get("lotNumber")),
            manufactured=when(device.get("manufactureDate")),
            expires=when(device.get("expirationDate")),
            safety=coding.names_of(device.get("safety")),
            names=_words_of(device),
            body_site=use.site,
            contact=phone(device.get("contact")) or (phone(owner.resource.get("telecom")) if owner else ""),
        ),
    )


def _facts(device: Mapping[str, Any], number: str) -> tuple[Fact, ...]:
    return facts(
        (phrases.WHY_STATUS, coding.names_of(device.get("statusReason"))),
        (phrases.DISTINCT, line(device.get("distinctIdentifier"))),
        (phrases.PRODUCT, [coding.tidy(line(part.get("name"))) for part in items(device.get("deviceName"))]),
        (phrases.PART_NUMBER, line(device.get("partNumber"))),
        (phrases.VERSION, [line(part.get("value")) for part in items(device.get("version"))]),
        (phrases.DEVICE_NUMBER, number),
    )


def _status(own: Status, use: Use) -> Status:
    """Return how it stands: a Device that calls itself in use may be out by now, as the statement about it says."""
    return own if own in (Status.PAST, Status.ENTERED_IN_ERROR) or use.status is Status.UNKNOWN else use.status


def _contradicted(status: str, use: Use) -> str:
    """Return that a Device is out of use by its own status and in use by the newest statement about it."""
    out = status_of(status, LASTING) is Status.PAST
    in_use = use.status is Status.ACTIVE and use.qualifier != phrases.USE_STATUS["on-hold"]
    return phrases.USED_AND_OUT_OF_USE if out and in_use else ""


def _model_name(device: Mapping[str, Any]) -> str:
    """Return the name that is of the type model-name (FHIR R4, device-nametype)."""
    named = (part for part in items(device.get("deviceName")) if word(part.get("type")) == "model-name")
    return next((line(part.get("name")) for part in named), "")


def is_implant(device: Mapping[str, Any]) -> bool:
    """Tell whether a Device is one that a patient carries inside the body; the rule is in this module's docstring."""
    text = " ; ".join(_words_of(device))
    if _NEVER.search(text):
        return False
    if _OUTSIDE.search(text):
        return bool(_STRONG.search(text))
    marked = any(_PROFILE in profile for profile in lines(obj(device.get("meta")).get("profile")))
    return bool(marked or first(device.get("udiCarrier")) or obj(device.get("udi")) or _INSIDE.search(text))


def _words_of(device: Mapping[str, Any]) -> tuple[str, ...]:
    kind = device.get("type")
    return unique(
        [
            *(line(part.get("text")) for part in items(kind)),
            *(line(part.get("display")) for part in coding.codings(kind)),
            *(line(part.get("name")) for part in items(device.get("deviceName"))),
        ]
    )
