"""The course of a test in the size of a word: a line, its normal range as a band, the newest value as a dot. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

WIDTH, HEIGHT = 96, 28
_EDGE = 4
MOST = 6
_LEAST = 2
_LEAST_SPAN = 5
"""Without a whole range the height stands for a fifth of the greatest value at least: 100 to 101 is not steep."""


@dataclass(frozen=True, slots=True)
class Spark:
    """``path`` is SVG path data; ``band`` the top and height of the normal range, None without one or out of sight."""

    path: str
    x: float
    y: float
    band: tuple[float, float] | None
    values: tuple[str, ...]
    unit: str

    @property
    def text(self) -> str:
        """Return the values with their unit."""
        return f"{', '.join(self.values)} {self.unit}".rstrip()


def spark(values: Sequence[Decimal], low: Decimal | None, high: Decimal | None, *, unit: str = "") -> Spark | None:
    """Return the course of the last values, oldest first, as written; None where there are too few to have one."""
    shown = values[-MOST:]
    if len(shown) < _LEAST:
        return None
    bounds = [bound for bound in (low, high) if bound is not None]
    bottom, top = min(*shown, *bounds[:1]), max(*shown, *bounds[-1:])
    least = max(map(abs, shown)) / _LEAST_SPAN
    if len(bounds) < 2 and top - bottom < least:
        bottom, top = (bottom + top - least) / 2, (bottom + top + least) / 2
    scale = (HEIGHT - 2 * _EDGE) / (float(top - bottom) or 1.0)
    heights = [round(HEIGHT - _EDGE - float(value - bottom) * scale, 1) for value in (*shown, *bounds)]
    points = list(zip(_across(len(shown)), heights, strict=False))
    band = None
    if bounds:
        upper = heights[-1] if high is not None else 0.0
        lower = heights[len(shown)] if low is not None else float(HEIGHT)
        band = (upper, round(lower - upper, 1))
    return Spark(
        path="M" + " ".join([f"{_WRITTEN[x]} {_WRITTEN.get(y) or format(y, 'g')}" for x, y in points]),
        x=points[-1][0],
        y=points[-1][1],
        band=band,
        values=tuple(format(value, "f") for value in shown),
        unit=unit,
    )


_WRITTEN = {tenths / 10: format(tenths / 10, "g") for tenths in range(10 * WIDTH + 1)}
"""Places in a picture, to a tenth, as text: a page has hundreds."""


@lru_cache(maxsize=MOST)
def _across(number: int) -> tuple[float, ...]:
    """Return where so many points stand from left to right."""
    step = (WIDTH - 3 * _EDGE) / (number - 1)
    return tuple(round(_EDGE + at * step, 1) for at in range(number))
