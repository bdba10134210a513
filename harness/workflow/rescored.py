"""What rescoring brings, and what its two kinds share."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from harness.evaluation.rescoring import Agreement, Change
from harness.records import Benchmark

State = Literal["rescored", "already rescored", "same identity", "unstable"]
"""`same identity`: nothing that scores has changed, nothing is written; `unstable`: and yet the scores differ."""


@dataclass(frozen=True)
class Rescored:
    """What scoring one folder of answers anew brought."""

    source: Path
    target: Path
    """Where the new scores are."""
    task: str
    benchmark: str | None
    state: State
    change: Change
    compared: bool = True
    """Whether there were scores to compare the new ones with: not every log has any."""
    torn: bool = False
    """The log's last line was torn by a kill, and is passed over."""
    agreement: list[Agreement] = field(default_factory=list)
    """Of an import: the log's own scores against ours."""
    unjoined: list[str] = field(default_factory=list)
    """Of an import: items that the task does not have, by their ids in the log."""


def named(benchmarks: Mapping[str, Benchmark], name: str) -> Benchmark | None:
    """Return the benchmark whose task has this name, or whose own name it is."""
    found = next((benchmark for benchmark in benchmarks.values() if benchmark.task == name), None)
    return found or benchmarks.get(name)
