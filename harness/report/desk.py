"""Desk findings for people, for pull requests and for exit codes."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from rich.markup import escape
from rich.table import Table

from harness.claims.check import Report
from harness.claims.checks.registry import Check
from harness.claims.problems import LedgerError
from harness.records import SEVERITIES, Finding, Severity

_SHAPES = {"major": "[red]✕[/red]", "minor": "[yellow]◐[/yellow]", "info": "·", "none": "[green]●[/green]"}
_LEVELS = {"major": "error", "minor": "warning", "info": "notice"}


def checks_table(checks: Sequence[Check]) -> Table:
    """Return the register of checks, one row each."""
    table = Table(show_header=False, box=None, padding=(0, 0, 1, 0))
    for check in checks:
        lines = [f"[bold]{check.name}[/bold]", f"  shows: {check.shows}", f"  cannot show: {check.cannot_show}"]
        table.add_row("\n".join(map(str, lines)))
    return table


def findings_table(report: Report, *, everything: bool) -> Table:
    """Return findings, the gravest first; notes and agreements only when `everything` is asked for."""
    table = Table(box=None, padding=(0, 1, 1, 0), show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for found in report.findings:
        if everything or found.severity in ("major", "minor"):
            table.add_row(_SHAPES[found.severity], _block(found))
    return table


def _block(found: Finding) -> str:
    """Return a finding in lines: what and about which claim, the two values, the sentence, the arithmetic."""
    more = f" and {len(found.claims) - 1} more" if len(found.claims) > 1 else ""
    lines = [
        f"[bold]{found.check}[/bold]  {escape(found.claims[0])}{more}",
        escape(found.statement.en),
        f"claimed: {escape(found.claimed.en)}",
        f"recomputed: {escape(found.recomputed.en)}  ({found.verdict})",
        escape(found.says.en),
        f"[dim]{escape(_short(found.arithmetic))}[/dim]",
    ]
    told = [line for line in lines if not line.startswith("recomputed: –")]
    return "\n".join(line for line in told if line != f"claimed: {escape(found.statement.en)}")


def summary(report: Report) -> str:
    """Return the counts, and what to ask next."""
    severities = Counter(found.severity for found in report.findings)
    verdicts = Counter(found.verdict for found in report.findings)
    counts = ", ".join(f"{severities[name]} {name}" for name in reversed(SEVERITIES) if name != "none")
    return (
        f"{report.claims} claims in {report.sources} sources; findings: {counts}, {severities['none']} agree\n"
        f"on paper: {verdicts['reproduced']} reproduced, {verdicts['contradicted']} contradicted, "
        f"{verdicts['undecided']} open\n"
        "next: harness check --all; harness claims show ID (one claim, with its evidence)"
    )


def annotations(findings: Sequence[Finding]) -> Iterator[str]:
    """Yield one workflow command per finding that is one, at the line of its first claim."""
    for found in findings:
        if found.severity in _LEVELS:
            place = found.evidence[0].partition(" ")[0]
            yield _annotation(_LEVELS[found.severity], place, found.check, f"{found.says.en} {found.arithmetic}")


def at_least(findings: Sequence[Finding], severity: str) -> bool:
    """Return whether any finding is as grave as `severity` or graver."""
    graver: tuple[Severity, ...] = SEVERITIES[[str(s) for s in SEVERITIES].index(severity) :]
    return any(found.severity in graver for found in findings)


@contextmanager
def ledger_errors(*, github: bool) -> Iterator[None]:
    """Let errors of the ledger pass; print them as annotations first where they are wanted."""
    try:
        yield
    except LedgerError as error:
        if github:
            for problem in error.problems:
                place = f"{problem.file}:{problem.line}"
                print(_annotation("error", place, "ledger", f"{problem.key}: {problem.found}; fix: {problem.fix}"))
        raise


def _annotation(level: str, place: str, title: str, text: str) -> str:
    file, _, line = place.rpartition(":")
    plain = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return f"::{level} file={file},line={line},title={title}::{plain}"


def _short(text: str, limit: int = 300) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"
