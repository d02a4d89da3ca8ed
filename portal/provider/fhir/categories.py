"""The categories of a resource, as scopes narrow by them."""

from collections.abc import Mapping
from typing import Any

from portal.normalise.elements import items, obj, uri, word


def categories(resource: Mapping[str, Any]) -> tuple[str, ...]:
    """The resource's categories as "system|code"."""
    found = resource.get("category")
    concepts = items(found) if isinstance(found, list) else (obj(found),)
    return tuple(
        f"{uri(coding.get('system'))}|{word(coding.get('code'))}"
        for concept in concepts
        for coding in items(concept.get("coding"))
    )
