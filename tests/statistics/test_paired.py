import math
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel
from statsmodels.stats.contingency_tables import mcnemar

from harness.statistics.paired import (
    bootstrap_means,
    mcnemar_midp,
    paired_bootstrap,
    paired_difference,
    paired_interval,
    side_by_side,
)

scores = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
pairs = st.lists(st.tuples(scores, scores), min_size=3, max_size=40)
counts = st.integers(0, 200)


def columns_of(items):
    return np.array(items, dtype=float).T


def test_the_paper_s_example_has_mid_p_0_039():
    # Bentur et al. (2009), table 1 of Fagerland et al.: 2·(1 + 8)/256 − 8/256.
    assert mcnemar_midp(1, 7) == pytest.approx(10 / 256)


@given(counts, counts)
def test_mid_p_counts_more_uneven_splits_whole_and_equally_uneven_ones_half(only_first, only_second):
    total, gap = only_first + only_second, abs(only_first - only_second)
    ways = {k: math.comb(total, k) for k in range(total + 1)}
    beyond = sum(way for k, way in ways.items() if abs(total - 2 * k) > gap)
    at = sum(way for k, way in ways.items() if abs(total - 2 * k) == gap)
    expected = 1.0 if total == 0 else (2 * beyond + at) / 2 ** (total + 1)
    assert mcnemar_midp(only_first, only_second) == pytest.approx(expected, rel=1e-9)


@given(counts, counts)
def test_swapping_the_models_keeps_the_p_value(only_first, only_second):
    assert mcnemar_midp(only_first, only_second) == pytest.approx(mcnemar_midp(only_second, only_first), rel=1e-12)


@given(counts, counts)
def test_mid_p_is_never_above_the_exact_p_value_of_statsmodels(only_first, only_second):
    exact = mcnemar([[0, only_first], [only_second, 0]], exact=True).pvalue
    assert mcnemar_midp(only_first, only_second) <= min(exact, 1.0) + 1e-12


def test_a_negative_count_is_an_error():
    with pytest.raises(ValueError, match="counts of items"):
        mcnemar_midp(-1, 3)


@given(pairs, st.sampled_from([0.8, 0.9, 0.95]))
def test_without_clusters_it_is_the_paired_t_interval_of_scipy(items, level):
    first, second = columns_of(items)
    if np.ptp(first - second) == 0:
        items = [*items, (1.0, 0.0), (0.0, 1.0)]
        first, second = columns_of(items)
    expected = ttest_rel(first, second).confidence_interval(level)
    found = paired_interval(paired_difference(first, second), level)
    assert found == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(pairs, st.booleans())
def test_swapping_the_models_flips_the_sign(items, clustered):
    first, second = columns_of(items)
    clusters = [index % 2 for index in range(len(items))] if clustered else None
    one, other = paired_difference(first, second, clusters), paired_difference(second, first, clusters)
    assert (one.mean, one.error, one.dof) == pytest.approx((-other.mean, other.error, other.dof), abs=1e-12)
    low, high = paired_bootstrap(first, second, 0.9, resamples=50, clusters=clusters)
    assert paired_bootstrap(second, first, 0.9, resamples=50, clusters=clusters) == pytest.approx((-high, -low))


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_no_closed_form(items, rng):
    shuffled = list(items)
    rng.shuffle(shuffled)
    found, expected = paired_difference(*columns_of(shuffled)), paired_difference(*columns_of(items))
    assert (found.mean, found.error) == pytest.approx((expected.mean, expected.error), abs=1e-12)


def test_what_both_models_share_cancels_out():
    shared = np.random.default_rng(1).random(500)
    difference = paired_difference(shared + 0.25, shared)
    assert difference.mean == pytest.approx(0.25)
    assert difference.error < 1e-12
    assert paired_bootstrap(shared + 0.25, shared, 0.95) == pytest.approx((0.25, 0.25))


