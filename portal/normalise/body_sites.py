"""Where in the body: ``bodySite``, and the BodyStructure that extensions refer to, with its side."""

from portal.normalise import coding
from portal.normalise.context import Context
from portal.normalise.elements import items, line, unique, words

_EXTENSIONS = words(
    "http://hl7.org/fhir/StructureDefinition/bodySite http://hl7.org/fhir/StructureDefinition/condition-bodySite "
    "http://hl7.org/fhir/StructureDefinition/procedure-targetBodyStructure"
)


def body_sites(context: Context) -> str:
    """Return every place in one line; a BodyStructure that is not at hand by the words of its reference."""
    return ", ".join(unique((*coding.names_of(context.resource.get("bodySite")), *_structures(context))))


def _structures(context: Context) -> tuple[str, ...]:
    names: list[str] = []
    for part in items(context.resource.get("extension")):
        if str(part.get("url")) not in _EXTENSIONS:
            continue
        names += coding.names_of(part.get("valueCodeableConcept"))
        for reference in items(part.get("valueReference")):
            structure = context.resolve(reference)
            if structure:
                names += coding.names_of(structure.resource.get("location"))
                names += coding.names_of(structure.resource.get("locationQualifier"))
            else:
                names += [line(reference.get("display"))] if reference.get("display") else []
    return tuple(names)
