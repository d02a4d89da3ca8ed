"""What the operation of an instance keeps of itself: which of the day's jobs were asked for and have ended."""

from sqlalchemy import Column, String, Table

from portal.store.schema.base import Instant, Word, metadata

scheduled_run = Table(  # a job of one day: whichever scheduler adds the row asks for it
    "scheduled_run",
    metadata,
    Column("job", Word, primary_key=True),
    Column("day", String(10), primary_key=True),  # where the organization is
    Column("asked_at", Instant, nullable=False),
    Column("ended_at", Instant),
)