@pytest.mark.parametrize("clustered", [False, True])
def test_the_bootstrap_agrees_with_student_s_t_on_many_items(clustered):
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(400), 5)
    common = rng.normal(0, 1, 400)[groups]
    first, second = rng.random(2000) + common, rng.random(2000)
    clusters = groups if clustered else None
    expected = paired_interval(paired_difference(first, second, clusters), 0.9)
    width = expected[1] - expected[0]
    assert paired_bootstrap(first, second, 0.9, 4000, 5, clusters) == pytest.approx(expected, abs=0.05 * width)


def test_resampled_means_are_the_means_of_the_items_that_were_taken():
    table = np.random.default_rng(4).random((30, 3))
    taken = np.random.default_rng(9).integers(30, size=(200, 30))
    assert bootstrap_means(table, 200, seed=9) == pytest.approx(table[taken].mean(axis=1))


def test_all_columns_see_the_same_items():
    table = np.random.default_rng(4).random((300, 2))
    both = bootstrap_means(np.column_stack([table, table]), 100, seed=1)
    assert both[:, :2] == pytest.approx(both[:, 2:], rel=1e-12)
    assert both[:, :1] == pytest.approx(bootstrap_means(table[:, :1], 100, seed=1), rel=1e-12)


def test_resamples_taken_in_pieces_spread_as_the_standard_error_says():
    column = np.random.default_rng(6).random((12_032, 1))
    means = bootstrap_means(column, 2000, seed=3)[:, 0]
    error = column.std(ddof=1) / math.sqrt(12_032)
    # The spread of 2,000 draws is known to 1/√(2·2,000) = 1.6 %.
    assert means.std() == pytest.approx(error, rel=0.06)
    assert means.mean() == pytest.approx(column.mean(), abs=4 * error / math.sqrt(2000))
    assert len(np.unique(means)) == 2000


def test_whole_clusters_are_taken_and_counted_by_their_items():
    means = bootstrap_means([[1.0], [0.0], [0.0], [0.0]], 400, 0, ["a", "b", "b", "b"])[:, 0]
    # Two of a: 1/1; one of each: 1 of 4 items; two of b: 0.
    values, times = np.unique(means, return_counts=True)
    assert values.tolist() == [0.0, 0.25, 1.0]
    assert times / 400 == pytest.approx([0.25, 0.5, 0.25], abs=0.1)


def test_the_seed_alone_decides_what_is_taken():
    table = np.random.default_rng(4).random((100, 2))
    assert (bootstrap_means(table, 50, 7) == bootstrap_means(table, 50, 7)).all()
    assert (bootstrap_means(table, 50, 7) != bootstrap_means(table, 50, 8)).any()


def test_the_largest_benchmark_is_resampled_quickly_and_in_little_memory():
    table = np.random.default_rng(0).random((12_032, 2))
    spent = []
    for _ in range(3):
        start = time.process_time()
        bootstrap_means(table, 2000, 0)
        spent.append(time.process_time() - start)
    tracemalloc.start()
    bootstrap_means(table, 2000, 0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert min(spent) < 0.6
    assert peak < 100e6


@pytest.mark.parametrize(
    ("table", "resamples", "clusters", "words"),
    [
        ([[1.0]], 10, None, "at least 2 items or clusters"),
        ([[1.0], [0.0]], 10, ["a", "a"], "at least 2 items or clusters"),
        ([[1.0], [0.0]], 0, None, "1 resample"),
        ([[1.0], [math.inf]], 10, None, "finite numbers"),
    ],
)
def test_what_cannot_be_resampled_is_an_error(table, resamples, clusters, words):
    with pytest.raises(ValueError, match=words):
        bootstrap_means(table, resamples, 0, clusters)


def test_models_on_different_numbers_of_items_are_an_error():
    with pytest.raises(ValueError, match="the same items"):
        side_by_side([1.0, 0.0], [1.0])
