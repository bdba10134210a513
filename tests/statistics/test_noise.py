import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.noise import RunNoise, run_noise, source_error

tables = st.tuples(st.integers(1, 20), st.integers(2, 6)).flatmap(
    lambda shape: st.lists(
        st.lists(st.floats(0, 1), min_size=shape[1], max_size=shape[1]), min_size=shape[0], max_size=shape[0]
    )
)


@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_items_and_of_repeats_changes_nothing(table, rng: random.Random):
    order = list(range(len(table[0])))
    rng.shuffle(order)
    shuffled = [[row[k] for k in order] for row in table]
    rng.shuffle(shuffled)
    found, expected = run_noise(shuffled), run_noise(table)
    assert found.mean == pytest.approx(expected.mean)
    assert found.error == pytest.approx(expected.error)


@given(tables)
def test_there_is_never_zero_uncertainty(table):
    assert run_noise(table).error > 0


def test_the_error_is_the_within_item_variance_over_items_and_repeats():
    table = [[0.0, 1.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]] * 50
    within = (100 * 1 / 3 + 1 / 3) / 101
    assert run_noise(table).error == pytest.approx((within / (100 * 4)) ** 0.5)


def test_runs_that_move_as_a_whole_are_not_averaged_away():
    table = [[0.0, 1.0]] * 1000
    assert run_noise(table).error == pytest.approx((0.5 / 2) ** 0.5)


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ([[1.0], [0.0]], "at least 2 repeats"),
        ([[1.0, 0.0], [1.0]], "same number of repeats"),
        ([[1.0, 2.0]], r"in \[0, 1\]"),
        ([[1.0, float("nan")]], r"in \[0, 1\]"),
        ([], "same number of repeats"),
    ],
)
def test_a_table_that_is_none_is_an_error(table, words):
    with pytest.raises(ValueError, match=words):
        run_noise(table)


def test_a_source_that_does_not_say_its_repeats_may_have_been_as_noisy_as_can_be():
    ours = RunNoise(mean=0.5, error=0.01, within_variance=0.01, n=100, repeats=4)
    assert source_error(0.5, 100, None, ours) == pytest.approx(0.05)


def test_no_source_is_without_noise():
    ours = RunNoise(mean=0.0, error=0.01, within_variance=0.001, n=30, repeats=4)
    assert source_error(0.5, 30, 1, ours) == pytest.approx((0.25 / 30) ** 0.5)
    assert source_error(0.0, 30, None, ours) > 0


def test_a_source_with_our_decoding_has_our_noise_over_its_repeats():
    ours = RunNoise(mean=0.5, error=0.01, within_variance=0.04, n=100, repeats=4)
    assert source_error(0.5, 100, 4, ours) == pytest.approx(0.01)
