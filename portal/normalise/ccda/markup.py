"""XML of other organizations, within limits: a document type or anything beyond the limits ends the reading at once.

The parser is libxml2 by way of lxml: no entities, no network, none of its own limits lifted. What is counted here is
counted while it reads, before there is a tree.
"""

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from lxml import etree

from portal.domain.errors import InvalidInputError

Element = Any
"""An element of lxml, which ships no types."""

MOST_BYTES = 20_000_000
MOST_ELEMENTS = 300_000
DEEPEST = 100
MOST_ATTRIBUTES = 100  # of one element
_CHUNK = 65_536


class _Limited:
    """Builds the tree, and counts before it does."""

    def __init__(self) -> None:
        self._tree = etree.TreeBuilder()
        self._depth = self._elements = 0
        self._refused = False

    def doctype(self, *_declared: object) -> None:
        self._refuse("xml-doctype")

    def start(self, tag: str, attributes: Mapping[str, str], *_prefixes: object) -> None:
        self._depth += 1
        self._elements += 1
        if self._depth > DEEPEST or self._elements > MOST_ELEMENTS or len(attributes) > MOST_ATTRIBUTES:
            self._refuse("xml-too-large")
        self._tree.start(tag, attributes)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._tree.end(tag)

    def data(self, text: str) -> None:
        self._tree.data(text)

    def close(self) -> Element:
        """Return the root; lxml calls this after a refusal too, before it raises it."""
        return None if self._refused else self._tree.close()

    def _refuse(self, code: str) -> NoReturn:
        self._refused = True
        raise InvalidInputError(code)


def parsed(raw: bytes) -> Element:
    """Return the root of an XML document; what lies about its character set is read as Windows-1252.

    Raises:
        InvalidInputError: "xml-too-large": more than the limits above;
            "xml-doctype": it declares a document type, which clinical documents have none of; "xml-broken".
    """
    if len(raw) > MOST_BYTES:
        raise InvalidInputError("xml-too-large")
    try:
        return _root(raw, None)
    except (etree.LxmlError, LookupError, UnicodeError, ValueError):
        again = raw.decode("cp1252", errors="replace").encode()
    try:
        return _root(again, "utf-8")
    except (etree.LxmlError, LookupError, UnicodeError, ValueError):
        raise InvalidInputError("xml-broken") from None


def _root(raw: bytes, encoding: str | None) -> Element:
    parser = etree.XMLParser(
        target=_Limited(),
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
    )
    for start in range(0, len(raw), _CHUNK):
        parser.feed(raw[start : start + _CHUNK])
    return parser.close()


def name_of(element: Element) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Element | None, *names: str) -> Iterator[Element]:
    """Yield the children with one of these names, all of them where no name is given."""
    if element is not None:
        yield from (child for child in element if not names or name_of(child) in names)


def child(element: Element | None, *path: str) -> Element | None:
    """Return the first element at a path of names below ``element``, or None."""
    for step in path:
        element = next(children(element, step), None)
    return element


def text_of(element: Element | None) -> str:
    """Return all text of an element as one line."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
