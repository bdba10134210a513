import json
import subprocess
import sys

import pytest

VERBS = ["demo", "run", "verdict", "site", "doctor"]


def harness(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "harness.cli", *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_explains_itself(verb):
    found = harness(verb, "--help")
    assert found.returncode == 0
    assert "--help" in found.stdout


def test_the_help_lists_every_verb():
    text = harness("--help").stdout
    assert all(verb in text for verb in VERBS)


@pytest.mark.parametrize("arguments", [("run", "model=smolm2"), ("verdict", "suite=nothing"), ("nonsense",)])
def test_wrong_use_exits_2_without_a_traceback(arguments):
    found = harness(*arguments)
    assert found.returncode == 2
    assert "Traceback" not in found.stderr


def test_verdicts_are_given_as_data(tmp_path):
    found = harness("verdict", "--json", f"results={tmp_path}")
    verdicts = json.loads(found.stdout)["verdicts"]
    assert {"claim", "verdict", "claimed", "reasons"} <= set(verdicts[0])
    assert {v["verdict"] for v in verdicts} == {"not_measured", "not_testable"}


def test_the_site_is_built_without_a_run(tmp_path):
    found = json.loads(harness("site", "--json", "--out", str(tmp_path / "pages"), f"results={tmp_path}").stdout)
    assert found["site"] == str(tmp_path / "pages" / "index.html")
    overview = (tmp_path / "pages/en/index.html").read_text()
    for team in ("Naver Cloud", "Upstage", "SK Telecom", "NC AI", "LG AI Research"):
        assert f">{team} consortium</a>" in overview
    again = json.loads(harness("site", "--json", "--out", str(tmp_path / "pages"), f"results={tmp_path}").stdout)
    assert again == found | {"written": 0}


def test_the_doctor_finds_this_machine_ready(tmp_path):
    found = harness("doctor", "--json", f"results={tmp_path}")
    checks = {check["name"]: check for check in json.loads(found.stdout)["checks"]}
    assert checks["sandbox for generated code"]["ok"]
    assert checks["engine for serving=cpu"]["ok"]


def test_the_doctor_says_what_a_gpu_run_lacks_here():
    found = harness("doctor", "--json", "serving=gpu")
    checks = {check["name"]: check for check in json.loads(found.stdout)["checks"]}
    assert found.returncode == 1
    assert "requirements/gpu.txt" in checks["engine for serving=gpu"]["fix"]
