import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from harness.statistics.averages import Gap
from harness.statistics.equivalence import FIXED, Region, is_inside, is_outside
from harness.statistics.sequential import alphas_at, doubling_looks, spent

alphas = st.sampled_from([0.01, 0.025, 0.05])
several_looks = st.sets(st.integers(2, 64), min_size=1, max_size=6).map(sorted)
LOOKS = [2, 4, 8, 16]
TRIALS = 40_000


@given(alphas, st.floats(0.05, 1))
def test_what_is_spent_is_lan_and_demets_function(alpha, fraction):
    expected = 2 * norm.sf(norm.isf(alpha / 2) / math.sqrt(fraction))
    assert spent(alpha, fraction) == pytest.approx(expected, rel=1e-9, abs=1e-14)


def test_all_is_spent_at_the_end_and_next_to_nothing_early():
    assert spent(0.05, 1.0) == pytest.approx(0.05)
    # 1.959964·√2 = 2.7718 and 1.959964·2 = 3.919928 standard errors, both sides.
    assert spent(0.05, 0.5) == pytest.approx(0.005575, abs=1e-6)
    assert spent(0.05, 0.25) == pytest.approx(0.0000886, abs=1e-7)


@given(alphas, st.floats(0.1, 0.99), st.floats(0.01, 1))
def test_more_repeats_release_more(alpha, fraction, step):
    later = fraction + step * (1 - fraction)
    assert spent(alpha, fraction) < spent(alpha, later) <= alpha * (1 + 1e-12)


@pytest.mark.parametrize("fraction", [0.0, -0.5, 1.01, math.nan])
def test_what_is_no_fraction_of_the_repeats_is_an_error(fraction):
    with pytest.raises(ValueError, match="fraction of the repeats"):
        spent(0.05, fraction)


@given(several_looks)
def test_the_looks_together_spend_what_one_look_may(looks):
    each = [alphas_at(looks, look) for look in looks]
    assert sum(alpha.inside for alpha in each) == pytest.approx(0.05)
    assert sum(alpha.outside for alpha in each) == pytest.approx(0.025)
    assert all(alpha.inside >= 0 and alpha.outside >= 0 for alpha in each)


@given(several_looks)
def test_up_to_any_look_no_more_is_spent_than_the_function_releases(looks):
    gone = 0.0
    for look in looks:
        gone += alphas_at(looks, look).inside
        assert gone == pytest.approx(spent(0.05, look / looks[-1]), abs=1e-12)


def test_doubling_looks_spend_little_before_the_last():
    first, *_, last = [alphas_at(LOOKS, look) for look in LOOKS]
    assert first.inside < 1e-6
    assert first.outside < 1e-8
    assert last.inside > 0.8 * FIXED.inside
    assert last.outside > 0.8 * FIXED.outside


def test_even_the_first_of_many_looks_may_decide_something():
    first = alphas_at([2, 4, 8, 16, 32], 2)
    assert first.inside == pytest.approx(2 * norm.sf(norm.isf(0.025) * 4), rel=1e-6, abs=0)
    assert first.outside == pytest.approx(2 * norm.sf(norm.isf(0.0125) * 4), rel=1e-6, abs=0)


def test_without_declared_looks_there_is_one_at_the_end():
    assert alphas_at([], 7) == FIXED
    only = alphas_at([7], 7)
    assert (only.inside, only.outside) == pytest.approx((FIXED.inside, FIXED.outside))


def test_a_look_that_was_not_declared_is_an_error():
    with pytest.raises(ValueError, match="a look after 2, 4, 8, 16 repeats, found 5"):
        alphas_at(LOOKS, 5)


def test_looks_double_from_the_floor_to_the_limit():
    assert doubling_looks(2, 16) == [2, 4, 8, 16]
    assert doubling_looks(4, 20) == [4, 8, 16, 20]
    assert doubling_looks(8, 15) == [8, 15]
    assert doubling_looks(8, 8) == [8]


@given(st.integers(1, 64), st.integers(0, 500))
def test_no_look_comes_before_the_floor_nor_after_the_limit_and_none_more_than_doubles(floor, more):
    looks = doubling_looks(floor, floor + more)
    assert looks[0] == floor
    assert looks[-1] == floor + more
    assert all(before < after <= 2 * before for before, after in pairwise(looks))
    assert all(after == 2 * before for before, after in pairwise(looks[:-1]))


def test_a_limit_below_the_floor_is_an_error():
    with pytest.raises(ValueError, match="at least the floor of 8 repeats, found a limit of 7"):
        doubling_looks(8, 7)


def ever(truth, delta, looks, alphas_of):
    """Return how often a random walk of `truth` a repeat is found inside, and outside, at any of the looks.

    Both are in units of the standard error of the last look.
    """
    rng, last = np.random.default_rng(2), looks[-1]
    steps = rng.normal(truth / math.sqrt(last), 1.0, (TRIALS, last))
    means = steps.cumsum(axis=1) / np.arange(1, last + 1)
    region = Region(-delta / math.sqrt(last), delta / math.sqrt(last))
    inside, outside = np.zeros(TRIALS, dtype=bool), np.zeros(TRIALS, dtype=bool)
    for look in looks:
        estimate = Gap(means[:, look - 1], 1 / math.sqrt(look))
        inside |= is_inside(estimate, region, alphas=alphas_of(look))
        outside |= is_outside(estimate, region, alphas=alphas_of(look))
    return inside.mean(), outside.mean()


def at_declared_looks(look):
    return alphas_at(LOOKS, look)


@pytest.mark.parametrize("delta", [1.0, 2.0, 3.0, 5.0])
@pytest.mark.parametrize("side", [1, -1])
def test_at_the_edge_of_the_margin_four_looks_are_wrong_no_more_often_than_one(delta, side):
    inside, outside = ever(side * delta, delta, LOOKS, at_declared_looks)
    assert inside <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / TRIALS)
    assert outside <= 0.025 + 3 * math.sqrt(0.025 * 0.975 / TRIALS)
    # Next to nothing of the allowance is left unused.
    assert outside > 0.02
    assert inside > 0.035 or delta < 3


def test_looking_four_times_without_spending_is_wrong_too_often():
    inside, outside = ever(5.0, 5.0, LOOKS, lambda _: FIXED)
    assert inside > 0.08
    assert outside > 0.05


@pytest.mark.parametrize("delta", [2.5, 3.0, 3.3, 4.0])
def test_four_looks_find_a_true_claim_nearly_as_often_as_one(delta):
    inside, _ = ever(0.0, delta, LOOKS, at_declared_looks)
    single, _ = ever(0.0, delta, LOOKS[-1:], lambda _: FIXED)
    assert single - 0.04 <= inside <= single


@pytest.mark.parametrize("beyond", [2.0, 3.0, 4.0])
def test_four_looks_find_a_false_claim_nearly_as_often_as_one(beyond):
    _, outside = ever(3.0 + beyond, 3.0, LOOKS, at_declared_looks)
    _, single = ever(3.0 + beyond, 3.0, LOOKS[-1:], lambda _: FIXED)
    assert single - 0.03 <= outside <= single + 0.005
