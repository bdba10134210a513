"""Many claims at once: p-values that stay honest together, and one effect out of several."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.statistics.intervals import around, student_quantile


@dataclass(frozen=True)
class RandomEffects:
    """A mean effect, its standard error, its interval, and the variance of true effects between claims."""

    mean: float
    error: float
    low: float
    high: float
    tau2: float


def holm(p_values: Sequence[float]) -> list[float]:
    """Return the p-values adjusted for their number, in the order given (Holm 1979, Scand. J. Stat. 6:65).

    Rejecting what is at or below alpha keeps the chance of any false rejection at alpha, however the claims
    depend on each other. No p-values give an empty list. Raises ValueError for a p-value outside [0, 1].
    """
    from statsmodels.stats.multitest import multipletests  # noqa: PLC0415 - statsmodels is slow to import

    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError(f"expected p-values in [0, 1], found {list(p_values)}")
    if len(p_values) == 0:
        return []
    return [float(p) for p in multipletests(p_values, method="holm")[1]]


def random_effects(effects: Sequence[float], errors: Sequence[float], level: float = 0.95) -> RandomEffects:
    """Return the random-effects mean of several effects, in their unit, given the standard error of each.

    The variance between true effects is Paule and Mandel's (1982, J. Res. NBS 87:377), the interval Hartung and
    Knapp's (2001, Stat. Med. 20:3875) with k−1 degrees of freedom. Effects that agree better than their errors
    allow would make that interval too narrow, of no width where they are equal; the error is therefore never
    less than the one the errors imply (Knapp and Hartung 2003, Stat. Med. 22:2693). A single effect is
    returned with its own normal interval: it shows nothing about variance between effects.
    Raises ValueError for no effects, unequal lengths, numbers that are not finite and errors that are not
    positive.
    """
    if len(effects) == 0 or len(effects) != len(errors):
        raise ValueError(
            f"expected one error for each of at least one effect, found {len(effects)}, {len(errors)}"
        )
    if not np.isfinite([*effects, *errors]).all() or min(errors) <= 0:
        raise ValueError(f"expected finite effects and positive errors, found {list(effects)}, {list(errors)}")
    if len(effects) == 1:
        return RandomEffects(effects[0], errors[0], *around(effects[0], errors[0], level), tau2=0.0)
    mean, error, tau2 = _combined(effects, errors)
    half = student_quantile(level, len(effects) - 1) * error
    return RandomEffects(mean, error, mean - half, mean + half, tau2)


def _combined(effects: Sequence[float], errors: Sequence[float]) -> tuple[float, float, float]:
    """Return the random-effects mean, its error and tau² of at least two effects."""
    from statsmodels.stats.meta_analysis import combine_effects  # noqa: PLC0415 - statsmodels is slow to import

    # Equal effects make statsmodels divide by zero in a measure (I²) that is not used here.
    with np.errstate(divide="ignore", invalid="ignore"):
        found = combine_effects(
            np.asarray(effects, dtype=float),
            np.square(np.asarray(errors, dtype=float)),
            method_re="iterated",
            use_t=True,
            # Newton's steps only double tau² while it is far too small: the default of 50 can end too early.
            maxiter=1000,
        )
    error = math.sqrt(max(float(found.var_hksj_re), float(found.var_eff_w_re)))
    return float(found.mean_effect_re), error, float(found.tau2)
