import pytest
from pydantic import ValidationError

from tests.examples import claim


def test_a_claim_has_the_number_and_rounding_of_its_printed_value():
    found = claim(value="33B", unit="parameters")
    assert (found.number, found.rounding) == (33e9, 5e8)


@pytest.mark.parametrize(("value", "unit"), [(None, "percent"), ("2026-01", "date"), ("VAETKI", "text")])
def test_a_claim_without_a_number_never_yields_one(value, unit):
    found = claim(value=value, unit=unit)
    assert found.printed is None
    with pytest.raises(ValueError, match="printed no number"):
        found.number  # noqa: B018


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


def test_a_ratio_names_what_it_is_divided_by():
    with pytest.raises(ValidationError, match="comparators"):
        claim(kind="ratio")


def test_a_claim_has_a_place_in_its_source():
    with pytest.raises(ValidationError, match="locator"):
        claim(locator={})
