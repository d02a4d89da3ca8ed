"""Which stored items a reader sees, as a condition: the one place where a ``Sight`` becomes SQL."""

from typing import Any

from sqlalchemy import ColumnElement, and_, true

from portal.access.visibility import Sight
from portal.domain.sections import Section

_EVERY = frozenset(Section)


def seen(columns: Any, sight: Sight) -> ColumnElement[bool]:
    """Return the condition under which something is there for the reader.

    ``columns`` are those of an entry, a row, a source's part of one, or a count: with ``section``, ``confidential``,
    ``private``, ``held`` and ``author``.
    """
    conditions: list[ColumnElement[bool]] = [true()]
    if not sight.confidential:
        conditions.append(columns.confidential.is_(False))
    if not sight.private:
        conditions.append(columns.private.is_(False))
    if not sight.held:
        conditions.append(columns.held.is_(False))
    if sight.authors is not None:
        conditions.append(columns.author.in_(sorted(sight.authors)))
    if sight.sections != _EVERY:
        conditions.append(columns.section.in_(sorted(section.value for section in sight.sections)))
    return and_(*conditions)
