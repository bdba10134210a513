"""How sure is a model's place in a table of models on the same items?"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.clusters import Labels
from harness.statistics.equivalence import Region, p_inside
from harness.statistics.paired import Lead, bootstrap_means

DIGITS = 10
"""Means that agree to this many decimals of the largest one are tied: the rest is the order of summation."""


@dataclass(frozen=True)
class Place:
    """What the leads over all comparators say of a claimed rank; p-values allow for their number."""

    p_holds: float
    """Small where the model surely has the claimed rank."""
    p_fails: float
    """Small where it surely has another one."""


def place(leads: Sequence[Lead], claimed: int) -> Place:
    """Return how sure it is that a model with these leads, one over each comparator, has rank `claimed`.

    A rank of r takes r − 1 comparators surely ahead and all others surely behind; it fails when r or more are
    surely ahead, or more than m − 1 − (r − 1) of m − 1 surely behind. Each comparator is judged by its own lead,
    and the chance that any of them misleads is allowed for (Bonferroni 1936), as in the simultaneous
    confidence sets for ranks of Mogstad, Romano, Shaikh and Wilhelm (2024, Rev. Econ. Stud. 91:476). A
    bootstrap probability of the rank itself is no p-value: among m equal models it is about 1/m.
    Raises ValueError for no leads, and for a rank that so few comparators leave no room for.
    """
    others = len(leads)
    if not 1 <= claimed <= others + 1 or others == 0:
        raise ValueError(f"expected a rank from 1 to {others + 1} with {others} comparators, found {claimed}")
    behind = sorted(p_inside(lead, Region(low=0.0)) for lead in leads)
    ahead = sorted(p_inside(lead, Region(high=0.0)) for lead in leads)
    needed = others - (claimed - 1)
    holds = [*behind[:needed], *ahead[: claimed - 1]]
    fails = [*ahead[claimed - 1 : claimed], *behind[needed : needed + 1]]
    return Place(min(1.0, others * max(holds)), min(1.0, others * min(fails, default=1.0)))


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
