"""`harness cluster`: the profiles, and whether one holds on the cluster at hand."""

from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from harness.cli.checks import print_checks
from harness.cli.options import Json, print_json
from harness.config.settings import load_settings

app = typer.Typer(no_args_is_help=True, help="Clusters with a profile (configs/cluster/): list them, check one.")


@app.command(name="list")
def list_(as_json: Json = False) -> None:
    """List the profiles: GPUs, nodes, how models are served, and what jobs ask Slurm for."""
    from harness.workflow.cluster import list_clusters  # noqa: PLC0415 - keeps --help instant

    clusters = list_clusters()
    if as_json:
        print_json({"clusters": [cluster.model_dump(mode="json") for cluster in clusters]})
        return
    table = Table("cluster", "launcher", "GPUs a node", "nodes a server", "serving", "partition", "time", box=None)
    for one in clusters:
        gpus = f"{one.gpus_per_node} x {one.gpu}" if one.gpu else "–"
        jobs = (one.slurm.partition or "the default", one.slurm.time) if one.launcher == "slurm" else ("–", "–")
        table.add_row(one.id, one.launcher, gpus, str(one.nodes or "any"), one.serving, *jobs)
    Console(highlight=False).print(table)


@app.command()
def check(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(
            help="NAME or cluster=NAME: a file in configs/cluster/; then keys of it, such as "
            "cluster.slurm.account=x.",
            show_default=False,
            metavar="[NAME] [cluster.KEY=VALUE]...",
        ),
    ] = None,
    as_json: Json = False,
) -> None:
    """Hold a profile against the cluster that Slurm's commands here speak to; exit 1 if anything is wrong.

    Partition, account, QOS, GPUs, processors, memory, nodes, time limit, constraint, then sbatch --test-only with
    all that the profile asks for; paths, modules, image, network interface. Starts no job and changes nothing.

    Example: harness cluster check h100x8 cluster.slurm.partition=gpu cluster.slurm.account=x
    """
    from harness.workflow.cluster import check_cluster  # noqa: PLC0415

    overrides = [text if "=" in text else f"cluster={text}" for text in arguments or ()]
    print_checks(check_cluster(load_settings(overrides).cluster), as_json=as_json)
