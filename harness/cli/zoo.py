"""Verbs about the models themselves: which there are, where they run, what serves them."""

import shlex
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


@app.command()
def models(
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/models.md.")] = False,
) -> None:
    """List every model with a config: size, licence, GPUs, and what its engine needs.

    Layouts are the smallest on nodes of eight GPUs for one sequence at the model's own context.
    """
    from harness.report.models import models_page, models_table  # noqa: PLC0415
    from harness.workflow.zoo import list_models  # noqa: PLC0415

    rows = list_models()
    if as_json:
        print_json({"models": [row.model_dump(mode="json") for row in rows]})
    elif markdown:
        print(models_page(rows), end="")
    else:
        Console(highlight=False).print(models_table(rows))


@app.command(name="serve-command")
def serve_command(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            help="model=ID; then, where they matter, gpu=h100, nodes=NUMBER, context=TOKENS, concurrency=N, "
            "serving=gpu (a file in configs/serving/).",
            show_default=False,
            metavar="model=ID [gpu=NAME] [nodes=N] [context=TOKENS] [serving=NAME]",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the exact vLLM command that serves a model, on how many nodes and GPUs, and why so.

    Several nodes make one server: the command runs on each, with NODE_RANK and MASTER_ADDR set, and with
    --headless on all but the first.

    Example: harness serve-command model=a_x_k1 gpu=h100
    """
    from harness.workflow.zoo import KEYS, plan_serving  # noqa: PLC0415

    plan = plan_serving(key_values(arguments, KEYS))
    if as_json:
        print_json(plan.model_dump(mode="json"))
        return
    console = Console(highlight=False)
    env = "".join(f"{name}={value} " for name, value in plan.env.items())
    console.print(env + " ".join(typed(part) for part in plan.argv), soft_wrap=True, markup=False)
    on = "1 node" if plan.nodes == 1 else f"each of {plan.nodes} nodes"
    console.print(f"on {on} with {plan.gpus_per_node} GPU(s)", markup=False)
    for reason in plan.why:
        console.print(f"  {reason}", soft_wrap=True, markup=False)


def typed(part: str) -> str:
    """Return a word as a shell takes it; a variable for the shell to fill in stays one."""
    return part if part.startswith("$") else shlex.quote(part)
