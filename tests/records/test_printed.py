import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.records import parse


@pytest.mark.parametrize(
    ("text", "number", "rounding"),
    [
        ("67.3", 67.3, 0.05),
        ("80.0", 80.0, 0.05),
        ("80", 80, 0.5),
        ("135M", 135e6, 0.5e6),
        ("1,048", 1048, 0.5),
        ("1.52e24", 1.52e24, 0.005e24),
        ("5190억", 519e9, 0.5e8),
        ("1,000만", 10e6, 0.5e4),
        ("2조", 2e12, 0.5e12),
        ("20T", 20e12, 0.5e12),
        ("+27.98", 27.98, 0.005),
    ],
)
def test_the_digits_carry_the_rounding(text, number, rounding):
    found = parse(text)
    assert found.number == pytest.approx(number)
    assert found.rounding == pytest.approx(rounding)


@pytest.mark.parametrize("text", ["", "5O.0", "nan", "inf", "67,3", "1,00", "15 / 21", "~80", "80%", "12 34"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match="not a number as printed"):
        parse(text)


@given(st.decimals(-1000, 1000, places=2))
def test_every_decimal_is_read_as_it_stands(value):
    found = parse(str(value))
    assert found.number == float(value)
    assert found.decimals == 2
    assert found.bounds[0] < found.number < found.bounds[1]
