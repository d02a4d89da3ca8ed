"""Which parts of a resource reach a reader: the row of a list, the page of an item, or only its original text.

Computed by trying: a part reaches what changes when the part is taken away, or whose text holds its text. So it needs
no list of what the readers read, and cannot be wrong about them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from portal.domain.entry import Entry
from portal.domain.errors import NormaliseError
from portal.normalise.coding import without_tag
from portal.normalise.context import Lookup, nothing
from portal.normalise.elements import narrative
from portal.normalise.registry import to_entry

ROW, PAGE, ORIGINAL, DROPPED = "row", "page", "original", "dropped"
Path = tuple[str | int, ...]
Render = Callable[[Entry], str]


def coverage(
    resource: Mapping[str, Any], lookup: Lookup = nothing, *, row: Render | None = None, page: Render | None = None
) -> dict[str, str]:
    """Return for each leaf of a resource where it reaches: "row", "page", "original" or "dropped".

    Args:
        resource: decoded JSON. lookup: resolves its references.
        row, page: all that a list, or the item's own page without its original text, says of an entry. Without them
            every field of the entry counts as page, and its title, status, dates and qualifiers as row.

    A leaf's path is written with its places: "dosageInstruction.0.text". A refused resource has only original text.
    """
    render_row, render_page = row or _entry_row, page or _entry_page
    whole = _rendered(resource, lookup, render_row, render_page)
    told = f"\n{narrative(resource)}\n".casefold()
    reached: dict[str, str] = {}
    for path, value in leaves(resource):
        place = DROPPED
        if whole is not None:
            place = _place(resource, path, value, whole, lambda part: _rendered(part, lookup, render_row, render_page))
        if place == DROPPED and _written(value) and _written(value) in told:
            place = ORIGINAL
        reached[".".join(map(str, path))] = place
    return reached


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the path and the value of every leaf; the type, the id and the narrative of a resource are none."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            if path or key not in ("resourceType", "id", "text"):
                yield from leaves(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from leaves(part, (*path, place))
    elif value is not None:
        yield path, value


Rendered = tuple[str, str]


def _place(
    resource: Mapping[str, Any], path: Path, value: Any, whole: Rendered, render: Callable[[Any], Rendered | None]
) -> str:
    row, page = whole
    text = _written(value)
    if len(text) > 3 and text in row.casefold():
        return ROW
    without = render(_changed(resource, path))
    if without is None or without[0] != row:
        return ROW
    if without[1] != page or (len(text) > 3 and text in page.casefold()):
        return PAGE
    return DROPPED


def _written(value: Any) -> str:
    return " ".join(without_tag(value).casefold().split()) if isinstance(value, str) else ""


def _changed(node: Any, path: Path) -> Any:
    """Return a copy without the leaf; a member of a list leaves an empty place, and its neighbours stay in theirs."""
    if not path:
        return None
    head, *rest = path
    if isinstance(node, Mapping):
        copy = dict(node)
        if rest:
            copy[str(head)] = _changed(copy[str(head)], tuple(rest))
        else:
            del copy[str(head)]
        return copy
    copy_ = list(node)
    copy_[int(head)] = _changed(copy_[int(head)], tuple(rest)) if rest else None
    return copy_


def _rendered(resource: Any, lookup: Lookup, row: Render, page: Render) -> Rendered | None:
    try:
        entry = to_entry(resource, lookup)
    except NormaliseError:
        return None
    return row(entry), page(entry)


def _entry_row(entry: Entry) -> str:
    return "\n".join((entry.title, entry.status, entry.start or "", entry.end or "", *entry.qualifiers))


def _entry_page(entry: Entry) -> str:
    return msgspec.json.encode(entry).decode()
