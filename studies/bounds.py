"""How long a verdict takes, and how much memory: the bounds of the rule on large logs.

    python studies/bounds.py

Each measurement is a process of its own on one processor; imports are not counted.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np

from harness.records import Terms
from harness.store import read_scores
from harness.verdicts import Evidence, ScoreTable, judge
from harness.verdicts.table import from_columns

ITEMS, REPEATS = 12_032, 16
LINES = 1_000_000
KINDS = {
    "score": ("73.0", "percent"),
    "exceeds": ("1.0", "percent"),
    "ratio": ("105", "percent"),
    "rank": ("1", "rank"),
}


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(read_and_decide(Path(sys.argv[2])) if sys.argv[1] == "lines" else decide(sys.argv[1])))
        return
    for kind in KINDS:
        report(f"{kind}, {ITEMS:,} items x {REPEATS}", kind)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.jsonl"
        write(path)
        report(f"{LINES:,} lines read and decided", "lines", str(path))


def report(name: str, *arguments: str) -> None:
    found = json.loads(subprocess.check_output([sys.executable, __file__, *arguments]))
    print(f"{name}: {found['seconds']:.2f} s, {found['mib']:.0f} MiB, {found['verdict']}")


def decide(kind: str) -> dict[str, object]:
    """Return what one verdict on two large tables costs."""
    rng = np.random.default_rng(1)
    chances = rng.beta(1.5, 0.6, ITEMS)
    tables = []
    for shift in (0.0, 0.03):
        right = rng.random((ITEMS, REPEATS)) < np.clip(chances - shift, 0, 1)[:, np.newaxis]
        tables.append(
            from_columns(
                [f"item/{row:05d}" for row in range(ITEMS)],
                np.repeat(np.arange(ITEMS), REPEATS),
                np.tile(np.arange(REPEATS), ITEMS),
                right.ravel().astype(float),
                statuses={"scored": right.size},
            )
        )
    value, unit = KINDS[kind]
    terms = Terms.model_validate({"id": kind, "kind": kind, "value": value, "unit": unit})
    evidence = Evidence(tables[:1], () if kind == "score" else tables[1:])
    judge(terms, Evidence([small(tables[0])], [] if kind == "score" else [small(tables[1])]))  # late imports
    return timed(lambda: judge(terms, evidence).verdict)


def small(table: ScoreTable) -> ScoreTable:
    return replace(table, items=table.items[:50], scores=table.scores[:50])


def read_and_decide(path: Path) -> dict[str, object]:
    """Return what reading and deciding a large file costs."""
    terms = Terms(id="lines", kind="score", value="70.0")
    return timed(lambda: judge(terms, Evidence([read_scores(path)])).verdict)


def write(path: Path) -> None:
    rng = np.random.default_rng(2)
    with path.open("w") as file:
        for item in range(LINES // 8):
            for repeat, score in enumerate(rng.random(8) < 0.7):
                line = {"item": f"item/{item:06d}", "repeat": repeat, "score": float(score), "status": "scored"}
                file.write(json.dumps(line) + "\n")


def timed(work: Callable[[], str]) -> dict[str, object]:
    os.sched_setaffinity(0, {next(iter(os.sched_getaffinity(0)))})
    start = time.perf_counter()
    verdict = work()
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"seconds": seconds, "mib": peak, "verdict": verdict}


if __name__ == "__main__":
    main()
