"""The ratio of two means over the same items: "keeps 98 % of the full model's score"."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr, ndtri

from harness.statistics.clusters import Labels, cluster_sums, mean_covariance
from harness.statistics.intervals import quantile, student_quantile
from harness.statistics.noise import RunNoise, source_error
from harness.statistics.paired import bootstrap_means, side_by_side

TIE = 1e-12
"""Ratios closer than this share of their size differ by the order of summation only."""


def fieller(
    first: ArrayLike, second: ArrayLike, level: float, clusters: Labels | None = None
) -> tuple[float, float]:
    """Return Fieller's interval of `level` for mean(first) / mean(second), both (n,) over the same items.

    The ratios r for which mean(first) − r·mean(second) does not differ from zero by a t test (Fieller 1954,
    J. R. Stat. Soc. B 16:175), with the paired, where asked cluster-robust, covariance of the two means. It
    always holds the point estimate. Where the mean of `second` itself does not differ from zero at this level,
    that set has no bounds and (−inf, inf) is returned: the items cannot say what the ratio is.
    Raises ValueError when the mean of `second` is zero, for unequal lengths, and as `mean_covariance` does.
    """
    both = side_by_side(first, second)
    ratio = ratio_of_means(both)
    # In terms of the residual first − ratio·second, whose mean is zero, nothing below cancels out.
    residual = np.column_stack([both[:, 0] - ratio * both[:, 1], both[:, 1]])
    means, covariance, dof = mean_covariance(residual, clusters)
    t2 = student_quantile(level, dof) ** 2
    leading = means[1] ** 2 - t2 * covariance[1, 1]
    if leading <= 0:
        return -math.inf, math.inf
    centre = -t2 * covariance[0, 1]
    half = math.sqrt(t2 * leading * covariance[0, 0] + centre**2)
    return float(ratio + (centre - half) / leading), float(ratio + (centre + half) / leading)


@dataclass(frozen=True)
class Bca:
    """A ratio with its bias-corrected and accelerated bootstrap (Efron 1987, JASA 82:171)."""

    ratio: float
    lows: NDArray[np.float64]
    """Resampled ratios, ascending, for the low end: a resample whose denominator is zero counts as −inf."""
    highs: NDArray[np.float64]
    """The same for the high end, where it counts as inf."""
    bias: float
    acceleration: float

    @property
    def error(self) -> float:
        """Standard deviation of the resampled ratios; infinite where one of them does not exist."""
        return math.inf if math.isinf(self.highs[-1]) else float(self.highs.std(ddof=1))

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval of `level`; it may have no bounds, as Fieller's can. ValueError outside [0, 1).

        A level whose tail is smaller than one resample in all has none: the resamples say nothing about it.
        """
        if not 0 <= level < 1:
            raise ValueError(f"expected a level in [0, 1), found {level}")
        if (1 - level) / 2 * (len(self.lows) + 1) < 1:
            return -math.inf, math.inf
        z = quantile(level)
        # Whole order statistics, the outer ones: between a number and infinity nothing can be interpolated.
        low = np.quantile(self.lows, _adjusted(-z, self.bias, self.acceleration), method="lower")
        high = np.quantile(self.highs, _adjusted(z, self.bias, self.acceleration), method="higher")
        return float(low), float(high)


def bca(
    first: ArrayLike, second: ArrayLike, resamples: int = 2000, seed: int = 0, clusters: Labels | None = None
) -> Bca:
    """Return the bootstrap of mean(first) / mean(second), both (n,) over the same items.

    Items, or whole clusters, are resampled once; intervals of any level come from the same resamples. Where
    every resample has the same ratio, that ratio is both ends.
    Raises ValueError when the mean of `second` is zero, for unequal lengths, and as `bootstrap_means` does.
    """
    both = side_by_side(first, second)
    ratio = ratio_of_means(both)
    means = bootstrap_means(both, resamples, seed, clusters)
    known = means[means[:, 1] != 0]
    ratios = known[:, 0] / known[:, 1]
    ratios[np.abs(ratios - ratio) <= TIE * abs(ratio)] = ratio
    ratios.sort()
    unknown = np.full(len(means) - len(ratios), np.inf)
    return Bca(
        ratio,
        np.concatenate([-unknown, ratios]),
        np.concatenate([ratios, unknown]),
        _bias(ratios, ratio),
        _acceleration(cluster_sums(both, clusters)[0]),
    )


