"""Statements that write how a section of a refresh goes, made once: a refresh executes each for many sections."""

from functools import cache
from typing import Any

from sqlalchemy import Insert, and_, bindparam, update
from sqlalchemy.dialects import postgresql, sqlite

from portal.domain.links import Outcome
from portal.store.schema.links import refresh_section, section_state

_PART = refresh_section.c
_THIS = and_(_PART.refresh_id == bindparam("of_refresh"), _PART.section == bindparam("of_section"))

END = update(refresh_section).where(_THIS)
"""Sets the columns that its values name, in the section ``of_section`` of the refresh ``of_refresh``."""

PROGRESS = (
    update(refresh_section)
    .where(_THIS, _PART.ended_at.is_(None))
    .values(outcome=Outcome.RUNNING.value, pages=bindparam("pages"), items=bindparam("items"))
)
"""As ``END``, of a section that is still under way."""


@cache
def writing_state(dialect: str, names: tuple[str, ...]) -> Insert:
    """Return what writes these columns of a section's state, and leaves the others of one that is there as they are."""
    upsert: Any = (postgresql if dialect == "postgresql" else sqlite).insert(section_state)
    written = {name: upsert.excluded[name] for name in names}
    statement: Insert = upsert.on_conflict_do_update(index_elements=["link_id", "section"], set_=written)
    return statement
