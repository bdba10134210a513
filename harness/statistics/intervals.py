"""Intervals for means and proportions."""

import math

from scipy.special import ndtri


def quantile(level: float) -> float:
    """Return the standard normal quantile that bounds a two-sided interval of `level` (0.95 gives 1.96)."""
    return float(ndtri(0.5 + level / 2))


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
    z2 = quantile(level) ** 2
    centre = (mean + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2) / (1 + z2 / n) * math.sqrt(mean * (1 - mean) / n + z2 / (4 * n * n))
    return max(0.0, centre - half), min(1.0, centre + half)
