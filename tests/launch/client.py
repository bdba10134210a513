"""A client that answers without a model: `client.py CAMPAIGN JOB ATTEMPT ANSWERS[+END]`.

It answers so many of four questions, then ends as END says; `wait` goes on until it is told to drain.
"""

import json
import os
import signal
import sys
import time
from pathlib import Path

NOW = "2026-01-01T00:00:00+00:00"


def main(path: str, job: str, attempt: str, action: str) -> int:
    told: list[int] = []
    signal.signal(signal.SIGUSR1, lambda *_: told.append(1))
    campaign = Path(path)
    log = campaign.parents[1] / f"{job}.samples.jsonl"
    held = campaign / "progress" / f"{job}.json"
    held.parent.mkdir(exist_ok=True)
    answers, _, end = action.partition("+")
    done = json.loads(held.read_text())["done"] if held.exists() else 0
    for new in range(int(answers) + 1):
        if new:
            with log.open("a") as file:
                file.write("{}\n")
        fields = {"attempt": int(attempt), "when": NOW, "since": NOW, "total": 4, "done": done + new, "new": new}
        whole = held.with_suffix(".new")
        whole.write_text(json.dumps(fields | {"logs": [log.name]}))
        whole.replace(held)
    while end == "wait":
        if told:
            return 75
        time.sleep(0.05)
    if end == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if end == "misused":
        print("found: a suite that does not exist")
        return 2
    if end == "failed":
        print("expected: a disk\nfound: No space left on device")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
