"""The page docs/coverage.md: which published rows can be run."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from harness.planning.coverage import Covered
from harness.records import Benchmark, Suite

_PAGE = """# Suites and coverage

A suite is a list of benchmarks and the protocol they are run under:

    harness run model=k_exaone_236b suite=korean
    harness run model=smollm2_135m suite=instruction items=20

`table/<source>` holds exactly the rows of one published table that a task can run, under the protocol that the
model's own maker published (`configs/protocol/maker/`), or the house protocol where there is none.

This page is written by `harness suites --markdown`, and `configs/suite/table/` by `harness suites --write`.

"""


def page(covered: Sequence[Covered], suites: Mapping[str, Suite], benchmarks: Mapping[str, Benchmark]) -> str:
    """Return the page as Markdown."""
    return _PAGE + _suites(suites, benchmarks) + "\n" + _sources(covered) + "\n" + _lacking(covered)


def _suites(suites: Mapping[str, Suite], benchmarks: Mapping[str, Benchmark]) -> str:
    lines = ["## Suites", "", "| suite | protocol | benchmarks |", "| --- | --- | --- |"]
    for suite in suites.values():
        if not suite.id.startswith("table/"):
            names = ", ".join(benchmarks[task.benchmark].names[0] for task in suite.tasks)
            lines.append(f"| {suite.id} | {suite.protocol} | {names} |")
    return "\n".join(lines) + "\n"


def _sources(covered: Sequence[Covered]) -> str:
    rows = [row for source in covered for row in source.rows]
    runnable = [row for row in rows if row.lacks is None]
    numbers, of = sum(row.numbers for row in runnable), sum(row.numbers for row in rows)
    lines = [
        "## Published rows with a runnable task",
        "",
        f"**{len(runnable)} of {len(rows)} rows** of {len(covered)} sources ({numbers} of {of} numbers).",
        "",
        "| source | rows with a task | of | numbers | of |",
        "| --- | --: | --: | --: | --: |",
    ]
    for source in covered:
        found = [len(source.runnable), len(source.rows)]
        found += [sum(row.numbers for row in part) for part in (source.runnable, source.rows)]
        lines.append(f"| {source.source} | " + " | ".join(map(str, found)) + " |")
    return "\n".join(lines) + "\n"


def _lacking(covered: Sequence[Covered]) -> str:
    found = {(row.lacks, row.benchmark) for source in covered for row in source.rows if row.lacks is not None}
    lines = ["## What the others lack", ""]
    for why, group in groupby(sorted(found), key=lambda pair: pair[0]):
        lines.append(f"- {why}: {', '.join(benchmark for _, benchmark in group)}")
    return "\n".join(lines) + "\n"
