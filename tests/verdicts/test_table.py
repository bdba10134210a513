import numpy as np
import pytest

from harness.verdicts.table import from_columns
from tests.verdicts.examples import answers


def test_items_stand_in_one_order_whatever_order_they_came_in():
    found = from_columns(["b", "a"], [0, 1, 0, 1], [0, 0, 7, 7], [1, 0, 1, 0.5], statuses={"scored": 4})
    assert list(found.items) == ["a", "b"]
    assert found.scores.tolist() == [[0, 0.5], [1, 1]]


def test_the_same_answer_twice_is_an_error_that_names_it():
    with pytest.raises(ValueError, match=r"found b repeat 7 twice"):
        from_columns(["b", "a"], [0, 1, 0], [7, 7, 7], [1, 0, 1], statuses={"scored": 3})


def test_no_answers_are_an_error():
    with pytest.raises(ValueError, match="found none"):
        from_columns([], [], [], [], statuses={})


def test_clusters_follow_their_items():
    found = answers(np.zeros((2, 1)), items=["b", "a"], clusters=["of b", "of a"])
    assert list(found.clusters) == ["of a", "of b"]


def test_weighted_scores_add_up_to_the_points_won():
    table = answers([[1, 1], [0, 1], [1, 0]])
    weighted = table.weighted({"i00000": 2, "i00001": 3, "i00002": 4})
    assert weighted.scores.mean() * 3 * 4 == pytest.approx(2 + 1.5 + 2)
    with pytest.raises(ValueError, match="i00002"):
        table.weighted({"i00000": 2, "i00001": 3})
