import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import ncx2, norm
from scipy.stats import t as student
from statsmodels.stats.weightstats import DescrStatsW

from harness.statistics.averages import Gap
from harness.statistics.difference import Difference
from harness.statistics.equivalence import (
    FIXED,
    Alphas,
    Region,
    classify,
    is_inside,
    is_outside,
    outside_tail,
    p_inside,
    p_outside,
    tipping_delta,
)
from harness.statistics.noise import RunNoise
from harness.statistics.paired import lead

numbers = st.floats(-50, 50)
errors = st.floats(0.01, 20)
roundings = st.floats(0, 1)
dofs = st.sampled_from([1.0, 5.0, math.inf])
gaps = st.builds(Gap, numbers, errors, dofs)
shares = st.floats(0, 1)
differences = st.builds(
    lambda mean, error, claimed, theirs: Difference(
        RunNoise(mean, error, math.inf, 0.1, 0.1, 30, 4), claimed, theirs
    ),
    shares,
    st.floats(0.001, 0.2),
    shares,
    st.floats(0.001, 0.2),
)
leads = st.builds(
    lambda won, lost, tied: lead(
        [1] * won + [0] * (lost + tied), [0] * won + [1] * lost + [0] * tied, resamples=99
    ),
    st.integers(1, 9),
    st.integers(1, 9),
    st.integers(0, 30),
)


def regions_of(delta):
    return [Region(-delta, delta), Region(low=-delta), Region(high=delta)]


def regions(deltas):
    return deltas.flatmap(lambda delta: st.sampled_from(regions_of(delta)))


def mirror(region):
    return Region(-region.high, -region.low)


judged = st.one_of(
    st.tuples(gaps, regions(st.floats(0.01, 60)), roundings),
    st.tuples(differences, regions(st.floats(0.001, 0.5)), st.floats(0, 0.01)),
    st.tuples(leads, regions(st.floats(0.001, 0.5)), st.floats(0, 0.01)),
)
small_alphas = st.floats(0.0005, 0.3)


@given(numbers, errors, dofs, regions(st.floats(0.01, 30)), roundings)
def test_the_sign_of_the_difference_does_not_matter(point, error, dof, region, widen):
    found, mirrored = Gap(point, error, dof), Gap(-point, error, dof)
    assert classify(found, region, widen) == classify(mirrored, mirror(region), widen)
    assert p_inside(found, region, widen) == pytest.approx(p_inside(mirrored, mirror(region), widen), abs=1e-9)
    assert p_outside(found, region, widen) == pytest.approx(p_outside(mirrored, mirror(region), widen), abs=1e-9)
    assert tipping_delta(found, region, widen) == tipping_delta(mirrored, mirror(region), widen)


@given(errors, dofs, regions(st.floats(0.01, 30)))
def test_a_measurement_equal_to_the_claim_is_never_outside(error, dof, region):
    estimate = Gap(0.0, error, dof)
    assert classify(estimate, region) != "outside"
    assert p_outside(estimate, region) >= 0.5


def test_within_a_margin_the_90_percent_interval_lies_inside_and_the_95_percent_one_outside():
    region = Region(-10, 10)
    assert classify(Gap(10 - 1.6449, 1.0), region) == "inside"
    assert classify(Gap(10 - 1.6448, 1.0), region) == "open"
    assert classify(Gap(10 + 1.9599, 1.0), region) == "open"
    assert classify(Gap(10 + 1.9600, 1.0), region) == "outside"
    assert classify(Gap(-10 - 1.9600, 1.0), region) == "outside"


def test_at_least_looks_below_only_and_up_to_above_only():
    far = Gap(50.0, 1.0)
    assert classify(far, Region(low=-10)) == "inside"
    assert classify(far, Region(high=10)) == "outside"
    assert classify(Gap(-50.0, 1.0), Region(low=-10)) == "outside"
    assert classify(Gap(-50.0, 1.0), Region(high=10)) == "inside"
    assert classify(far, Region()) == "inside"


def test_a_lead_at_all_needs_an_interval_above_zero():
    ahead = Region(low=0.0)
    assert classify(Gap(1.65, 1.0), ahead) == "inside"
    assert classify(Gap(1.64, 1.0), ahead) == "open"
    assert classify(Gap(-1.95, 1.0), ahead) == "open"
    assert classify(Gap(-1.97, 1.0), ahead) == "outside"


@given(gaps, roundings, st.sampled_from([0, 1, 2]))
def test_the_tipping_margin_is_where_the_answer_turns_to_inside(estimate, widen, kind):
    edge = tipping_delta(estimate, regions_of(1.0)[kind], widen)
    assert classify(estimate, regions_of(edge * 1.001 + 1e-9)[kind], widen) == "inside"
    if edge > 0:
        assert classify(estimate, regions_of(edge * 0.999)[kind], widen) != "inside"


