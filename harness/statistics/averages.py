"""One number for several benchmarks, with the error that theirs make together."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.statistics.intervals import quantile, student_quantile


@dataclass(frozen=True)
class Gap:
    """A measured number minus a published one, whose error is close to normal (a sum of many parts)."""

    point: float
    error: float
    dof: float = math.inf

    def interval(self, level: float) -> tuple[float, float]:
        """Return the two-sided interval: normal, or Student's t where the error has few degrees of freedom."""
        z = quantile(level) if math.isinf(self.dof) else student_quantile(level, self.dof)
        half = z * self.error if z else 0.0
        return self.point - half, self.point + half


def weighted_mean(
    means: Sequence[float], errors: Sequence[float], weights: Sequence[float] | None = None
) -> tuple[float, float]:
    """Return the weighted mean of independent benchmarks' means, and its standard error, in their unit.

    Weights are equal unless given and are divided by their sum. The error is √Σ(w·e)² (propagation of
    independent errors, Gauss 1823, Theoria combinationis): the benchmarks were chosen, not sampled, so how far
    they lie apart does not count.
    Raises ValueError for no benchmarks, unequal lengths, numbers that are not finite, a negative error or
    weight, and weights that are all zero.
    """
    shares = [1.0] * len(means) if weights is None else weights
    if len(means) == 0 or len(means) != len(errors) or len(means) != len(shares):
        raise ValueError(
            f"expected one mean, one error and one weight for each of at least one benchmark, "
            f"found {len(means)}, {len(errors)} and {len(shares)}"
        )
    if not np.isfinite([*means, *errors, *shares]).all() or min(errors) < 0:
        raise ValueError(f"expected finite numbers and no negative error, found {means}, {errors}, {shares}")
    total = math.fsum(shares)
    if min(shares) < 0 or total <= 0:
        raise ValueError(f"expected weights that are not negative and not all zero, found {shares}")
    mean = math.fsum(share / total * value for share, value in zip(shares, means, strict=True))
    error = math.hypot(*(share / total * each for share, each in zip(shares, errors, strict=True)))
    return mean, error
