"""Intervals of printed numbers: what rounding and wording leave open."""

import math
from collections.abc import Sequence

from harness.records import Claim
from harness.records.units import COUNTED

Bounds = tuple[float, float]
ABOUT = 0.10
"""How far "about" reaches, as a share of the value."""


def claimed(claim: Claim) -> Bounds:
    """Return the values that agree with a claim as worded.

    Rounding is half of the last printed digit, and none for things that are counted; "about" reaches a tenth; "at
    least", "more than", "up to" and "less than" are one-sided. Raises ValueError for a claim without a number.
    """
    value = claim.number
    counted = claim.unit in COUNTED
    half, step = (0.0, 1.0) if counted else (claim.rounding, 0.0)
    match claim.hedge:
        case "about":
            reach = max(half, ABOUT * abs(value))
            return value - reach, value + reach
        case "at_least":
            return value - half, math.inf
        case "more_than":
            return value + step, math.inf
        case "up_to":
            return -math.inf, value + half
        case "less_than":
            return -math.inf, value - step
        case _:
            return value - half, value + half


def coarse(claim: Claim) -> Bounds:
    """Return the bounds when the zeros at the end of a whole number are no digits: 500 may stand for 450 to 550.

    They are taken for rounding as long as that stays within a tenth: 100 may stand for 95 to 105.
    """
    value, half = claim.number, claim.rounding
    while half > 0 and value and (value / (half * 20)).is_integer() and half * 10 <= ABOUT * abs(value):
        half *= 10
    return value - half, value + half


def overlap(a: Bounds, b: Bounds) -> bool:
    """Return whether two intervals share a value; a hair of floating-point error does not part them."""
    if a[0] <= b[1] and b[0] <= a[1]:
        return True
    slack = 1e-9 * max(1.0, *(abs(x) for x in (*a, *b) if math.isfinite(x)))
    return a[0] <= b[1] + slack and b[0] <= a[1] + slack


def printed(claim: Claim) -> Bounds:
    """Return what rounding alone leaves open of a printed number; raises ValueError where there is none."""
    return claim.number - claim.rounding, claim.number + claim.rounding


def apart(a: Bounds, b: Bounds) -> bool:
    """Return whether two intervals share no more than an end: 83.8 and 83.9 are different numbers."""
    slack = 1e-9 * max(1.0, *(abs(x) for x in (*a, *b) if math.isfinite(x)))
    return a[0] >= b[1] - slack or b[0] >= a[1] - slack


def distance(a: Bounds, b: Bounds) -> float:
    """Return the gap between two intervals, 0 where they share a value."""
    return max(0.0, a[0] - b[1], b[0] - a[1])


def quotient(a: Bounds, b: Bounds) -> Bounds:
    """Return the quotient of two positive intervals; raises ValueError when the divisor can be zero."""
    if b[0] <= 0:
        raise ValueError("the divisor can be zero")
    return a[0] / b[1], a[1] / b[0]


def difference(a: Bounds, b: Bounds) -> Bounds:
    """Return the difference of two intervals."""
    return a[0] - b[1], a[1] - b[0]


def mean(parts: Sequence[Bounds], weights: Sequence[float] | None = None) -> Bounds:
    """Return the mean of intervals, weighted where weights are given."""
    shares = weights or [1.0] * len(parts)
    total = sum(shares)
    low = sum(w * p[0] for w, p in zip(shares, parts, strict=True)) / total
    high = sum(w * p[1] for w, p in zip(shares, parts, strict=True)) / total
    return low, high


def middle(bounds: Bounds) -> float:
    """Return the middle of a finite interval."""
    return (bounds[0] + bounds[1]) / 2
