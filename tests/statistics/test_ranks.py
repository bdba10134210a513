import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from harness.statistics.clusters import mean_error
from harness.statistics.paired import bootstrap_means
from harness.statistics.ranks import rank_probabilities

tables = st.tuples(st.integers(2, 15), st.integers(1, 5)).flatmap(
    lambda shape: st.lists(
        st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=shape[1], max_size=shape[1]),
        min_size=shape[0],
        max_size=shape[0],
    )
)


@given(tables)
@settings(max_examples=50)
def test_every_model_has_one_rank_and_every_rank_one_model(table):
    found = rank_probabilities(table, resamples=100)
    models = len(table[0])
    assert found.shape == (models, models)
    assert found.min() >= 0
    assert found.sum(axis=0) == pytest.approx(np.ones(models))
    assert found.sum(axis=1) == pytest.approx(np.ones(models))


@given(tables, st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_the_order_of_models_changes_nothing_but_the_rows(table, rng):
    order = list(range(len(table[0])))
    rng.shuffle(order)
    moved = rank_probabilities(np.array(table)[:, order], resamples=100)
    assert moved == pytest.approx(rank_probabilities(table, resamples=100)[order])


@given(tables)
@settings(max_examples=50)
def test_where_less_is_better_the_ranks_run_the_other_way(table):
    other = rank_probabilities(table, resamples=100, higher_is_better=False)
    assert other == pytest.approx(rank_probabilities(table, resamples=100)[:, ::-1])


def test_models_far_apart_are_certain_of_their_ranks():
    noise = np.random.default_rng(0).random(200)
    found = rank_probabilities(np.column_stack([noise, noise + 2, noise + 1]))
    assert found.tolist() == [[0, 0, 1], [1, 0, 0], [0, 1, 0]]


def test_equal_models_share_the_ranks_they_span():
    score = np.random.default_rng(0).integers(0, 4, 100) / 3
    found = rank_probabilities(np.column_stack([score, score + 5, score.copy()]))
    assert found == pytest.approx(np.array([[0, 0.5, 0.5], [1, 0, 0], [0, 0.5, 0.5]]))


def test_scores_that_differ_by_rounding_only_are_a_tie():
    found = rank_probabilities(np.column_stack([np.full(9, 0.1 + 0.2), np.full(9, 0.3)]), resamples=10)
    assert found.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_scores_that_are_all_nought_are_a_tie():
    assert rank_probabilities(np.zeros((5, 2)), resamples=10).tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_the_first_rank_of_two_is_the_share_of_resamples_won_ties_half():
    table = np.random.default_rng(3).integers(0, 2, (40, 2)).astype(float)
    means = bootstrap_means(table, 1000, seed=5)
    gap = np.round(means[:, 0] - means[:, 1], 9)
    expected = np.mean(gap > 0) + np.mean(gap == 0) / 2
    assert (gap == 0).any()
    assert rank_probabilities(table, 1000, seed=5)[0, 0] == pytest.approx(expected)


@pytest.mark.parametrize("clustered", [False, True])
def test_the_probability_to_win_is_that_of_a_normal_difference(clustered):
    rng = np.random.default_rng(9)
    groups = np.repeat(np.arange(200), 5)
    first = rng.random(1000) + 0.3 * rng.normal(size=200)[groups]
    second = rng.random(1000)
    clusters = groups if clustered else None
    difference = mean_error(first - second, clusters)
    found = rank_probabilities(np.column_stack([first, second]), 4000, 1, clusters)[0, 0]
    assert found == pytest.approx(norm.cdf(difference.mean / difference.error), abs=0.03)
    assert 0.05 < found < 0.95


def test_no_models_are_an_error():
    with pytest.raises(ValueError, match="at least one model"):
        rank_probabilities(np.empty((5, 0)))
