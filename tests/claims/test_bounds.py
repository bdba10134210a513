import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.claims.bounds import claimed, coarse, distance, mean, overlap, quotient
from tests.examples import statement

NUMBERS = st.floats(-1e6, 1e6)
INTERVALS = st.tuples(NUMBERS, NUMBERS).map(lambda pair: (min(pair), max(pair)))


@pytest.mark.parametrize(
    ("hedge", "low", "high"),
    [
        ("exact", 49.5, 50.5),
        ("about", 45, 55),
        ("at_least", 49.5, math.inf),
        ("more_than", 50, math.inf),
        ("up_to", -math.inf, 50.5),
        ("less_than", -math.inf, 50),
    ],
)
def test_a_number_agrees_as_it_is_worded(hedge, low, high):
    assert claimed(statement(value="50", hedge=hedge)) == (low, high)


def test_things_that_are_counted_are_exact_and_more_than_leaves_the_number_out():
    count = {"value": "14", "unit": "organisations"}
    assert claimed(statement(**count)) == (14, 14)
    assert claimed(statement(**count, hedge="more_than")) == (15, math.inf)
    assert claimed(statement(**count, hedge="less_than")) == (-math.inf, 13)


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [("500B", 450e9, 550e9), ("519B", 518.5e9, 519.5e9), ("100B", 95e9, 105e9), ("1020억", 101.5e9, 102.5e9)],
)
def test_the_zeros_at_the_end_may_be_no_digits_within_a_tenth(printed, low, high):
    assert coarse(statement(value=printed, unit="parameters")) == (low, high)


@given(INTERVALS, INTERVALS)
def test_intervals_that_share_a_value_have_no_distance(a, b):
    assert overlap(a, b) == overlap(b, a)
    if distance(a, b) == 0:
        assert overlap(a, b)


@given(st.floats(0.1, 1e3), st.floats(0.1, 1e3), st.floats(0, 0.05))
def test_a_quotient_of_intervals_holds_the_quotient_of_what_they_hold(a, b, reach):
    low, high = quotient((a - reach, a + reach), (b - reach, b + reach))
    assert low <= a / b <= high


def test_a_divisor_that_can_be_zero_is_an_error():
    with pytest.raises(ValueError, match="zero"):
        quotient((1, 2), (-0.1, 0.1))


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 10)), min_size=1, max_size=8))
def test_a_weighted_mean_lies_between_its_parts(parts):
    low, high = mean([(value, value) for value, _ in parts], [weight for _, weight in parts])
    assert min(v for v, _ in parts) - 1e-9 <= low <= high <= max(v for v, _ in parts) + 1e-9
