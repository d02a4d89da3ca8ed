"""What a resource was done for, from its codes and its references."""

from portal.normalise import coding
from portal.normalise.context import Context
from portal.normalise.elements import items, line, unique


def reasons(references: object, context: Context) -> tuple[str, ...]:
    """Return what each referenced Condition, Observation or Procedure is called."""
    names: list[str] = []
    for reference in items(references) if references else ():
        name = coding.tidy(line(reference.get("display")))
        target = context.resolve(reference)  # with a display, too: words for what is confidential are so
        names.append(name or (coding.name_of(target.resource.get("code")) if target else ""))
    return unique(names) if names else ()


def reason_of(context: Context) -> str:
    """Return all of ``reasonCode`` and ``reasonReference`` in one line; STU3 has concepts in ``reason``."""
    resource = context.resource
    if "reasonCode" not in resource and "reason" not in resource and "reasonReference" not in resource:
        return ""
    names = coding.names_of(resource.get("reasonCode"), (coding.SNOMED,))
    if not names and isinstance(resource.get("reason"), list):
        names = coding.names_of(resource["reason"], (coding.SNOMED,))
        names += tuple(name for part in items(resource["reason"]) for name in coding.names_of(part.get("value")))
    return "; ".join(unique((*names, *reasons(resource.get("reasonReference"), context))))
