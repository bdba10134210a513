"""Claims and their changes for people."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from harness.claims.revisions import Change
from harness.records import Claim, Finding


def claim_parts(claims: Sequence[Claim], findings: Sequence[Finding]) -> Iterator[RenderableType]:
    """Yield what to print: one claim in full with its findings, several as a list."""
    if len(claims) > 1:
        yield _list(claims)
        return
    yield _full(claims[0])
    for found in findings:
        yield f"\n[bold]{found.check}[/bold] {found.verdict}, {found.severity}: {escape(found.says.en)}"
        yield f"  {escape(found.arithmetic)}"
        for place in found.evidence:
            yield f"  [dim]{escape(place)}[/dim]"


def changes_table(changes: Sequence[Change]) -> Table:
    """Return what changed, one row each."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in ("", "what", "older", "newer"):
        table.add_column(name, overflow="fold")
    for change in changes:
        table.add_row(change.what, escape(change.name), escape(change.older or "–"), escape(change.newer or "–"))
    return table


def _list(claims: Sequence[Claim]) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 0, 0, 0))
    table.add_column(overflow="fold")
    for claim in claims:
        lanes = ", ".join(claim.lanes) or "no lane"
        table.add_row(f"[bold]{escape(claim.id)}[/bold]\n  {escape(claim.says.en)} [dim]({lanes})[/dim]")
    return table


def _full(claim: Claim) -> Table:
    table = Table(show_header=False, box=None, padding=(0, 2, 0, 0))
    place = ", ".join(f"{key} {value}" for key, value in claim.locator.items())
    rows: list[tuple[str, str | None]] = [
        ("claim", claim.id),
        ("says", claim.says.en),
        ("", claim.says.ko),
        ("value", f"{claim.hedge} {claim.value} {claim.unit}" if claim.value else None),
        ("kind", claim.kind),
        ("model", f"{claim.model}, named as {claim.named_as}" if claim.named_as else claim.model),
        ("compared with", ", ".join(claim.comparators) or None),
        ("benchmark", claim.benchmark),
        ("capability", claim.capability),
        ("quantity", claim.quantity),
        ("metric", claim.metric),
        ("mode", claim.mode),
        ("source", f"{claim.source.title} ({claim.source.kind}, read: {claim.source.read}), {place}"),
        ("", claim.source.url),
        ("protocol", ", ".join(f"{k}: {v}" for k, v in claim.protocol.known.items()) or None),
        ("unstated", ", ".join(claim.protocol.unstated) or None),
        ("lanes", ", ".join(claim.lanes) or f"none: {claim.untestable}"),
        ("standing", claim.standing),
        ("reply", f"{claim.reply.by}, {claim.reply.date}: {claim.reply.says.en}" if claim.reply else None),
        ("at", claim.at),
    ]
    for name, value in rows:
        if value:
            table.add_row(f"[bold]{name}[/bold]", escape(value))
    return table
