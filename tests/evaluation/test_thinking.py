import json

import pytest

from harness.config.settings import load_benchmarks, project
from harness.evaluation.journal import Journal
from harness.evaluation.requests import RequestPlan
from harness.evaluation.tasks import load_task
from harness.evaluation.thinking import (
    HARMONY,
    HYPERCLOVA,
    SOLAR,
    THINK,
    THOUGHT,
    format_of,
    separated,
    split,
)
from harness.records import Answer, Decoding, FolderOrigin, Protocol
from harness.records.model import Thinking
from harness.store import RunFolder, SampleLog, read_samples

TO_ANSWER = "<|end|><|begin|>assistant<|content|>"
FINAL = "<|end|><|start|>assistant<|channel|>final<|message|>"

COMPLETE = [
    (THINK, "<think>\n생각\n</think>\n\n정답: B"),
    (THINK, "생각\n</think>\n\n정답: B"),
    (THOUGHT, "<thought>\n생각\n</thought>\n\n정답: B"),
    (SOLAR, f"<|think|>생각{TO_ANSWER}정답: B"),
    (SOLAR, "<|think|>생각<|end|><|content|>정답: B<|flush|>"),
    (SOLAR, f"생각{TO_ANSWER}정답: B"),
    (HARMONY, f"<|channel|>analysis<|message|>생각{FINAL}정답: B<|return|>"),
    (HARMONY, f"<|start|>assistant<|channel|>analysis<|message|>생각{FINAL}정답: B"),
    (HARMONY, "analysis생각assistantfinal정답: B"),
    (HYPERCLOVA, "/think\n생각<|im_end|>\n<|im_start|>assistant\n정답: B<|im_end|>"),
    (HYPERCLOVA, "<|im_start|>assistant/think\n생각<|im_end|>\n<|im_start|>assistant\n정답: B"),
    (HYPERCLOVA, "/think\n생각\nassistant\n정답: B"),
    (HYPERCLOVA, "생각<|im_end|>\n<|im_start|>assistant\n정답: B"),
]
CUT = [
    (THINK, "<think>\n정답: B일까"),
    (THOUGHT, "<thought>\n정답: B일까"),
    (SOLAR, "<|think|>정답: B일까"),
    (SOLAR, "<|think|>정답: B일까<|end|><|begin|>assistant"),
    (HARMONY, "<|channel|>analysis<|message|>정답: B일까"),
    (HARMONY, "<|channel|>analysis<|message|>정답: B일까<|end|><|start|>assistant<|channel|>fin"),
    (HYPERCLOVA, "/think\n정답: B일까"),
]
UNTHINKING = [
    (THINK, "정답: B"),
    (SOLAR, "<|content|>정답: B"),
    (HARMONY, "<|channel|>final<|message|>정답: B<|return|>"),
    (HYPERCLOVA, "\n정답: B"),
]


@pytest.mark.parametrize(("form", "text"), COMPLETE)
@pytest.mark.parametrize("finish", ["stop", "length"])
def test_the_answer_is_what_follows_the_trace(form, text, finish):
    assert split(text, finish, form, prefilled=None) == ("생각", "정답: B", False)


@pytest.mark.parametrize(("form", "text"), CUT)
@pytest.mark.parametrize("finish", ["stop", "length"])
@pytest.mark.parametrize("known", [True, False])
def test_a_trace_without_its_end_is_an_empty_answer(form, text, finish, known):
    found = split(text, finish, form if known else None)
    assert (found.answer, found.cut) == ("", True)
    assert "정답: B일까" in found.reasoning


def test_a_bare_word_opens_a_trace_only_of_a_model_that_is_known_to_write_it():
    assert split("analysis정답: B일까", "stop", HARMONY) == ("정답: B일까", "", True)
    assert split("analysis: the answer is b", "stop", None) == (None, "analysis: the answer is b", False)
    assert split("analysis: the answer is b", "stop", HARMONY).answer == "analysis: the answer is b"


@pytest.mark.parametrize(("form", "text"), UNTHINKING)
def test_an_answer_without_a_trace_is_left_whole(form, text):
    assert split(text, "stop", form, prefilled=None) == (None, split(text, "stop", form).answer, False)
    assert split(text, "stop", form).answer.strip() == "정답: B"


def test_an_empty_trace_is_none():
    assert split("<think>\n\n</think>\n\n정답: B", "stop", THINK) == (None, "정답: B", False)


def test_a_trace_that_the_template_opened_has_its_end_alone_or_is_cut():
    assert split("정답: B일까", "length", THINK, prefilled=True) == ("정답: B일까", "", True)
    assert split("정답: B일까", "stop", THINK, prefilled=True) == ("정답: B일까", "", True)


def test_a_text_without_tags_of_a_model_that_thinks_is_a_trace_if_its_length_cut_it():
    assert split("정답: B일까", "length", THINK, prefilled=None).cut
    assert split("정답: B", "stop", THINK, prefilled=None) == (None, "정답: B", False)


@pytest.mark.parametrize(
    "quote", ["태그 `</think>`는 끝이다.", "```html\n<think>\n</think>\n```", "`<think>`와 `</think>`"]
)
def test_tags_that_are_quoted_as_code_begin_and_end_nothing(quote):
    assert split(f"<think>{quote}</think>정답: B", "stop", THINK) == (quote, "정답: B", False)
    assert split(f"<think>생각</think>{quote}", "stop", THINK) == ("생각", quote, False)
    assert split(f"<think>{quote} 그리고", "length", THINK) == (f"{quote} 그리고", "", True)


