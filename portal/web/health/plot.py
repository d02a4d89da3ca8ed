"""A small plot of values over time as SVG paths: one line, a mark for each value, each value's own reference range.

Shapes and not colours tell what is in and out of range, so that it reads in greyscale. Everything of one kind is one
path: sixty values, and more are not drawn, stay below 4 kB. Pure.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH, HEIGHT = 360, 200  # small, so that its numbers can be read at 320 px
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 8, 10, 28
_MOST = 60  # marks; more would lie on each other
_NEWEST = 12  # values that the scale must let one read
_SQUEEZED = 8  # times the spread of the newest values: a scale beyond that flattens them
_AROUND = Decimal("2.5")  # spreads above and below the newest values that a cut scale still shows


@dataclass(frozen=True, slots=True)
class Point:
    """One value at one moment (seconds since 1970), with the range that its laboratory gives.

    ``bound`` is "<" or ">" for a value that is known only to lie below or above ``value``.
    """

    at: float
    value: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    bound: str = ""

    @property
    def side(self) -> int:
        """-1 below its range, 1 above, 0 within, without a range, or only bounded."""
        if self.bound:
            return 0
        if self.low is not None and self.value < self.low:
            return -1
        return 1 if self.high is not None and self.value > self.high else 0

    @property
    def ranged(self) -> bool:
        return self.low is not None or self.high is not None


@dataclass(frozen=True, slots=True)
class Tick:
    """A number at the y axis and its height in the picture."""

    y: int
    value: str


@dataclass(frozen=True, slots=True)
class Plot:
    """SVG path data by kind, in a picture of WIDTH × HEIGHT.

    ``left_out`` values are older than those drawn, ``beyond`` lie outside the scale and are drawn at its edge.
    """

    line: str
    ranges: str
    within: str
    unranged: str
    above: str
    below: str
    less: str
    more: str
    grid: str
    ticks: tuple[Tick, ...]
    left_out: int
    beyond: int


def plot(points: Sequence[Point]) -> Plot | None:
    """Return the picture of at least two values, oldest first; None when there is nothing to compare."""
    ordered = sorted(points, key=lambda point: point.at)
    shown = ordered[-_MOST:]
    if len(shown) < 2 or shown[0].at == shown[-1].at:
        return None
    steps = _steps(_scale(shown))
    bottom, top = steps[0], steps[-1]
    start, end = shown[0].at, shown[-1].at

    def x(at: float) -> int:
        return round(_LEFT + 6 + (at - start) / (end - start) * (WIDTH - _LEFT - _RIGHT - 12))

    def y(value: Decimal) -> int:
        share = float((min(max(value, bottom), top) - bottom) / (top - bottom))
        return round(HEIGHT - _BOTTOM - share * (HEIGHT - _TOP - _BOTTOM))

    def span(point: Point) -> str:
        low, high = bottom if point.low is None else point.low, top if point.high is None else point.high
        return f"M{x(point.at)} {y(low)}V{y(high)}"

    def marks(fits: Callable[[Point], bool], shape: str) -> str:
        return "".join(f"M{x(point.at)} {y(point.value)}{shape}" for point in shown if fits(point))

    exact = [point for point in shown if not point.bound]
    return Plot(
        line="M" + "L".join(f"{x(point.at)} {y(point.value)}" for point in exact) if len(exact) > 1 else "",
        ranges="".join(span(point) for point in shown if point.ranged),
        within=marks(lambda point: point.side == 0 and point.ranged and not point.bound, "h0"),
        unranged=marks(lambda point: not point.ranged and not point.bound, "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0"),
        above=marks(lambda point: point.side == 1, "m-4 3l4-7 4 7z"),
        below=marks(lambda point: point.side == -1, "m-4-3l4 7 4-7z"),
        less=marks(lambda point: point.bound == "<", "m-5 0h10m-5 0v9m-3-3l3 3 3-3"),
        more=marks(lambda point: point.bound == ">", "m-5 0h10m-5 0v-9m-3 3l3-3 3 3"),
        grid="".join(f"M{_LEFT} {y(step)}H{WIDTH - _RIGHT}" for step in steps),
        ticks=tuple(Tick(y(step) + 4, format(step, "f")) for step in steps),
        left_out=len(ordered) - len(shown),
        beyond=sum(1 for point in shown if not bottom <= point.value <= top),
    )


def _scale(shown: Sequence[Point]) -> list[Decimal]:
    """Return what the scale has to reach: all values and ranges, unless that would flatten the newest values."""
    everything = [bound for point in shown for bound in (point.value, point.low, point.high) if bound is not None]
    newest = [point.value for point in shown[-_NEWEST:]]
    low, high = min(newest), max(newest)
    spread = (high - low) or abs(high) / 5 or Decimal(1)
    if max(everything) - min(everything) <= spread * _SQUEEZED:
        return everything
    bottom, top = low - spread * _AROUND, high + spread * _AROUND
    return [low, high, *(value for value in everything if bottom <= value <= top)]


def _steps(values: Sequence[Decimal]) -> list[Decimal]:
    """Three to six round numbers from below the least to above the greatest value."""
    low, high = min(values), max(values)
    span = (high - low) or abs(high) or Decimal(1)
    raw = span / 4
    power = Decimal(1).scaleb(raw.adjusted())
    size = next(power * step for step in (1, 2, 5, 10) if power * step >= raw)
    first = (low / size).to_integral_value(rounding="ROUND_FLOOR") * size
    steps = [first]
    while steps[-1] < high or len(steps) < 2:
        steps.append(steps[-1] + size)
    return [step.normalize() for step in steps]
