import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binomtest
from scipy.stats import t as student
from statsmodels.stats.proportion import proportion_confint

from harness.statistics.intervals import (
    around,
    beta_binomial,
    clopper_pearson,
    quantile,
    student_quantile,
    wilson,
)

right_of_n = st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.integers(1, 3000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_agrees_with_scipy(pair):
    right, n = pair
    expected = binomtest(right, n).proportion_ci(method="wilson")
    assert wilson(right / n, n) == pytest.approx((expected.low, expected.high), abs=1e-9)


def test_zero_right_answers_are_not_zero_uncertainty():
    low, high = wilson(0.0, 30)
    assert low == 0.0
    assert high > 0.1


def test_quantiles_are_those_of_the_normal_distribution():
    assert quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert quantile(0.90) == pytest.approx(1.644854, abs=1e-6)


def test_widening_moves_both_ends_outwards():
    assert around(1.0, 0.0, 0.95, 0.05) == pytest.approx((0.95, 1.05))


@pytest.mark.parametrize(("mean", "n"), [(1.2, 10), (-0.1, 10), (0.5, 0)])
def test_what_is_no_proportion_is_an_error(mean, n):
    with pytest.raises(ValueError, match="wilson needs"):
        wilson(mean, n)


@given(st.floats(0.5, 0.999), st.integers(1, 10_000))
def test_student_quantiles_are_those_of_scipy(level, dof):
    assert student_quantile(level, dof) == pytest.approx(student.interval(level, dof)[1], rel=1e-9)


@given(right_of_n, st.sampled_from([0.5, 0.9, 0.95, 0.999]))
def test_clopper_pearson_agrees_with_scipy_and_statsmodels(pair, level):
    right, n = pair
    found = clopper_pearson(right / n, n, level)
    exact = binomtest(right, n).proportion_ci(level, method="exact")
    # SciPy finds the ends by a root search, to fewer digits than the beta quantiles have.
    assert found == pytest.approx((exact.low, exact.high), abs=1e-6)
    assert found == pytest.approx(proportion_confint(right, n, 1 - level, method="beta"), abs=1e-9)


def test_an_effective_count_takes_the_beta_quantiles_at_real_numbers():
    expected = (beta.ppf(0.025, 3.15, 8.35), beta.ppf(0.975, 4.15, 7.35))
    assert clopper_pearson(0.3, 10.5) == pytest.approx(expected, rel=1e-12)


@given(st.floats(0, 1), st.floats(0.5, 20_000), st.floats(0.5, 0.999))
def test_clopper_pearson_holds_the_mean_within_nought_and_one_and_has_a_width(mean, n, level):
    low, high = clopper_pearson(mean, n, level)
    assert 0 <= low <= mean <= high <= 1
    assert low < high


@given(st.floats(0, 1), st.floats(0.5, 20_000))
def test_clopper_pearson_is_the_same_for_wrong_answers_as_for_right_ones(mean, n):
    low, high = clopper_pearson(mean, n)
    # 1 − mean is rounded for a mean near nought, so the mirror is not exact there.
    assert clopper_pearson(1 - mean, n) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_no_right_answers_out_of_n_give_the_closed_form():
    assert clopper_pearson(0.0, 20) == pytest.approx((0.0, 1 - 0.025 ** (1 / 20)))
    assert clopper_pearson(1.0, 20) == pytest.approx((0.025 ** (1 / 20), 1.0))


@pytest.mark.parametrize(
    ("mean", "n", "level"), [(1.2, 10, 0.9), (0.5, 0, 0.9), (0.5, 9, 1.0), (math.nan, 9, 0.9)]
)
def test_what_is_no_proportion_is_an_error_in_clopper_pearson_too(mean, n, level):
    with pytest.raises(ValueError, match="clopper_pearson needs"):
        clopper_pearson(mean, n, level)


def test_half_the_variance_within_items_counts_four_repeats_as_1_6():
    # rho = 1 − 0.125/0.25 = 0.5, and 100·4 / (1 + 3·0.5) = 160.
    assert beta_binomial(0.5, 0.125, 100, 4) == clopper_pearson(0.5, 160)


@given(st.floats(0.01, 0.99), st.integers(2, 500), st.integers(2, 64), st.floats(0, 2))
def test_repeats_are_worth_between_nothing_and_as_much_as_new_items(mean, n, repeats, share):
    low, high = beta_binomial(mean, share * mean * (1 - mean), n, repeats)
    widest, narrowest = clopper_pearson(mean, n), clopper_pearson(mean, n * repeats)
    assert widest[0] - 1e-9 <= low <= narrowest[0] + 1e-9
    assert narrowest[1] - 1e-9 <= high <= widest[1] + 1e-9


@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 500), st.integers(1, 64))
def test_the_beta_binomial_interval_holds_the_mean_and_stays_within_nought_and_one(mean, within, n, repeats):
    low, high = beta_binomial(mean, within, n, repeats)
    assert 0 <= low <= mean <= high <= 1
    assert low < high


@pytest.mark.parametrize("mean", [0.0, 1.0])
def test_repeats_that_are_all_alike_count_for_nothing(mean):
    assert beta_binomial(mean, 0.0, 30, 16) == clopper_pearson(mean, 30)


def test_one_repeat_is_clopper_pearson_itself():
    assert beta_binomial(0.4, 0.0, 50, 1) == clopper_pearson(0.4, 50)


@pytest.mark.parametrize(
    ("mean", "within", "n", "repeats"),
    [(1.1, 0.1, 9, 2), (0.5, -0.1, 9, 2), (0.5, math.nan, 9, 2), (0.5, 0.1, 0, 2), (0.5, 0.1, 9, 0)],
)
def test_what_is_no_table_of_repeats_is_an_error(mean, within, n, repeats):
    with pytest.raises(ValueError, match="beta_binomial needs"):
        beta_binomial(mean, within, n, repeats)


@pytest.mark.parametrize(("right", "wrong"), [(2.0, 2.0), (0.4, 3.6)])
def test_the_beta_binomial_interval_holds_the_truth_where_counting_repeats_as_items_does_not(right, wrong):
    rng = np.random.default_rng(7)
    n, repeats, trials, truth = 60, 8, 600, right / (right + wrong)
    answers = rng.random((trials, n, repeats)) < rng.beta(right, wrong, (trials, n, 1))
    means = answers.mean(axis=(1, 2))
    within = answers.var(axis=2, ddof=1).mean(axis=1)
    ours = [beta_binomial(mean, variance, n, repeats) for mean, variance in zip(means, within, strict=True)]
    naive = [clopper_pearson(mean, n * repeats) for mean in means]
    held = np.mean([low <= truth <= high for low, high in ours])
    held_naively = np.mean([low <= truth <= high for low, high in naive])
    assert 0.93 <= held <= 0.99
    assert held_naively < 0.88
