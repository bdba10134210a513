import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.statistics.averages import Gap, weighted_mean

rows = st.lists(st.tuples(st.floats(-100, 100), st.floats(0, 20), st.floats(0.01, 10)), min_size=1, max_size=20)


def test_equal_weights_give_the_plain_mean_and_the_errors_add_in_squares():
    mean, error = weighted_mean([60.0, 80.0], [3.0, 4.0])
    assert mean == pytest.approx(70.0)
    assert error == pytest.approx(2.5)  # √(3² + 4²) / 2


def test_weights_count_by_their_share():
    mean, error = weighted_mean([60.0, 80.0], [3.0, 4.0], [3, 1])
    assert mean == pytest.approx(65.0)
    assert error == pytest.approx(math.hypot(9, 4) / 4)


def test_a_gap_has_a_normal_interval_or_student_s():
    assert Gap(3.0, 2.0).interval(0.95) == pytest.approx((3 - 3.919928, 3 + 3.919928))
    # t(0.975, 4 dof) = 2.776445.
    assert Gap(3.0, 2.0, 4).interval(0.95) == pytest.approx((3 - 5.552890, 3 + 5.552890))
    assert Gap(3.0, math.inf).interval(0.0) == (3.0, 3.0)


@given(rows, st.floats(0.01, 1000))
def test_only_the_proportions_of_the_weights_matter(table, factor):
    means, errors, weights = zip(*table, strict=True)
    expected = weighted_mean(means, errors, weights)
    assert weighted_mean(means, errors, [factor * weight for weight in weights]) == pytest.approx(
        expected, abs=1e-9
    )


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_benchmarks_changes_nothing(table, rng):
    shuffled = list(table)
    rng.shuffle(shuffled)
    expected = weighted_mean(*zip(*table, strict=True))
    assert weighted_mean(*zip(*shuffled, strict=True)) == pytest.approx(expected, abs=1e-9)


@given(rows)
def test_a_benchmark_without_weight_counts_for_nothing(table):
    means, errors, weights = (list(column) for column in zip(*table, strict=True))
    expected = weighted_mean(means, errors, weights)
    assert weighted_mean([*means, 1e6], [*errors, 1e6], [*weights, 0]) == pytest.approx(expected, abs=1e-9)


@given(rows)
def test_the_average_is_never_less_certain_than_its_worst_row_nor_outside_the_rows(table):
    means, errors, weights = zip(*table, strict=True)
    mean, error = weighted_mean(means, errors, weights)
    assert min(means) - 1e-9 <= mean <= max(means) + 1e-9
    assert error <= max(errors) + 1e-9


@pytest.mark.parametrize(
    ("means", "errors", "weights", "words"),
    [
        ([], [], None, "at least one benchmark"),
        ([1.0, 2.0], [1.0], None, "found 2, 1 and 2"),
        ([1.0, 2.0], [1.0, 1.0], [1.0], "found 2, 2 and 1"),
        ([1.0, 2.0], [1.0, 1.0], [2.0, -1.0], "weights that are not negative"),
        ([1.0, 2.0], [1.0, 1.0], [0.0, 0.0], "not all zero"),
        ([1.0, 2.0], [1.0, -1.0], None, "no negative error"),
        ([1.0, math.nan], [1.0, 1.0], None, "finite numbers"),
    ],
)
def test_what_is_no_table_of_benchmarks_is_an_error(means, errors, weights, words):
    with pytest.raises(ValueError, match=words):
        weighted_mean(means, errors, weights)
