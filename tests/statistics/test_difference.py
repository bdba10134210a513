import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from scipy.stats import t as student
from statsmodels.stats.proportion import confint_proportions_2indep

from harness.statistics.difference import Difference
from harness.statistics.noise import RunNoise, noise_of_moments, source_error

shares = st.floats(0, 1)
errors = st.floats(1e-4, 0.3)
dofs = st.sampled_from([1.0, 3.0, 31.0, math.inf])
levels = st.floats(0.1, 0.999)


def difference(mean, error, claimed, theirs, dof=math.inf):
    return Difference(RunNoise(mean, error, dof, 0.1, 0.1, 30, 4), claimed, theirs)


def binomial_error(right, n):
    return math.sqrt(right * (n - right) / n**3)


@given(shares, errors, shares, errors, dofs, levels)
def test_the_interval_holds_the_difference_within_minus_one_and_one_and_has_a_width(
    mean, error, claimed, theirs, dof, level
):
    found = difference(mean, error, claimed, theirs, dof)
    low, high = found.interval(level)
    assert found.point == mean - claimed
    assert -1 <= low <= found.point <= high <= 1
    assert high - low > 1e-9


@pytest.mark.parametrize("claimed", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("mean", [0.0, 0.5, 1.0])
def test_even_without_any_error_there_is_a_width(mean, claimed):
    low, high = difference(mean, 0.0, claimed, 0.0).interval(0.9)
    assert low < high


@given(shares, errors, shares, errors, dofs, levels)
def test_wrong_answers_are_judged_as_right_ones_are(mean, error, claimed, theirs, dof, level):
    low, high = difference(mean, error, claimed, theirs, dof).interval(level)
    mirrored = difference(1 - mean, error, 1 - claimed, theirs, dof).interval(level)
    assert mirrored == pytest.approx((-high, -low), abs=1e-9)


@given(shares, errors, shares, errors, levels)
def test_swapping_the_two_sides_flips_the_interval(mean, error, claimed, theirs, level):
    low, high = difference(mean, error, claimed, theirs).interval(level)
    assert difference(claimed, theirs, mean, error).interval(level) == pytest.approx((-high, -low), abs=1e-9)


@given(shares, errors, shares, errors, dofs, levels, st.floats(0.01, 1))
def test_a_higher_level_gives_a_wider_interval(mean, error, claimed, theirs, dof, level, step):
    found = difference(mean, error, claimed, theirs, dof)
    low, high = found.interval(level)
    lower, higher = found.interval(level + step * (1 - level) * 0.99)
    assert lower <= low
    assert high <= higher
    assert higher - lower > high - low or (lower, higher) == (-1, 1)


@given(shares, errors, shares, errors, levels)
def test_few_degrees_of_freedom_give_a_wider_interval(mean, error, claimed, theirs, level):
    widths = [
        np.ptp(difference(mean, error, claimed, theirs, dof).interval(level)) for dof in (1, 3, 31, math.inf)
    ]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1] or widths[0] == 2


@given(st.floats(0.1, 0.9), st.floats(0.1, 0.9), st.floats(0.2, 5), levels)
def test_small_errors_give_the_normal_interval(mean, claimed, proportion, level):
    found = difference(mean, 1e-4, claimed, proportion * 1e-4)
    half = norm.ppf(0.5 + level / 2) * 1e-4 * math.hypot(1, proportion)
    assert found.error == pytest.approx(1e-4 * math.hypot(1, proportion))
    assert found.interval(level) == pytest.approx((found.point - half, found.point + half), abs=0.01 * half)


@pytest.mark.parametrize("dof", [1, 3, 15])
def test_whole_repeats_that_move_together_have_student_s_t_on_both_sides(dof):
    found = difference(0.6, 1e-5, 0.55, 2e-5, dof)
    half = student.ppf(0.975, dof) * math.hypot(1e-5, 2e-5)
    assert found.interval(0.95) == pytest.approx((0.05 - half, 0.05 + half), abs=0.01 * half)


@given(
    st.integers(5, 400).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))),
    st.integers(5, 400).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n))),
    st.sampled_from([0.8, 0.9, 0.95, 0.99]),
)
def test_of_two_independent_samples_it_is_newcombe_s_interval_of_statsmodels(first, second, level):
    expected = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff", alpha=1 - level)
    found = difference(first[0] / first[1], binomial_error(*first), second[0] / second[1], binomial_error(*second))
    assert found.interval(level) == pytest.approx(expected, abs=1e-9)


def test_arrays_are_taken_element_by_element():
    rng = np.random.default_rng(0)
    means, claims = rng.random(50), rng.random(50)
    ours, theirs = rng.uniform(0.001, 0.2, 50), rng.uniform(0.001, 0.2, 50)
    dofs = rng.choice([1.0, 7.0, np.inf], 50)
    found = difference(means, ours, claims, theirs, dofs)
    single = [difference(*row) for row in zip(means, ours, claims, theirs, dofs, strict=True)]
    assert np.column_stack(found.interval(0.9)) == pytest.approx(np.array([each.interval(0.9) for each in single]))
    assert found.error == pytest.approx([each.error for each in single])


def thirty_items(shape, repeats, their_repeats, stated, trials=4000):
    """Return differences of two runs on the same thirty items, whose true scores are equal."""
    rng, n = np.random.default_rng(23), 30
    truth = rng.beta(*shape, (trials, n))
    answers = rng.random((trials, repeats, n)) < truth[:, np.newaxis, :]
    within = answers.var(axis=1, ddof=1).mean(axis=1)
    between = answers.mean(axis=2).var(axis=1, ddof=1)
    ours = noise_of_moments(answers.mean(axis=(1, 2)), within, between, n, repeats)
    claimed = rng.binomial(their_repeats, truth).mean(axis=1) / their_repeats
    return Difference(ours, claimed, source_error(claimed, n, their_repeats if stated else None, ours))


def share_held(found, level):
    low, high = found.interval(level)
    return ((low <= 0) & (high >= 0)).mean()


@pytest.mark.parametrize("shape", [(2, 1), (0.5, 0.5), (20, 20), (19, 1), (50, 1)])
@pytest.mark.parametrize(("repeats", "their_repeats", "stated"), [(8, 8, True), (2, 2, True), (32, 1, False)])
def test_of_thirty_items_the_interval_holds_the_true_difference_about_as_often_as_it_says(
    shape, repeats, their_repeats, stated
):
    found = thirty_items(shape, repeats, their_repeats, stated)
    # The rule's own study asks for a point less than the level; 4,000 trials leave 0.47 and 0.34 points of noise.
    assert share_held(found, 0.90) >= 0.89 - 3 * 0.0047
    assert share_held(found, 0.95) >= 0.94 - 3 * 0.0034


def test_near_a_perfect_score_the_normal_interval_does_not_hold_its_level_and_this_one_does():
    found = thirty_items((19, 1), 32, 1, stated=False)
    assert (abs(found.point) <= norm.ppf(0.975) * found.error).mean() < 0.92
    assert share_held(found, 0.95) > 0.95


def test_where_answers_are_neither_sure_nor_rare_the_interval_is_not_wider_than_it_says():
    assert share_held(thirty_items((20, 20), 8, 8, stated=True), 0.95) <= 0.96
    assert share_held(thirty_items((2, 1), 8, 8, stated=True), 0.90) <= 0.92
