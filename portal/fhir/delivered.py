"""Resources as they were delivered: their bytes, and what the linked person's guard, paging and marks need of them.

One whose bytes came before just so was decoded then, and is not again.
"""

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypedDict

import msgspec

from portal.domain import decimals, surrogates
from portal.fhir.answers import decode

_ABOVE = 3  # levels of JSON in which a resource of a bundle lies: the bundle, its list, its entry


class Delivered(dict[str, Any]):
    """The head of a resource (``_Head``), with all of its bytes in ``data`` and their digest.

    A large section waits to be stored in this form: decoded it would take five times as much memory.
    """

    __slots__ = ("data", "digest")

    def __init__(self, head: Mapping[str, Any], digest: str, data: bytes) -> None:
        super().__init__(head)
        self.digest, self.data = digest, data


class Digests:
    """Which bytes came before, as keyed hashes of them; ``digest`` makes one."""

    def __init__(self, digest: Callable[[bytes], str], stored: Collection[str]) -> None:
        self._digest, self._stored = digest, stored

    def page(self, content: bytes, *, depth: int) -> dict[str, Any]:
        """Return a decoded bundle, its resources as ``Delivered``; what is no bundle, as ``answers.decode`` does.

        Raises:
            BadAnswerError: not-json. LimitReachedError: too-deep.
        """
        content = surrogates.replaced_in_json(content)
        try:
            content.decode()  # of members that are not read, the decoder does not ask whether they are text
            bundle = _PAGE.decode(content)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
            bundle = _Page()
        if bundle.resourceType != "Bundle":
            body: dict[str, Any] = decode(content, depth=depth)
            return body
        entries = [
            {"fullUrl": entry.fullUrl, "resource": self._resource(bytes(entry.resource), depth - _ABOVE)}
            for entry in bundle.entry
        ]
        return {"resourceType": "Bundle", "link": bundle.link, "total": bundle.total, "entry": entries}

    def _resource(self, data: bytes, depth: int) -> Any:
        digest = self._digest(data)
        if digest not in self._stored:
            body = decode(data, depth=depth) if data else None
            if (
                not isinstance(body, dict) or body.get("resourceType") == "OperationOutcome"
            ):  # of the search, not stored
                return body
        return Delivered(_HEAD.decode(data), digest, data)


class _PageEntry(msgspec.Struct):
    resource: msgspec.Raw = msgspec.Raw()
    fullUrl: Any = None  # noqa: N815 -- FHIR's word


class _Page(msgspec.Struct):
    resourceType: Any = None  # noqa: N815 -- FHIR's word
    link: Any = None
    total: Any = None
    entry: list[_PageEntry] = []


# What tells whose a resource is (``portal.normalise.subject_references``), which, and when it was changed.
_Head = TypedDict(
    "_Head",
    {
        "resourceType": Any,
        "id": Any,
        "meta": Any,
        "subject": Any,
        "patient": Any,
        "beneficiary": Any,
        "for": Any,
        "individual": Any,
        "participant": Any,
        "recipient": Any,
        "sender": Any,
    },
    total=False,
)
_PAGE = msgspec.json.Decoder(_Page, float_hook=decimals.from_json)
_HEAD = msgspec.json.Decoder(_Head, float_hook=decimals.from_json)
