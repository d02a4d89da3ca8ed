"""Refresh a link: all sections, and what that means for the link; then whom the person may write to there."""

from jobs import context
from portal.messaging import recipients
from portal.refresh.run import refresh_link


def run(*, instance: str, refresh: str) -> str:
    services = context.services(instance)
    result = refresh_link(services, refresh_id=refresh)
    if result.link_id:
        recipients.update(services, link_id=result.link_id)
    return result.verdict.value
