import math
import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.regression.linear_model import OLS

from harness.statistics.clusters import MeanError, cluster_sums, mean_covariance, mean_error

numbers = st.floats(-100, 100).map(lambda number: round(number, 3))
labelled = st.lists(st.tuples(numbers, st.sampled_from("abcde")), min_size=2, max_size=40).filter(
    lambda items: len({label for _, label in items}) > 1
)


def close(found: MeanError, expected: MeanError) -> None:
    assert found.mean == pytest.approx(expected.mean, abs=1e-9)
    assert found.error == pytest.approx(expected.error, abs=1e-9)
    assert found.dof == pytest.approx(expected.dof)


def test_without_clusters_the_error_is_s_over_root_n():
    # Deviations −1.5, −0.5, 0.5, 1.5: s² = 5/3, and s²/4 = 5/12.
    close(mean_error([1, 2, 3, 4]), MeanError(2.5, math.sqrt(5 / 12), 3.0))


def test_items_that_agree_within_their_cluster_tell_as_much_as_the_clusters_do():
    # The clusters' summed deviations are 1 and −1: 2/1 · 2 / 4² = 1/4.
    close(mean_error([1, 1, 0, 0], ["a", "a", "b", "b"]), MeanError(0.5, 0.5, 1.0))


def test_clusters_that_all_look_alike_vary_less_than_single_items():
    close(mean_error([1, 0, 0, 1], ["a", "a", "b", "b"]), MeanError(0.5, 0.0, 1.0))


@given(labelled, st.randoms(use_true_random=False))
def test_the_order_of_items_changes_nothing(items, rng: random.Random):
    shuffled = list(items)
    rng.shuffle(shuffled)
    close(mean_error(*zip(*shuffled, strict=True)), mean_error(*zip(*items, strict=True)))
    close(mean_error([value for value, _ in shuffled]), mean_error([value for value, _ in items]))


@given(labelled)
def test_the_names_of_clusters_change_nothing(items):
    values, labels = zip(*items, strict=True)
    close(mean_error(values, [-ord(label) for label in labels]), mean_error(values, labels))


@given(st.lists(numbers, min_size=2, max_size=40))
def test_clusters_of_one_item_each_change_nothing(values):
    close(mean_error(values, list(range(len(values)))), mean_error(values))


@given(labelled, st.integers(2, 5))
def test_copies_of_an_item_in_its_own_cluster_add_nothing(items, copies):
    close(mean_error(*zip(*(items * copies), strict=True)), mean_error(*zip(*items, strict=True)))


@given(labelled, numbers, st.sampled_from([-2.0, 0.5, 3.0]))
def test_another_unit_scales_the_mean_and_its_error(items, shift, scale):
    values, labels = zip(*items, strict=True)
    plain = mean_error(values, labels)
    moved = mean_error(shift + scale * np.array(values), labels)
    close(moved, MeanError(shift + scale * plain.mean, abs(scale) * plain.error, plain.dof))


@given(labelled)
def test_it_is_the_cluster_robust_error_of_statsmodels(items):
    values, labels = zip(*items, strict=True)
    groups = np.unique(labels, return_inverse=True)[1]
    # statsmodels multiplies by G/(G−1)·(n−1)/(n−k); with the intercept alone, k = 1, the latter is 1.
    fit = OLS(np.array(values), np.ones(len(values))).fit(cov_type="cluster", cov_kwds={"groups": groups})
    found = mean_error(values, labels)
    close(found, MeanError(fit.params[0], math.sqrt(fit.cov_params()[0, 0]), found.dof))


def test_few_large_clusters_among_small_ones_count_as_few():
    def dof(*sizes):
        labels = np.repeat(np.arange(len(sizes)), sizes)
        return mean_error(np.arange(len(labels)), labels).dof

    assert dof(3, 3, 3, 3) == 3
    # Squared sizes 1 (six times) and 4: mean 10/7, variance 54/49, so 7/(1 + 0.54) effective clusters.
    assert dof(1, 1, 1, 2, 1, 1, 1) == pytest.approx(7 / 1.54 - 1)
    assert dof(50, 1, 1, 1, 1) == 1


def test_the_covariance_without_clusters_is_that_of_numpy_over_n():
    table = np.random.default_rng(3).random((50, 3))
    means, covariance, dof = mean_covariance(table)
    assert means == pytest.approx(table.mean(axis=0))
    assert covariance == pytest.approx(np.cov(table, rowvar=False) / 50)
    assert dof == 49


@given(labelled)
def test_the_covariance_of_two_columns_gives_the_error_of_their_difference(items):
    values, labels = zip(*items, strict=True)
    table = np.column_stack([values, np.roll(values, 1)])
    _, covariance, dof = mean_covariance(table, labels)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    error = mean_error(table[:, 0] - table[:, 1], labels)
    assert variance == pytest.approx(error.error**2, abs=1e-9)
    assert dof == pytest.approx(error.dof)


def test_sums_and_sizes_come_in_the_order_of_the_labels():
    sums, sizes = cluster_sums([[1, 10], [2, 20], [4, 40]], ["b", "a", "b"])
    assert sums.tolist() == [[2, 20], [5, 50]]
    assert sizes.tolist() == [1, 2]


@pytest.mark.parametrize(
    ("values", "clusters", "words"),
    [
        ([], None, "at least 2 items"),
        ([1.0], None, "at least 2 items"),
        ([1.0, 2.0], ["a", "a"], "at least 2 clusters, found 1"),
        ([1.0, 2.0], ["a"], "one label for each of 2 items"),
        ([1.0, math.nan], None, "finite numbers"),
        ([[1.0, 2.0]], None, "one value per item"),
    ],
)
def test_what_shows_no_variance_or_is_no_list_of_values_is_an_error(values, clusters, words):
    with pytest.raises(ValueError, match=words):
        mean_error(values, clusters)
