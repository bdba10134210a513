"""Which rows of the published tables have a task that can run them, and the suites that hold exactly those."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from harness.records import Benchmark, Claim
from harness.records.benchmark import Need

OURS: frozenset[Need] = frozenset({"code"})
"""What a benchmark may need besides items and a metric: generated code runs in the sandbox."""


@dataclass(frozen=True)
class Row:
    """One row of a published table: a benchmark, and the metric where the source names one."""

    source: str
    table: str
    benchmark: str
    metric: str | None
    numbers: int
    """Cells of the row that are in the ledger."""
    lacks: str | None
    """Why no task of ours can run it; None where one can."""


@dataclass(frozen=True)
class Covered:
    """How much of one source can be run."""

    source: str
    rows: list[Row]

    @property
    def runnable(self) -> list[Row]:
        """The rows that have a task."""
        return [row for row in self.rows if row.lacks is None]

    @property
    def benchmarks(self) -> list[str]:
        """What a suite of this source holds, in the order in which the source prints it."""
        return list(dict.fromkeys(row.benchmark for row in self.runnable))


def coverage(claims: Iterable[Claim], benchmarks: Mapping[str, Benchmark]) -> list[Covered]:
    """Return the rows of all published tables and figures, by source, in the ledger's order."""
    cells: dict[tuple[str, str, str, str | None], int] = {}
    for claim in claims:
        if claim.form != "statement" and claim.kind == "score" and claim.benchmark is not None:
            table = claim.id.split("/")[1]
            key = (claim.source.id, table, claim.benchmark, claim.metric)
            cells[key] = cells.get(key, 0) + 1
    sources: dict[str, list[Row]] = {}
    for (source, table, benchmark, metric), numbers in cells.items():
        lacks = lacking(benchmarks[benchmark], metric)
        sources.setdefault(source, []).append(Row(source, table, benchmark, metric, numbers, lacks))
    return [Covered(source, rows) for source, rows in sources.items()]


def lacking(benchmark: Benchmark, metric: str | None) -> str | None:
    """Return why no task can run a benchmark, or report this metric of it; None where one can."""
    needs = [need for need in benchmark.needs if need not in OURS]
    if benchmark.access == "closed":
        return "its items were not published"
    if needs:
        return "needs " + " and ".join(need.replace("_", " ") for need in needs)
    if benchmark.task is None:
        return "no task yet"
    if metric is not None and metric not in benchmark.metrics:
        return f'no task reports "{metric}"'
    return None


def suite_text(covered: Covered) -> str:
    """Return the suite file of one source: its rows' benchmarks, under the protocol of each model's maker."""
    lines = [
        f"# Exactly the rows of {covered.source} that a task can run; written by `harness suites --write`.",
        f"id: table/{covered.source}",
        "protocol: maker",
        "tasks:",
        *(f"  - {benchmark}" for benchmark in covered.benchmarks),
    ]
    return "\n".join(lines) + "\n"
