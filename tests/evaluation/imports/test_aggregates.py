import json

import pytest

from harness.errors import UsageError
from harness.evaluation.imports import find_logs
from harness.evaluation.imports.aggregates import read_every_eval_ever, read_lm_eval


def aggregate(**changes):
    data = {
        "schema_version": "0.3.0",
        "evaluation_id": "quiz/maker/m/1",
        "retrieved_timestamp": "1",
        "source_metadata": {
            "source_name": "A leaderboard",
            "source_type": "documentation",
            "source_organization_name": "A university",
            "evaluator_relationship": "third_party",
        },
        "eval_library": {"name": "inspect_ai", "version": "0.3"},
        "model_info": {"name": "M", "id": "maker/m"},
        "evaluation_results": [
            {
                "evaluation_name": "quiz",
                "evaluation_result_id": "accuracy:strict",
                "source_data": {"dataset_name": "quiz", "source_type": "other"},
                "metric_config": {"lower_is_better": False, "metric_unit": "percent"},
                "score_details": {
                    "score": 61.5,
                    "uncertainty": {"standard_error": {"value": 1.5}, "num_samples": 300},
                },
                "generation_config": {
                    "generation_args": {"temperature": 0.6, "top_p": None},
                    "additional_details": {"num_fewshot": "5"},
                },
            },
            {
                "evaluation_name": "quiz",
                "metric_config": {"lower_is_better": False, "metric_name": "F1"},
                "score_details": {"score": 0.5},
            },
        ],
    }
    return data | changes


@pytest.fixture
def written(tmp_path):
    def write(data):
        path = tmp_path / "a.json"
        path.write_text(json.dumps(data, indent=1))
        return path

    return write


def test_an_aggregate_says_who_measured_what_and_how(written):
    path = written(aggregate())
    (log,) = read_every_eval_ever(path)
    assert (log.task, log.model, log.by, list(log.answers)) == (
        "quiz",
        "maker/m",
        "A university (third party)",
        [],
    )
    first, second = log.reported
    assert (first.metric, first.score, first.unit, first.error, first.items) == (
        *("accuracy,strict", 61.5, "percent", 1.5, 300),
    )
    assert (second.metric, second.score, second.unit, second.error, second.items) == ("F1", 0.5, None, None, None)
    assert log.protocol == {
        "library": "inspect_ai 0.3",
        "source": "A leaderboard",
        "temperature": "0.6",
        "num_fewshot": "5",
    }
    assert [found.format for found in find_logs(path)[0]] == ["eee_aggregate"]


def test_results_of_lm_eval_itself_are_read(lm_eval_logs):
    (path,) = (lm_eval_logs / "summary").rglob("results_*.json")
    (log,) = read_lm_eval(path)
    assert (log.task, log.model, log.by) == ("gsm8k", "maker/reciter", None)
    assert {score.metric for score in log.reported} == {"exact_match,strict-match", "exact_match,flexible-extract"}
    assert {score.items for score in log.reported} == {6}
    assert log.protocol["num_fewshot"] == "0"
    assert [found.format for found in find_logs(path)[0]] == ["lm_eval_results"]


@pytest.mark.parametrize(
    ("read", "data", "says"),
    [
        (read_every_eval_ever, aggregate(model_info={}), "model_info.id"),
        (read_every_eval_ever, aggregate(evaluation_results=[{"evaluation_name": "quiz"}]), "metric_config"),
        (read_lm_eval, {"results": {"quiz": 3}}, "results.quiz"),
        (read_lm_eval, {"results": {"quiz": {"acc,none": float("nan")}}}, "in place of a finite number"),
    ],
)
def test_a_wrong_file_is_named(written, read, data, says):
    with pytest.raises(UsageError, match=says):
        read(written(data))
