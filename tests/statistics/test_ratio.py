import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import bootstrap, norm, ttest_1samp

from harness.statistics.averages import Gap
from harness.statistics.clusters import mean_error
from harness.statistics.equivalence import Region, classify, p_inside
from harness.statistics.noise import RunNoise, noise_of_moments, source_error
from harness.statistics.ratio import Bca, RatioGap, bca, fieller, ratio_source_error

scores = st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])
pairs = st.lists(st.tuples(scores, scores), min_size=5, max_size=40).filter(
    lambda items: any(second for _, second in items)
)
levels = st.sampled_from([0.8, 0.9, 0.95])
INTERVALS = [
    fieller,
    lambda first, second, level, clusters: bca(first, second, 400, 0, clusters).interval(level),
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
        assert bca(first, second).interval(0.95) == (-math.inf, math.inf)


@given(pairs, st.integers(1, 5))
def test_however_few_resamples_there_are_the_ends_are_in_order(items, resamples):
    low, high = bca(*columns_of(items), resamples).interval(0.95)
    assert low <= high


@pytest.mark.parametrize("scale", [0.1, 1 / 3, 0.7])
def test_the_unit_of_the_scores_does_not_matter(scale):
    # Of ten items many resamples have the very ratio of the sample, and must whatever the rounding of sums.
    first, second = np.array([1, 1, 1, 0, 1, 0, 0, 1, 1, 0.0]), np.array([1, 1, 1, 1, 1, 0, 0, 1, 0, 1.0])
    expected = bca(first, second).interval(0.8)
    assert bca(scale * first, scale * second).interval(0.8) == pytest.approx(expected, rel=1e-9)
    assert bca(scale * first, second).interval(0.8) == pytest.approx(
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
        assert bca([0.0] * 20, [1.0] * 20).interval(0.95) == (0.0, 0.0)
    assert fieller([0.0] * 20, [1.0] * 20, 0.95) == (0.0, 0.0)


@pytest.mark.parametrize("n", [25, 80])
def test_bca_agrees_with_scipy_within_monte_carlo_error(n):
    first, second = right_or_wrong(np.random.default_rng(n), n)

    def ratio(a, b, axis):
        return a.mean(axis=axis) / b.mean(axis=axis)

    expected = bootstrap(
        (first, second), ratio, paired=True, n_resamples=20_000, method="BCa", rng=np.random.default_rng(1)
    ).confidence_interval
    found = bca(first, second, resamples=20_000).interval(0.95)
    assert found == pytest.approx((expected.low, expected.high), abs=0.04 * (expected.high - expected.low))


def test_bca_agrees_with_fieller_on_many_items():
    first, second = right_or_wrong(np.random.default_rng(8), 3000)
    low, high = fieller(first, second, 0.95)
    assert bca(first, second).interval(0.95) == pytest.approx((low, high), abs=0.06 * (high - low))


def test_bca_s_interval_is_skewed_as_a_ratio_with_a_small_denominator_is():
    first, second = right_or_wrong(np.random.default_rng(12), 60, share=0.25)
    ratio = first.mean() / second.mean()
    low, high = bca(first, second, 4000).interval(0.95)
    inverse_low, inverse_high = bca(second, first, 4000).interval(0.95)
    assert high - ratio > 1.3 * (ratio - low)
    # What is found for b/a must be the inverse; a symmetric interval is not.
    width = high - low
    assert (1 / inverse_high, 1 / inverse_low) == pytest.approx((low, high), abs=0.06 * width)


@given(pairs)
@settings(max_examples=40)
def test_a_higher_level_never_gives_a_narrower_interval(items):
    first, second = columns_of(items)
    found = bca(first, second, resamples=300)
    intervals = [found.interval(level) for level in (0.0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.99999)]
    for (low, high), (lower, higher) in itertools.pairwise(intervals):
        assert lower <= low
        assert high <= higher


def test_bias_and_acceleration_move_both_ends_by_efron_s_formula():
    shares = np.linspace(0, 1, 100_001)
    found = Bca(0.5, shares, shares, bias=0.2, acceleration=0.1).interval(0.95)
    # 0.2 ± 1.96 is -1.76 and 2.16; over 1 - 0.1 times each, and 0.2 added: -1.296573 and 2.955043.
    assert found == pytest.approx((norm.cdf(-1.296573), norm.cdf(2.955043)), abs=2e-5)


def test_a_higher_level_never_gives_a_narrower_interval_however_high_it_is():
    first, second = [1.0] + [0.0] * 29, [1.0] * 30
    found = bca(first, second)
    assert found.interval(1 - 2e-12)[1] >= found.interval(0.95)[1]


@given(pairs, levels, st.floats(0, 2), st.floats(0, 0.3))
@settings(max_examples=40)
def test_a_gap_s_interval_holds_the_gap_and_grows_with_the_source_s_noise(items, level, claimed, theirs):
    measured = bca(*columns_of(items), resamples=200)
    gap, certain = RatioGap(measured, claimed, theirs), RatioGap(measured, claimed, 0.0)
    low, high = gap.interval(level)
    inner_low, inner_high = certain.interval(level)
    assert low - 1e-12 <= inner_low <= gap.point + 1e-12
    assert gap.point - 1e-12 <= inner_high <= high + 1e-12
    # The source's own distance is z·theirs on either side, and no end is nearer than that.
    z = norm.ppf(0.5 + level / 2)
    assert gap.point - low >= z * theirs - 1e-12
    assert high - gap.point >= z * theirs - 1e-12


def test_a_gap_joins_both_sides_by_squaring_and_adding():
    # Resampled ratios 0.7 and 1.2 without bias or skew: their distances to 0.9 are 0.2 and 0.3; z·theirs is 0.15.
    ratios = np.repeat([0.7, 1.2], 50)
    measured = Bca(0.9, ratios, ratios, bias=0.0, acceleration=0.0)
    gap = RatioGap(measured, 0.95, 0.15 / norm.ppf(0.975))
    assert gap.point == pytest.approx(-0.05)
    assert gap.interval(0.95) == pytest.approx((-0.05 - 0.25, -0.05 + math.hypot(0.3, 0.15)))
    assert gap.error == pytest.approx(math.hypot(0.25 * math.sqrt(100 / 99), 0.15 / norm.ppf(0.975)))


def test_on_many_items_a_gap_is_judged_as_a_normal_one_with_the_error_of_the_delta_method():
    first, second = right_or_wrong(np.random.default_rng(8), 3000)
    ratio = first.mean() / second.mean()
    error = mean_error(first - ratio * second).error / second.mean()
    gap = RatioGap(bca(first, second, 20_000), ratio + 0.01, 0.004)
    normal = Gap(-0.01, math.hypot(error, 0.004))
    assert gap.error == pytest.approx(normal.error, rel=0.05)
    for level in (0.9, 0.95):
        assert gap.interval(level) == pytest.approx(normal.interval(level), abs=0.1 * normal.error)
    assert p_inside(gap, Region(-0.03, 0.03)) == pytest.approx(p_inside(normal, Region(-0.03, 0.03)), abs=0.01)
    assert classify(gap, Region(-0.1, 0.1)) == "inside"
    assert classify(gap, Region(0.05, 0.1)) == "outside"


def test_a_resample_without_a_ratio_leaves_the_error_without_bound():
    measured = bca([1.0, 1.0, 0.0, 1.0] + [0.0] * 26, [1.0, 1.0] + [0.0] * 28)
    assert measured.error == math.inf
    gap = RatioGap(measured, 1.0, 0.1)
    assert gap.error == math.inf
    assert gap.interval(0.95)[1] == math.inf
    assert classify(gap, Region(-0.1, 0.1)) == "open"


def test_a_ratio_without_bounds_can_be_held_against_a_claim_of_at_least():
    measured = bca([1.0, 1.0, 0.0, 1.0] + [0.0] * 26, [1.0, 1.0] + [0.0] * 28)
    assert classify(RatioGap(measured, 1.0, 0.1), Region(low=-0.1)) == "open"


def run_of(mean, n, repeats=4):
    return noise_of_moments(mean, mean * (1 - mean) / 2, 0.0, n, repeats)


@pytest.mark.parametrize(("first", "second"), [(0.6, 0.8), (0.9, 0.45)])
def test_a_published_ratio_of_two_runs_scatters_as_the_delta_method_says(first, second):
    rng, n = np.random.default_rng(14), 1000
    published = rng.binomial(n, first, 20_000) / rng.binomial(n, second, 20_000)
    found = ratio_source_error(first / second, run_of(first, n), run_of(second, n), n, None)
    assert found == pytest.approx(published.std(), rel=0.02)


def test_stated_repeats_make_a_published_ratio_s_error_smaller_by_their_root():
    first, second = run_of(0.6, 1000), run_of(0.8, 1000)
    errors = [ratio_source_error(0.75, first, second, 1000, repeats) for repeats in (None, 1, 4, 16)]
    assert errors[1] < errors[0]
    assert errors[1:3] == pytest.approx([2 * errors[2], 2 * errors[3]])


def test_a_published_ratio_has_the_relative_errors_of_both_scores():
    never_wrong, half = run_of(1.0, 400), run_of(0.5, 400)
    relative = source_error(0.5, 400, 2, half) / 0.5
    one_sided = ratio_source_error(0.5, half, never_wrong, 400, 2)
    assert 0.5 * relative < one_sided < 0.5 * relative * 1.01
    assert ratio_source_error(1.0, half, half, 400, 2) == pytest.approx(math.sqrt(2) * relative)


def test_a_denominator_that_was_never_right_bounds_no_published_ratio():
    assert ratio_source_error(0.5, run_of(0.5, 30), run_of(0.0, 30), 30, None) == math.inf


def test_a_numerator_that_was_never_right_makes_a_published_ratio_of_nought():
    never = RunNoise(0.0, 0.01, math.inf, 0.01, 0.0, 30, 4)
    assert ratio_source_error(0.0, never, run_of(0.5, 30), 30, None) == 0.0


@pytest.mark.parametrize(
    ("interval", "trials"),
    [(INTERVALS[0], 1000), (lambda a, b, level, _: bca(a, b, 1000).interval(level), 400)],
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


@pytest.mark.parametrize("level", [95, 1.0, -0.1, math.nan])
def test_a_level_that_is_no_share_is_an_error(level):
    with pytest.raises(ValueError, match="a level in"):
        bca([1.0, 0.0], [1.0, 1.0]).interval(level)


def test_a_level_that_the_resamples_cannot_show_has_no_bounds():
    found = bca(np.linspace(0, 1, 50), np.ones(50), resamples=100)
    assert found.interval(0.99) == (-math.inf, math.inf)
    assert math.isfinite(found.interval(0.95)[0])
