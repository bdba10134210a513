import math
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import ttest_1samp, ttest_rel
from statsmodels.stats.contingency_tables import mcnemar

from harness.statistics.intervals import student_quantile
from harness.statistics.paired import (
    bootstrap_means,
    lead,
    mcnemar_midp,
    side_by_side,
)

scores = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
pairs = st.lists(st.tuples(scores, scores), min_size=3, max_size=40)
right_or_wrong = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=3, max_size=40)
levels = st.sampled_from([0.5, 0.8, 0.9, 0.95])
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


def of_counts(only_first, only_second, both):
    """Right-or-wrong answers of two models that agree on `both` items."""
    items = [(1, 0)] * only_first + [(0, 1)] * only_second + [(1, 1)] * both
    return columns_of(items)


@given(pairs, levels)
@settings(max_examples=60)
def test_the_interval_is_the_wider_of_scipy_s_paired_t_and_the_percentile_bootstrap(items, level):
    # An item of half a point on one side leaves the exact test out.
    first, second = columns_of([*items, (0.5, 0.0), (0.25, 0.5)])
    student = ttest_rel(first, second).confidence_interval(level)
    resampled = bootstrap_means((first - second)[:, np.newaxis], 60, 3)[:, 0]
    ends = np.percentile(resampled, [50 * (1 - level), 50 * (1 + level)])
    found = lead(first, second, resamples=60, seed=3)
    assert found.exact is None
    expected = min(student.low, ends[0]), max(student.high, ends[1])
    assert found.interval(level) == pytest.approx(expected, abs=1e-9)


@given(right_or_wrong, levels)
@settings(max_examples=60)
def test_of_right_or_wrong_items_the_interval_leaves_zero_only_where_the_exact_test_does_too(items, level):
    first, second = columns_of(items)
    found = lead(first, second, resamples=60)
    won, lost = sum(a > b for a, b in items), sum(a < b for a, b in items)
    assert found.exact == mcnemar_midp(won, lost)
    low, high = found.interval(level)
    if low > 0 or high < 0:
        assert found.exact <= 1 - level


def test_the_exact_test_reaches_for_zero_where_both_intervals_would_leave_it():
    first, second = of_counts(4, 0, 6)
    found = lead(first, second)
    # No loss in four: 2/16 less half the doubled 1/16.
    assert found.exact == pytest.approx(1 / 16)
    student = ttest_1samp(first - second, 0).confidence_interval(0.95)
    assert student.low > 0
    assert np.quantile(found.resampled, 0.025) > 0
    low, high = found.interval(0.95)
    assert low == 0.0
    assert high >= student.high
    assert found.interval(0.90)[0] > 0
    assert lead(second, first).interval(0.95)[1] == 0.0


def test_the_exact_test_is_silent_about_clusters_and_shares():
    first, second = of_counts(4, 1, 15)
    assert lead(first, second).exact == mcnemar_midp(4, 1)
    assert lead(first, second, clusters=[index // 2 for index in range(20)]).exact is None
    assert lead(0.5 * first, second).exact is None


@given(pairs, levels, st.booleans())
@settings(max_examples=60)
def test_the_interval_holds_the_lead_and_grows_with_its_level(items, level, clustered):
    first, second = columns_of(items)
    clusters = [index % 2 for index in range(len(items))] if clustered else None
    found = lead(first, second, resamples=50, clusters=clusters)
    assert found.point == pytest.approx((first - second).mean(), abs=1e-12)
    low, high = found.interval(level)
    lower, higher = found.interval((1 + level) / 2)
    assert lower <= low <= found.point <= high <= higher


@given(st.one_of(pairs, right_or_wrong), levels, st.booleans(), st.sampled_from([0.0, 0.1]))
@settings(max_examples=60)
def test_swapping_the_models_flips_the_sign(items, level, clustered, least_error):
    first, second = columns_of(items)
    clusters = [index % 2 for index in range(len(items))] if clustered else None
    one = lead(first, second, least_error=least_error, resamples=50, clusters=clusters)
    other = lead(second, first, least_error=least_error, resamples=50, clusters=clusters)
    assert (one.point, one.error, one.dof) == pytest.approx((-other.point, other.error, other.dof), abs=1e-12)
    assert one.exact == pytest.approx(other.exact)
    low, high = one.interval(level)
    assert other.interval(level) == pytest.approx((-high, -low), abs=1e-12)


@given(pairs, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_no_closed_form(items, rng):
    shuffled = list(items)
    rng.shuffle(shuffled)
    found, expected = (lead(*columns_of(each), resamples=5) for each in (shuffled, items))
    assert (found.point, found.error) == pytest.approx((expected.point, expected.error), abs=1e-12)
    assert found.exact == expected.exact


def test_what_both_models_share_cancels_out():
    shared = np.random.default_rng(1).random(500)
    found = lead(shared + 0.25, shared)
    assert found.point == pytest.approx(0.25)
    assert found.error < 1e-12
    assert found.interval(0.95) == pytest.approx((0.25, 0.25))


def test_a_lead_that_no_item_doubts_has_the_least_error_it_is_given():
    found = lead([1.0] * 9, [0.25] * 9, least_error=0.1)
    assert found.error == 0.1
    # t(0.975, 8 dof) = 2.306004.
    assert found.interval(0.95) == pytest.approx((0.75 - 0.2306004, 0.75 + 0.2306004))
    doubted = lead([1.0, 0.5] * 9, [0.25] * 18, least_error=0.01)
    assert doubted.error == lead([1.0, 0.5] * 9, [0.25] * 18).error > 0.01


@pytest.mark.parametrize("clustered", [False, True])
def test_the_bootstrap_agrees_with_student_s_t_on_many_items(clustered):
    rng = np.random.default_rng(2)
    groups = np.repeat(np.arange(400), 5)
    common = rng.normal(0, 1, 400)[groups]
    first, second = rng.random(2000) + common, rng.random(2000)
    found = lead(first, second, resamples=4000, seed=5, clusters=groups if clustered else None)
    half = student_quantile(0.9, found.dof) * found.error
    assert found.dof == (399 if clustered else 1999)
    expected = found.point - half, found.point + half
    assert np.quantile(found.resampled, [0.05, 0.95]) == pytest.approx(expected, abs=0.1 * half)
    assert found.interval(0.9) == pytest.approx(expected, abs=0.1 * half)


@pytest.mark.parametrize(("won", "lost"), [(0.1, 0.1), (0.25, 0.05), (0.05, 0.0)])
def test_the_interval_holds_the_true_lead_at_least_as_often_as_it_says(won, lost):
    rng, trials = np.random.default_rng(31), 300
    held = []
    for _ in range(trials):
        difference = rng.choice([1, -1, 0], size=40, p=[won, lost, 1 - won - lost])
        found = lead(difference > 0, difference < 0, least_error=1 / 40, resamples=400)
        low, high = found.interval(0.9)
        held.append(low <= won - lost <= high)
    assert np.mean(held) >= 0.9 - 3 * math.sqrt(0.09 / trials)


def test_a_lead_over_items_of_their_own_is_an_error():
    with pytest.raises(ValueError, match="the same items"):
        lead([1.0, 0.0], [1.0])
    with pytest.raises(ValueError, match="at least 2 items"):
        lead([1.0], [1.0])


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
