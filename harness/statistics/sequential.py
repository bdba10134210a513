"""Stopping as soon as it is settled, without being wrong more often than with one look at the end."""

import math
from collections.abc import Sequence
from itertools import pairwise

from scipy.special import ndtr

from harness.statistics.equivalence import FIXED, Alphas
from harness.statistics.intervals import quantile


def spent(alpha: float, fraction: float) -> float:
    """Return how much of `alpha` may be spent when `fraction` of the repeats are in.

    2 − 2Φ(z/√fraction) with z = Φ⁻¹(1 − alpha/2): the spending function of Lan and DeMets (1983, Biometrika
    70:659) that resembles O'Brien and Fleming's boundaries. It spends next to nothing early.
    Raises ValueError for a fraction outside (0, 1].
    """
    if not 0 < fraction <= 1:
        raise ValueError(f"expected a fraction of the repeats in (0, 1], found {fraction}")
    return float(2 * ndtr(-quantile(1 - alpha) / math.sqrt(fraction)))


def alphas_at(looks: Sequence[int], repeats: int) -> Alphas:
    """Return how often the rule may be wrong at the look after `repeats` repeats.

    `looks` are the numbers of repeats after which the run may stop, ascending and declared before it starts.
    A look gets what the spending function releases between the look before and itself, so that the sum
    over all looks is the alpha of a single one: the chance of being wrong at any of them is at most their
    sum (Bonferroni 1936), whatever the looks' dependence, so it holds for the rule's own intervals and not for
    normal ones only. Exact boundaries would be a little narrower.
    Without looks there is one at the end. Raises ValueError for a number of repeats that is no look.
    """
    if not looks:
        return FIXED
    if repeats not in looks:
        raise ValueError(f"expected a look after {', '.join(map(str, looks))} repeats, found {repeats}")
    return Alphas(inside=_released(FIXED.inside, looks, repeats), outside=_released(FIXED.outside, looks, repeats))


def _released(alpha: float, looks: Sequence[int], repeats: int) -> float:
    total = [0.0, *(spent(alpha, look / looks[-1]) for look in looks)]
    parts = [later - earlier for earlier, later in pairwise(total)]
    return parts[list(looks).index(repeats)]


def doubling_looks(floor: int, limit: int) -> list[int]:
    """Return looks that double from the fewest repeats allowed up to `limit`, the last one.

    Raises ValueError when `limit` is below the floor.
    """
    if limit < floor:
        raise ValueError(f"expected at least the floor of {floor} repeats, found a limit of {limit}")
    looks = [floor]
    while looks[-1] * 2 < limit:
        looks.append(looks[-1] * 2)
    return looks if looks[-1] == limit else [*looks, limit]
