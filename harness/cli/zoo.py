"""Verbs about the models themselves: which there are, where they run, what serves them."""

import shlex
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from harness.cli.options import Json, key_values, print_json
from harness.workflow.display import Display

app = typer.Typer()


@app.command()
def fit(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            help="model=ID and gpu=NAME (h100, h200, b200, a100, a100_40gb, l40s, 4090) or cluster=NAME (in "
            "configs/cluster/); then, where they matter, "
            "context=TOKENS, concurrency=SEQUENCES, dtype=bfloat16|fp8|mxfp4|int4, gpus_per_node=8, nodes=NUMBER; "
            "tensor_parallel= and pipeline_parallel= check a layout that somebody else states.",
            show_default=False,
            metavar="model=ID gpu=NAME|cluster=NAME [context=TOKENS] [concurrency=N] [dtype=TYPE] [nodes=N]",
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
def replica(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="model=ID: a file in configs/model/.", show_default=False, metavar="model=ID"),
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the checkpoint to this new folder.")] = None,
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve it with vLLM on this machine, and probe it.")
    ] = False,
    vision: Annotated[
        bool,
        typer.Option("--vision", help="The twin that takes images, of a model that has one of text alone too."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Write a small random twin of a model: its architecture in a few layers, its switch of thinking.

    A twin shows on any machine that the engine knows the architecture and that thoughts stay apart from answers;
    what it says means nothing. --serve starts it as the model itself would be started and looks at it closely;
    exit 1 when it is not served, or when something speaks against it.

    Example: harness replica model=k_exaone_236b --serve
    """
    from harness.report.probe import replica_lines  # noqa: PLC0415
    from harness.serving.replica import with_vision  # noqa: PLC0415
    from harness.workflow.named import model_named  # noqa: PLC0415
    from harness.workflow.replica import serve_replica, write_twin  # noqa: PLC0415

    model = model_named(key_values(arguments, ["model"]).get("model"))
    model = with_vision(model) if vision else model
    folder = write_twin(model, out)
    report = serve_replica(model, Display(quiet=as_json)) if serve else None
    if as_json:
        served = report.model_dump(mode="json") | {"served": report.served} if report is not None else None
        print_json({"model": model.id, "folder": str(folder), "report": served})
    else:
        console = Console(highlight=False)
        for part in replica_lines(report) if report is not None else ():
            console.print(part)
        console.print(str(folder), soft_wrap=True, markup=False)
    if report is not None and not report.served:
        raise typer.Exit(1)


@app.command(name="serve-command")
def serve_command(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            help="model=ID; then, where they matter, gpu=h100 or cluster=NAME (a file in configs/cluster/), "
            "gpus_per_node=8, nodes=NUMBER, context=TOKENS, concurrency=N, "
            "serving=gpu (a file in configs/serving/).",
            show_default=False,
            metavar="model=ID [gpu=NAME|cluster=NAME] [nodes=N] [context=TOKENS] [serving=NAME]",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Print the exact vLLM command that serves a model, on how many nodes and GPUs, and why so.

    Several nodes make one server: one command runs on the first, another on each of the others. NODE_RANK is a
    node's number from 0, NODE_ADDR its address, MASTER_ADDR that of the first.

    Example: harness serve-command model=a_x_k1 gpu=h100
    """
    from harness.workflow.zoo import KEYS, plan_serving  # noqa: PLC0415

    plan = plan_serving(key_values(arguments, KEYS))
    if as_json:
        print_json(plan.model_dump(mode="json"))
        return
    console = Console(highlight=False)
    env = "".join(f"{name}={value} " for name, value in plan.env.items())
    for argv in (plan.before, plan.argv, plan.others):
        if argv is plan.others and argv:
            console.print("and on every other node", markup=False)
        if argv:
            console.print(env + " ".join(typed(part) for part in argv), soft_wrap=True, markup=False)
    on = "1 node" if plan.nodes == 1 else f"each of {plan.nodes} nodes"
    console.print(f"on {on} with {plan.gpus_per_node} GPU(s)", markup=False)
    for reason in plan.why:
        console.print(f"  {reason}", soft_wrap=True, markup=False)


def typed(part: str) -> str:
    """Return a word as a shell takes it; a variable for the shell to fill in stays one."""
    return part if part.startswith("$") else shlex.quote(part)
