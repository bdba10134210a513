import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from harness.statistics.noise import RunNoise, noise_of_moments, run_noise, source_error

tables = st.tuples(st.integers(1, 20), st.integers(2, 6)).flatmap(
    lambda shape: st.lists(
        st.lists(st.floats(0, 1), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_items_and_of_repeats_changes_nothing(table, rng: random.Random):
    order = list(range(len(table[0])))
    rng.shuffle(order)
    shuffled = [[row[k] for k in order] for row in table]
    rng.shuffle(shuffled)
    found, expected = run_noise(shuffled), run_noise(table)
    assert found.mean == pytest.approx(expected.mean)
    assert found.error == pytest.approx(expected.error)


@given(tables)
def test_there_is_never_zero_uncertainty(table):
    assert run_noise(table).error > 0


def test_the_error_is_the_within_item_variance_over_items_and_repeats():
    table = [[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]] * 50
    within = (100 * 1 / 3 + 1 / 4) / 101
    assert run_noise(table).error == pytest.approx((within / (100 * 4)) ** 0.5)


def test_the_observed_variance_has_no_imagined_item():
    found = run_noise([[0.0, 1.0, 0.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    assert found.observed_variance == pytest.approx(1 / 6)
    assert found.within_variance == pytest.approx((2 / 6 + 1 / 4) / 3)
    assert (found.n, found.repeats) == (2, 4)


def test_runs_that_move_as_a_whole_are_not_averaged_away():
    found = run_noise([[0.0, 1.0]] * 1000)
    assert found.error == pytest.approx((0.5 / 2) ** 0.5)
    assert found.dof == 1


@pytest.mark.parametrize("repeats", [2, 3, 8, 32])
def test_whole_repeats_count_as_moving_together_beyond_the_98_percent_point_of_chi2(repeats):
    n, within = 50, 0.1
    expected = (n * within + 1 / repeats) / (n + 1) / n
    edge = expected * chi2.ppf(0.98, repeats - 1) / (repeats - 1)
    below = noise_of_moments(0.5, within, edge * (1 - 1e-9), n, repeats)
    beyond = noise_of_moments(0.5, within, edge * (1 + 1e-9), n, repeats)
    assert below.error == pytest.approx(math.sqrt(expected / repeats))
    assert below.dof == math.inf
    assert beyond.error == pytest.approx(math.sqrt(edge / repeats))
    assert beyond.dof == repeats - 1
    assert beyond.error > below.error


@given(tables)
def test_whole_repeats_never_make_the_error_smaller_than_the_items_do(table):
    found = run_noise(table)
    from_items = math.sqrt(found.within_variance / (found.n * found.repeats))
    assert found.error >= from_items * (1 - 1e-9)
    if math.isinf(found.dof):
        assert found.error == pytest.approx(from_items)
    else:
        assert found.dof == found.repeats - 1
        means = np.mean(table, axis=0)
        assert found.error == pytest.approx(means.std(ddof=1) / math.sqrt(found.repeats))


@pytest.mark.parametrize("repeats", [2, 4, 16])
def test_repeats_of_independent_answers_are_taken_for_moving_together_once_in_fifty_times(repeats):
    rng = np.random.default_rng(repeats)
    trials, n = 4000, 200
    answers = rng.random((trials, repeats, n), dtype=np.float32) < rng.beta(2, 2, n)
    means = answers.mean(axis=2)
    within = answers.var(axis=1, ddof=1).mean(axis=1)
    found = noise_of_moments(means.mean(axis=1), within, means.var(axis=1, ddof=1), n, repeats)
    assert np.isfinite(found.dof).mean() == pytest.approx(0.02, abs=3 * math.sqrt(0.02 / trials))
    # A mean over all repeats moves from trial to trial as far as its error says.
    assert np.median(found.error) == pytest.approx(found.mean.std(), rel=0.05)


def test_repeats_that_share_a_shift_are_found_out_and_their_error_is_the_shift_s():
    rng = np.random.default_rng(11)
    n, repeats = 2000, 16
    shift = rng.normal(0, 0.1, repeats)
    found = run_noise(rng.random((n, repeats)) < 0.5 + shift)
    assert found.dof == repeats - 1
    assert found.error == pytest.approx(shift.std(ddof=1) / math.sqrt(repeats), rel=0.1)


def test_moments_of_many_runs_give_what_each_run_gives():
    # A third of the runs move as a whole.
    rng = np.random.default_rng(5)
    runs = rng.random((30, 40, 6)) < 0.5 + 0.4 * rng.choice([0, 0, 1], (30, 1, 1)) * rng.choice(
        [-1, 1], (30, 1, 6)
    )
    means = runs.mean(axis=(1, 2))
    within = runs.var(axis=2, ddof=1).mean(axis=1)
    found = noise_of_moments(means, within, runs.mean(axis=1).var(axis=1, ddof=1), 40, 6)
    expected = [run_noise(run) for run in runs]
    assert found.error == pytest.approx([each.error for each in expected])
    assert found.dof.tolist() == [each.dof for each in expected]
    assert set(found.dof.tolist()) == {5.0, math.inf}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([[1.0], [0.0]], "at least 2 repeats"),
        ([[1.0, 0.0], [1.0]], "same number of repeats"),
        ([[1.0, 2.0]], r"in \[0, 1\]"),
        ([[1.0, float("nan")]], r"in \[0, 1\]"),
        ([], "items x repeats"),
    ],
)
def test_a_table_that_is_none_is_an_error(table, words):
    with pytest.raises(ValueError, match=words):
        run_noise(table)


def noise_with(mean, within, n=100, repeats=4, shift=0.0):
    return RunNoise(mean, 0.01, math.inf, within, within, n, repeats, shift)


def test_a_source_that_does_not_say_its_repeats_may_have_been_as_noisy_as_can_be():
    assert source_error(0.5, 100, None, noise_with(0.5, 0.01)) == pytest.approx(0.05)


def test_no_source_is_without_noise():
    ours = noise_with(0.0, 0.001, n=30)
    assert source_error(0.5, 30, 1, ours) == pytest.approx((0.25 / 30) ** 0.5)
    # Half an item is added: 0.5/31 of the answers are right.
    assert source_error(0.0, 30, None, ours) == pytest.approx(math.sqrt(0.5 * 30.5) / 31 / math.sqrt(30))


def test_a_source_with_our_decoding_has_our_noise_over_its_repeats():
    assert source_error(0.5, 100, 4, noise_with(0.5, 0.04)) == pytest.approx(0.01)


def test_our_noise_is_shifted_to_the_source_s_mean():
    # A quarter of the largest variance at ours, 0.25; so a quarter of it at the claim's 0.9, where n is large.
    found = source_error(0.9, 10**6, 2, noise_with(0.5, 0.0625))
    assert found == pytest.approx(math.sqrt(0.25 * 0.09 / (2 * 10**6)), rel=1e-4)


shares = st.floats(0, 1)
our_means = st.one_of(st.sampled_from([0.0, 1.0]), st.floats(0.001, 0.999))


@given(shares, st.integers(1, 5000), st.integers(1, 64), our_means, st.floats(1e-6, 1))
def test_a_source_that_says_its_repeats_is_never_noisier_than_one_that_does_not(claimed, n, repeats, mean, within):
    ours = noise_with(mean, within)
    stated, unstated = source_error(claimed, n, repeats, ours), source_error(claimed, n, None, ours)
    assert 0 < stated <= unstated * (1 + 1e-12) / math.sqrt(repeats)
    assert unstated <= 0.5 / math.sqrt(n)


@given(shares, st.integers(1, 5000), st.one_of(st.none(), st.integers(1, 64)), st.floats(0.01, 0.99))
def test_a_source_s_noise_is_the_same_for_wrong_answers_as_for_right_ones(claimed, n, repeats, mean):
    found = source_error(claimed, n, repeats, noise_with(mean, 0.02))
    assert source_error(1 - claimed, n, repeats, noise_with(1 - mean, 0.02)) == pytest.approx(found, rel=1e-6)


def test_where_our_repeats_move_together_so_may_the_source_s():
    shift = 0.02**2
    for repeats, own in ((None, 0.05), (4, 0.01)):
        found = source_error(0.5, 100, repeats, noise_with(0.5, 0.04, shift=shift))
        assert found == pytest.approx(math.hypot(own, 0.02 / math.sqrt(repeats or 1)))


def test_what_whole_repeats_vary_by_beyond_their_items_is_their_shift():
    table = np.tile([[1.0, 0.0, 1.0, 0.0]], (50, 1))
    found = run_noise(table)
    within = found.within_variance / 50
    assert found.shift_variance == pytest.approx(1 / 3 - within)
    assert found.error == pytest.approx(math.sqrt(1 / 3 / 4))
