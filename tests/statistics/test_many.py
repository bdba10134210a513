import gc
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import t as student
from statsmodels.stats.meta_analysis import combine_effects

from harness.statistics.intervals import around
from harness.statistics.many import RandomEffects, holm, random_effects

p_lists = st.lists(st.floats(0, 1), min_size=1, max_size=20)
studies = st.lists(
    st.tuples(st.floats(-10, 10).map(lambda number: round(number, 3)), st.floats(0.05, 5)), min_size=2, max_size=12
)


@pytest.fixture(autouse=True, scope="module")
def quick_collections():
    """statsmodels collects all garbage at every correction; what is frozen is not looked through again."""
    gc.freeze()
    yield
    gc.unfreeze()


def numbers_of(found: RandomEffects) -> tuple[float, ...]:
    return found.mean, found.error, found.low, found.high, found.tau2


def test_the_smallest_p_value_pays_for_all_and_none_falls_below_a_smaller_one():
    # 0.01·3, 0.03·2, then 0.04·1, which may not be less than 0.06.
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


@given(p_lists)
def test_holm_lies_between_no_correction_and_bonferroni_s(p_values):
    for raw, adjusted in zip(p_values, holm(p_values), strict=True):
        assert raw <= adjusted <= min(1.0, raw * len(p_values))


@given(p_lists)
def test_holm_rejects_what_its_steps_reject(p_values):
    ordered = sorted(p_values)
    passed = 0
    while passed < len(ordered) and ordered[passed] * (len(ordered) - passed) <= 0.05:
        passed += 1
    assert sum(p <= 0.05 for p in holm(p_values)) == passed


@given(p_lists, st.randoms(use_true_random=False))
def test_the_order_of_claims_changes_nothing_for_holm(p_values, rng):
    order = list(range(len(p_values)))
    rng.shuffle(order)
    adjusted = holm(p_values)
    assert holm([p_values[k] for k in order]) == pytest.approx([adjusted[k] for k in order])


def test_no_claims_need_no_adjustment():
    assert holm([]) == []


@pytest.mark.parametrize("p_value", [-0.1, 1.1, math.nan])
def test_what_is_no_p_value_is_an_error(p_value):
    with pytest.raises(ValueError, match=r"p-values in \[0, 1\]"):
        holm([0.5, p_value])


def test_two_effects_by_hand():
    # Equal errors: tau² = s² − e² = 2 − 1, and the mean's error is √(s²/2) = 1; t(0.975, 1 dof) = 12.706.
    found = random_effects([0.0, 2.0], [1.0, 1.0])
    assert numbers_of(found) == pytest.approx((1.0, 1.0, 1 - 12.7062, 1 + 12.7062, 1.0), abs=1e-4)


def test_effects_that_agree_have_no_variance_between_them_but_keep_their_errors():
    found = random_effects([3.0, 3.0, 3.0, 3.0], [0.5, 0.5, 0.5, 0.5])
    half = student.ppf(0.975, 3) * 0.25
    assert numbers_of(found) == pytest.approx((3.0, 0.25, 3 - half, 3 + half, 0.0))


def test_a_single_effect_is_returned_with_its_own_interval():
    assert random_effects([2.0], [0.5], 0.9) == RandomEffects(2.0, 0.5, *around(2.0, 0.5, 0.9), 0.0)


@given(studies)
def test_tau2_solves_paule_and_mandel_s_equation(table):
    effects, errors = np.array(table).T
    found = random_effects(effects.tolist(), errors.tolist())
    weights = 1 / (errors**2 + found.tau2)
    spread = (weights * (effects - found.mean) ** 2).sum()
    assert found.mean == pytest.approx((weights * effects).sum() / weights.sum(), abs=1e-9)
    if found.tau2 > 0:
        assert spread == pytest.approx(len(effects) - 1, abs=1e-4)
    else:
        assert spread <= len(effects) - 1 + 1e-4


@given(studies)
def test_the_interval_is_hartung_and_knapp_s_of_statsmodels_and_never_narrower_than_the_errors_allow(table):
    effects, errors = np.array(table).T
    found = random_effects(effects.tolist(), errors.tolist())
    with np.errstate(all="ignore"):
        results = combine_effects(effects, errors**2, method_re="iterated", use_t=True, maxiter=1000).conf_int()
    widest = max((tuple(results[1]), tuple(results[3])), key=lambda ends: ends[1] - ends[0])
    assert (found.low, found.high) == pytest.approx(widest, rel=1e-9, abs=1e-9)


@given(studies, st.randoms(use_true_random=False))
def test_the_order_and_the_sign_of_effects_change_nothing_else(table, rng):
    shuffled = list(table)
    rng.shuffle(shuffled)
    found = random_effects(*zip(*table, strict=True))
    mirrored = random_effects([-effect for effect, _ in shuffled], [error for _, error in shuffled])
    expected = (-found.mean, found.error, -found.high, -found.low, found.tau2)
    assert numbers_of(mirrored) == pytest.approx(expected, rel=1e-4, abs=1e-4)


def test_tau2_is_found_even_where_the_errors_are_tiny_beside_it():
    found = random_effects([0.0, 1.0, 2.0], [1e-9, 1e-9, 1e-9])
    assert found.tau2 == pytest.approx(1.0, rel=1e-4)
    assert found.error == pytest.approx(math.sqrt(1 / 3), rel=1e-4)


def test_the_interval_holds_the_true_mean_as_often_as_it_says():
    rng = np.random.default_rng(5)
    held = []
    for _ in range(400):
        errors = rng.uniform(0.5, 1.5, 6)
        effects = 2 + rng.normal(0, 1, 6) + rng.normal(0, errors)
        found = random_effects(effects.tolist(), errors.tolist())
        held.append(found.low <= 2 <= found.high)
    assert 0.92 <= np.mean(held) <= 0.99


@pytest.mark.parametrize(
    ("effects", "errors", "words"),
    [
        ([], [], "at least one effect"),
        ([1.0, 2.0], [1.0], "found 2, 1"),
        ([1.0, 2.0], [1.0, 0.0], "positive errors"),
        ([1.0, math.inf], [1.0, 1.0], "finite effects"),
        ([1.0], [math.nan], "finite effects"),
    ],
)
def test_what_is_no_set_of_effects_is_an_error(effects, errors, words):
    with pytest.raises(ValueError, match=words):
        random_effects(effects, errors)
