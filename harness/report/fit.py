"""How a model fits on GPUs, for people."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table

from harness.records import Fit, Layout

HEADINGS = {
    True: "[green]fits[/green]",
    False: "[red]does not fit[/red]",
    None: "[yellow]cannot be computed[/yellow]",
}


def fit_tables(fit: Fit) -> Iterator[RenderableType]:
    """Yield what to print: the answer, the layout, a GPU's memory, the reasons and what they rest on."""
    plural = "sequences" if fit.concurrency > 1 else "sequence"
    asked = f"{fit.concurrency:,} {plural} of {fit.context:,} tokens, {fit.dtype}, {fit.gpu}"
    yield f"{fit.model}: {HEADINGS[fit.fits]} ({asked})"
    if fit.layout:
        yield _layout(fit.layout)
        yield _memory(fit.layout)
    for reason in fit.why:
        yield f"  {reason}"
    yield "[dim]assumes: " + "; ".join(fit.assumptions) + "[/dim]"


def _layout(layout: Layout) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    for heading in ("GPUs", "nodes x GPUs", "tensor", "pipeline", "experts over", "copies", "at once, at most"):
        table.add_column(heading, justify="right")
    table.add_row(
        str(layout.gpus),
        f"{layout.nodes} x {layout.gpus_per_node}",
        str(layout.tensor_parallel),
        str(layout.pipeline_parallel),
        str(layout.expert_parallel) if layout.expert_parallel > 1 else "–",
        str(layout.data_parallel),
        f"{layout.max_concurrency:,}",
    )
    return table


def _memory(layout: Layout) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("GB on the GPU with the least room")
    sizes = {
        "weights": layout.weights_bytes,
        "cache": layout.cache_bytes,
        "overhead": layout.overhead_bytes,
        "free": layout.free_bytes,
        "in all": layout.budget_bytes,
    }
    for name in sizes:
        table.add_column(name, justify="right")
    table.add_row("", *(f"{size / 1e9:,.1f}" for size in sizes.values()))
    return table
