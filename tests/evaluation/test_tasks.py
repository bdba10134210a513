"""How protocol and benchmark decide what a task asks."""

import pytest

from harness.errors import HarnessError, UsageError
from harness.evaluation.tasks import load_task
from harness.records import Benchmark, FolderOrigin, Protocol, Score

GSM8K = [{"question": f"What is {i} + {i}?", "answer": f"{i} + {i} = {2 * i}\n#### {2 * i}"} for i in range(8)]


def gsm8k(tmp_path, rows=GSM8K, fewshot=()):
    import json

    def written(name, rows):
        path = tmp_path / name
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        return [FolderOrigin(folder=str(path))]

    return Benchmark(
        id="gsm8k",
        names=["GSM8K"],
        capability=["mathematics"],
        items=len(rows),
        access="public",
        data=written("items.jsonl", rows),
        fewshot=written("examples.jsonl", fewshot) if fewshot else [],
        score=Score(metric="exact_match,strict-match"),
        licence="MIT",
        redistribution="free",
    )


def protocol(**fields):
    return Protocol(id="test", max_tokens=64, **fields)


def prompts(loaded):
    loaded.task.build_all_requests()
    return [instance.args[0] for instance in loaded.task.instances]


def test_a_task_of_lm_eval_is_asked_on_the_items_of_the_benchmark(tmp_path):
    loaded = load_task("gsm8k", gsm8k(tmp_path), protocol(num_fewshot=0))
    assert prompts(loaded)[3] == "Question: What is 3 + 3?\nAnswer:"
    assert (loaded.items, loaded.num_fewshot) == (8, 0)


def test_worked_examples_come_from_their_own_items_only(tmp_path):
    fewshot = [{"question": f"Example {i}?", "answer": f"#### {i}"} for i in range(9)]
    loaded = load_task("gsm8k", gsm8k(tmp_path, fewshot=fewshot), protocol(num_fewshot=3))
    text = prompts(loaded)[0]
    assert text.count("Example") == 3
    assert text.count("What is") == 1


def test_examples_that_would_be_evaluated_items_are_refused(tmp_path):
    with pytest.raises(HarnessError, match="not the evaluated ones"):
        load_task("gsm8k", gsm8k(tmp_path), protocol(num_fewshot=5))


def test_a_group_of_tasks_is_no_task(tmp_path):
    with pytest.raises(UsageError, match="a group"):
        load_task("mmlu", gsm8k(tmp_path), protocol())


def test_a_wrong_number_of_items_is_refused(tmp_path):
    short = gsm8k(tmp_path).model_copy(update={"items": 9})
    with pytest.raises(HarnessError, match="9 items"):
        load_task("gsm8k", short, protocol(num_fewshot=0))


def test_items_of_another_shape_are_refused_by_name(tmp_path):
    with pytest.raises(HarnessError, match="the task gsm8k on the items"):
        load_task("gsm8k", gsm8k(tmp_path, [{"prompt": "?"}]), protocol(num_fewshot=0))


def test_the_hashes_tell_a_changed_item_from_a_changed_task(tmp_path):
    first = load_task("gsm8k", gsm8k(tmp_path), protocol(num_fewshot=0))
    again = load_task("gsm8k", gsm8k(tmp_path), protocol(num_fewshot=0))
    other = load_task("gsm8k", gsm8k(tmp_path, [*GSM8K[:-1], GSM8K[0]]), protocol(num_fewshot=0))
    another = load_task("gsm8k_platinum", gsm8k(tmp_path), protocol(num_fewshot=0))
    assert (first.task_sha256, first.data_sha256) == (again.task_sha256, again.data_sha256)
    assert first.task_sha256 == other.task_sha256
    assert first.data_sha256 != other.data_sha256
    assert first.task_sha256 != another.task_sha256


def test_options_of_a_task_without_choices_cannot_be_shuffled(tmp_path):
    with pytest.raises(HarnessError, match="choices that can be shuffled"):
        load_task("gsm8k", gsm8k(tmp_path), protocol(num_fewshot=0, options="shuffled"))
