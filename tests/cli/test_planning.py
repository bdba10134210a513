"""The verb `plan`, on the real ledger."""

import json

from harness.store.throughput import note_throughput
from tests.examples import throughput


def test_claims_get_runs_costs_and_reasons(harness, tmp_path):
    code, out, _ = harness("plan", "claims=k_exaone_236b", "cluster=h200x8", f"results={tmp_path}", "--json")
    found = json.loads(out)
    assert code == 0
    run = next(r for r in found["runs"] if r["benchmark"] == "aime_2025")
    assert (run["model"], run["protocol"], run["repeats"]) == ("k_exaone_236b", "maker/k_exaone_236b", 32)
    assert (run["cost"]["requests"], run["cost"]["gpus"], run["cost"]["nodes"]) == (960, 8, 1)
    assert 0 < run["cost"]["gpu_hours"] < run["cost"]["gpu_hours_most"]
    assert all(says["en"] and says["ko"] for says in run["cost"]["basis"])
    assert all(one["why"]["en"] and one["why"]["ko"] for one in found["unplanned"])
    assert any("needs a judge" in one["why"]["en"] for one in found["unplanned"])
    assert set(run["claims"]) <= {one["claim"] for one in found["claims"]}
    assert found["total"]["gpu_hours"] > run["cost"]["gpu_hours"]


def test_the_whole_ledger_is_planned_for_people(harness, tmp_path):
    code, out, _ = harness("plan", "cluster=h100x8", f"results={tmp_path}")
    assert code == 0
    assert "h100x8: runs" in out
    assert "without a run" in out
    assert "a_x_k2 has no config yet" in out


def test_suites_on_models_run_whole(harness, tmp_path):
    arguments = ["model=solar_open_100b,vaetki_7b", "suite=math", "cluster=h100x8", "repeats=2", "items=5"]
    found = json.loads(harness("plan", *arguments, f"results={tmp_path}", "--json")[1])
    assert {run["model"] for run in found["runs"]} == {"solar_open_100b", "vaetki_7b"}
    assert {run["cost"]["requests"] for run in found["runs"]} == {10}
    assert len(found["runs"]) == 12


def test_finished_runs_replace_what_was_assumed(harness, tmp_path):
    asked = ["plan", "model=smollm2_135m", "suite=demo", f"results={tmp_path}", "--json"]
    before = json.loads(harness(*asked)[1])["runs"][0]["cost"]
    assert (before["gpus"], before["seconds"]) == (0, None)
    note_throughput(tmp_path / "throughput.jsonl", throughput(model="smollm2_135m", gpu=None, device="cpu"))
    after = json.loads(harness(*asked)[1])["runs"][0]["cost"]
    assert after["seconds"] > 0
    assert after["gpu_hours"] == 0


def test_a_mistyped_name_is_answered_with_the_nearest(harness):
    assert "k_exaone_236b" in harness("plan", "model=k_exaone_236", "suite=math")[2]
    assert "h100x8" in harness("plan", "claims=k_exaone_236b", "cluster=h100x9")[2]
    code, _, err = harness("plan", "protocol.max_token=9")
    assert code == 2
    assert "max_tokens" in err


def test_what_a_command_changes_in_a_protocol_changes_the_cost(harness, tmp_path):
    asked = ["plan", "model=solar_open_100b", "suite=math", "cluster=h100x8", f"results={tmp_path}", "--json"]
    most = [
        json.loads(harness(*asked, *more)[1])["total"]["tokens_out_most"]
        for more in ([], ["protocol.max_tokens=64", "protocol.thinking_tokens=64"])
    ]
    assert most[1] < most[0] / 100
