"""Where postal codes and places are. The data set and its licence are in ``portal/data``."""

import lzma
import math
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from portal.domain.places import STATES, state_code
from portal.domain.words import fold

_EARTH = 3958.8  # miles


@dataclass(frozen=True, slots=True)
class PostalPlace:
    """A postal code's place; latitude and longitude in degrees, WGS 84, to about a kilometre."""

    postal_code: str
    city: str
    state: str
    latitude: float
    longitude: float


def of_postal_code(text: str) -> PostalPlace | None:
    """Return the place of a United States postal code (five digits or nine), if it is known."""
    code = text.strip()[:5]
    lines = _lines()
    at = bisect_left(lines, code + "\t")
    if len(code) == 5 and at < len(lines) and lines[at].startswith(code + "\t"):
        return _place(lines[at])
    return None


def of_text(text: str) -> PostalPlace | None:
    """Return a place as people type it: a postal code, or "city, state"."""
    if text.strip()[:5].isdigit():
        return of_postal_code(text)
    words = text.replace(",", " ").split()
    for length in (1, 2, 3):
        state = state_code(" ".join(words[-length:]))
        if state in STATES and len(words) > length:
            return _cities().get((" ".join(fold(" ".join(words[:-length]))), state))
    return None


@lru_cache(maxsize=4096)  # patients live in few places, and it measures to every area
def areas_near(latitude: float, longitude: float, miles: float) -> tuple[str, ...]:
    """Return the first three digits of the postal codes around a point, its own area first."""
    near = ((miles_between(latitude, longitude, lat, lon), area) for area, (lat, lon) in _areas().items())
    return tuple(area for away, area in sorted(near) if away <= miles)


def miles_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Miles as the crow flies, good to a few per mille within a country (equirectangular)."""
    width = math.radians(other_longitude - longitude) * math.cos(math.radians((latitude + other_latitude) / 2))
    return _EARTH * math.hypot(math.radians(other_latitude - latitude), width)


@cache
def _lines() -> list[str]:
    packed = files("portal.data").joinpath("us-postal-codes.tsv.xz").read_bytes()
    return lzma.decompress(packed).decode().splitlines()


@cache
def _areas() -> dict[str, tuple[float, float]]:
    """Return the middle of each three-digit area."""
    sums: dict[str, list[float]] = {}
    for line in _lines():
        place = _place(line)
        total = sums.setdefault(place.postal_code[:3], [0.0, 0.0, 0.0])
        total[0] += place.latitude
        total[1] += place.longitude
        total[2] += 1
    return {area: (lat / count, lon / count) for area, (lat, lon, count) in sums.items()}


@cache
def _cities() -> dict[tuple[str, str], PostalPlace]:
    places: dict[tuple[str, str], PostalPlace] = {}
    for line in _lines():
        place = _place(line)
        places.setdefault((" ".join(fold(place.city)), place.state), place)
    return places


def states_of_city(name: str) -> tuple[str, ...]:
    """Return the states that have a town of this name, the one where it is largest (by postal codes) first."""
    counts = _states_by_city().get(" ".join(fold(name)), {})
    return tuple(sorted(counts, key=lambda state: (-counts[state], state)))


@cache
def _states_by_city() -> dict[str, dict[str, int]]:
    cities: dict[str, dict[str, int]] = {}
    for line in _lines():
        place = _place(line)
        counts = cities.setdefault(" ".join(fold(place.city)), {})
        counts[place.state] = counts.get(place.state, 0) + 1
    return cities


def _place(line: str) -> PostalPlace:
    code, city, state, latitude, longitude = line.split("\t")
    return PostalPlace(code, city, state, float(latitude), float(longitude))
