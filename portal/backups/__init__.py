"""Backups of the database: making, checking and restoring them, and the drill that shows that they can be restored."""
