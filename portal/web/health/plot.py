"""A small plot of values over time as SVG paths: one line, a mark for each value, each value's own reference range.

Shapes and not colours tell what is in and out of range, so that it reads in greyscale. Everything of one kind is one
path: sixty values, and more are not drawn, stay below 4 kB. Pure.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 360, 200  # small, so that its numbers can be read at 320 px
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 10, 28
_MOST = 60  # marks; more would lie on each other


@dataclass(frozen=True, slots=True)
class Point:
    """One value at one moment (seconds since 1970), with the range that its laboratory gives."""

    at: float
    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None

    @property
    def side(self) -> int:
        """-1 below its range, 1 above, 0 within or without a range."""
        if self.low is not None and self.value < self.low:
            return -1
        return 1 if self.high is not None and self.value > self.high else 0


@dataclass(frozen=True, slots=True)
class Tick:
    """A number at the y axis and its height in the picture."""

    y: int
    value: str


@dataclass(frozen=True, slots=True)
class Plot:
    """SVG path data by kind, in a picture of WIDTH × HEIGHT. ``left_out`` values are older than those drawn."""

    line: str
    ranges: str
    within: str
    above: str
    below: str
    grid: str
    ticks: tuple[Tick, ...]
    left_out: int


def plot(points: Sequence[Point]) -> Plot | None:
    """The picture of at least two values, oldest first; None when there is nothing to compare."""
    ordered = sorted(points, key=lambda one: one.at)
    shown = ordered[-_MOST:]
    if len(shown) < 2 or shown[0].at == shown[-1].at:
        return None
    steps = _steps([bound for one in shown for bound in (one.value, one.low, one.high) if bound is not None])
    bottom, top = float(steps[0]), float(steps[-1])
    start, end = shown[0].at, shown[-1].at

    def x(at: float) -> int:
        return round(_LEFT + 6 + (at - start) / (end - start) * (WIDTH - _LEFT - _RIGHT - 12))

    def y(value: Decimal) -> int:
        return round(HEIGHT - _BOTTOM - (float(value) - bottom) / (top - bottom) * (HEIGHT - _TOP - _BOTTOM))

    def span(one: Point) -> str:
        low, high = steps[0] if one.low is None else one.low, steps[-1] if one.high is None else one.high
        return f"M{x(one.at)} {y(low)}V{y(high)}"

    def marks(side: int, shape: str) -> str:
        return "".join(f"M{x(one.at)} {y(one.value)}{shape}" for one in shown if one.side == side)

    return Plot(
        line="M" + "L".join(f"{x(one.at)} {y(one.value)}" for one in shown),
        ranges="".join(span(one) for one in shown if one.low is not None or one.high is not None),
        within=marks(0, "h0"),
        above=marks(1, "m-4 3l4-7 4 7z"),
        below=marks(-1, "m-4-3l4 7 4-7z"),
        grid="".join(f"M{_LEFT} {y(step)}H{WIDTH - _RIGHT}" for step in steps),
        ticks=tuple(Tick(y(step) + 4, format(step, "f")) for step in steps),
        left_out=len(ordered) - len(shown),
    )


def _steps(values: Sequence[Decimal]) -> list[Decimal]:
    """Three to six round numbers from below the least to above the greatest value."""
    low, high = min(values), max(values)
    span = (high - low) or abs(high) or Decimal(1)
    raw = span / 4
    power = Decimal(1).scaleb(raw.adjusted())
    size = next(power * step for step in (1, 2, 5, 10) if power * step >= raw)
    first = (low / size).to_integral_value(rounding="ROUND_FLOOR") * size
    found = [first]
    while found[-1] < high or len(found) < 2:
        found.append(found[-1] + size)
    return [one.normalize() for one in found]
