"""The mean over sampled items and its standard error, also where items come in clusters.

Questions about one passage, or translations of one problem, are not independent: a sample of 1,000 items in 100
clusters tells less than 1,000 independent items do. Miller (2024), "Adding Error Bars to Evals", arXiv:2411.00640,
says when an evaluation needs this.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Labels = Sequence[str] | Sequence[int] | NDArray[Any]
"""One label per item; items with the same label belong to the same cluster."""


@dataclass(frozen=True)
class MeanError:
    """A mean, its standard error, and the degrees of freedom of that error."""

    mean: float
    error: float
    dof: float


def mean_error(values: ArrayLike, clusters: Labels | None = None) -> MeanError:
    """Return the mean of per-item `values` (n,) with its standard error over sampled items, in their unit.

    Without clusters the error is s/√n with n−1 degrees of freedom; with them that of `mean_covariance`. Equal
    values give an error of zero, which is no claim of certainty: whoever asks must judge that.
    Raises ValueError as `mean_covariance` does, and for values that are not one-dimensional.
    """
    column = np.asarray(values, dtype=float)
    if column.ndim != 1:
        raise ValueError(f"expected one value per item, found an array of shape {column.shape}")
    means, covariance, dof = mean_covariance(column[:, np.newaxis], clusters)
    return MeanError(float(means[0]), math.sqrt(covariance[0, 0]), dof)


def mean_covariance(
    columns: ArrayLike, clusters: Labels | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Return the means (m,) of `columns` (n, m), their covariance (m, m) and its degrees of freedom.

    All columns are over the same items. The covariance is the cluster-robust one (Liang and Zeger 1986,
    Biometrika 73:13), Σ_g u_g·u_gᵀ/n² with u_g the summed deviations of cluster g, times G/(G−1). Its degrees
    of freedom are one less than the effective number of clusters, G/(1+Γ) with Γ the squared coefficient of
    variation of the clusters' squared sizes (Carter, Schnepel and Steigerwald 2017, Rev. Econ. Stat. 99:698,
    for a mean): few large clusters among small ones count as few; never less than 1. Without clusters every
    item is its own, which gives the textbook covariance of means with n−1 degrees of freedom.
    Raises ValueError for fewer than two items or clusters, and as `cluster_sums` does.
    """
    table = np.asarray(columns, dtype=float)
    if table.ndim != 2 or len(table) < 2:
        raise ValueError(f"expected at least 2 items, found an array of shape {table.shape}")
    means = table.mean(axis=0)
    deviations, sizes = cluster_sums(table - means, clusters)
    groups = len(deviations)
    if groups < 2:
        raise ValueError(f"expected at least 2 clusters, found {groups}: one cluster shows no variance")
    covariance = deviations.T @ deviations * (groups / (groups - 1) / len(table) ** 2)
    uneven = float(np.var(sizes**2) / np.mean(sizes**2) ** 2)
    return means, covariance, max(groups / (1 + uneven) - 1, 1.0)


def cluster_sums(
    columns: ArrayLike, clusters: Labels | None = None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the sum of every column in every cluster (G, m) and the clusters' sizes in items (G,).

    `columns` is (n, m), one row per item. Clusters come in the order of their labels; without clusters every
    item is its own, in the order given.
    Raises ValueError for what is no table of finite numbers or has not one label per item.
    """
    table = np.asarray(columns, dtype=float)
    if table.ndim != 2 or not np.isfinite(table).all():
        raise ValueError(f"expected a table of finite numbers, items x columns, found shape {table.shape}")
    if clusters is None:
        return table, np.ones(len(table))
    labels = np.asarray(clusters)
    if labels.shape != (len(table),):
        raise ValueError(f"expected one label for each of {len(table)} items, found shape {labels.shape}")
    _, group = np.unique(labels, return_inverse=True)
    sums = [np.bincount(group, weights=column) for column in table.T]
    return np.column_stack(sums), np.bincount(group).astype(float)
