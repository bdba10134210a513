"""Intervals for means and proportions."""

import math
from typing import Any

import numpy as np
from scipy.special import betaincinv, ndtri, stdtrit

Numbers = Any
"""A float, or an array of floats taken element by element (as the calibration study does)."""


def quantile(level: float) -> float:
    """Return the standard normal quantile that bounds a two-sided interval of `level` (0.95 gives 1.96)."""
    return float(ndtri(0.5 + level / 2))


def student_quantile(level: float, dof: float) -> float:
    """Return the Student t quantile that bounds a two-sided interval of `level` with `dof` degrees of freedom."""
    return float(stdtrit(dof, 0.5 + level / 2))


def around(centre: float, error: float, level: float, widen: float = 0.0) -> tuple[float, float]:
    """Return the normal interval `centre ± (z·error + widen)`; `widen` is a bound that is not random."""
    half = quantile(level) * error + widen
    return centre - half, centre + half


def wilson(mean: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval for a proportion `mean` over `n` items (Wilson 1927, JASA 22:209).

    For means of scores that lie inside [0, 1] without being 0 or 1 it is conservative: no distribution on
    [0, 1] with this mean varies more than right-or-wrong items do. Unlike the normal interval it never has
    zero width and never leaves [0, 1].
    Raises ValueError when the mean is outside [0, 1] or n is not positive.
    """
    if n <= 0 or not 0 <= mean <= 1:
        raise ValueError(f"wilson needs n > 0 and a mean in [0, 1], found n={n}, mean={mean}")
    low, high = wilson_bounds(mean, n, quantile(level))
    return float(low), float(high)


def wilson_bounds(mean: Numbers, trials: Numbers, z: Numbers) -> tuple[Numbers, Numbers]:
    """Return Wilson's bounds for a proportion over `trials` (need not be whole), `z` standard errors away."""
    z2 = z * z
    centre = (mean + z2 / (2 * trials)) / (1 + z2 / trials)
    half = z / (1 + z2 / trials) * np.sqrt(mean * (1 - mean) / trials + z2 / (4 * trials * trials))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)


def clopper_pearson(mean: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact interval for a proportion `mean` over `n` items.

    The tails are those of the binomial distribution (Clopper and Pearson 1934, Biometrika 26:404). Neither `n`
    nor `mean * n` need be whole: for an effective count the same beta quantiles are taken at the real numbers
    (Korn and Graubard 1998, Survey Methodology 24:193). It never has zero width and never leaves [0, 1].
    Raises ValueError when the mean is outside [0, 1], n is not positive or level is outside (0, 1).
    """
    if not (n > 0 and 0 <= mean <= 1 and 0 < level < 1):
        raise ValueError(
            f"clopper_pearson needs n > 0, a mean in [0, 1] and a level in (0, 1), "
            f"found n={n}, mean={mean}, level={level}"
        )
    right = mean * n
    tail = (1 - level) / 2
    low = float(betaincinv(right, n - right + 1, tail)) if right > 0 else 0.0
    high = float(betaincinv(right + 1, n - right, 1 - tail)) if right < n else 1.0
    # For a count of 1e-300 right answers SciPy's root search stops before it gets down to the mean.
    return min(low, mean), max(high, mean)


def beta_binomial(
    mean: float, within_variance: float, n: int, repeats: int, level: float = 0.95
) -> tuple[float, float]:
    """Return the interval for a proportion `mean` over `n` sampled items of `repeats` answers each.

    Repeats of one item agree more than repeats of different items do. Their intraclass correlation is the
    share of a single answer's variance mean(1 − mean) that is not `within_variance`, the plain mean over
    items of the variance between repeats (K−1 in the denominator). The n·K answers then count as
    n·K / (1 + (K−1)·rho) independent ones: the design effect of Kish (1965, Survey Sampling), equal to the
    variance inflation of the beta-binomial distribution (Williams 1975, Biometrics 31:949). The interval is
    Clopper and Pearson's at that count (Korn and Graubard 1998). For scores between 0 and 1 it is
    conservative, as they vary less than right-or-wrong answers with this mean.

    Give the observed within-item variance, not `RunNoise.within_variance`: what is added there to be safe
    against no noise would here pass for disagreement and make the interval narrower.
    Raises ValueError for a mean outside [0, 1], a negative variance, no items or no repeats.
    """
    if repeats < 1 or not (n > 0 and 0 <= mean <= 1 and 0 <= within_variance < math.inf):
        raise ValueError(
            f"beta_binomial needs n > 0, repeats > 0, a mean in [0, 1] and a within-item variance >= 0, "
            f"found n={n}, repeats={repeats}, mean={mean}, within_variance={within_variance}"
        )
    largest = mean * (1 - mean)
    # Where every answer is the same, nothing tells noise from agreement: then repeats count for nothing.
    correlation = max(0.0, 1 - within_variance / largest) if largest > 0 else 1.0
    return clopper_pearson(mean, n * repeats / (1 + (repeats - 1) * correlation), level)