@dataclass(frozen=True)
class RatioGap:
    """A measured ratio minus a published one."""

    measured: Bca
    claimed: float
    theirs: float
    """Standard error of the published ratio, from run to run."""

    @property
    def point(self) -> float:
        """Measured minus claimed ratio."""
        return self.measured.ratio - self.claimed

    @property
    def error(self) -> float:
        """Standard error of the gap."""
        return math.hypot(self.measured.error, self.theirs)

    def interval(self, level: float) -> tuple[float, float]:
        """Return the interval: distances to both sides' ends squared and added (MOVER, Zou and Donner 2008)."""
        low, high = self.measured.interval(level)
        z = quantile(level)
        half = z * self.theirs if z else 0.0
        ratio = self.measured.ratio
        return self.point - math.hypot(ratio - low, half), self.point + math.hypot(high - ratio, half)


def ratio_source_error(ratio: float, first: RunNoise, second: RunNoise, n: int, repeats: int | None) -> float:
    """Return the run-to-run standard error of a published ratio of two scores over n items.

    Both scores came from runs of their own, so their relative variances add up (delta method; Cramér 1946,
    Mathematical Methods of Statistics, 27.7). `repeats` as in `source_error`: None where unstated.
    Infinite where the denominator was never right.
    """
    if second.mean == 0:
        return math.inf
    relative = [
        source_error(noise.mean, n, repeats, noise) / ((n * noise.mean + 0.5) / (n + 1))
        for noise in (first, second)
    ]
    return float(ratio * math.hypot(*relative))


def ratio_of_means(both: NDArray[np.float64]) -> float:
    """Return the mean of the first over the mean of the second column of a table (n, 2).

    Raises ValueError when the second mean is zero or there are no items.
    """
    if len(both) == 0:
        raise ValueError("expected at least 2 items, found none")
    means = both.mean(axis=0)
    if means[1] == 0:
        raise ValueError("expected a denominator other than zero: the mean of the second values is 0")
    return float(means[0] / means[1])


def _bias(ratios: NDArray[np.float64], ratio: float) -> float:
    """Return Efron's z0: the normal quantile of the share of resampled ratios below the ratio, ties half."""
    if len(ratios) == 0:
        return 0.0
    share = float(np.mean(ratios < ratio) + np.mean(ratios <= ratio)) / 2
    # A share of 0 or 1 would be an infinite quantile; half a resample is kept on either side.
    edge = 0.5 / len(ratios)
    return float(ndtri(min(max(share, edge), 1 - edge)))


def _acceleration(sums: NDArray[np.float64]) -> float:
    """Return Efron's a from the ratios that remain when one item or cluster (G, 2) is left out.

    The sums without one cluster are the total minus its own: SciPy's jackknife forms G samples of G − 1 items
    instead, which for 12,032 items takes a gigabyte. Zero where the ratios are equal or one does not exist.
    """
    remaining = sums.sum(axis=0) - sums
    if (remaining[:, 1] == 0).any():
        return 0.0
    ratios = remaining[:, 0] / remaining[:, 1]
    distances = ratios.mean() - ratios
    if (np.abs(distances) <= TIE * abs(ratios.mean())).all():
        return 0.0
    scaled = distances / np.abs(distances).max()
    return float((scaled**3).sum() / (6 * (scaled**2).sum() ** 1.5))


def _adjusted(z: float, bias: float, acceleration: float) -> float:
    """Return the share of resamples at which an end lies that the normal distribution would put at `z`."""
    shifted = bias + z
    # Far out the denominator would turn negative and the end come back from the other side.
    return float(ndtr(bias + shifted / max(1 - acceleration * shifted, 1e-9)))
