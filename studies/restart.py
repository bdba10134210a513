"""How long a run that was killed takes to its next request when a million answers are logged already.

    python -m studies.restart [LINES]

Writes a log of LINES answers (1,000,000) of ordinary length, runs on from there against a fake server, kills that
run with SIGKILL, leaves a torn line, and starts it again. Prints the seconds from each start to the first request
that the server sees, imports and prompts included, and the most memory that the run took until then.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import psutil

from harness.evaluation.requests import RequestPlan
from harness.evaluation.run import TaskPlan, evaluate
from harness.evaluation.tasks import load_task
from harness.records import Benchmark, Decoding, FolderOrigin, Protocol, Request, Sample, Score, item_id
from harness.serving.attached import Attached
from harness.store import RunFolder, SampleLog
from studies.fake_server import TOKENS

ITEMS = 12_500
WORDS = [
    "So",
    "the",
    "answer",
    "is",
    "therefore",
    "12;",
    "we",
    "compute",
    "\n그러므로",
    "정답은",
    "다음과",
    '"x"',
    "=",
]


def plan_of(folder: Path, repeats: int) -> TaskPlan:
    """Return the plan of a run of ITEMS sums, whose task is lm-eval's gsm8k."""
    items = folder / "items.jsonl"
    if not items.exists():
        rows = ({"question": f"What is {i} + {i}? " * 10, "answer": f"#### {2 * i}"} for i in range(ITEMS))
        items.write_text("".join(json.dumps(row) + "\n" for row in rows))
    benchmark = Benchmark(
        id="gsm8k",
        names=["GSM8K"],
        capability=["mathematics"],
        items=ITEMS,
        access="public",
        data=[FolderOrigin(folder=str(items))],
        score=Score(metric="exact_match,strict-match"),
        licence="MIT",
        redistribution="free",
    )
    loaded = load_task("gsm8k", benchmark, Protocol(id="study", max_tokens=TOKENS, num_fewshot=0))
    request = RequestPlan(
        model="m",
        endpoint="chat",
        decoding=Decoding(temperature=0.6),
        max_tokens=TOKENS,
        stop=[],
        base_seed=1,
    )
    return TaskPlan(loaded, range(ITEMS), repeats, request)


def write_log(folder: RunFolder, lines: int) -> None:
    """Write answers to the first repeats, about 2,000 bytes each."""
    chance = random.Random(0)
    folder.path.mkdir(parents=True, exist_ok=True)
    with folder.samples.open("w", encoding="utf-8") as log:
        for number in range(lines):
            repeat, index = divmod(number, ITEMS)
            sample = Sample(
                item=item_id("gsm8k", index),
                repeat=repeat,
                seed=chance.getrandbits(31),
                status="scored",
                request=Request(sha256=f"{index:064x}", prompt_tokens=140),
                text=" ".join(chance.choices(WORDS, k=250)),
                finish_reason="stop",
                completion_tokens=330,
                answers={"strict-match": "12", "flexible-extract": "12"},
                scores={"exact_match,strict-match": 1.0, "exact_match,flexible-extract": 1.0},
                started="2026-11-22T10:00:00.000+00:00",
                seconds=12.345,
            )
            log.write(sample.model_dump_json(exclude_none=True) + "\n")
    with folder.requests.open("w", encoding="utf-8") as file:
        body = {"messages": [{"role": "user", "content": "An example with its solution. " * 130}]}
        for index in range(ITEMS):
            file.write(
                json.dumps({"sha256": f"{index:064x}", "item": item_id("gsm8k", index), "body": body}) + "\n"
            )


def run_on(folder: Path, url: str, repeats: int) -> None:
    """Do what a run does from its start; the log says what is left."""
    plan = plan_of(folder, repeats)
    with SampleLog(RunFolder(folder / "run")) as log:
        if all(key in log.known for key in plan.keys):
            sys.exit("nothing is left to ask")
        plan.build()
        evaluate([(plan, log)], Attached([url], 32))


def first_request(folder: Path, url: str, repeats: int) -> str:
    """Start a run, wait for its first request, kill it; say how long that took, and the most memory."""
    before, begun = _seen(url), time.monotonic()
    run = subprocess.Popen([sys.executable, "-m", "studies.restart", "run", str(folder), url, str(repeats)])
    while _seen(url) == before:
        if run.poll() is not None:
            sys.exit("the run ended before its first request")
        time.sleep(0.02)
    seconds = time.monotonic() - begun
    used = sum(psutil.Process(run.pid).cpu_times()[:2])
    status = Path(f"/proc/{run.pid}/status").read_text()
    peak = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM"))
    time.sleep(2)
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    return f"{seconds:.1f} s to the first request ({used:.1f} s of processor time), {peak / 1024:.0f} MiB"


def _seen(url: str) -> float:
    """Return how many requests the server has seen."""
    with urllib.request.urlopen(f"{url}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    value = {line.split("{")[0]: float(line.rsplit(" ", 1)[1]) for line in lines}
    return value["vllm:num_requests_running"] + value["vllm:generation_tokens_total"] / TOKENS


def main() -> None:
    lines = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    server = subprocess.Popen([sys.executable, "-m", "studies.fake_server"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    url = server.stdout.readline().strip()
    try:
        with tempfile.TemporaryDirectory() as name:
            folder, repeats = Path(name), lines // ITEMS + 2
            run = RunFolder(folder / "run")
            print(f"empty log: {first_request(folder, url, repeats)}", flush=True)
            for path in (run.samples, run.requests):
                path.unlink()
            write_log(run, lines)
            print(f"{lines:,} lines, {run.samples.stat().st_size / 1e9:.2f} GB", flush=True)
            for start in ("first start", "after a kill", "after a kill and a torn line"):
                print(f"{start}: {first_request(folder, url, repeats)}", flush=True)
                if start == "after a kill":
                    with run.samples.open("ab") as log:
                        log.write(b'{"item":"gsm8k/00001","repeat":1000,"se')
            print(f"torn lines kept aside: {run.samples.with_suffix('.torn').read_text().count(chr(10))}")
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        run_on(Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]))
    else:
        main()
