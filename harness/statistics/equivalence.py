"""Is a difference inside the region that agrees with a claim, outside it, or can nobody say?"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from harness.statistics.intervals import Numbers

Equivalence = Literal["inside", "outside", "open"]


class Estimate(Protocol):
    """A difference with its uncertainty."""

    @property
    def point(self) -> Numbers:
        """The difference."""

    @property
    def error(self) -> Numbers:
        """Its standard error."""

    def interval(self, level: Numbers) -> tuple[Numbers, Numbers]:
        """Return the two-sided interval at `level`."""


@dataclass(frozen=True)
class Region:
    """The differences that agree with a claim, in the unit of the difference; ends may be infinite.

    A score within a margin is (−delta, +delta); "at least" is (−delta, inf), "up to" (−inf, delta); "exceeds"
    is (0, inf).
    """

    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True)
class Alphas:
    """How often the rule may be wrong at the very edge of the region, one-sided.

    `inside` 5 %: two one-sided tests (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657), the 90 % interval.
    `outside` 2.5 %: the 95 % interval, or a wider one, see `outside_tail`.
    Looks during a run spend less each (`harness.statistics.sequential`).
    """

    inside: float = 0.05
    outside: float = 0.025


FIXED = Alphas()
"""One look, at the end."""


def outside_tail(estimate: Estimate, region: Region, alpha: float) -> Numbers:
    """Return the one-sided tail of the interval that has to lie wholly outside the region.

    For a margin that is wide against the noise this is `alpha`, hence the 95 % interval. A narrow one can be
    missed on either side: a true difference at its upper end is then also taken for one below its lower end,
    and the 95 % interval would be wrong in up to 5 % of cases, not 2.5 %. The tail t therefore solves
    t + Φ(z(t) − width/error) = alpha with z(t) = Φ⁻¹(t), the exact level of the test of |d| ≤ delta (Lehmann
    and Romano 2005, Testing Statistical Hypotheses, section 3.7, its limit for a known error).
    """
    width = _width(estimate, region)
    low, high = np.full_like(width, alpha / 2), np.full_like(width, alpha)
    for _ in range(50):  # halving: t + Φ(z(t) − width) grows with t, from at most alpha to at least alpha
        middle = (low + high) / 2
        below = middle + ndtr(ndtri(middle) - width) < alpha
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return high


def is_inside(estimate: Estimate, region: Region, widen: float = 0.0, alphas: Alphas = FIXED) -> Numbers:
    """Return whether the 90 % interval, widened by `widen`, lies within the region."""
    low, high = estimate.interval(_level(alphas.inside))
    return (low - widen > region.low) & (high + widen < region.high)


def is_outside(estimate: Estimate, region: Region, widen: float = 0.0, alphas: Alphas = FIXED) -> Numbers:
    """Return whether the 95 % interval (or wider, see `outside_tail`), widened, lies wholly beyond the region."""
    low, high = estimate.interval(_level(outside_tail(estimate, region, alphas.outside)))
    return (high + widen < region.low) | (low - widen > region.high)


def classify(estimate: Estimate, region: Region, widen: float = 0.0, alphas: Alphas = FIXED) -> Equivalence:
    """Return where a difference lies against the region that agrees with the claim.

    `widen` is the half-width of a printed value's last digit, in the unit of the difference.
    """
    if bool(is_inside(estimate, region, widen, alphas)):
        return "inside"
    return "outside" if bool(is_outside(estimate, region, widen, alphas)) else "open"


def tipping_delta(estimate: Estimate, region: Region, widen: float = 0.0) -> float:
    """Return the margin at which the claim turns to reproduced: how far its 90 % interval reaches.

    Only the ends that the region has count ("at least" looks below only); it is never negative.
    """
    low, high = estimate.interval(1 - 2 * FIXED.inside)
    below = 0.0 if math.isinf(region.low) else float(widen - low)
    above = 0.0 if math.isinf(region.high) else float(high + widen)
    return max(0.0, below, above)


def p_inside(estimate: Estimate, region: Region, widen: float = 0.0) -> float:
    """Return the p-value of the test behind `is_inside`: the larger of its one-sided ones (TOST).

    For the region (−delta, inf) it is the test of non-inferiority. At most 0.5: larger is not told apart.
    """
    below, above = 0.0, 0.0
    if not math.isinf(region.low):
        below = _touching(lambda level: float(estimate.interval(level)[0]) - widen - region.low)
    if not math.isinf(region.high):
        above = _touching(lambda level: region.high - float(estimate.interval(level)[1]) - widen)
    return max(below, above)


def p_outside(estimate: Estimate, region: Region, widen: float = 0.0) -> float:
    """Return the p-value of the test behind `is_outside`, at most 1."""
    tail = 0.5
    if not math.isinf(region.low):
        tail = _touching(lambda level: region.low - float(estimate.interval(level)[1]) - widen)
    if not math.isinf(region.high):
        above = _touching(lambda level: float(estimate.interval(level)[0]) - widen - region.high)
        tail = min(tail, above)
    return min(1.0, tail + float(ndtr(ndtri(tail) - _width(estimate, region))))


_SMALLEST = 1e-12
"""No p-value is said to be smaller."""
_TOUCH = 1e-12


def _width(estimate: Estimate, region: Region) -> Numbers:
    """Return the width of the region in standard errors; infinite where the region is, whatever the error."""
    error = np.maximum(np.asarray(estimate.error, dtype=float), 1e-12)
    width = region.high - region.low
    return np.full_like(error, math.inf) if math.isinf(width) else width / error


def _level(tail: Numbers) -> Numbers:
    """Return the level of the two-sided interval with this tail; below 1 also for the tails of an early look."""
    return 1 - 2 * np.maximum(tail, 1e-15)


def _touching(clearance: Callable[[float], float]) -> float:
    """Return the one-sided p at which `clearance(level)` falls to zero as the interval grows.

    0.5 where even the narrowest interval fails (the p-value is then only known to be at least that).
    """

    def bounded(p: float) -> float:
        # An interval may have no bounds, and one that only touches is not clear.
        return min(max(clearance(1 - 2 * p) - _TOUCH, -1e9), 1e9)

    if bounded(0.5) <= 0:
        return 0.5
    if bounded(_SMALLEST) > 0:
        return _SMALLEST
    return float(brentq(bounded, _SMALLEST, 0.5, xtol=_SMALLEST))
