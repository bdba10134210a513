import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.records import parse
from harness.statistics.grim import can_tell, implied_repeats, is_possible


def test_a_published_percentage_names_the_repeats_it_needs():
    assert implied_repeats(parse("80.3"), 30) == 10  # 241 of 300
    assert implied_repeats(parse("91.7"), 30) == 2  # 55 of 60
    assert implied_repeats(parse("87.2"), 164) == 1  # 143 of 164


def test_both_rounding_conventions_are_allowed():
    # 1 of 16 is 6.25: rounded up 6.3, to the even digit 6.2.
    assert is_possible(parse("6.2"), 16)
    assert is_possible(parse("6.3"), 16)


def test_the_digits_are_silent_once_every_percentage_is_possible():
    assert can_tell(parse("50.0"), 999)
    assert not can_tell(parse("50.0"), 1000)
    assert implied_repeats(parse("50.0"), 1000) is None


def test_percentages_outside_nought_to_a_hundred_are_impossible():
    assert not is_possible(parse("100.5"), 200)


def test_no_items_are_an_error():
    with pytest.raises(ValueError, match="at least one item"):
        implied_repeats(parse("50"), 0)


@given(st.integers(1, 5000), st.integers(1, 30), st.integers(0, 2), st.data())
def test_every_true_mean_is_possible(n, repeats, decimals, data):
    k = data.draw(st.integers(0, n * repeats))
    assert is_possible(parse(f"{100 * k / (n * repeats):.{decimals}f}"), n, repeats)


@given(st.integers(1, 400), st.integers(1, 12), st.data())
def test_the_implied_repeats_never_exceed_the_true_ones(n, repeats, data):
    k = data.draw(st.integers(0, n * repeats))
    implied = implied_repeats(parse(f"{100 * k / (n * repeats):.1f}"), n)
    assert implied is None or implied <= repeats
