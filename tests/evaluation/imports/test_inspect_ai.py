import json
import shutil
import zipfile

import pytest

from harness.config.settings import project
from harness.errors import UsageError
from harness.evaluation.imports.inspect_ai import read

EVAL = next((project().root / "tests/golden/logs").glob("*.eval"))


def sample(**changes):
    """The documented shape of a sample, without the fields that are passed over."""
    data = {
        "id": "a",
        "epoch": 1,
        "input": "How much is 1 + 1?",
        "messages": [{"role": "user", "content": "How much is 1 + 1? Answer with a number."}],
        "output": {"choices": [{"message": {"role": "assistant", "content": "2"}, "stop_reason": "stop"}]},
        "scores": {"match": {"value": "C", "answer": "2"}},
    }
    return data | changes


@pytest.fixture
def log_of(tmp_path):
    def write(*samples, **changes):
        data = {"version": 2, "eval": {"task": "quiz", "model": "maker/m"}, "samples": samples}
        path = tmp_path / "log.json"
        path.write_text(json.dumps(data | changes, indent=1))
        return path

    return write


def test_a_real_log_packed_with_zstandard_is_read():
    (log,) = read(EVAL)
    assert (log.task, log.model) == ("quiz", "mockllm/model")
    assert [(a.item.name, a.repeat) for a in log.answers] == [
        (f"q{item}", epoch) for epoch in (0, 1) for item in (0, 1, 2)
    ]
    first = log.answers[0]
    assert first.item.asked == [["What is 0+0?"], ["What is 0+0? Answer with a number."]]
    assert first.scores == {"match": 1.0, "judged/right": 1.0, "judged/half": 0.5}
    assert (first.answers[0].prompt_tokens, first.answers[0].completion_tokens) == (5, 7)
    thought = log.answers[2].answers[0]
    assert (thought.text, thought.reasoning) == ("answer: 2", "one and one")
    assert [a.answers[0].finish_reason for a in log.answers[3:]] == ["stop", "length", "stop"]


def test_the_json_form_is_read_alike(log_of):
    (log,) = read(log_of(sample(), sample(epoch=2, scores=None)))
    assert [(a.item.name, a.repeat, a.scores) for a in log.answers] == [("a", 0, {"match": 1.0}), ("a", 1, {})]


def test_texts_that_inspect_keeps_elsewhere_are_put_back(log_of):
    output = {"choices": [{"message": {"role": "assistant", "content": "attachment://f00"}}]}
    (log,) = read(log_of(sample(output=output, attachments={"f00": "long"})))
    assert log.answers[0].answers[0].text == "long"


@pytest.mark.parametrize(
    ("value", "score"),
    [
        ("C", 1.0),
        ("P", 0.5),
        ("I", 0.0),
        ("N", 0.0),
        ("Yes", 1.0),
        (True, 1.0),
        ("0.25", 0.25),
        ([1, 0], [1.0, 0.0]),
    ],
)
def test_values_mean_what_inspect_says_they_mean(log_of, value, score):
    (log,) = read(log_of(sample(scores={"s": {"value": value}})))
    assert log.answers[0].scores == {"s": score}


def test_a_sample_that_failed_says_why(log_of):
    failed = sample(output={"choices": []}, error={"message": "timed out", "traceback": ""}, scores={})
    (log,) = read(log_of(failed))
    assert (log.answers[0].answers[0].error, log.answers[0].answers[0].text) == ("timed out", "")


@pytest.mark.parametrize(
    ("second", "says"),
    [
        (sample(), "sample a, epoch 1 again"),
        (sample(id="b", scores={"s": {"value": float("nan")}}), "nan in place of a finite number"),
        (sample(id="b", scores={"s": {"value": "good"}}), "'good' in place of a finite number"),
        (sample(id="b", output=None), "output"),
    ],
)
def test_a_wrong_sample_is_named(log_of, second, says):
    with pytest.raises(UsageError, match=says) as caught:
        read(log_of(sample(), second))
    assert caught.value.where.endswith("sample 2")


def test_an_evaluation_that_did_not_end_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.eval", "w") as archive:
        archive.writestr("_journal/start.json", "{}")
    with pytest.raises(UsageError, match="did not end"):
        read(tmp_path / "a.eval")


def test_a_damaged_archive_is_named(tmp_path):
    path = tmp_path / "a.eval"
    shutil.copyfile(EVAL, path)
    raw = bytearray(path.read_bytes())
    raw[2000:2100] = bytes(100)
    path.write_bytes(raw)
    with pytest.raises(UsageError) as caught:
        read(path)
    assert "a.eval" in caught.value.where
