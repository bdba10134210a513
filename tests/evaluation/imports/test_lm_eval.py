import gzip
import json

import pytest

from harness.errors import UsageError
from harness.evaluation.imports.lm_eval import read
from tests.evaluation.imports.conftest import TEXTS

NAME = "samples_gsm8k_2026-01-02T03-04-05.678901.jsonl"


@pytest.fixture
def lines(lm_eval_logs):
    text = (lm_eval_logs / "once/maker__reciter" / NAME).read_text()
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def log_of(tmp_path):
    def write(lines):
        path = tmp_path / NAME
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))
        return path

    return write


def test_the_lines_of_a_document_under_two_filters_are_one_answer(lm_eval_logs):
    (log,) = read(lm_eval_logs / "once/maker__reciter" / NAME)
    assert (log.task, log.model, log.together) == ("gsm8k", "maker/reciter", False)
    assert [answer.item.name for answer in log.answers] == ["0", "1", "2", "3", "4", "5"]
    first = log.answers[0]
    assert first.answers[0].text == TEXTS[0]
    assert first.item.asked == [["Question: What is 20 and 20?\nAnswer:"]]
    assert first.item.doc == {"question": "What is 20 and 20?", "answer": "Together.\n#### 40"}
    assert first.extracted == {"strict-match": "40", "flexible-extract": "40"}
    assert first.scores == {"exact_match,strict-match": 1.0, "exact_match,flexible-extract": 1.0}


def test_likelihoods_come_with_the_choices_that_were_weighed(lm_eval_logs):
    (log,) = read(lm_eval_logs / "once/maker__reciter" / NAME.replace("gsm8k", "hellaswag"))
    first = log.answers[0]
    assert [prompt_and_ending[1] for prompt_and_ending in first.item.asked] == [
        " runs fast.",
        " sits.",
        " eats a boat.",
        " flies up.",
    ]
    assert [a.loglikelihood for a in first.answers] == [
        (-len(ending) / 3, len(ending) % 2 == 0) for _, ending in first.item.asked
    ]
    assert first.scores == {"acc": 0.0, "acc_norm": 0.0}


def test_repeats_are_samples_of_their_own_whose_common_scores_stand_with_the_first(lm_eval_logs):
    (log,) = read(lm_eval_logs / "thrice/maker__reciter" / NAME)
    assert log.together
    assert len(log.answers) == 18
    first, second, third = (answer for answer in log.answers if answer.item.name == "0")
    assert [a.answers[0].text for a in (first, second, third)] == TEXTS[:3]
    assert set(first.scores) == {"exact_match,strict-match", "exact_match,flexible-extract"}
    assert second.scores == third.scores == {}


def test_a_log_may_be_gzipped_and_begin_with_a_byte_order_mark(lm_eval_logs, tmp_path):
    whole = lm_eval_logs / "once/maker__reciter" / NAME
    packed = tmp_path / f"{NAME}.gz"
    packed.write_bytes(gzip.compress(b"\xef\xbb\xbf" + whole.read_bytes()))
    ((plain,), (gzipped,)) = read(whole), read(packed)
    assert gzipped.task == "gsm8k"
    assert gzipped.answers == plain.answers


def test_logs_of_before_0_4_4_name_neither_filter_nor_metrics(lines, log_of):
    old = [{k: v for k, v in line.items() if k not in {"filter", "metrics"}} for line in lines[:6]]
    (log,) = read(log_of(old))
    assert log.answers[0].scores == {"exact_match": 1.0}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"exact_match": float("nan")}, "nan in place of a finite number"),
        ({"exact_match": "yes"}, "'yes' in place of a finite number"),
        ({"doc_id": 0}, "document 0 under filter strict-match again; first on line 1"),
        ({"doc_id": 1.5}, "doc_id"),
        ({"resps": []}, "answered 0 times"),
        ({"resps": [[{"a": 1}]]}, "neither a text nor"),
        ({"metrics": ["f1"]}, "no value of its metric f1"),
        ({"filter": "other"}, "document 0 has no line under filter other"),
        ({"arguments": {"gen_args_0": {}}}, "without a prompt"),
    ],
)
def test_a_wrong_line_is_named(lines, log_of, change, says):
    lines[1] = {**lines[1], **change}
    with pytest.raises(UsageError, match=says) as caught:
        read(log_of(lines[:6]))
    assert NAME in caught.value.where
    assert "line" in caught.value.where


def test_a_missing_field_is_named(lines, log_of):
    del lines[3]["resps"]
    with pytest.raises(UsageError, match="resps: Field required") as caught:
        read(log_of(lines))
    assert caught.value.where.endswith("line 4")


def test_filters_that_saw_other_answers_are_no_one_log(lines, log_of):
    lines[7]["resps"] = [["something else"]]
    with pytest.raises(UsageError, match="other answers than on line 2"):
        read(log_of(lines))
