"""`harness models`: the list, a config for a model of one's own, and room on the disk."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from harness.cli.options import Json, key_values, print_json
from harness.errors import UsageError

app = typer.Typer(invoke_without_command=True)


@app.callback()
def models(
    context: typer.Context,
    as_json: Json = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print the page docs/models.md.")] = False,
) -> None:
    """List every model with a config: size, licence, GPUs, needs; `new` adds one, `clean` frees disk.

    Layouts are the smallest on nodes of eight GPUs for one sequence at the model's own context. Served: vLLM has
    served the model, or a small random twin of it, on a machine without GPUs; why not stands in docs/models.md.
    """
    if context.invoked_subcommand is not None:
        return
    from harness.report.models import models_page, models_table  # noqa: PLC0415 - keeps --help instant
    from harness.workflow.zoo import list_models  # noqa: PLC0415

    rows = list_models()
    if as_json:
        print_json({"models": [row.model_dump(mode="json") for row in rows]})
    elif markdown:
        print(models_page(rows), end="")
    else:
        Console(highlight=False).print(models_table(rows))


@app.command()
def new(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder of a checkpoint: config.json beside the weights.", show_default=False),
    ] = None,
    hub: Annotated[
        str | None, typer.Option("--hub", metavar="ORG/NAME", help="A model of the hub instead of a folder.")
    ] = None,
    id_: Annotated[
        str | None, typer.Option("--id", metavar="NAME", help="Id and file name; by default made from its name.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write a config for a model of your own from its files; what they do not say is left as a question.

    Sizes come from config.json and are held against the tensors, sampling from generation_config.json, the switch
    for thinking from the chat template, the licence from the card. No file is overwritten.

    Example: harness models new ~/checkpoints/my-model
    """
    from harness.workflow.models import write_new  # noqa: PLC0415

    found = write_new(folder, hub, id_)
    name = found.written.model.id
    if as_json:
        print_json({"id": name, "path": str(found.path), "open": found.written.open})
        return
    console = Console(highlight=False)
    console.print(f"written: {found.path}", soft_wrap=True, markup=False)
    for question in found.written.open:
        console.print(f"  open: {question}", soft_wrap=True, markup=False)
    console.print(
        f"next: harness doctor model={name}; harness fit model={name} gpu=h100", soft_wrap=True, markup=False
    )


@app.command()
def clean(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(help="model=ID: only the weights of this model.", show_default=False, metavar="[model=ID]"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Free them without asking.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list them.")] = False,
    as_json: Json = False,
) -> None:
    """List the cached weights of models with a config, ask, and free them: our cache and the hub's.

    Nothing else in these caches is touched, and no weights that a process serves, fetches or converts.
    """
    from harness.workflow.models import clean as freeing  # noqa: PLC0415
    from harness.workflow.models import list_cached  # noqa: PLC0415

    wanted = key_values(arguments, ["model"])
    if as_json and not (yes or dry_run):
        raise UsageError("--yes or --dry-run beside --json, which cannot ask", "neither", where="command line")
    items = list_cached(list(wanted.values()))
    if not as_json:
        table = Table("GB", "models", box=None)
        table.add_column("folder", overflow="fold")
        for one in items:
            table.add_row(f"{one.size / 1e9:.1f}", ", ".join(one.models), str(one.path))
        Console(highlight=False).print(table if items else "no cached weights")
    freed = dict.fromkeys(items, False)
    if items and not dry_run and (yes or typer.confirm(f"free {sum(one.size for one in items) / 1e9:.1f} GB?")):
        freed = dict(freeing(items))
    size = sum(one.size for one, gone in freed.items() if gone)
    if as_json:
        rows = [
            {"models": list(one.models), "kind": one.kind, "path": str(one.path), "bytes": one.size, "freed": gone}
            for one, gone in freed.items()
        ]
        print_json({"weights": rows, "freed_bytes": size})
        return
    if any(freed.values()):
        print(f"freed {size / 1e9:.1f} GB")
    if not dry_run:
        for one, gone in freed.items():
            if not gone and any(freed.values()):
                print(f"in use, kept: {one.path}")
