"""The whole chain as a user runs it: killed twice in the middle, continued, decided, published."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil

OVERRIDES = [
    "suite.tasks=[{benchmark:ifbench_294,items:12,repeats:2},{benchmark:humaneval,items:4,repeats:2}]",
    "protocol.max_tokens=48",
    "serving.concurrency=4",
]
HARNESS = [sys.executable, "-m", "harness.cli"]


def lines(results: Path) -> int:
    return sum(path.read_bytes().count(b"\n") for path in results.glob("runs/*/*/*/samples.jsonl"))


def start(results: Path, *more: str) -> "subprocess.Popen[str]":
    command = [*HARNESS, "demo", "--json", f"results={results}", *OVERRIDES, *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def killed_after(results: Path, answers: int, how: signal.Signals) -> list[psutil.Process]:
    """Start the demo, send `how` once `answers` answers are logged; return its former children."""
    process = start(results)
    wanted = lines(results) + answers
    while lines(results) < wanted:
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    children = psutil.Process(process.pid).children(recursive=True)
    os.kill(process.pid, how)
    process.communicate()
    return children


def test_a_run_killed_twice_and_interrupted_continues_to_the_whole_set_without_duplicate_or_loss(tmp_path):
    results = tmp_path / "results"
    children = killed_after(results, 3, signal.SIGKILL)
    first = {p: p.read_bytes() for p in results.glob("runs/*/*/*/samples.jsonl")}
    torn = next(p for p, text in first.items() if text)
    torn.write_bytes(first[torn] + b'{"item": "ifbench_294/00')
    children += killed_after(results, 6, signal.SIGKILL)
    children += killed_after(results, 6, signal.SIGINT)

    process = start(results)
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    found = json.loads(output)
    assert found["samples"] == 32
    keys = []
    for path, before in first.items():
        text = path.read_bytes()
        assert text.startswith(before)
        keys += [(s["item"], s["repeat"]) for s in map(json.loads, text.splitlines())]
    assert len(keys) == len(set(keys)) == 32

    verdicts = {v["claim"]: v for v in found["verdicts"]}
    assert verdicts["smollm2-card/parameters"]["verdict"] == "reproduced"
    waiting = verdicts["smollm2-card/instruct/hellaswag/smollm2_135m"]
    assert (waiting["verdict"], waiting["next"]["en"][:11]) == ("not_measured", "harness run")
    page = Path(found["site"]).parent / "en/models/smollm2_135m.html"
    assert "smollm2-card/parameters" in page.read_text()
    assert all(not p.is_running() or p.status() == psutil.STATUS_ZOMBIE for p in children)

    before = {p: p.read_bytes() for p in results.rglob("*") if p.is_file() and p.name != ".lock"}
    again = start(results)
    output, errors = again.communicate()
    assert json.loads(output)["answered"] == 0, errors
    assert {p: p.read_bytes() for p in before} == before
