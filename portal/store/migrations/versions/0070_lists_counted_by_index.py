"""The indexes of lists hold all that a list may be narrowed by, and those rows have one that stand at another's date.

The new ones are made before the old ones go: pages are read meanwhile, and what changes rows waits.
"""

import sqlalchemy as sa
from alembic import op

revision = "0070"
down_revision = "0069"

_PLACE = ("rank", "place_at", "place_id", "sort_at")
_LABELS = ("confidential", "private", "held", "author")
_OF = {"record_row": (("person_id", "section"), "id"), "record_row_source": (("person_id", "section", "source"), "row_id")}


def upgrade() -> None:
    beside = sa.text("place_at != sort_at")
    for table, (whose, row_id) in _OF.items():
        op.create_index(f"ix_{table}_listed", table, [*whose, *_PLACE, row_id, *_LABELS])
        op.create_index(
            f"ix_{table}_beside",
            table,
            [*whose, "rank", "sort_at", "place_at", *_LABELS],
            sqlite_where=beside,
            postgresql_where=beside,
        )
    for table in _OF:
        op.drop_index(f"ix_{table}_place", table)
