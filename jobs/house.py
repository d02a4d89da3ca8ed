"""Every night, first: end what is too old, read the roster, and label anew what waits for it."""

from jobs.of_the_day import once
from portal.linking.nightly import keep_house
from portal.refresh.renormalise import renew_waiting
from portal.services import Services

_LABELLING = 600.0  # seconds: the other jobs of the night wait behind it


def run(*, instance: str, day: str = "") -> int:
    return once(instance, "house", day, _work)


def _work(services: Services) -> int:
    keep_house(services)
    renew_waiting(services.db, seconds=_LABELLING)
    return 0
