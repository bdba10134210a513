"""Run-to-run noise: how far a score on the same fixed items moves when it is measured again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import chdtri

from harness.statistics.intervals import Numbers

SHIFT_LEVEL = 0.02
"""Whole repeats count as moving together when chance alone would spread them this far once in 50 times."""


@dataclass(frozen=True)
class RunNoise:
    """Mean of a run, and how far it would move if everything were asked again; scores lie in [0, 1]."""

    mean: Numbers
    error: Numbers
    """Standard error from run to run of the mean over all repeats."""
    dof: Numbers
    """Degrees of freedom of `error`: K − 1 where whole repeats gave it, infinite where the items did."""
    within_variance: Numbers
    """Mean over items of the variance between repeats of the same item, one imagined item added."""
    observed_variance: Numbers
    """The same without the imagined item."""
    n: int
    repeats: int
    shift_variance: Numbers = 0.0
    """Variance of one repeat's mean beyond what its items explain; 0 where repeats do not move together."""


def run_noise(scores: ArrayLike) -> RunNoise:
    """Return the run-to-run noise of a table of scores, items x repeats, each score in [0, 1].

    Raises ValueError for an empty table, a ragged one, fewer than two repeats, or a score outside [0, 1].
    """
    table = _table(scores)
    n, repeats = table.shape
    within = table.var(axis=1, ddof=1).mean()
    between = table.mean(axis=0).var(ddof=1)
    return noise_of_moments(table.mean(), within, between, n, repeats)


def noise_of_moments(mean: Numbers, within: Numbers, between: Numbers, n: int, repeats: int) -> RunNoise:
    """Return the run-to-run noise of n items, `repeats` times each, from three moments.

    Items are fixed, so only the variance between repeats of the same item counts (`within`, its mean over
    items, with K − 1 in the denominator): error² = within / (n·K). Zero observed variance is not zero
    uncertainty: one imagined item is added of which one repeat came out otherwise; its variance is 1/K. (Half
    of one is too little: at 30 items, twice each, false contradictions then pass their limit.)

    Batching, restarts and judges move whole repeats. Where the variance of the repeats' means (`between`,
    K − 1 in the denominator) is larger than the items can explain, error² = between / K with K − 1 degrees of
    freedom. Larger means beyond the 98 % point of chi²(K − 1): taking the larger of the two always, as a
    plain floor would, costs a fifth of the power of two repeats, because a variance from two numbers is
    itself mostly noise. A shift that two or four repeats do not show is therefore not allowed for.
    """
    observed, within = within, (n * within + 1 / repeats) / (n + 1)
    expected = within / n
    shifted = between > expected * chdtri(repeats - 1, SHIFT_LEVEL) / (repeats - 1)
    variance = np.where(shifted, between, expected) / repeats
    dof = np.where(shifted, repeats - 1.0, np.inf)
    shift = np.where(shifted, between - expected, 0.0)
    return RunNoise(mean, np.sqrt(variance), dof, within, observed, n, repeats, shift)


def source_error(claimed: Numbers, n: int, repeats: int | None, ours: RunNoise) -> Numbers:
    """Return the run-to-run standard error of a published score (`claimed`, on the 0..1 scale).

    `repeats` is the number that the source states *together with the same decoding as ours*, else None.
    Stated: our within-item variance, shifted to the claimed mean, over its repeats. Unstated: the largest
    variance that one run over n items with this mean can have, c(1−c)/n; our own noise must not be
    borrowed for a source that may have been noisier. Where our whole repeats moved together, so may the
    source's: our variance between them is added, over its repeats.
    """
    # A claim of exactly 0 or 1 is no claim of having no noise: half an item is added on either side.
    mean = (n * claimed + 0.5) / (n + 1)
    largest = mean * (1 - mean)
    if repeats is None:
        return np.sqrt(largest / n + ours.shift_variance)
    spread = ours.mean * (1 - ours.mean)
    shifted = ours.within_variance * largest / np.where(spread > 0, spread, 1.0)
    within = np.where(spread > 0, np.minimum(shifted, largest), largest)
    return np.sqrt((within / n + ours.shift_variance) / repeats)


def _table(scores: ArrayLike) -> NDArray[np.float64]:
    try:
        table = np.asarray(scores, dtype=float)
    except ValueError as error:
        raise ValueError("expected the same number of repeats for every item") from error
    if table.ndim != 2 or table.shape[0] == 0:
        raise ValueError(f"expected items x repeats, found a table of shape {table.shape}")
    if table.shape[1] < 2:
        raise ValueError(f"expected at least 2 repeats, found {table.shape[1]}: one run shows no noise")
    if not np.isfinite(table).all() or table.min() < 0 or table.max() > 1:
        raise ValueError("expected scores in [0, 1]")
    return table
