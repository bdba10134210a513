"""A model's facts for people."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table

from harness.facts.summary import Facts


def facts_tables(facts: Facts) -> Iterator[RenderableType]:
    """Yield what to print: sizes, memory by precision, GPUs, then the rules and what is unpublished."""
    yield _sizes(facts)
    yield _memory(facts)
    yield f"counting: {facts.counting}"
    yield f"sizes from: {facts.source}"
    if facts.unpublished:
        yield f"[yellow]not published, so not computed: {', '.join(facts.unpublished)}[/yellow]"


def _sizes(facts: Facts) -> Table:
    table = Table(title=facts.model, title_justify="left", show_header=False, box=None, padding=(0, 2, 0, 0))
    at = f"at {facts.context:,} tokens"
    counted = facts.counted.parameters_total if facts.counted else None
    rows = [
        ("parameters", facts.parameters_total, ""),
        ("  as the maker counts the checkpoint", counted, ""),
        ("  active per token", facts.parameters_active, ""),
        ("  … without the input table", facts.parameters_active_without_input_embedding, ""),
        ("  … without table and head", facts.parameters_active_without_embeddings, ""),
        ("  towers (vision, audio)", facts.parameters_towers, ""),
        ("  multi-token prediction, apart", facts.parameters_mtp, ""),
        ("cache per token", facts.kv_cache_bytes_per_token, "bytes"),
        ("  layers that see all", facts.kv_cache_bytes_per_token_full_layers, "bytes"),
        ("  sliding-window layers", facts.kv_cache_bytes_per_token_sliding_layers, "bytes"),
        (f"cache {at}", facts.kv_cache_bytes, "bytes"),
        (f"attention per token {at}", facts.attention_flops_per_token, "operations"),
        ("matrix products per token", facts.linear_flops_per_token, "operations"),
    ]
    for name, value, unit in rows:
        if value is None and name.startswith("  as the maker"):
            continue
        table.add_row(name, "–" if value is None else f"{value:,} {unit}".rstrip())
    return table


def _memory(facts: Facts) -> Table:
    """Return the weights in each precision, and the least number of each GPU that holds them and one cache."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("in")
    for dtype in facts.weights_bytes:
        table.add_column(dtype, justify="right")
    sizes = ["–" if size is None else f"{size / 1e9:,.1f}" for size in facts.weights_bytes.values()]
    table.add_row("weights, GB", *sizes)
    for gpu, numbers in facts.minimal_gpus.items():
        table.add_row(gpu, *("–" if n is None else str(n) for n in numbers.values()))
    return table
