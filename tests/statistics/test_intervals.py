import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from harness.statistics.intervals import around, quantile, wilson


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
