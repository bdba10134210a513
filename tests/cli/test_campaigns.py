"""The verb `submit`, on the real ledger; nothing is submitted."""

import json


def test_the_command_line_prints_the_plan_and_every_script(harness, tmp_path):
    asked = ["submit", "claims=k_exaone_236b", "cluster=h200x8", f"results={tmp_path}"]
    code, out, _ = harness(*asked, "--dry-run")
    assert code == 0
    assert out.count("#!/bin/bash") == 3
    assert "k_exaone_236b  1      8" in out
    found = json.loads(harness(*asked, "--dry-run", "--json")[1])
    assert len(found["scripts"]) == 3
    assert found["campaign"]["jobs"][0]["gpu_hours"] > 0
    assert not list(tmp_path.iterdir())
