import json

import pytest

from harness.config.settings import project
from harness.errors import UsageError
from harness.evaluation.imports.every_eval_ever import read

REAL = next((project().root / "tests/golden/logs").glob("*_samples.jsonl"))


def record(**changes):
    data = {
        "schema_version": "0.3.0",
        "evaluation_id": "quiz/maker/m/1",
        "model_id": "maker/m",
        "evaluation_name": "quiz",
        "sample_id": "a",
        "interaction_type": "single_turn",
        "input": {"raw": "How much is 1 + 1?", "reference": ["2"]},
        "output": {"raw": ["2"]},
        "answer_attribution": [],
        "evaluation": {"score": 1.0, "is_correct": True},
    }
    return data | changes


@pytest.fixture
def log_of(tmp_path):
    def write(*records):
        path = tmp_path / "a_samples.jsonl"
        path.write_text("".join(json.dumps(one) + "\n" for one in records))
        return path

    return write


def test_the_records_that_the_real_converter_makes_of_an_answer_are_its_results():
    (log,) = read(REAL)
    assert (log.task, log.model, len(log.answers)) == ("ifeval", "org/dummy", 4)
    assert {name for answer in log.answers for name in answer.scores} == {
        "prompt_level_strict_acc",
        "prompt_level_loose_acc",
    }
    assert log.answers[0].item.asked == [["Say hi without commas 0"]]


def test_another_response_of_a_sample_is_its_next_repeat(log_of):
    again = record(output={"raw": ["3"]}, evaluation={"score": 0.0, "is_correct": False})
    (log,) = read(log_of(record(), again))
    assert [(a.repeat, a.answers[0].text, a.scores) for a in log.answers] == [
        (0, "2", {"score": 1.0}),
        (1, "3", {"score": 0.0}),
    ]


def test_models_and_evaluations_are_logs_of_their_own(log_of):
    logs = read(log_of(record(), record(model_id="maker/n"), record(evaluation_name="quiz/hard")))
    assert [(log.task, log.model) for log in logs] == [
        ("quiz", "maker/m"),
        ("quiz", "maker/n"),
        ("quiz/hard", "maker/m"),
    ]


def test_tokens_time_reasoning_and_errors_are_kept(log_of):
    (log,) = read(
        log_of(
            record(
                output={"raw": ["2"], "reasoning_trace": ["one", "and one"]},
                token_usage={"input_tokens": 9, "output_tokens": 1, "total_tokens": 10},
                performance={"latency_ms": 1500},
                error="refused",
            )
        )
    )
    (answer,) = log.answers
    first = answer.answers[0]
    assert (first.reasoning, first.prompt_tokens, first.completion_tokens) == ("one\nand one", 9, 1)
    assert (answer.seconds, first.error) == (1.5, "refused")


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (record(), "the record of line 1 again"),
        (record(sample_id="b", evaluation={"score": float("inf"), "is_correct": True}), "evaluation.score"),
        (record(sample_id="b", interaction_type="multi_turn", output=None), "interaction_type multi_turn"),
        (record(sample_id="b", output=None), "no single response"),
        (record(sample_id="b", output={"raw": ["2", "3"]}), "no single response"),
        ({"sample_id": "b"}, "Field required"),
    ],
)
def test_a_wrong_record_is_named(log_of, second, says):
    with pytest.raises(UsageError, match=says) as caught:
        read(log_of(record(), second))
    assert caught.value.where.endswith("line 2")