def test_a_fence_that_the_thoughts_leave_open_does_not_hide_their_end():
    text = "<think>```python\nx = 1</think>정답\n```python\nx = 2\n```"
    assert split(text, "stop", THINK).answer == "정답\n```python\nx = 2\n```"


def test_nested_and_repeated_traces_leave_nothing_in_the_answer():
    assert split("<think>가<think>나</think>다</think>정답: B", "stop", THINK).answer == "정답: B"
    assert split("<think>가</think>정답: A<think>나</think>정답: B", "stop", THINK).answer == "정답: B"
    assert split("<think>가</think>정답: A<think>나", "length", THINK) == ("가</think>정답: A<think>나", "", True)


def test_a_model_that_is_not_known_to_think_may_write_about_tags():
    text = "The tag <think> opens a trace and </think> ends it."
    assert split(text, "stop", None) == (None, text, False)
    assert split("analysis of the case: B", "stop", None) == (None, "analysis of the case: B", False)


@pytest.mark.parametrize("piece", ["<think>", "</think>", "`", "```", "<|end|>", "<|channel|>analysis", "\n"])
def test_megabytes_of_tags_are_split_to_an_end(piece):
    for form in (None, THINK, SOLAR, HARMONY, HYPERCLOVA):
        split(piece * (1_000_000 // len(piece)) + "x", "length", form, prefilled=None)
    split(piece * (10_000_000 // len(piece)) + "x", "length", THINK, prefilled=None)


def thinking(**changes):
    return Thinking.model_validate({"default": "always", "source": "its maker"} | changes)


def test_the_tags_in_a_models_config_name_its_format(settings):
    assert format_of(thinking()) is THINK
    assert format_of(thinking(tags=None)) is HARMONY
    assert format_of(thinking(tags=["<|think|>", TO_ANSWER])) is SOLAR
    assert format_of(thinking(tags=["<thought>", "</thought>"])) is THOUGHT
    assert split("[생각]가[답]나", "stop", format_of(thinking(tags=["[생각]", "[답]"]))) == ("가", "나", False)


def test_what_the_servers_parser_has_separated_is_left_alone():
    answer = Answer(text="태그 <b>는 굵다.", reasoning="생각", finish_reason="length")
    assert separated(answer, thinking()) == (answer, False)


def test_a_tag_that_leaked_through_the_servers_parser_is_taken_away():
    answer = Answer(text="남은 생각</think>정답: B", reasoning="생각", finish_reason="stop")
    found, cut = separated(answer, thinking())
    assert (found.reasoning, found.text, cut) == ("생각\n남은 생각", "정답: B", False)


def test_errors_and_likelihoods_are_no_texts():
    for answer in (Answer(error="HTTP 500: <think>"), Answer(text="<think>", loglikelihood=(-1.0, True))):
        assert separated(answer, thinking()) == (answer, False)


def recorded(tmp_path, answer, model_thinking):
    """One answer to a sum whose right answer is 4, through the real task and the real log."""
    items = tmp_path / "items.jsonl"
    items.write_text(json.dumps({"question": "What is 2 + 2?", "answer": "#### 4"}) + "\n")
    changes = {"data": [FolderOrigin(folder=str(items))], "items": 1}
    benchmark = load_benchmarks(project().configs)["gsm8k"].model_copy(update=changes)
    loaded = load_task("gsm8k", benchmark, Protocol(id="test", max_tokens=64, num_fewshot=0))
    loaded.task.build_all_requests()
    plan = RequestPlan(
        model="m", endpoint="chat", decoding=Decoding(temperature=0.0), max_tokens=64, stop=[], base_seed=1
    )
    folder = RunFolder(tmp_path / "run")
    with SampleLog(folder) as log:
        Journal(loaded, [0], plan, log, thinking=model_thinking).record(loaded.task.instances, 0, {}, [answer])
    return read_samples(folder.samples)[0]


@pytest.mark.parametrize("finish", ["stop", "length"])
@pytest.mark.parametrize("text", ["<think>perhaps #### 4", "<think>a</think>b<think>perhaps #### 4"])
def test_a_cut_trace_ends_as_truncated_with_no_score(tmp_path, text, finish):
    sample = recorded(tmp_path, Answer(text=text, finish_reason=finish), None)
    assert (sample.status, sample.text, sample.scores, sample.answers) == ("truncated", "", {}, {})
    assert "#### 4" in sample.reasoning
    assert sample.finish_reason == finish


def test_a_trace_that_the_template_opened_and_the_length_cut_is_truncated_with_no_score(tmp_path):
    sample = recorded(tmp_path, Answer(text="perhaps #### 4", finish_reason="length"), thinking())
    assert (sample.status, sample.text, sample.scores) == ("truncated", "", {})


def test_a_complete_trace_is_scored_on_its_answer_alone(tmp_path):
    text = "<think>perhaps #### 5</think>It is\n#### 4"
    sample = recorded(tmp_path, Answer(text=text, finish_reason="stop"), None)
    assert (sample.status, sample.text) == ("scored", "It is\n#### 4")
    assert sample.reasoning == "perhaps #### 5"
    assert set(sample.scores.values()) == {1.0}
