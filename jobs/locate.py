"""Ask partner organizations whether they know a person."""

from jobs import context
from portal.linking.match import locate


def run(*, instance: str, person: str) -> int:
    """Gives the number of organizations that are suggested because of it."""
    return locate(context.services(instance), person)
