"""From runs to server jobs: the fewest starts of servers that cover them."""

from collections.abc import Mapping, Sequence
from math import ceil, prod

from harness.facts.memory import GPUS
from harness.planning.cost import total
from harness.planning.plan import CostedRun
from harness.records import Benchmark, Cluster, Fit, Model, PlannedRun, Record, ServerJob, Serving
from harness.serving.plan import split_args

SPLITS = ("tensor", "pipeline", "data")
"""What splits a server over GPUs: --tensor-parallel-size and so on."""


class Needs(Record):
    """What all servers of one model take, and how they are told to."""

    nodes: int
    gpus_per_node: int
    overrides: list[str]
    guessed: str = ""
    """What the split rests on where no sizes do."""


def needs(model: Model, serving: Serving, cluster: Cluster, fit: Fit | None) -> Needs:
    """Return the nodes and GPUs for the servers of a model.

    Split as the command or `serving` says, else as `fit` found, else as a source shows the model on GPUs no larger
    than the cluster's, else on one GPU, vLLM's default: its own words are clear where that is too small.
    """
    if cluster.gpu is None:
        return Needs(
            nodes=serving.nodes * (serving.replicas if serving.nodes > 1 else 1), gpus_per_node=0, overrides=[]
        )
    args = {**model.args, **serving.args}
    if any(f"{kind}-parallel-size" in args for kind in SPLITS) or serving.nodes > 1:
        gpus = prod(int(str(args.get(f"{kind}-parallel-size", 1))) for kind in SPLITS)
        nodes = max(serving.nodes, ceil(gpus / cluster.gpus_per_node))
        return _all_replicas(serving, cluster, nodes, ceil(gpus / nodes), [f"serving.nodes={nodes}"])
    if fit is not None and fit.layout is not None:
        layout = fit.layout
        overrides = [f"serving.args.{name}={_text(value)}" for name, value in split_args(layout).items()]
        overrides.append(f"serving.nodes={layout.nodes}")
        return _all_replicas(serving, cluster, layout.nodes, layout.gpus_per_node, overrides)
    for shown in model.shown:
        if GPUS[shown.gpu] <= GPUS[cluster.gpu] and shown.gpus_per_node <= cluster.gpus_per_node:
            overrides = [f"serving.args.tensor-parallel-size={shown.gpus_per_node}"]
            if shown.nodes > 1:
                overrides.append(f"serving.args.pipeline-parallel-size={shown.nodes}")
            overrides.append(f"serving.nodes={shown.nodes}")
            guessed = f"{shown.nodes} x {shown.gpus_per_node} {shown.gpu}, as in {shown.source}"
            return _all_replicas(serving, cluster, shown.nodes, shown.gpus_per_node, overrides, guessed)
    return _all_replicas(serving, cluster, 1, 1, [], "no source says how many GPUs it takes: one")


def server_jobs(
    costed: Sequence[CostedRun],
    needed: Mapping[str, Needs],
    serving: str,
    overrides: Sequence[str],
    benchmarks: Mapping[str, Benchmark],
) -> list[ServerJob]:
    """Return one job per model that `needed` holds: what is asked under one protocol is one suite of it.

    `overrides` are the command's own, and come last.
    """
    jobs = []
    for model, needs_ in needed.items():
        parts = [one for one in costed if one.run.model == model]
        own = [one.run for one in parts]
        groups: dict[str, list[PlannedRun]] = {}
        for run in own:
            groups.setdefault(run.protocol, []).append(run)
        suites = [
            [
                f"model={model}",
                f"suite={group[0].suite}",
                f"suite.tasks=[{','.join(_task(run) for run in group)}]",
                f"protocol={protocol}",
                f"serving={serving}",
                *needs_.overrides,
                *overrides,
            ]
            for protocol, group in groups.items()
        ]
        job = ServerJob(
            id=model,
            model=model,
            suites=suites,
            nodes=needs_.nodes,
            gpus_per_node=needs_.gpus_per_node,
            samples=_samples(own, benchmarks),
            gpu_hours=total(one.cost for one in parts).gpu_hours,
        )
        jobs.append(job)
    return jobs


def _all_replicas(
    serving: Serving, cluster: Cluster, nodes: int, gpus: int, overrides: list[str], guessed: str = ""
) -> Needs:
    """Return the needs of all replicas: side by side on a node while there is room."""
    beside = 1 if nodes > 1 else max(1, min(serving.replicas, cluster.gpus_per_node // gpus))
    all_nodes = nodes * ceil(serving.replicas / beside)
    return Needs(nodes=all_nodes, gpus_per_node=beside * gpus, overrides=overrides, guessed=guessed)


def _task(run: PlannedRun) -> str:
    given = {"benchmark": run.benchmark, "items": run.items, "repeats": run.repeats}
    return "{" + ",".join(f"{key}:{value}" for key, value in given.items() if value is not None) + "}"


def _samples(runs: Sequence[PlannedRun], benchmarks: Mapping[str, Benchmark]) -> int | None:
    counts = [(run.items or benchmarks[run.benchmark].items, run.repeats) for run in runs]
    return (
        sum(items * repeats for items, repeats in counts if items and repeats) if all(map(all, counts)) else None
    )


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
