"""Engines killed while they work: nothing is lost, nothing is doubled, and the same command gets to the end."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

pytestmark = pytest.mark.chaos
HARNESS = [sys.executable, "-m", "harness.cli"]
PARTS = ("api_server", "EngineCore", "Worker")


def start(results: Path, items: int, repeats: int, *more: str) -> "subprocess.Popen[str]":
    suite = (
        f"suite.tasks=[{{benchmark:ifbench_294,items:{items},repeats:{repeats}}},"
        "{benchmark:humaneval,items:4,repeats:2}]"
    )
    overrides = [f"results={results}", suite, "protocol.max_tokens=32", "serving.concurrency=4", *more]
    command = [*HARNESS, "demo", "--json", *overrides]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def logged(results: Path) -> list[dict]:
    paths = sorted(results.glob("runs/*/*/*/samples.jsonl"))
    lines = [line for path in paths for line in path.read_bytes().split(b"\n")[:-1]]
    return [json.loads(line) for line in lines]


def restarts(results: Path) -> list[dict]:
    """What the run of the first task says of restarts: every run of a command is told of them."""
    (path,) = results.glob("runs/*/ifbench_294/*/restarts.jsonl")
    return [json.loads(line) for line in path.read_text().splitlines()]


def engine_parts(process: "subprocess.Popen[str]", part: str, log: str = "") -> list[psutil.Process]:
    found = []
    for child in psutil.Process(process.pid).children(recursive=True):
        try:
            command = " ".join(child.cmdline())
        except psutil.Error:
            continue
        if part in command and "guardian" not in command:
            found.append(child)
    return found


def wait_for(process: "subprocess.Popen[str]", done) -> None:
    while not done():
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)


def kill_one(process: "subprocess.Popen[str]", chance: random.Random) -> str:
    """Kill a part of the engine as soon as it lives; return which."""
    part = chance.choice(PARTS)
    wait_for(process, lambda: engine_parts(process, part))
    for found in engine_parts(process, part):
        found.kill()
    return part


def survive(results: Path, kills: int, items: int, repeats: int) -> list[dict]:
    """Let an engine be killed at random moments, now and then while it starts; return all samples."""
    seed = int(os.environ.get("KILL_SEED", random.SystemRandom().randrange(10**6)))
    print(f"KILL_SEED={seed}")
    chance = random.Random(seed)
    process = start(results, items, repeats)
    before: list[dict] = []
    for number in range(kills):
        if number == 0 or chance.random() < 0.8:
            wanted = len(logged(results)) + chance.randint(1, 4)
            wait_for(process, lambda wanted=wanted: len(logged(results)) >= wanted)
        time.sleep(chance.random())
        kept = logged(results)
        assert all(sample in kept for sample in before)
        before = kept
        print(f"kill {number + 1} of {kills}: {kill_one(process, chance)}, {len(before)} answers so far")
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    samples = logged(results)
    assert all(sample in samples for sample in before)
    assert json.loads(output)["samples"] == len(samples) == items * repeats + 8
    assert len({(sample["item"], sample["repeat"]) for sample in samples}) == len(samples)
    assert not [sample for sample in samples if sample["status"] == "error" or sample["attempt"] > 1]
    return samples


def test_an_engine_killed_twenty_times_loses_no_answer_and_doubles_none(tmp_path):
    survive(tmp_path, kills=20, items=12, repeats=12)
    found = restarts(tmp_path)
    # One start for every engine that died. Two kills may hit the same one: its other parts live on for a second or
    # two after the first, and which part is killed next, and when, is drawn by chance.
    assert 1 <= len(found) <= 20
    assert {restart["kind"] for restart in found} <= {"killed", "unknown"}
    assert [restart["start"] for restart in found] == list(range(2, 2 + len(found)))


def test_one_of_two_engines_dies_and_the_other_goes_on_meanwhile(tmp_path):
    process = start(tmp_path, 12, 40, "serving.replicas=2", "serving.env.VLLM_CPU_KVCACHE_SPACE='1'")
    wait_for(process, lambda: {sample["replica"] for sample in logged(tmp_path)} == {0, 1})
    children = psutil.Process(process.pid).children(recursive=True)
    first_port = str(
        min(int(c.cmdline()[c.cmdline().index("--port") + 1]) for c in engine_parts(process, "api_server"))
    )
    (victim,) = [c for c in engine_parts(process, "api_server") if first_port in c.cmdline()]
    victim.kill()
    wait_for(process, lambda: list(tmp_path.glob("logs/*start2.log")))
    (log,) = tmp_path.glob("logs/*start2.log")
    dead = restarts(tmp_path)[0]["replica"]
    known = len(logged(tmp_path))
    wait_for(process, lambda: len(logged(tmp_path)) >= known + 8)
    assert "startup complete" not in log.read_text()
    assert {sample["replica"] for sample in logged(tmp_path)[known:]} <= {0, 1}
    assert all(sample["replica"] != dead for sample in logged(tmp_path)[-4:])
    # Interrupted while one works and one starts: nothing of either is left.
    children += psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGTERM)  # as a batch system does it
    process.communicate()
    assert process.returncode == 130
    assert all(not p.is_running() or p.status() == psutil.STATUS_ZOMBIE for p in children)


def test_an_engine_that_dies_while_it_is_probed_is_started_again(tmp_path):
    process = start(tmp_path, 2, 1)
    wait_for(process, lambda: any("POST /tokenize" in log.read_text() for log in tmp_path.glob("logs/*.log")))
    engine_parts(process, "EngineCore")[0].kill()
    output, errors = process.communicate()
    assert process.returncode == 0, errors
    assert json.loads(output)["samples"] == 10
    assert [restart["start"] for restart in restarts(tmp_path)] == [2]


def test_an_engine_that_is_given_up_ends_the_run_with_its_words_and_keeps_the_answers(tmp_path):
    process = start(tmp_path, 12, 2, "serving.restarts=0")
    wait_for(process, lambda: len(logged(tmp_path)) >= 2)
    engine_parts(process, "Worker")[0].kill()
    _, errors = process.communicate()
    assert process.returncode == 1
    assert "a part of it ended without a word" in errors or "a part of it was killed" in errors
    assert "vllm.entrypoints.openai.api_server" in errors
    assert "the same command" in errors
    assert len(logged(tmp_path)) >= 2
    assert "error" not in {sample["status"] for sample in logged(tmp_path)}
