"""Is a difference smaller than a margin, larger than it, or can nobody say?"""

from typing import Literal

from harness.statistics.intervals import around, quantile

Equivalence = Literal["inside", "outside", "open"]

MDE80_FACTOR = quantile(0.95) + quantile(0.60)
"""z(0.975) + z(0.80) = 2.80: a difference this many standard errors large is found 4 times out of 5."""


def classify(difference: float, error: float, delta: float, rounding: float = 0.0) -> Equivalence:
    """Return where a difference lies against ±delta.

    `inside`: the 90 % interval lies within (−delta, +delta), which is two one-sided tests at 5 %
    (Schuirmann 1987, J. Pharmacokinet. Biopharm. 15:657). `outside`: the 95 % interval lies wholly outside
    [−delta, +delta]. Both intervals are widened by `rounding`, the half-width of the printed value's last
    digit. All arguments are in the same unit.
    """
    low90, high90 = around(difference, error, 0.90, rounding)
    if -delta < low90 and high90 < delta:
        return "inside"
    low95, high95 = around(difference, error, 0.95, rounding)
    if low95 > delta or high95 < -delta:
        return "outside"
    return "open"


def tipping_delta(difference: float, error: float, rounding: float = 0.0) -> float:
    """Return the margin at which `classify` changes to `inside`: the far end of the 90 % interval."""
    low, high = around(difference, error, 0.90, rounding)
    return max(abs(low), abs(high))
