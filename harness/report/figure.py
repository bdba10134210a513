"""The claim figure: where the claim, its margin and our measurement lie on one axis."""

import math
from dataclasses import dataclass

from harness.records import Claim, Outcome, Verdict
from harness.report.marks import MARKS

WIDTH = 640.0
_MARGIN = 24.0


@dataclass(frozen=True)
class Tick:
    """A labelled place on the axis."""

    x: float
    label: str

    @property
    def anchor(self) -> str:
        """Where its text begins, so that it stays on the canvas."""
        return "start" if self.x < WIDTH / 6 else "end" if self.x > WIDTH * 5 / 6 else "middle"


@dataclass(frozen=True)
class Axis:
    """A stretch of numbers laid over the width of the canvas."""

    left: float
    right: float

    @property
    def _span(self) -> float:
        return (self.right - self.left) or 1.0

    def x(self, at: float) -> float:
        """Return where a number lies, in pixels."""
        return round(_MARGIN + (at - self.left) / self._span * (WIDTH - 2 * _MARGIN), 1)

    def label(self, value: float) -> str:
        """Return a number with a digit more than the ticks have."""
        return _label(value, _step(self._span) / 10)

    @property
    def ticks(self) -> list[Tick]:
        """Round numbers on the axis."""
        step = _step(self._span)
        numbers = range(math.ceil(self.left / step), math.floor(self.right / step) + 1)
        return [Tick(self.x(i * step), _label(i * step, step)) for i in numbers]


@dataclass(frozen=True)
class Figure:
    """Coordinates in pixels, left to right; labels in the claim's unit."""

    claimed: Tick
    margin: tuple[float, float]
    measured: Tick
    interval90: tuple[float, float] | None
    interval95: tuple[float, float]
    ticks: list[Tick]
    low: str
    """Lower end of the 95 % interval, as text; `high` and `delta` in the same way."""
    high: str
    delta: str


def claim_figure(claim: Claim, verdict: Verdict) -> Figure | None:
    """Return the figure of a measured claim, None when there is no number to draw.

    The intervals are those of the difference, laid around the claimed value, so that what the rule looked at
    is what the eye sees. The axis is cut to what is drawn, and its ends are labelled.
    """
    if verdict.measured is None or verdict.interval95 is None or verdict.delta is None or claim.value is None:
        return None
    value = claim.number
    low, high = (value + end for end in verdict.interval95)
    margin = value - verdict.delta, value + verdict.delta
    left = min(low, margin[0], verdict.measured)
    right = max(high, margin[1], verdict.measured)
    axis = Axis(left, right)
    x = axis.x
    return Figure(
        claimed=Tick(x(value), claim.value or ""),
        margin=(x(margin[0]), x(margin[1])),
        measured=Tick(x(verdict.measured), axis.label(verdict.measured)),
        interval90=verdict.interval90 and (x(value + verdict.interval90[0]), x(value + verdict.interval90[1])),
        interval95=(x(low), x(high)),
        ticks=axis.ticks,
        low=axis.label(low),
        high=axis.label(high),
        delta=f"{verdict.delta:g}",
    )


@dataclass(frozen=True)
class Spot:
    """One protocol's score on the axis."""

    measured: Tick
    interval90: tuple[float, float] | None
    protocol: str
    verdict: Outcome
    shape: str
    """Of the verdict's mark."""


@dataclass(frozen=True)
class Curve:
    """Coordinates of a specification curve, left to right; labels in the claim's unit."""

    claimed: Tick
    margin: tuple[float, float]
    spots: list[Spot]
    ticks: list[Tick]


def specification_curve(claim: Claim, verdict: Verdict) -> Curve | None:
    """Return the specification curve of a claim: its score under each protocol, from the least to the most.

    None where fewer than two protocols gave a number. Intervals are those of the differences, laid around the
    claimed value as in the claim's own figure.
    """
    points = [point for point in verdict.specifications if point.measured is not None]
    if len(points) < 2 or claim.printed is None or verdict.delta is None:
        return None
    value = claim.number
    margin = value - verdict.delta, value + verdict.delta
    drawn = [*margin, *(point.measured for point in points if point.measured is not None)]
    drawn += [value + end for point in points for end in point.interval90 or ()]
    axis = Axis(min(drawn), max(drawn))
    spots = [
        Spot(
            Tick(axis.x(point.measured), axis.label(point.measured)),
            point.interval90 and (axis.x(value + point.interval90[0]), axis.x(value + point.interval90[1])),
            point.protocol,
            point.verdict,
            MARKS[point.verdict].shape,
        )
        for point in points
        if point.measured is not None
    ]
    ends = axis.x(margin[0]), axis.x(margin[1])
    return Curve(Tick(axis.x(value), claim.value or ""), ends, spots, axis.ticks)


def _step(span: float) -> float:
    """Return a round step that puts about five ticks on the axis."""
    rough = span / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def _label(value: float, step: float) -> str:
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.1f}M"
    return f"{value:.{max(0, -math.floor(math.log10(step)))}f}"
