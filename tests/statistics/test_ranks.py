import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import norm

from harness.statistics.clusters import mean_error
from harness.statistics.paired import Lead, bootstrap_means, lead
from harness.statistics.ranks import place, rank_probabilities

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


def lead_of(point, error=1.0):
    return Lead(point, error, 1000.0, np.linspace(point, point, 10))


def test_a_place_is_sure_when_every_comparator_is_surely_on_its_side():
    ahead, behind, level = lead_of(5.0), lead_of(-5.0), lead_of(0.0)
    assert place([ahead, behind], 2).p_holds < 1e-5
    assert place([ahead, behind], 2).p_fails > 0.5
    assert place([ahead, behind], 1).p_fails < 1e-5
    assert place([ahead, ahead], 2).p_fails < 1e-5
    assert place([ahead, level], 1).p_holds > 0.5
    assert place([ahead, level], 3).p_fails < 1e-5


def test_the_number_of_comparators_is_allowed_for():
    one = place([lead_of(2.0)], 1).p_holds
    assert one == pytest.approx(stats.t.sf(2.0, 1000), rel=1e-6)
    assert place([lead_of(2.0)] * 4, 1).p_holds == pytest.approx(4 * one)


@pytest.mark.parametrize("claimed", [0, 3])
def test_a_place_beyond_the_table_is_an_error(claimed):
    with pytest.raises(ValueError, match="a rank from 1 to 2"):
        place([lead_of(1.0)], claimed)


def test_a_model_level_with_nine_others_is_seldom_said_to_be_or_not_to_be_first():
    rng = np.random.default_rng(6)
    wrong = {"holds": 0, "fails": 0}
    trials = 200
    for _ in range(trials):
        scores = (rng.random((60, 10)) < 0.5).astype(float)
        leads = [lead(scores[:, 0], scores[:, other], resamples=200) for other in range(1, 10)]
        found = place(leads, 1)
        wrong["holds"] += found.p_holds <= 0.05
        wrong["fails"] += found.p_fails <= 0.025
    assert wrong["holds"] / trials <= 0.05
    assert wrong["fails"] / trials <= 0.025 + 3 * (0.025 / trials) ** 0.5
