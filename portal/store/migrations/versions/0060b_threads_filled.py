"""Conversations of messages are written down, of everybody."""

revision = "0060b"
down_revision = "0060"


def upgrade() -> None:
    """Do nothing: that the database is here says that ``portal db upgrade`` has filled what 0060 made."""
