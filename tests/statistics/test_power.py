import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import power_ztost_prop

from harness.statistics.averages import Gap
from harness.statistics.equivalence import Region, is_inside
from harness.statistics.power import error_for_power, mde80, required_repeats, tost_power

errors = st.floats(0.01, 10)


@given(errors)
def test_the_smallest_detectable_difference_is_2_80_standard_errors(error):
    assert mde80(error) == pytest.approx(2.80159 * error, rel=1e-5)


def test_a_test_at_5_percent_finds_it_4_times_out_of_5():
    # One sample of 100 with a standard deviation of 1, hence an error of 0.1.
    assert NormalIndPower(ddof=0).power(mde80(0.1), 100, 0.05, ratio=0) == pytest.approx(0.80, abs=1e-5)


@given(errors, st.floats(2, 6))
def test_at_no_difference_the_power_has_a_closed_form(error, margins):
    expected = 2 * norm.cdf(margins - 1.6448536) - 1
    assert tost_power(error, margins * error) == pytest.approx(expected, abs=1e-7)


@pytest.mark.filterwarnings("ignore:no overlap")
@given(st.integers(50, 3000), st.floats(0.02, 0.25), st.floats(-0.2, 0.2), st.sampled_from([0.01, 0.05, 0.1]))
def test_it_is_the_power_of_two_one_sided_z_tests_of_statsmodels(n, margin, difference, alpha):
    # Items at 50 %, with the claim `difference` below them.
    low, high = 0.5 - difference - margin, 0.5 - difference + margin
    expected = power_ztost_prop(low, high, n, 0.5, alpha, "norm", variance_prop=0.5, discrete=False)[0]
    found = tost_power(math.sqrt(0.25 / n), margin, difference, alpha)
    assert found == pytest.approx(max(expected, 0.0), abs=1e-9)


@pytest.mark.parametrize(
    ("margin", "difference"), [(3.0, 0.0), (3.0, 1.0), (3.0, -1.0), (2.0, 0.0), (2.0, 2.0), (4.0, 3.0)]
)
def test_it_is_how_often_a_measurement_is_found_inside(margin, difference):
    trials = 40_000
    points = np.random.default_rng(6).normal(difference, 1.0, trials)
    found = is_inside(Gap(points, 1.0), Region(-margin, margin)).mean()
    expected = tost_power(1.0, margin, difference)
    assert found == pytest.approx(expected, abs=3.5 * math.sqrt(expected * (1 - expected) / trials))
    assert 0 < expected < 1


@given(errors, st.floats(0, 30), st.floats(-30, 30))
def test_the_power_depends_on_the_size_of_the_difference_and_falls_with_it(error, margin, difference):
    found = tost_power(error, margin, difference)
    assert tost_power(error, margin, -difference) == pytest.approx(found, abs=1e-12)
    assert tost_power(error, margin, 1.1 * difference) <= found + 1e-12
    assert tost_power(1.1 * error, margin) <= tost_power(error, margin) + 1e-12


@given(errors, st.floats(0, 60), st.floats(1, 3), st.sampled_from([0.01, 0.05]))
def test_a_difference_of_the_margin_or_more_is_found_inside_alpha_of_the_time_at_most(error, margin, times, alpha):
    assert tost_power(error, margin, times * margin, alpha) <= alpha + 1e-12


def test_a_margin_that_the_interval_cannot_fit_into_leaves_no_power():
    assert tost_power(1.0, 1.64) == 0.0
    assert 0 < tost_power(1.0, 1.65) < 0.01


@given(st.floats(0.01, 30), st.floats(0.05, 0.99), st.sampled_from([0.01, 0.05, 0.1]))
def test_the_error_for_a_power_gives_that_power(margin, power, alpha):
    error = error_for_power(margin, power, alpha)
    assert tost_power(error, margin, alpha=alpha) == pytest.approx(power, abs=1e-9)


def test_a_margin_of_2_93_errors_is_found_4_times_out_of_5():
    # 1.644854 + 1.281552.
    assert error_for_power(2.926405) == pytest.approx(1.0, abs=1e-5)


def error_after(repeats, within, n, theirs):
    return math.hypot(math.sqrt(within / (n * repeats)), theirs)


@given(st.floats(0.001, 0.25), st.integers(5, 12_000), st.floats(0.001, 0.1), st.floats(0, 0.98))
def test_the_repeats_bring_the_error_down_to_what_was_asked_and_one_fewer_does_not(within, n, error, share):
    theirs = share * error
    repeats = required_repeats(within, n, error, theirs)
    assert repeats >= 1
    assert error_after(repeats, within, n, theirs) <= error * (1 + 1e-9)
    if repeats > 1:
        assert error_after(repeats - 1, within, n, theirs) > error * (1 - 1e-9)


def test_required_repeats_by_hand():
    # 0.16/(100·K) + 0.03² = 0.05² at K = 1; 0.2 needs 1.25 of them.
    assert required_repeats(0.15, 100, 0.05, 0.03) == 1
    assert required_repeats(0.2, 100, 0.05, 0.03) == 2
    assert required_repeats(0.2, 30, 0.01, 0.0) == 67


def test_a_table_without_noise_needs_one_repeat():
    assert required_repeats(0.0, 100, 0.01, 0.0) == 1


@pytest.mark.parametrize("theirs", [0.05, 0.0500001, 0.3])
def test_no_number_of_repeats_makes_up_for_a_source_too_noisy_itself(theirs):
    assert required_repeats(0.0001, 10_000, 0.05, theirs) is None


def test_one_side_alone_allows_more_noise():
    assert error_for_power(1.0, one_sided=True) == pytest.approx(1 / (norm.ppf(0.95) + norm.ppf(0.80)))
    assert error_for_power(1.0, one_sided=True) > error_for_power(1.0)
