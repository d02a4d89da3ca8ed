"""The categories of a resource, as scopes narrow by them."""

from collections.abc import Mapping
from typing import Any

from portal.normalise.elements import items, obj, uri, word


def categories(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the resource's categories as "system|code"."""
    raw = resource.get("category")
    concepts = items(raw) if isinstance(raw, list) else (obj(raw),)
    return tuple(
        f"{uri(coding.get('system'))}|{word(coding.get('code'))}"
        for concept in concepts
        for coding in items(concept.get("coding"))
    )
