import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap, ttest_1samp

from harness.statistics.ratio import bca, fieller

scores = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
pairs = st.lists(st.tuples(scores, scores), min_size=5, max_size=40).filter(
    lambda items: any(second for _, second in items)
)
levels = st.sampled_from([0.8, 0.9, 0.95])
INTERVALS = [
    fieller,
    lambda first, second, level, clusters: bca(first, second, [level], 400, 0, clusters)[0],
]


def columns_of(items):
    return np.array(items, dtype=float).T


def right_or_wrong(rng, n, keeps=0.9, share=0.6):
    second = rng.random(n) < share
    first = np.where(rng.random(n) < 0.8, second, rng.random(n) < share) * (rng.random(n) < keeps)
    return first.astype(float), second.astype(float)


@pytest.mark.parametrize("interval", INTERVALS)
@given(pairs, levels, st.booleans())
@settings(max_examples=60)
def test_the_interval_holds_the_ratio_of_the_means(interval, items, level, clustered):
    first, second = columns_of(items)
    clusters = [index % 3 for index in range(len(items))] if clustered else None
    low, high = interval(first, second, level, clusters)
    ratio = first.mean() / second.mean()
    assert low <= ratio + 1e-12
    assert high >= ratio - 1e-12


@given(pairs, levels, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing_for_fieller(items, level, rng):
    shuffled = list(items)
    rng.shuffle(shuffled)
    expected = fieller(*columns_of(items), level)
    assert fieller(*columns_of(shuffled), level) == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(pairs, levels, st.booleans())
def test_swapping_the_models_inverts_fieller_s_interval(items, level, clustered):
    first, second = columns_of(items)
    clusters = [index % 3 for index in range(len(items))] if clustered else None
    low, high = fieller(first, second, level, clusters)
    # Only where neither mean can be zero are both sets intervals.
    if low > 1e-3 and high < 1e3:
        assert fieller(second, first, level, clusters) == pytest.approx((1 / high, 1 / low), rel=1e-6)


@given(pairs, levels)
def test_fieller_s_ends_are_where_a_t_test_of_the_residual_changes_its_mind(items, level):
    first, second = columns_of(items)
    low, high = fieller(first, second, level)
    for end in (low, high):
        if math.isfinite(end) and np.ptp(residual := first - end * second) > 1e-6:
            assert ttest_1samp(residual, 0).pvalue == pytest.approx(1 - level, abs=1e-6)


def test_fieller_s_interval_by_hand():
    # Means 2 and 4, variances of the means 0.1 and 0.4, no covariance; t(0.975, 3 dof) = 3.18245.
    first = 2 + math.sqrt(0.1 * 3) * np.array([1, 1, -1, -1])
    second = 4 + math.sqrt(0.4 * 3) * np.array([1, -1, 1, -1])
    t2 = 3.182446**2
    a, b, c = 16 - t2 * 0.4, 8, 4 - t2 * 0.1
    root = math.sqrt(b * b - a * c)
    assert fieller(first, second, 0.95) == pytest.approx(((b - root) / a, (b + root) / a), rel=1e-5)


def test_a_denominator_that_may_be_zero_leaves_the_ratio_without_bounds():
    second = np.array([1.0] + [0.0] * 29)
    first = np.array([1.0] * 15 + [0.0] * 15)
    with np.errstate(all="raise"):
        assert fieller(first, second, 0.95) == (-math.inf, math.inf)
        assert bca(first, second, [0.95]) == [(-math.inf, math.inf)]


@given(pairs, st.integers(1, 5))
def test_however_few_resamples_there_are_the_ends_are_in_order(items, resamples):
    [(low, high)] = bca(*columns_of(items), [0.95], resamples)
    assert low <= high


@pytest.mark.parametrize("scale", [0.1, 1 / 3, 0.7])
def test_the_unit_of_the_scores_does_not_matter(scale):
    # Of ten items many resamples have the very ratio of the sample, and must whatever the rounding of sums.
    first, second = np.array([1, 1, 1, 0, 1, 0, 0, 1, 1, 0.0]), np.array([1, 1, 1, 1, 1, 0, 0, 1, 0, 1.0])
    [expected] = bca(first, second, [0.8])
    assert bca(scale * first, scale * second, [0.8])[0] == pytest.approx(expected, rel=1e-9)
    assert bca(scale * first, second, [0.8])[0] == pytest.approx(
        (scale * expected[0], scale * expected[1]), rel=1e-9
    )


@pytest.mark.parametrize("interval", INTERVALS)
def test_fewer_items_than_clusters_suggest_make_the_interval_wider(interval):
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(40), 10)
    second = rng.random(40)[groups]
    first = second * rng.uniform(0.6, 1.2, 40)[groups]
    plain, clustered = interval(first, second, 0.95, None), interval(first, second, 0.95, groups)
    # Ten equal items per cluster tell as much as one: the width grows by √10 = 3.2.
    assert (clustered[1] - clustered[0]) / (plain[1] - plain[0]) == pytest.approx(math.sqrt(10), rel=0.15)


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize(
    ("first", "second"), [([0.1] * 9, [0.3] * 9), ([0.2, 0.4, 0.6, 0.0] * 3, [0.1, 0.2, 0.3, 0.0] * 3)]
)
def test_a_ratio_that_no_item_doubts_is_its_own_interval(interval, first, second):
    expected = np.mean(first) / np.mean(second)
    with np.errstate(all="raise"):
        found = interval(first, second, 0.95, None)
    assert found == pytest.approx((expected, expected), rel=1e-9)


