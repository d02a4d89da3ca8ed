"""Refresh a link: all sections, and what that means for the link."""

from jobs import context
from portal.refresh.run import refresh_link


def run(*, instance: str, refresh: str) -> str:
    return refresh_link(context.services(instance), refresh_id=refresh).verdict.value