@given(differences, st.floats(0, 0.01), st.sampled_from([0, 1, 2]))
def test_the_tipping_margin_of_two_scores_is_where_the_answer_turns_to_inside(estimate, widen, kind):
    edge = tipping_delta(estimate, regions_of(0.1)[kind], widen)
    assert classify(estimate, regions_of(edge * 1.001 + 1e-9)[kind], widen) == "inside"
    if edge > 0:
        assert classify(estimate, regions_of(edge * 0.999)[kind], widen) != "inside"


def test_the_tipping_margin_is_how_far_the_90_percent_interval_and_the_rounding_reach():
    estimate = Gap(-3.0, 1.0)
    assert tipping_delta(estimate, Region(-1, 1), 0.5) == pytest.approx(3 + 1.644854 + 0.5)
    assert tipping_delta(estimate, Region(low=-1), 0.5) == pytest.approx(3 + 1.644854 + 0.5)
    assert tipping_delta(estimate, Region(high=1), 0.5) == 0.0


def test_rounding_makes_both_answers_harder_to_reach():
    region = Region(-1.0, 1.0)
    assert classify(Gap(0.9, 0.0), region, 0.0) == "inside"
    assert classify(Gap(0.9, 0.0), region, 0.2) == "open"
    assert classify(Gap(1.1, 0.0), region, 0.0) == "outside"
    assert classify(Gap(1.1, 0.0), region, 0.2) == "open"


@given(judged, st.floats(0, 5))
@settings(max_examples=60)
def test_widening_never_makes_a_verdict_stronger(case, more):
    estimate, region, widen = case
    wider = classify(estimate, region, widen + more)
    assert wider in ("open", classify(estimate, region, widen))
    assert p_inside(estimate, region, widen + more) >= p_inside(estimate, region, widen) - 1e-9
    assert p_outside(estimate, region, widen + more) >= p_outside(estimate, region, widen) - 1e-9


@given(judged, st.floats(0.001, 1), st.floats(0.001, 1))
@settings(max_examples=60)
def test_smaller_alphas_never_make_a_verdict_stronger(case, inside, outside):
    estimate, region, widen = case
    stricter = Alphas(FIXED.inside * inside, FIXED.outside * outside)
    assert classify(estimate, region, widen, stricter) in ("open", classify(estimate, region, widen))


@given(judged)
@settings(max_examples=60)
def test_nothing_is_inside_and_outside_at_once(case):
    estimate, region, widen = case
    assert not (is_inside(estimate, region, widen) and is_outside(estimate, region, widen))


@given(judged, small_alphas)
@settings(max_examples=150)
def test_a_p_value_of_the_inside_is_at_most_alpha_exactly_where_the_answer_is_inside(case, alpha):
    estimate, region, widen = case
    p = p_inside(estimate, region, widen)
    assume(abs(p - alpha) > 1e-6)
    assert (p <= alpha) == bool(is_inside(estimate, region, widen, Alphas(inside=alpha)))


@given(judged, small_alphas)
@settings(max_examples=150)
def test_a_p_value_of_the_outside_is_at_most_alpha_exactly_where_the_answer_is_outside(case, alpha):
    estimate, region, widen = case
    assume((region.high - region.low) / estimate.error > 1.5)
    p = p_outside(estimate, region, widen)
    assume(abs(p - alpha) > 1e-4 * alpha)
    assert (p <= alpha) == bool(is_outside(estimate, region, widen, Alphas(outside=alpha)))


@given(gaps, st.floats(0.01, 60), roundings)
def test_the_p_value_of_the_inside_is_the_larger_of_two_one_sided_t_tests(estimate, delta, widen):
    tail = norm if math.isinf(estimate.dof) else student(estimate.dof)
    below = float(tail.sf((delta - widen + estimate.point) / estimate.error))
    above = float(tail.sf((delta - widen - estimate.point) / estimate.error))
    found = [p_inside(estimate, region, widen) for region in regions_of(delta)]
    assert found == pytest.approx([min(p, 0.5) for p in (max(below, above), below, above)], abs=1e-9)


@given(st.lists(st.floats(-5, 5), min_size=3, max_size=20), st.floats(0.1, 10))
def test_of_a_sample_it_is_the_equivalence_test_of_statsmodels(values, delta):
    assume(np.std(values) > 1e-3)
    estimate = Gap(np.mean(values), np.std(values, ddof=1) / math.sqrt(len(values)), len(values) - 1)
    expected = DescrStatsW(values).ttost_mean(-delta, delta)[0]
    assert p_inside(estimate, Region(-delta, delta)) == pytest.approx(min(expected, 0.5), abs=1e-9)


