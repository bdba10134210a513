"""Logs of other harnesses, brought in and scored by our tasks."""

import json
from pathlib import Path

import pytest

from harness.config.settings import load_benchmarks, project
from harness.errors import HarnessError, UsageError
from harness.evaluation.items import read_items
from harness.records import Import
from harness.store import RunFolder, read_samples
from harness.store.whole import read_import
from harness.workflow.display import Display
from harness.workflow.imports import import_logs
from harness.workflow.rescore import rescore
from tests.evaluation.imports.conftest import lm_eval_logs as lm_eval_logs  # noqa: PLC0414 - a fixture

QUIET = Display(quiet=True)
GOLDEN = project().root / "tests/golden/logs"


@pytest.fixture(scope="session")
def prompts():
    return [row["prompt"] for row in read_items(load_benchmarks(project().configs)["ifbench_294"])]


def imported(path: Path, out: Path) -> dict[str, Import]:
    return import_logs(path, "auto", out, QUIET).folders


def rescored(path: Path, task: str | None = None):
    found = rescore(path, task, [], QUIET)
    assert not found.failed
    return {one.task: one for one in found.done}


def test_the_scores_of_an_lm_eval_log_equal_those_that_lm_eval_gave(lm_eval_logs, tmp_path):
    found = imported(lm_eval_logs / "once", tmp_path / "in")
    assert {(record.task, record.model, record.items) for record in found.values()} == {
        ("gsm8k", "maker/reciter", 6),
        ("hellaswag", "maker/reciter", 5),
    }
    scored = rescored(tmp_path / "in")
    assert {(a.theirs, a.ours, a.equal, a.of) for one in scored.values() for a in one.agreement} == {
        ("exact_match,strict-match", "exact_match,strict-match", 6, 6),
        ("exact_match,flexible-extract", "exact_match,flexible-extract", 6, 6),
        ("acc", "acc", 5, 5),
        ("acc_norm", "acc_norm", 5, 5),
    }
    assert scored["gsm8k"].change.statuses == ({"scored": 5, "empty": 1}, {"scored": 5, "empty": 1})
    assert scored["gsm8k"].change.metrics["exact_match,flexible-extract"] == (0.5, 0.5)


def test_repeats_that_lm_eval_scored_together_are_compared_together(lm_eval_logs, tmp_path):
    imported(lm_eval_logs / "thrice", tmp_path / "in")
    one = rescored(tmp_path / "in")["gsm8k"]
    assert [(a.equal, a.of) for a in one.agreement] == [(6, 6), (6, 6)]
    assert {sample.repeat for sample in read_samples(RunFolder(one.target).samples)} == {0, 1, 2}


def test_a_score_of_the_log_that_ours_does_not_equal_is_named(lm_eval_logs, tmp_path):
    (path,) = (lm_eval_logs / "once").rglob("samples_gsm8k_*")
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    lines[2]["exact_match"] = 1.0 - lines[2]["exact_match"]
    (tmp_path / path.name).write_text("".join(json.dumps(line) + "\n" for line in lines))
    imported(tmp_path / path.name, tmp_path / "in")
    change = rescored(tmp_path / "in")["gsm8k"]
    assert [(a.equal, a.of) for a in change.agreement] == [(5, 6), (6, 6)]
    assert (change.change.changed, change.change.items) == (1, ["gsm8k/00002"])


def test_a_response_file_is_joined_to_the_item_set_that_has_its_prompts(prompts, tmp_path):
    lines = [{"prompt": prompt, "response": "No."} for prompt in reversed(prompts[:20])]
    lines.append({"prompt": "Asked by nobody.", "response": "No."})
    path = tmp_path / "responses.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    (record,) = imported(path, tmp_path / "in").values()
    assert (record.format, record.model, record.samples) == ("ifbench", "responses", 21)
    one = rescored(tmp_path / "in", "ifbench_294")["ifbench_294"]
    assert one.unjoined == ["20"]
    assert (one.change.samples, one.agreement) == (20, [])
    kept = read_samples(RunFolder(one.target).samples)
    assert [sample.item for sample in kept] == [f"ifbench_294/{index:05d}" for index in reversed(range(20))]
    assert read_import(RunFolder(one.target)).unjoined == ["20"]


