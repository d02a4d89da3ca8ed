"""Verify the account of a link that is being made."""

from jobs import context
from portal.linking.verify import verify_link


def run(*, instance: str, link: str) -> str:
    return verify_link(context.services(instance), link)