@given(numbers, errors, st.floats(0.01, 30))
def test_the_p_value_of_the_outside_is_that_of_a_noncentral_chi2(point, error, delta):
    assume(abs(point) > delta + 1e-6)
    # Of |d| <= delta: how often a true difference of delta lies as far from zero as this one, on either side.
    expected = ncx2.sf((point / error) ** 2, 1, (delta / error) ** 2)
    assert p_outside(Gap(point, error), Region(-delta, delta)) == pytest.approx(expected, abs=1e-6)


@given(numbers, errors, dofs, st.floats(0.01, 30), roundings)
def test_beyond_a_single_end_the_p_value_of_the_outside_is_one_sided(point, error, dof, delta, widen):
    tail = norm if math.isinf(dof) else student(dof)
    expected = float(tail.sf((-delta - widen - point) / error))
    assert p_outside(Gap(point, error, dof), Region(low=-delta), widen) == pytest.approx(
        min(expected, 0.5), abs=1e-9
    )


def test_p_values_of_a_number_without_error_are_nought_or_know_nothing():
    within, beyond, region = Gap(0.5, 0.0), Gap(1.5, 0.0), Region(-1, 1)
    assert p_inside(within, region) < 1e-9
    assert p_outside(within, region) == 0.5
    assert p_inside(beyond, region) == 0.5
    assert p_outside(beyond, region) < 1e-9


@given(errors, st.floats(6, 100), st.sampled_from([0.001, 0.025, 0.05]))
def test_a_region_wide_against_the_noise_takes_the_whole_tail(error, widths, alpha):
    assert outside_tail(Gap(0.0, error), Region(0.0, widths * error), alpha) == pytest.approx(alpha, rel=1e-6)


@pytest.mark.parametrize("region", [Region(low=-1.0), Region(high=1.0), Region()])
def test_a_region_with_one_end_takes_the_whole_tail(region):
    assert outside_tail(Gap(0.0, 100.0), region, 0.025) == 0.025


def most_powerful_tail(width, alpha):
    """Return the tail of the uniformly most powerful unbiased test, from SciPy's noncentral chi2."""
    critical = math.sqrt(ncx2.isf(alpha, 1, (width / 2) ** 2))
    return norm.sf(critical - width / 2)


@given(st.floats(0.5, 6), errors, st.sampled_from([0.001, 0.025, 0.05]))
def test_a_narrow_region_takes_the_tail_that_makes_both_sides_together_alpha(width, error, alpha):
    tail = float(outside_tail(Gap(0.0, error), Region(0.0, width * error), alpha))
    assert tail + norm.cdf(norm.ppf(tail) - width) == pytest.approx(alpha, rel=2e-3)
    assert tail == pytest.approx(most_powerful_tail(width, alpha), rel=2e-3)
    assert alpha / 2 < tail <= alpha


@pytest.mark.parametrize("width", [0.0, 0.02, 0.1, 0.15])
def test_a_region_next_to_nothing_takes_the_tail_that_makes_both_sides_together_alpha(width):
    tail = float(outside_tail(Gap(0.0, 1.0), Region(0.0, width), 0.025))
    assert tail + norm.cdf(norm.ppf(tail) - width) == pytest.approx(0.025, rel=2e-3)


@pytest.mark.parametrize("delta", [0.25, 0.5, 1.0, 3.0])
def test_a_true_difference_at_the_edge_is_found_outside_2_5_percent_of_the_time_and_inside_5(delta):
    trials = 100_000
    points = np.random.default_rng(17).normal(delta, 1.0, trials)
    region = Region(-delta, delta)
    outside = is_outside(Gap(points, 1.0), region).mean()
    assert outside == pytest.approx(0.025, abs=3 * math.sqrt(0.025 * 0.975 / trials))
    inside = is_inside(Gap(points, 1.0), region).mean()
    assert inside <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / trials)
    if delta == 3.0:
        assert inside > 0.045


def test_many_differences_are_judged_at_once_as_each_is_by_itself():
    rng = np.random.default_rng(1)
    means, claims = rng.random(200), rng.random(200)
    ours, theirs = rng.uniform(0.01, 0.2, 200), rng.uniform(0.01, 0.2, 200)

    def difference(mean, error, claimed, published):
        return Difference(RunNoise(mean, error, math.inf, 0.1, 0.1, 30, 4), claimed, published)

    region, table = Region(-0.3, 0.3), [means, ours, claims, theirs]
    inside, outside = is_inside(difference(*table), region, 0.01), is_outside(difference(*table), region, 0.01)
    expected = [classify(difference(*row), region, 0.01) for row in zip(*table, strict=True)]
    assert np.where(inside, "inside", np.where(outside, "outside", "open")).tolist() == expected
    assert set(expected) == {"inside", "outside", "open"}
