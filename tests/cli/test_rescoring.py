"""Bringing in a log and scoring it, as a person at a terminal does it."""

import json

from harness.config.settings import load_benchmarks, project
from harness.evaluation.items import read_items


def test_a_log_is_brought_in_and_scored(harness, tmp_path):
    rows = read_items(load_benchmarks(project().configs)["ifbench_294"])
    log = tmp_path / "responses.jsonl"
    log.write_text("".join(json.dumps({"prompt": r["prompt"], "response": "No."}) + "\n" for r in rows[:3]))
    code, text, _ = harness("import", str(log), "--out", str(tmp_path / "in"))
    assert code == 0
    assert "3 answers of responses to 3 items of ifbench" in text
    code, text, _ = harness("rescore", str(tmp_path / "in"), "--task", "ifbench_294")
    assert code == 0, text
    assert "prompt_level_loose_acc" in text

    code, text, _ = harness("import", str(log), "--out", str(tmp_path / "again"), "--format", "ifbench", "--json")
    (found,) = json.loads(text)["imported"]
    assert (code, found["samples"], found["files"][0]["name"]) == (0, 3, "responses.jsonl")
    code, text, _ = harness("rescore", found["folder"], "--json", "--task", "ifbench_294")
    (one,) = json.loads(text)["rescored"]
    assert (code, one["state"], one["samples"], one["same_scores"]) == (0, "rescored", 3, None)


def test_a_wrong_line_ends_with_its_number_and_exit_code_2(harness, tmp_path):
    log = tmp_path / "responses.jsonl"
    log.write_text('{"prompt": "a", "response": "b"}\n{"prompt": "a"}\n')
    code, _, problem = harness("import", str(log), "--out", str(tmp_path / "in"))
    assert code == 2
    assert "line 2" in problem
    code, _, problem = harness("rescore", str(tmp_path / "in"))
    assert code == 2
    assert "nothing there" in problem
