"""``portal worker``: RQ workers. They are a program of their own (``jobs``), which this process becomes."""

import os
import sys

import click

from portal.instances import check_settings
from portal.queue import KINDS


@click.command()
@click.option("--count", type=click.IntRange(1), default=1, show_default=True, help="Workers.")
@click.option(
    "--queue",
    "kinds",
    type=click.Choice(KINDS),
    multiple=True,
    help="Work on this kind of jobs only; may be repeated. Default: all, what somebody waits for first.",
)
@click.option("--burst", is_flag=True, help="End when the queues are empty.")
def worker(count: int, kinds: tuple[str, ...], burst: bool) -> None:
    """Work on queued jobs: verify accounts, refresh links, end tokens.

    Without PORTAL_REDIS_URL it starts the embedded Valkey in the data directory. PORTAL_INSTANCES_DIR makes it serve
    several instances.
    """
    check_settings()
    chosen = [word for kind in kinds for word in ("--queue", kind)]
    arguments = ["--count", str(count), *chosen, *(["--burst"] if burst else [])]
    os.execv(sys.executable, [sys.executable, "-m", "jobs.work", *arguments])  # noqa: S606 - our own program
