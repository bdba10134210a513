"""How long the harness takes beside plain `lm-eval run`: same live server, items, settings and concurrency.

    python -m studies.overhead [RUNS]

Starts one engine, then runs both as whole processes in turn, RUNS times each (5), after one warm-up of each.
Greedy decoding, one repeat. lm-eval gets our tasks with the items in a file, since they name no data of their own.
Prints every pair of times and the median of their ratios; nothing is cached between runs.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

from harness.config.settings import load_benchmarks, load_settings, project
from harness.evaluation.items import read_items
from harness.serving import Engine, prepare
from harness.statistics.selection import evenly_spaced
from harness.store.origins import fetch


def harness_command(url: str, folder: str) -> list[str]:
    overrides = ["serving=attached", f"serving.urls=[{url}]", "protocol.sampling={temperature: 0.0}", "repeats=1"]
    return [sys.executable, "-m", "harness.cli", "run", *overrides, f"results={folder}"]


def write_tasks(folder: Path) -> dict[str, list[int]]:
    """Write our suite's tasks with their items as lm-eval's own; return which items of each are asked."""
    known, asked = load_benchmarks(project().configs), {}
    for wanted in load_settings().suite.tasks:
        benchmark = known[wanted.benchmark]
        for resource in benchmark.resources:
            os.environ[resource.env] = str(fetch(resource.origin))
        rows = read_items(benchmark)
        items = folder / f"{benchmark.id}.jsonl"
        items.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
        (ours,) = project().tasks.rglob(f"{benchmark.task}.yaml")
        data = {"data_files": {"test": str(items)}}
        name = f"ours_{benchmark.task}"  # lm-eval has a task of its own under some of the names
        config = {"include": str(ours), "task": name, "dataset_path": "json", "dataset_kwargs": data}
        (folder / f"{benchmark.id}.yaml").write_text(yaml.safe_dump({**config, "test_split": "test"}))
        asked[name] = list(evenly_spaced(len(rows), wanted.items))
    return asked


def lm_eval_command(url: str, tasks: Path, asked: dict[str, list[int]], folder: str) -> list[str]:
    settings = load_settings()
    arguments = f"model={settings.model.id},base_url={url}/v1/chat/completions"
    arguments += f",num_concurrent={settings.serving.concurrency},tokenized_requests=False,timeout=100000"
    return [
        *[sys.executable, "-m", "lm_eval", "run", "--model", "local-chat-completions"],
        *["--model_args", arguments, "--include_path", str(tasks), "--apply_chat_template"],
        *["--tasks", ",".join(asked), "--samples", json.dumps(asked)],
        *["--gen_kwargs", f"temperature=0.0,max_gen_toks={settings.protocol.max_tokens}"],
        *["--confirm_run_unsafe_code", "--log_samples", "--output_path", folder],
    ]


def seconds(command: list[str]) -> float:
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in {0, 3}:  # 3: one repeat is not enough for a verdict, as the gate rightly says
        sys.exit(f"{' '.join(command)}\n{done.stderr[-3000:]}")
    return time.monotonic() - begun


def main() -> None:
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    settings = load_settings()
    checkpoint = prepare(settings.model)
    ratios = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Engine(settings.model, settings.serving, checkpoint.path, Path(folder) / "log") as engine,
    ):
        tasks = Path(folder) / "tasks"
        tasks.mkdir()
        asked = write_tasks(tasks)
        engine.wait_healthy()
        for run in range(runs + 1):
            ours = seconds(harness_command(engine.url, f"{folder}/ours-{run}"))
            theirs = seconds(lm_eval_command(engine.url, tasks, asked, f"{folder}/theirs-{run}"))
            label = f"run {run}" if run else "warm-up"
            print(f"{label}: harness {ours:.1f} s, lm-eval {theirs:.1f} s, ratio {ours / theirs:.3f}", flush=True)
            ratios += [ours / theirs] if run else []
    print(f"median ratio of {runs} runs: {statistics.median(ratios):.3f}")


if __name__ == "__main__":
    main()
