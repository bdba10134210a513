import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.equivalence import MDE80_FACTOR, classify, tipping_delta

numbers = st.floats(-50, 50)
errors = st.floats(0, 20)


@given(numbers, errors, st.floats(0.01, 30), st.floats(0, 1))
def test_the_sign_of_the_difference_does_not_matter(difference, error, delta, rounding):
    assert classify(difference, error, delta, rounding) == classify(-difference, error, delta, rounding)


@given(errors, st.floats(0.01, 30))
def test_a_measurement_equal_to_the_claim_is_never_outside(error, delta):
    assert classify(0.0, error, delta) != "outside"


@given(numbers, st.floats(0.01, 20), st.floats(0, 1))
def test_the_tipping_margin_is_where_the_answer_changes(difference, error, rounding):
    edge = tipping_delta(difference, error, rounding)
    assert classify(difference, error, edge * 1.001, rounding) == "inside"
    assert classify(difference, error, edge * 0.999, rounding) != "inside"


def test_rounding_makes_both_answers_harder_to_reach():
    assert classify(0.9, 0.0, 1.0, 0.0) == "inside"
    assert classify(0.9, 0.0, 1.0, 0.2) == "open"
    assert classify(1.1, 0.0, 1.0, 0.0) == "outside"
    assert classify(1.1, 0.0, 1.0, 0.2) == "open"


def test_the_smallest_detectable_difference_is_2_80_standard_errors():
    assert pytest.approx(2.80, abs=0.002) == MDE80_FACTOR
