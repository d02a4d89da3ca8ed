"""What changes the meaning of a resource and is not understood here.

FHIR R4, extensibility.html#modifierExtension: a reader SHALL NOT process a resource that has a modifier extension it
does not understand as if it had none; resource.html: the same holds for ``implicitRules``. Codes of modifier elements
outside the value sets of all FHIR versions are treated alike: nobody can say what they turn round.
"""

from collections.abc import Mapping
from typing import Any

from portal.normalise.elements import items, line, narrative, obj, word, words

_MOST_NODES = 200_000
_CODES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "AllergyIntolerance": {"status": words("active unconfirmed confirmed inactive resolved refuted entered-in-error")},
    "Appointment": {
        "status": words(
            "proposed pending booked arrived fulfilled cancelled noshow entered-in-error checked-in waitlist"
        )
    },
    "CarePlan": {
        "status": words("draft active on-hold revoked completed entered-in-error unknown"),
        "intent": words("proposal plan order option directive"),
    },
    "CareTeam": {"status": words("proposed active suspended inactive entered-in-error")},
    "Communication": {
        "status": words(
            "preparation in-progress not-done on-hold stopped completed entered-in-error unknown suspended aborted"
            " rejected failed"
        )
    },
    "Coverage": {"status": words("active cancelled draft entered-in-error")},
    "Device": {"status": words("active inactive entered-in-error unknown available not-available")},
    "DiagnosticReport": {
        "status": words(
            "registered partial preliminary final amended corrected appended cancelled entered-in-error unknown"
            " modified"
        )
    },
    "DocumentReference": {"status": words("current superseded entered-in-error")},
    "Encounter": {
        "status": words(
            "planned arrived triaged in-progress onleave finished cancelled entered-in-error unknown on-hold discharged"
            " completed discontinued"
        )
    },
    "Goal": {
        "lifecycleStatus": words(
            "proposed planned accepted active on-hold completed cancelled entered-in-error rejected"
        )
    },
    "Immunization": {"status": words("completed entered-in-error not-done in-progress on-hold stopped")},
    "Media": {
        "status": words(
            "preparation in-progress not-done on-hold stopped completed entered-in-error unknown aborted suspended"
        )
    },
    "MedicationDispense": {
        "status": words("preparation in-progress cancelled on-hold completed entered-in-error stopped declined unknown")
    },
    "MedicationRequest": {
        "status": words("active on-hold cancelled completed entered-in-error stopped draft unknown ended"),
        "intent": words("proposal plan order original-order reflex-order filler-order instance-order option directive"),
    },
    "MedicationStatement": {
        "status": words("active completed entered-in-error intended stopped on-hold unknown not-taken recorded draft"),
        "taken": words("y n unk na"),
    },
    "Observation": {
        "status": words(
            "registered preliminary final amended corrected cancelled entered-in-error unknown appended partial"
        )
    },
    "Procedure": {
        "status": words(
            "preparation in-progress not-done on-hold stopped completed entered-in-error unknown aborted suspended"
        )
    },
    "QuestionnaireResponse": {"status": words("in-progress completed amended entered-in-error stopped")},
    "ServiceRequest": {
        "status": words("draft active on-hold revoked completed entered-in-error unknown"),
        "intent": words("proposal plan directive order original-order reflex-order filler-order instance-order option"),
    },
}
_COMPARATORS = frozenset({"<", "<=", ">=", ">", "ad"})


def is_plain(data: bytes) -> bool:
    """Tell whether a resource, as JSON that we wrote, names nothing that might change its meaning; most do not."""
    return not (b'"modifierExtension"' in data or b'"implicitRules"' in data or b'"comparator"' in data)


def not_understood(resource: Mapping[str, Any], *, plain: bool = False) -> tuple[str, ...]:
    """Return the paths of what changes the meaning of a resource and is not understood, in its order; mostly none.

    At every level, contained resources included. No path holds a value of the resource. ``plain``: it ``is_plain``.
    """
    paths = _codes(resource)
    if plain or not _has_modifiers(resource):
        return tuple(paths)
    stack: list[tuple[str, Any]] = [(word(resource.get("resourceType")), resource)]
    nodes = 0
    while stack and nodes < _MOST_NODES:
        path, node = stack.pop()
        nodes += 1
        if type(node) is list:
            stack.extend([(path, part) for part in node if type(part) is dict or type(part) is list])
            continue
        for key, part in node.items():
            if key in _MODIFIERS and _is_unknown(key, part, node):
                paths.append(f"{path}.{key}")
            elif type(part) is dict or type(part) is list:
                stack.append((f"{path}.{key}", part))
    return tuple(dict.fromkeys(paths))


