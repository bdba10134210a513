"""The zoo as a table: on a terminal, and as a page."""

from collections.abc import Sequence

from rich.table import Table

from harness.facts.memory import ALIASES
from harness.planning.zoo import SHOWN_GPUS, ModelRow

GPU_NAMES = {gpu: next(name for name, full in ALIASES.items() if full == gpu).upper() for gpu in SHOWN_GPUS}
PAGE = """# The models

Every model of the articles and every comparator with weights has a config in `configs/model/`. Sizes and layouts
are computed from it: nodes x GPUs for one sequence at the model's own context, TP tensor parallel, PP pipeline
parallel. The last column says whether vLLM has served the model, or a small random twin of its architecture, on a
machine without GPUs, and passed the probe (`harness replica model=… --serve`). Any other question, the exact
command, the arithmetic:

    harness fit model=k_exaone_236b gpu=h200 context=262144 concurrency=8
    harness serve-command model=k_exaone_236b gpu=h200
    harness facts model=k_exaone_236b
    harness doctor model=k_exaone_236b    # what this machine lacks for it

A model of your own: `harness models new` fills in a config from its files. What the weights of all take on this
disk: `harness models clean --dry-run`; without the option it asks, and frees it.

This page is written by `harness models --markdown`.

"""


def models_table(rows: Sequence[ModelRow]) -> Table:
    """Return the models for a terminal."""
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("model", no_wrap=True)
    for name in ("size", *GPU_NAMES.values(), "licence", "needs", "served"):
        table.add_column(name)
    for row in rows:
        layouts = (row.layouts[gpu] for gpu in SHOWN_GPUS)
        table.add_row(row.id, size(row), *layouts, row.licence, row.needs or "", "yes" if row.served else "no")
    return table


def models_page(rows: Sequence[ModelRow]) -> str:
    """Return the page docs/models.md."""
    gpus = [f"{name}, nodes of 8" for name in GPU_NAMES.values()]
    head = ["model", "size (active)", *gpus, "context", "thinking", "licence", "needs", "served on a CPU"]
    lines = [head, ["---"] * len(head)]
    for row in rows:
        layouts = [row.layouts[gpu] for gpu in SHOWN_GPUS]
        cells = [f"`{row.id}`", size(row), *layouts, f"{row.context:,}", row.thinking or "–"]
        served = f"{'yes' if row.served else 'no'}: {row.served_note}"
        lines.append([*cells, row.licence, row.needs or "–", served])
    return PAGE + "".join(f"| {' | '.join(line)} |\n" for line in lines)


def size(row: ModelRow) -> str:
    """Return parameters as people write them, active ones in brackets where fewer are."""
    if row.parameters_total is None:
        return "–" if row.hosted else "not published"
    total = _billions(row.parameters_total)
    if row.parameters_active is None or row.parameters_active == row.parameters_total:
        return total
    return f"{total} ({_billions(row.parameters_active)})"


def _billions(number: int) -> str:
    return f"{number / 1e9:.1f}B" if number >= 1e9 else f"{number / 1e6:.0f}M"
