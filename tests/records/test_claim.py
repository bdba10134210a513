import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.examples import claim


@pytest.mark.parametrize(
    ("value", "number", "rounding"),
    [
        ("80.0", 80.0, 0.05),
        ("80", 80.0, 0.5),
        ("135M", 135e6, 0.5e6),
        ("1.98", 1.98, 0.005),
        ("33B", 33e9, 5e8),
    ],
)
def test_the_digits_of_a_printed_value_carry_its_rounding(value, number, rounding):
    found = claim(value=value)
    assert found.number == pytest.approx(number)
    assert found.rounding == pytest.approx(rounding)


@given(st.decimals(min_value=0, max_value=1000, places=2))
def test_every_printed_decimal_is_read_back_as_printed(value):
    assert claim(value=str(value)).number == float(value)


@pytest.mark.parametrize("value", ["n/a", "NaN", "inf", "12.3.4", ""])
def test_a_value_that_is_no_number_is_refused(value):
    with pytest.raises(ValidationError, match="number"):
        claim(value=value)


def test_a_claim_that_no_lane_can_test_says_why():
    with pytest.raises(ValidationError, match="untestable"):
        claim(lanes=[])


def test_a_margin_of_its_own_needs_a_reason():
    with pytest.raises(ValidationError, match="delta_reason"):
        claim(delta="5")


def test_unknown_keys_are_errors():
    with pytest.raises(ValidationError, match="valeu"):
        claim(valeu="1")
