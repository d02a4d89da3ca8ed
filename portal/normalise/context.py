"""Following references: contained resources here, all others through the caller's ``Lookup``."""

import re
from collections.abc import Mapping
from typing import Any, Protocol

from portal.normalise.elements import EMPTY, items, uri

_VERSION = re.compile(r"/_history/[^/]*$")


class Lookup(Protocol):
    """Resolves "Type/id", an absolute address or "urn:uuid:…" to the resource, or None when it is not at hand."""

    def __call__(self, reference: str, /) -> Mapping[str, Any] | None: ...


def nothing(_reference: str, /) -> Mapping[str, Any] | None:
    """A ``Lookup`` that knows no other resource."""
    return None


class Context:
    """One resource and the way to those it refers to."""

    __slots__ = ("lookup", "resource")

    def __init__(self, resource: Mapping[str, Any], lookup: Lookup) -> None:
        self.resource = resource
        self.lookup = lookup

    def resolve(self, reference: object) -> "Context | None":
        """The resource a ``Reference`` points to, with the context its own references need; None when not at hand."""
        target = target_of(reference)
        if target.startswith("#"):
            for contained in items(self.resource.get("contained")):
                if contained.get("id") == target[1:]:
                    return _Contained(contained, self)
            return None
        if not target:
            return None
        found = self.lookup(target)
        return Context(found, self.lookup) if isinstance(found, Mapping) else None


class _Contained(Context):
    """A contained resource: its "#…" references point to its siblings inside the same container."""

    __slots__ = ("container",)

    def __init__(self, resource: Mapping[str, Any], container: Context) -> None:
        super().__init__(resource, container.lookup)
        self.container = container

    def resolve(self, reference: object) -> Context | None:
        if target_of(reference).startswith("#"):
            return self.container.resolve(reference)
        return super().resolve(reference)


def target_of(reference: object) -> str:
    """``Reference.reference`` without its version, or the empty string."""
    found = reference if isinstance(reference, Mapping) else EMPTY
    return _VERSION.sub("", uri(found.get("reference")))