def test_no_right_answer_by_the_first_model_is_a_ratio_of_nought():
    with np.errstate(all="raise"):
        assert bca([0.0] * 20, [1.0] * 20, [0.9, 0.95]) == [(0.0, 0.0)] * 2
    assert fieller([0.0] * 20, [1.0] * 20, 0.95) == (0.0, 0.0)


@pytest.mark.parametrize("n", [25, 80])
def test_bca_agrees_with_scipy_within_monte_carlo_error(n):
    first, second = right_or_wrong(np.random.default_rng(n), n)

    def ratio(a, b, axis):
        return a.mean(axis=axis) / b.mean(axis=axis)

    expected = bootstrap(
        (first, second), ratio, paired=True, n_resamples=20_000, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    [found] = bca(first, second, [0.95], resamples=20_000)
    assert found == pytest.approx((expected.low, expected.high), abs=0.04 * (expected.high - expected.low))


def test_bca_agrees_with_fieller_on_many_items():
    first, second = right_or_wrong(np.random.default_rng(8), 3000)
    low, high = fieller(first, second, 0.95)
    assert bca(first, second, [0.95])[0] == pytest.approx((low, high), abs=0.06 * (high - low))


def test_bca_s_interval_is_skewed_as_a_ratio_with_a_small_denominator_is():
    first, second = right_or_wrong(np.random.default_rng(12), 60, share=0.25)
    ratio = first.mean() / second.mean()
    [(low, high)] = bca(first, second, [0.95], 4000)
    [(inverse_low, inverse_high)] = bca(second, first, [0.95], 4000)
    assert high - ratio > 1.3 * (ratio - low)
    # What is found for b/a must be the inverse; a symmetric interval is not.
    width = high - low
    assert (1 / inverse_high, 1 / inverse_low) == pytest.approx((low, high), abs=0.06 * width)


@given(pairs)
@settings(max_examples=40)
def test_a_higher_level_never_gives_a_narrower_interval(items):
    first, second = columns_of(items)
    intervals = bca(first, second, [0.8, 0.9, 0.95, 0.99], resamples=300)
    for (low, high), (lower, higher) in itertools.pairwise(intervals):
        assert lower <= low
        assert high <= higher


def test_several_levels_come_from_one_bootstrap():
    first, second = right_or_wrong(np.random.default_rng(3), 50)
    assert bca(first, second, [0.9, 0.95]) == [*bca(first, second, [0.9]), *bca(first, second, [0.95])]
    assert bca(first, second, []) == []


@pytest.mark.parametrize(
    ("interval", "trials"),
    [(INTERVALS[0], 1000), (lambda a, b, level, _: bca(a, b, [level], 1000)[0], 400)],
    ids=["fieller", "bca"],
)
def test_the_interval_holds_the_true_ratio_as_often_as_it_says(interval, trials):
    rng = np.random.default_rng(21)
    # The first model's mean is 0.9 · 0.6 by construction: 0.8·0.6 + 0.2·0.6 kept nine times out of ten.
    samples = [right_or_wrong(rng, 80) for _ in range(trials)]
    found = [interval(first, second, 0.95, None) for first, second in samples]
    assert 0.92 <= np.mean([low <= 0.9 <= high for low, high in found]) <= 0.98


@pytest.mark.parametrize("interval", INTERVALS)
@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ([1.0, 0.0], [0.0, 0.0], "denominator other than zero"),
        ([1.0, 0.0], [1.0], "the same items"),
        ([], [], "at least 2 items"),
        ([1.0], [1.0], "at least 2 items"),
        ([math.nan, 1.0], [1.0, 1.0], "finite numbers"),
    ],
)
def test_what_has_no_ratio_is_an_error(interval, first, second, words):
    with pytest.raises(ValueError, match=words):
        interval(first, second, 0.95, None)


def test_a_level_that_is_no_share_is_an_error():
    with pytest.raises(ValueError, match="levels in"):
        bca([1.0, 0.0], [1.0, 1.0], [95])
