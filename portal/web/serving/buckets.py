"""How much of a process's time the requests of nobody get: pure, with the moments as arguments, in seconds.

The policy is that of a leaky bucket (generic cell rate algorithm, ITU-T I.371, A): each request moves the moment at
which the next may begin, by the time that it took divided by the part that all of them may have.
"""

from collections import OrderedDict
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slot:
    """When a request may begin: after ``wait`` seconds; ``reserved`` seconds of work are counted for it already."""

    wait: float
    reserved: float


class Bucket:
    """A part of one thread's time. Not for several threads at once: the caller locks."""

    _LONGEST = 0.25
    """Of one request: whatever takes longer does not keep all others away for longer than this divided by the part."""

    def __init__(self, part: float) -> None:
        self._part = part
        self._next = 0.0
        self._usual = 0.0  # seconds that one took, lately

    def reserve(self, now: float, *, patience: float) -> Slot | None:
        """Return the next free slot; None where it is further away than ``patience``."""
        begins = max(self._next, now)
        if begins - now > patience:
            return None
        self._next = begins + self._usual / self._part
        return Slot(begins - now, self._usual)

    def charge(self, now: float, slot: Slot, seconds: float) -> None:
        """Count what the request of a slot took; 0 for what shall not count."""
        seconds = min(seconds, self._LONGEST)
        self._next = max(self._next, now) + (seconds - slot.reserved) / self._part
        self._usual += (seconds - self._usual) / 8


class Lately:
    """Keys and how often each was noted within the last ``seconds``; the newest ``most`` of them."""

    def __init__(self, *, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._noted: OrderedDict[str, tuple[float, int]] = OrderedDict()

    def note(self, now: float, key: str) -> None:
        self._noted[key] = (now, self.times(now, key) + 1)
        self._noted.move_to_end(key)
        if len(self._noted) > self._most:
            self._noted.popitem(last=False)

    def forget(self, key: str) -> None:
        self._noted.pop(key, None)

    def times(self, now: float, key: str) -> int:
        """Return how often; each time begins the seconds anew."""
        at, number = self._noted.get(key, (0.0, 0))
        return number if now - at < self._seconds else 0
