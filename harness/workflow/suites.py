"""What the verb `suites` does."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.config.settings import load_suites, project
from harness.planning.coverage import Covered, coverage, suite_text
from harness.records import Benchmark, Suite
from harness.store.files import write_atomic
from harness.workflow.verdicts import load_ledger


@dataclass(frozen=True)
class Overview:
    """Every suite, and how much of each source can be run."""

    suites: Mapping[str, Suite]
    benchmarks: Mapping[str, Benchmark]
    covered: list[Covered]


def overview() -> Overview:
    """Return the suites and what they cover; raises UsageError for a broken config or ledger."""
    ledger = load_ledger()
    return Overview(load_suites(project().configs), ledger.benchmarks, coverage(ledger.claims, ledger.benchmarks))


def table_suites() -> dict[Path, str]:
    """Return the suite file of every source that has a row to run, by its path."""
    folder = project().configs / "suite" / "table"
    return {folder / f"{c.source}.yaml": suite_text(c) for c in overview().covered if c.runnable}


def write_table_suites() -> list[Path]:
    """Write the suites of published tables anew, remove those of sources that have none, and return the former."""
    wanted = table_suites()
    folder = project().configs / "suite" / "table"
    for path in set(folder.glob("*.yaml")) - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        write_atomic(path, text)
    return list(wanted)