_MODIFIERS = frozenset({"modifierExtension", "implicitRules", "comparator"})


def _has_modifiers(resource: Mapping[str, Any]) -> bool:
    """Tell whether to look closer: most resources have none, and this costs half of a walk that knows where it is.

    Nothing is written out: an enormous text that occurs a thousand times is one text here, and gigabytes as JSON.
    """
    stack: list[Any] = [resource]
    nodes = 0
    while stack and nodes < _MOST_NODES:
        node = stack.pop()
        nodes += 1
        parts = node
        if type(node) is not list:
            if not _MODIFIERS.isdisjoint(node):
                return True
            parts = node.values()
        stack.extend([part for part in parts if type(part) is dict or type(part) is list])
    return bool(stack)


def _is_unknown(key: str, part: Any, node: Mapping[str, Any]) -> bool:
    if key == "modifierExtension":
        return bool(items(part))  # of none the meaning is read
    text = part.strip() if isinstance(part, str) else ""
    return bool(text) and (key == "implicitRules" or ("value" in node and text not in _COMPARATORS))


def _codes(resource: Mapping[str, Any]) -> list[str]:
    kind = word(resource.get("resourceType"))
    paths = []
    for element, codes in _CODES.get(kind, {}).items():
        code = resource.get(element)
        if isinstance(code, str) and code not in codes and code.strip() and code.strip().lower() not in codes:
            paths.append(f"{kind}.{element}")
    return paths


_MOST_LINES = 60
_LABELS = (
    "text",
    "display",
    "title",
    "description",
    "comment",
    "conclusion",
    "patientInstruction",
    "name",
    "family",
    "given",
)


def original_text(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what an organization wrote, for a reader who must judge it alone: the narrative, else every text in it.

    The modifier extensions are named with what they say. At most 60 lines.
    """
    own = narrative(resource)
    lines = [own] if own else [f"{path}: {text}" for path, text in _texts(resource) if text]
    return tuple(dict.fromkeys([*_modifiers(resource), *lines]))[:_MOST_LINES]


def _texts(resource: Mapping[str, Any]) -> list[tuple[str, str]]:
    texts: list[tuple[str, str]] = []
    stack: list[tuple[str, str, Any]] = [("", "", resource)]
    while stack and len(texts) < _MOST_LINES:
        path, key, node = stack.pop()
        if type(node) is dict:
            inner = [
                (path if name in (*_LABELS, "coding") else f"{path} {name}".strip(), name, part)
                for name, part in node.items()
                if name
                not in ("modifierExtension", "extension", "meta", "subject", "patient", "text" if not path else "")
            ]
            stack.extend(reversed(inner))
        elif type(node) is list:
            stack.extend((path, key, part) for part in reversed(node))
        elif isinstance(node, str) and (
            key in _LABELS or key.startswith(("value", "status", "intent")) or "Date" in key
        ):
            texts.append((path or key, line(node)))
    return texts


def _modifiers(resource: Mapping[str, Any]) -> list[str]:
    """Return what the modifier extensions say: the end of their address, and their value."""
    lines: list[str] = []
    stack: list[Any] = [resource]
    nodes = 0
    while stack and nodes < _MOST_NODES:
        node = stack.pop()
        nodes += 1
        if type(node) is list:
            stack.extend(part for part in node if type(part) is dict or type(part) is list)
        elif type(node) is dict:
            for extension in items(node.get("modifierExtension")):
                name = line(extension.get("url")).rstrip("/").rpartition("/")[2]
                value = next((part for key, part in extension.items() if key.startswith("value")), "")
                text = value if isinstance(value, str) else line(obj(value).get("text") or obj(value).get("display"))
                text = str(value).lower() if isinstance(value, bool) else line(text)
                lines.append(f"{name}: {text}" if text else name)
            stack.extend(part for part in node.values() if type(part) is dict or type(part) is list)
    return lines
