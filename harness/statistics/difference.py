"""The difference of two independent scores on the same fixed items: ours and a published one."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri, stdtrit

from harness.statistics.intervals import Numbers, wilson_bounds
from harness.statistics.noise import RunNoise


@dataclass(frozen=True)
class Difference:
    """Measured minus claimed, on the 0..1 scale, with what is known of either side's noise."""

    ours: RunNoise
    claimed: Numbers
    theirs: Numbers
    """Standard error of the claimed score, from run to run."""

    @property
    def point(self) -> Numbers:
        """Measured minus claimed."""
        return self.ours.mean - self.claimed

    @property
    def error(self) -> Numbers:
        """Standard error of the difference."""
        return np.hypot(self.ours.error, self.theirs)

    def interval(self, level: Numbers) -> tuple[Numbers, Numbers]:
        """Return the two-sided interval at `level` (0.90, say).

        Each side has a score interval of its own (Wilson 1927) with as many imagined trials as give its
        standard error; the two are joined by squaring and adding the distances to their ends (Newcombe 1998,
        Statistics in Medicine 17:873, method 10; in general MOVER, Zou and Donner 2008, 27:1693). Unlike
        difference ± z·error it holds its level at 30 items and near 0 and 1, and never leaves [−1, 1].
        """
        tail = 0.5 + level / 2
        z = ndtri(tail)
        # Whole repeats that move together leave K − 1 degrees of freedom, and the source's noise rests on them.
        t = np.where(np.isinf(self.ours.dof), z, stdtrit(np.minimum(self.ours.dof, 1e6), tail))
        our_low, our_high = _score_interval(self.ours.mean, self.ours.error, t)
        their_low, their_high = _score_interval(self.claimed, self.theirs, t)
        below = np.hypot(self.ours.mean - our_low, their_high - self.claimed)
        above = np.hypot(our_high - self.ours.mean, self.claimed - their_low)
        return np.maximum(self.point - below, -1.0), np.minimum(self.point + above, 1.0)


def _score_interval(mean: Numbers, error: Numbers, z: Numbers) -> tuple[Numbers, Numbers]:
    """Return Wilson's interval for a mean in [0, 1] with this standard error; `z` is the quantile.

    The error stands for error² = p(1−p)/trials; p is taken a little inside [0, 1] so that a mean of exactly
    0 or 1 has trials too.
    """
    inner = np.clip(mean, 1e-3, 1 - 1e-3)
    trials = inner * (1 - inner) / np.maximum(error, 1e-9) ** 2
    return wilson_bounds(mean, trials, z)
