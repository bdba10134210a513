"""What can be found out, before anything is measured. All errors, margins and differences share one unit."""

import math

from scipy.special import ndtr, ndtri

MDE80_FACTOR = float(ndtri(0.975) + ndtri(0.80))
"""2.80: a difference this many standard errors large is found 4 times out of 5 (Bloom 1995, Eval. Rev. 19:547)."""


def mde80(error: float) -> float:
    """Return the smallest difference from zero that a two-sided test at 5 % finds with 80 % power."""
    return MDE80_FACTOR * error


def tost_power(error: float, margin: float, difference: float = 0.0, alpha: float = 0.05) -> float:
    """Return the power of two one-sided tests when the true difference is `difference`.

    P(−margin + z·error < estimate < margin − z·error) for a normal estimate of known error (Phillips 1990,
    J. Pharmacokinet. Biopharm. 18:137, in its large-sample form).
    """
    z = ndtri(1 - alpha)
    high, low = margin - z * error, -margin + z * error
    if high <= low:
        return 0.0
    return float(ndtr((high - difference) / error) - ndtr((low - difference) / error))


def error_for_power(margin: float, power: float = 0.80, alpha: float = 0.05, *, one_sided: bool = False) -> float:
    """Return the largest standard error at which two one-sided tests have `power` at no difference.

    From 2·Φ(margin/error − z(1−alpha)) − 1 = power; for one of them alone ("at least", the test of
    non-inferiority) from Φ(margin/error − z(1−alpha)) = power.
    """
    return margin / float(ndtri(1 - alpha) + ndtri(power if one_sided else (1 + power) / 2))


def required_repeats(within_variance: float, n: int, error: float, theirs: float) -> int | None:
    """Return the least number of repeats that brings the error of a difference down to `error`.

    error² = within_variance / (n·K) + theirs², everything on the accuracy scale. None when the source's own
    error (`theirs`) leaves nothing: no number of repeats is enough.
    """
    left = error**2 - theirs**2
    if left <= 0:
        return None
    return max(1, math.ceil(within_variance / (n * left)))
