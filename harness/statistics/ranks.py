"""How sure is a model's place in a table of models on the same items?"""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.clusters import Labels
from harness.statistics.paired import bootstrap_means

DIGITS = 10
"""Means that agree to this many decimals of the largest one are tied: the rest is the order of summation."""


def rank_probabilities(
    columns: ArrayLike,
    resamples: int = 2000,
    seed: int = 0,
    clusters: Labels | None = None,
    higher_is_better: bool = True,
) -> NDArray[np.float64]:
    """Return the probability (m, m) of every model, by row, to have rank 1, 2, ... m, by column.

    `columns` (n, m) holds the per-item means of m models over the same items. The probabilities are shares of
    the joint bootstrap's resamples (Hall and Miller 2009, Ann. Stat. 37:3929, on when that is right); models
    tied in a resample share the ranks they span equally. Every row and every column sums to 1.
    Raises ValueError as `bootstrap_means` does, and for no models.
    """
    from scipy.stats import rankdata  # noqa: PLC0415 - scipy.stats is slow to import

    means = bootstrap_means(columns, resamples, seed, clusters)
    models = means.shape[1]
    if models == 0:
        raise ValueError("expected at least one model, found none")
    scores = np.round(means / (np.abs(means).max() or 1.0), DIGITS)
    order = -scores if higher_is_better else scores
    best, worst = (rankdata(order, method=method, axis=1) for method in ("min", "max"))
    share = 1 / (worst - best + 1)
    ranks = [(share * ((best <= rank) & (rank <= worst))).mean(axis=0) for rank in range(1, models + 1)]
    return np.column_stack(ranks)
