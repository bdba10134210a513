import pytest

from harness.evaluation.rescoring import agreement, changes, metric_names
from tests.examples import sample

OURS = ["prompt_level_loose_acc", "exact_match,strict-match", "accuracy,strict"]


@pytest.mark.parametrize(
    ("theirs", "found"),
    [
        (["exact_match,strict-match"], {"exact_match,strict-match": "exact_match,strict-match"}),
        (["exact_match:strict-match"], {"exact_match:strict-match": "exact_match,strict-match"}),
        (["scorer/prompt_level_loose", "other"], {"scorer/prompt_level_loose": "prompt_level_loose_acc"}),
        (["prompt_loose", "other"], {"prompt_loose": "prompt_level_loose_acc"}),
        (["match"], {"match": "accuracy,strict"}),
        (["match", "other"], {}),
    ],
    ids=["name", "filter", "scorer", "record", "only one", "unknown"],
)
def test_metrics_are_the_same_by_name_by_the_record_or_as_the_only_one(theirs, found):
    aliases = {"prompt_loose": "prompt_level_loose_acc"}
    assert metric_names(theirs, OURS, aliases, "accuracy,strict") == found


def test_what_is_not_scored_equals_0_and_what_the_scorer_failed_on_equals_nothing():
    theirs = [("a", {"m": 1.0}), ("b", {"m": [0.0, 0.0]}), ("c", {"m": 0.0}), ("d", {"m": [1.0, 0.0]})]
    (found,) = agreement(theirs, [{"m": 1.0}, {}, None, {"m": [1.0, 1.0]}], {"m": "m"})
    assert (found.equal, found.of, found.differing) == (2, 4, ["c", "d"])


def test_the_mean_of_a_metric_with_several_values_is_over_all_values():
    old = [sample(0, scores={"m": [1.0, 0.0, 0.0]}), sample(1, scores={"m": [1.0]})]
    new = [sample(0, scores={}), sample(1, scores={"m": [1.0]})]
    found = changes(old, new)
    assert found.metrics == {"m": (0.5, 0.25)}
    assert (found.changed, found.items) == (1, ["quiz/00000"])
