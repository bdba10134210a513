"""The claim figure: where the claim, its margin and our measurement lie on one axis."""

import math
from dataclasses import dataclass

from harness.records import Claim, Verdict

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
    span = (right - left) or 1.0

    def x(at: float) -> float:
        return round(_MARGIN + (at - left) / span * (WIDTH - 2 * _MARGIN), 1)

    step = _step(span)
    first = math.ceil(left / step)
    ticks = [Tick(x(i * step), _label(i * step, step)) for i in range(first, math.floor(right / step) + 1)]
    shown = _label(verdict.measured, step / 10)
    return Figure(
        claimed=Tick(x(value), claim.value or ""),
        margin=(x(margin[0]), x(margin[1])),
        measured=Tick(x(verdict.measured), shown),
        interval90=verdict.interval90 and (x(value + verdict.interval90[0]), x(value + verdict.interval90[1])),
        interval95=(x(low), x(high)),
        ticks=ticks,
        low=_label(low, step / 10),
        high=_label(high, step / 10),
        delta=f"{verdict.delta:g}",
    )


def _step(span: float) -> float:
    """Return a round step that puts about five ticks on the axis."""
    rough = span / 5
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def _label(value: float, step: float) -> str:
    if abs(value) >= 1e6:
        return f"{value / 1e6:,.1f}M"
    return f"{value:.{max(0, -math.floor(math.log10(step)))}f}"
