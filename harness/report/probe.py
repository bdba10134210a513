"""What a server was found to do, for people."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from harness.records import ProbeReport, ReplicaReport

MARKS = {"passed": "[green]✓[/green]", "failed": "[red]✗[/red]", "noted": "[dim]·[/dim]"}


def probe_table(report: ProbeReport) -> Table:
    """Return the checks of a probe, one a line, with what mends those that failed."""
    table = Table("", "check", "found", box=None, padding=(0, 2, 0, 0))
    for check in report.checks:
        mends = f"\n[bold]{escape(check.fix)}[/bold]" if check.outcome == "failed" else ""
        table.add_row(MARKS[check.outcome], check.name, escape(check.found) + mends)
    return table


def replica_lines(report: ReplicaReport) -> Iterator[RenderableType]:
    """Yield what to print of a twin that was served: how, what the probe found, what it cannot show."""
    if report.healthy_seconds is not None:
        after = f"up after {report.healthy_seconds:.0f} s on {report.engine}"
        yield f"{report.model}: a twin ({report.replica}) was {after}"
    if report.probe is not None:
        yield probe_table(report.probe)
    if report.problem is not None:
        yield f"[red]not served[/red]\n{escape(report.problem)}"
    for difference in report.differs:
        yield f"[dim]differs from the model: {escape(difference)}[/dim]"
