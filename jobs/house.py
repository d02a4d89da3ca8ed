"""Every night, first: end what is too old, and read the roster."""

from jobs.of_the_day import once
from portal.linking.nightly import keep_house
from portal.services import Services


def run(*, instance: str, day: str = "") -> int:
    return once(instance, "house", day, _work)


def _work(services: Services) -> int:
    keep_house(services)
    return 0
