"""In which language a resource is written, and what its title is called in others. Pure.

Source: FHIR R4 resource.html#Resource.language (BCP 47) and the extension "translation" of a string.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from portal.normalise.elements import items, line, obj

_TAG = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}")
_TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"
_NAMED_BY = ("code", "vaccineCode", "medicationCodeableConcept", "type")
_MOST = 10


def language(value: object) -> str:
    """Return a language tag, empty for what is none."""
    return value if isinstance(value, str) and _TAG.fullmatch(value) else ""


def of_title(resource: Mapping[str, Any], title: str) -> tuple[tuple[str, str], ...]:
    """Return the translations (language, words) that the source has of the concept which the title is made of."""
    listed = [
        pair
        for name in _NAMED_BY
        if name in resource
        for concept in _concepts(resource[name])
        for pair in _of_concept(concept, title)
    ]
    return tuple(dict(listed).items())[:_MOST] if listed else ()


def _concepts(value: object) -> tuple[Mapping[str, Any], ...]:
    return items(value) if isinstance(value, list) else (obj(value),)


def _of_concept(concept: Mapping[str, Any], title: str) -> Iterator[tuple[str, str]]:
    named = [(concept.get("text"), concept["_text"])] if "_text" in concept else []
    codings = items(concept.get("coding"))
    named += [(coding.get("display"), coding["_display"]) for coding in codings if "_display" in coding]
    for text, beside in named:
        if beside and line(text).casefold() == title.casefold():
            for extension in items(obj(beside).get("extension")):
                if extension.get("url") == _TRANSLATION:
                    parts = {part.get("url"): part for part in items(extension.get("extension"))}
                    tag = language(obj(parts.get("lang")).get("valueCode"))
                    content = obj(parts.get("content"))
                    words = line(content.get("valueString") or content.get("valueMarkdown"))
                    if tag and words:
                        yield tag, words