def test_an_inspect_log_is_joined_by_its_prompts_and_its_scorers_by_their_names(prompts, tmp_path):
    def sample(index, strict):
        text = "No."
        return {
            "id": f"x{index}",
            "epoch": 1,
            "input": prompts[index],
            "output": {"choices": [{"message": {"role": "assistant", "content": text}, "stop_reason": "stop"}]},
            "scores": {"instructions": {"value": {"prompt_level_strict": strict}}},
        }

    log = {"eval": {"task": "inspect_evals/ifbench", "model": "maker/m"}, "plan": {}}
    path = tmp_path / "log.json"
    path.write_text(json.dumps({**log, "samples": [sample(0, False), sample(1, True)]}))
    imported(path, tmp_path / "in")
    one = rescored(tmp_path / "in", "ifbench_294")["ifbench_294"]
    (found,) = one.agreement
    assert (found.theirs, found.ours) == ("instructions/prompt_level_strict", "prompt_level_strict_acc")
    assert (found.equal, found.of, found.differing) == (1, 2, ["ifbench_294/00001"])


def test_an_import_that_fails_leaves_nothing_behind(lm_eval_logs, tmp_path):
    logs = tmp_path / "logs"
    logs.mkdir()
    for path in (lm_eval_logs / "once").rglob("*.jsonl"):
        (logs / path.name).write_bytes(path.read_bytes())
    (logs / "zz.jsonl").write_text('{"prompt": "a", "response": "b"}\n{"prompt": "a"}\n')
    with pytest.raises(UsageError, match="line 2"):
        imported(logs, tmp_path / "in")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["logs"]


def test_what_is_there_already_is_not_written_over(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "notes").touch()
    with pytest.raises(UsageError, match="does not exist yet"):
        imported(GOLDEN, tmp_path / "in")


def test_the_name_of_a_task_leads_nowhere_else(tmp_path):
    log = {"eval": {"task": "../../x", "model": "m"}, "plan": {}, "samples": []}
    (tmp_path / "log.json").write_text(json.dumps(log))
    (name,) = imported(tmp_path / "log.json", tmp_path / "in")
    assert name.startswith("_.._x/")


def test_an_import_whose_task_nobody_has_names_the_way_out(tmp_path):
    imported(next(GOLDEN.glob("*.eval")), tmp_path / "in")
    with pytest.raises(UsageError, match="--task NAME"):
        rescore(tmp_path / "in", None, [], QUIET)
    with pytest.raises(HarnessError, match="none of the 3"):
        rescore(tmp_path / "in", "ifbench_294", [], QUIET)
    with pytest.raises(UsageError, match="no protocol for an import"):
        rescore(tmp_path / "in", "ifbench_294", ["protocol.extractor=lenient"], QUIET)


def test_texts_are_no_likelihoods(tmp_path):
    lines = [{"doc_id": 0, "doc": {"a": 1}, "arguments": [["p"]], "resps": [["x"]], "filtered_resps": ["x"]}]
    path = tmp_path / "samples_hellaswag_2026-01-02T03-04-05.678901.jsonl"
    doc = {"query": "A man", "choices": ["runs", "sits"], "gold": 0, "label": "0"}
    path.write_text(json.dumps({**lines[0], "doc": doc, "acc": 1.0}))
    imported(path, tmp_path / "in")
    with pytest.raises(HarnessError, match="likelihoods, which hellaswag scores"):
        rescore(tmp_path / "in", None, [], QUIET)


def test_documents_of_another_shape_are_joined_by_their_question(prompts, tmp_path):
    lines = [
        {
            "doc_id": index,
            "doc": {"prompt": prompts[7 - index], "label": 0},
            "arguments": [["…"]],
            "resps": [["No."]],
        }
        for index in range(2)
    ]
    path = tmp_path / "samples_x_2026-01-02T03-04-05.678901.jsonl"
    path.write_text("".join(json.dumps({**line, "filtered_resps": ["No."], "acc": 0.0}) + "\n" for line in lines))
    imported(path, tmp_path / "in")
    one = rescored(tmp_path / "in", "ifbench_294")["ifbench_294"]
    assert [s.item for s in read_samples(RunFolder(one.target).samples)] == [
        "ifbench_294/00007",
        "ifbench_294/00006",
    ]
