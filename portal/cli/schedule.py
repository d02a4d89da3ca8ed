"""``portal schedule``: enqueues what is due by time. A program of its own (``jobs``), which this process becomes."""

import os
import sys

import click

from portal.instances import check_settings


@click.command()
def schedule() -> None:
    """Enqueue the nightly refreshes, and what was lost from the queue, when they are due."""
    check_settings()
    os.execv(sys.executable, [sys.executable, "-m", "jobs.schedule"])  # noqa: S606 - our own program
