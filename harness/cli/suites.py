"""The verb about suites."""

from dataclasses import asdict
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from harness.cli.options import Json, print_json

app = typer.Typer()


@app.command()
def suites(
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/coverage.md.")] = False,
    write: Annotated[
        bool, typer.Option("--write", help="Write configs/suite/table/ anew from the ledger's published tables.")
    ] = False,
) -> None:
    """List the suites, and how many rows of each published table have a task that can run them.

    Example: harness run model=smollm2_135m suite=instruction items=20
    """
    from harness.report.coverage import page  # noqa: PLC0415
    from harness.workflow.suites import overview, write_table_suites  # noqa: PLC0415

    if write:
        print(f"{len(write_table_suites())} suites written to configs/suite/table/")
        return
    found = overview()
    rows = [row for covered in found.covered for row in covered.rows]
    if as_json:
        print_json(
            {"suites": [s.model_dump(mode="json") for s in found.suites.values()], "rows": list(map(asdict, rows))}
        )
    elif markdown:
        print(page(found.covered, found.suites, found.benchmarks), end="")
    else:
        table = Table("suite", "protocol", "benchmarks", box=None, padding=(0, 2, 0, 0))
        for suite in found.suites.values():
            table.add_row(suite.id, suite.protocol, ", ".join(task.benchmark for task in suite.tasks))
        Console().print(table)
        print(
            f"{sum(row.lacks is None for row in rows)} of {len(rows)} published rows have a task that can run them"
        )
