"""Run-to-run noise: how far a score on the same fixed items moves when it is measured again."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RunNoise:
    """Mean, its run-to-run standard error, and the within-item variance the error came from."""

    mean: float
    error: float
    within_variance: float
    n: int
    repeats: int


def run_noise(scores: Sequence[Sequence[float]]) -> RunNoise:
    """Return the run-to-run noise of a table of scores, items x repeats, each score in [0, 1].

    Items were fixed, so only the variance between repeats of the same item counts: (1/n²)·Σ s_i²/K with
    K−1 in the denominator of s_i². It is never less than the variance between the means of whole repeats
    over K, because batching, restarts and judges move whole runs. Zero observed variance is not zero
    uncertainty: one imagined item that flips as often as an item can is added to the mean variance.
    Raises ValueError for an empty table, a ragged one, fewer than two repeats, or a score outside [0, 1].
    """
    lengths = {len(row) for row in scores}
    if len(lengths) != 1:
        raise ValueError(f"expected the same number of repeats for every item, found {sorted(lengths)}")
    table = np.asarray(scores, dtype=float)
    n, repeats = table.shape
    if repeats < 2:
        raise ValueError(f"expected at least 2 repeats, found {repeats}: one run shows no noise")
    if not np.isfinite(table).all() or table.min() < 0 or table.max() > 1:
        raise ValueError("expected scores in [0, 1]")
    most = 0.25 * repeats / (repeats - 1)
    within = float((table.var(axis=1, ddof=1).sum() + most) / (n + 1))
    between = float(table.mean(axis=0).var(ddof=1))
    error = math.sqrt(max(within / (n * repeats), between / repeats))
    return RunNoise(float(table.mean()), error, within, n, repeats)


def source_error(claimed: float, n: int, repeats: int | None, ours: RunNoise) -> float:
    """Return the run-to-run standard error of a published score (`claimed`, on the 0..1 scale).

    `repeats` is the number that the source states *together with the same decoding as ours*, else None.
    Stated: our within-item variance, shifted to the claimed mean, over its repeats. Unstated: the largest
    variance that one run over n items with this mean can have, c(1−c)/n; our own noise must not be
    borrowed for a source that may have been noisier.
    """
    # A claim of exactly 0 or 1 is no claim of having no noise: half an item is added on either side.
    mean = (n * claimed + 0.5) / (n + 1)
    largest = mean * (1 - mean)
    if repeats is None:
        return math.sqrt(largest / n)
    spread = ours.mean * (1 - ours.mean)
    within = min(ours.within_variance * largest / spread, largest) if spread > 0 else largest
    return math.sqrt(within / (n * repeats))
