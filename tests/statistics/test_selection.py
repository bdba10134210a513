import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.selection import evenly_spaced, floor_repeats


@given(st.integers(2, 5000).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))))
def test_selected_items_are_distinct_ascending_and_spread_over_the_whole_set(pair):
    total, count = pair
    chosen = evenly_spaced(total, count)
    assert len(set(chosen)) == count
    assert chosen == sorted(chosen)
    assert chosen[0] == 0
    assert total - chosen[-1] <= -(-total // count)


def test_no_number_means_all_items():
    assert evenly_spaced(3, None) == [0, 1, 2]


def test_more_items_than_there_are_is_an_error():
    with pytest.raises(ValueError, match="cannot take 4 of 3"):
        evenly_spaced(3, 4)


def test_small_sets_are_repeated_more_often_and_none_only_once():
    assert [floor_repeats(n) for n in (30, 198, 342, 2822, 12032)] == [32, 16, 8, 4, 2]
