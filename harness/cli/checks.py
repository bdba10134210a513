"""How checks are printed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from harness.cli.options import print_json

if TYPE_CHECKING:
    from harness.workflow.checks import Check


def print_checks(checks: Sequence["Check"], *, as_json: bool) -> None:
    """Print one line a check, with what to change where it failed; exit 1 when any did."""
    if as_json:
        print_json({"checks": [vars(check) for check in checks]})
    else:
        table = Table("", "check", box=None)
        for column in ("found", "fix"):
            table.add_column(column, overflow="fold")
        for check in checks:
            mark = "[green]✓[/green]" if check.ok else "[red]✗[/red]"
            fix = "" if check.ok else escape(check.fix)
            table.add_row(mark, escape(check.name), escape(check.found), fix)
        Console().print(table)
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
