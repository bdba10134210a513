"""Two models, or more, on the same items: what pairing makes visible that two separate intervals do not."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from harness.statistics.clusters import Labels, cluster_sums, mean_error
from harness.statistics.intervals import student_quantile

CELLS = 2**18
"""How many resampled items are held at once: 2 MiB per array."""


def mcnemar_midp(only_first: int, only_second: int) -> float:
    """Return the two-sided mid-p value of McNemar's exact test.

    `only_first` and `only_second` count the items that only the first or only the second model got right;
    items on which they agree say nothing. Mid-p (Fagerland, Lydersen and Laake 2013, BMC Medical Research
    Methodology 13:91) counts half the probability of the observed table, so it is less conservative than the
    exact test. Without any disagreement there is no evidence, and the value is 1.
    Raises ValueError for a negative count.
    """
    from scipy.stats import binom  # noqa: PLC0415 - scipy.stats alone takes longer to import than all else here

    if only_first < 0 or only_second < 0:
        raise ValueError(f"expected counts of items, found {only_first} and {only_second}")
    total = only_first + only_second
    if total == 0:
        return 1.0
    point = float(binom.pmf(only_first, total, 0.5))
    # An even split is one table, not one in each tail, so the doubled tail would count it twice.
    if only_first == only_second:
        return 1 - point / 2
    return 2 * float(binom.cdf(min(only_first, only_second), total, 0.5)) - point


@dataclass(frozen=True)
class Lead:
    """How far one model is ahead of another in general: items are sampled, not fixed."""

    point: float
    error: float
    dof: float
    resampled: NDArray[np.float64]
    """Resampled mean differences."""
    exact: float | None = None
    """Two-sided mid-p of McNemar's test, where every item is wholly right or wrong on either side."""

    def interval(self, level: float) -> tuple[float, float]:
        """Return the wider, end by end, of Student's t interval and the percentile bootstrap's.

        Student 1908, Biometrika 6:1; Efron 1981, Biometrika 68:589. They agree on many items; where they do
        not, the more careful one holds. An interval that the exact test would let reach zero does so.
        """
        half = student_quantile(level, self.dof) * self.error
        low, high = (float(end) for end in np.quantile(self.resampled, [(1 - level) / 2, (1 + level) / 2]))
        low, high = min(self.point - half, low), max(self.point + half, high)
        if self.exact is not None and self.exact > 1 - level:
            return min(low, 0.0), max(high, 0.0)
        return low, high


def lead(
    first: ArrayLike,
    second: ArrayLike,
    *,
    least_error: float = 0.0,
    shift: tuple[float, float] | None = None,
    resamples: int = 2000,
    seed: int = 0,
    clusters: Labels | None = None,
) -> Lead:
    """Return the lead of `first` over `second`: per-item means (n,) over the same items.

    `least_error` stands in for an error of zero: items that all differ by the same are no certainty. `shift`
    is the standard error and the degrees of freedom of what moves all items of a side together from run to
    run; resampling items does not show it, so it is added.
    Raises ValueError for unequal lengths and as `mean_error` and `bootstrap_means` do.
    """
    both = side_by_side(first, second)
    difference = both[:, 0] - both[:, 1]
    found = mean_error(difference, clusters)
    resampled = bootstrap_means(difference[:, np.newaxis], resamples, seed, clusters)[:, 0]
    exact = None
    if clusters is None and np.isin(both, (0.0, 1.0)).all():
        exact = mcnemar_midp(int((difference > 0).sum()), int((difference < 0).sum()))
    error, dof = max(found.error, least_error), found.dof
    if shift is not None:
        error, dof = math.hypot(error, shift[0]), min(dof, shift[1])
    return Lead(found.mean, error, dof, resampled, exact)


def bootstrap_means(
    columns: ArrayLike, resamples: int, seed: int, clusters: Labels | None = None
) -> NDArray[np.float64]:
    """Return the means (resamples, m) of `columns` (n, m) over resampled items (Efron 1979, Ann. Stat. 7:1).

    One resample takes the same items in every column, so what the columns share cancels in their differences
    and ratios. With clusters, whole clusters are resampled (Davison and Hinkley 1997, Bootstrap Methods,
    section 3.8), and a mean is summed scores over summed items. The same seed takes the same items, whatever
    the number of columns.
    Raises ValueError for fewer than two items or clusters, no resamples, and as `cluster_sums` does.
    """
    sums, sizes = cluster_sums(columns, clusters)
    groups = len(sums)
    if groups < 2 or resamples < 1:
        raise ValueError(f"expected at least 2 items or clusters and 1 resample, found {groups} and {resamples}")
    rng = np.random.default_rng(seed)
    means = np.empty((resamples, sums.shape[1]))
    # scipy.stats.bootstrap holds every resampled value of every column at once: here only how often each item
    # was taken is held, a few resamples at a time, and one matrix product gives all their means.
    rows = max(1, CELLS // groups)
    for start in range(0, resamples, rows):
        count = min(rows, resamples - start)
        taken = rng.integers(groups, size=(count, groups))
        taken += groups * np.arange(count)[:, np.newaxis]
        times = np.bincount(taken.ravel(), minlength=count * groups).reshape(count, groups).astype(float)
        means[start : start + count] = (times @ sums) / (times @ sizes)[:, np.newaxis]
    return means


def side_by_side(first: ArrayLike, second: ArrayLike) -> NDArray[np.float64]:
    """Return two lists of per-item values (n,) as one table (n, 2).

    Raises ValueError unless they have the same number of items.
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.ndim != 1 or a.shape != b.shape:
        raise ValueError(f"expected one value per item for the same items, found shapes {a.shape} and {b.shape}")
    return np.column_stack([a, b])
