"""Verbs about the models themselves: where they run."""

from typing import Annotated

import typer
from rich.console import Console

from harness.cli.options import Json, key_values, print_json

app = typer.Typer()


@app.command()
def fit(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            help="model=ID and gpu=NAME (h100, h200, b200, a100, a100_40gb, l40s, 4090); then, where they matter, "
            "context=TOKENS, concurrency=SEQUENCES, dtype=bfloat16|fp8|mxfp4|int4, gpus_per_node=8, nodes=NUMBER; "
            "tensor_parallel= and pipeline_parallel= check a layout that somebody else states.",
            show_default=False,
            metavar="model=ID gpu=NAME [context=TOKENS] [concurrency=N] [dtype=TYPE] [nodes=N]",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Say on how many GPUs a model runs, split how, with which memory on each; or why it does not.

    Computed from the model's configuration: loads no weights and no framework. Not fitting is a result: the exit
    code stays 0.

    Example: harness fit model=k_exaone_236b gpu=h200 context=262144
    """
    from harness.report.fit import fit_tables  # noqa: PLC0415 - keeps --help instant
    from harness.workflow.fit import KEYS, fit_for  # noqa: PLC0415

    found = fit_for(key_values(arguments, KEYS))
    if as_json:
        print_json(found.model_dump(mode="json"))
        return
    console = Console(highlight=False)
    for part in fit_tables(found):
        console.print(part)
