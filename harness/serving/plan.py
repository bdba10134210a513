"""The command that serves a model on GPUs, as a person or a batch job would type it; a pure function."""

from pydantic import Field

from harness.errors import UsageError
from harness.records import Fit, HubOrigin, Layout, Model, Record, Serving
from harness.records.model import Arguments, MultiNode
from harness.serving.command import SAYS_GIVEN_TEXT, engine_args, flags, over_nodes

PORT = 8000
NODE_RANK, NODE, MASTER = "$NODE_RANK", "$NODE_ADDR", "$MASTER_ADDR"
"""What every node of a server that spans several fills in: its number, its address, the first node's address."""
MASTER_PORT, RAY_PORT = 29501, 6379
"""The defaults of vLLM and of Ray."""


class ServePlan(Record):
    """One server: what starts it, where, and why so."""

    argv: list[str]
    """On the first node."""
    before: list[str] = Field(default_factory=list)
    """On the first node before that; empty where nothing has to be."""
    others: list[str] = Field(default_factory=list)
    """On every node after the first; empty for a server of one."""
    env: dict[str, str]
    nodes: int
    gpus_per_node: int
    why: list[str]


def serve_plan(model: Model, serving: Serving, fit: Fit | None) -> ServePlan:
    """Return the command that serves `model`, split as `fit` found; without it on what `serving` names alone.

    Raises UsageError for a model that only its maker serves, and when it does not fit.
    """
    if model.weights is None:
        where = f"configs/model/{model.id}.yaml"
        raise UsageError("a model with weights", f"{model.name}, which its maker hosts", where=where)
    if fit is not None and fit.fits is False:
        raise UsageError("GPUs that hold the model", "; ".join(fit.why), where=f"{fit.gpus_per_node} x {fit.gpu}")
    origin, args, why = model.weights.origin, engine_args(model, serving), []
    name = origin.hub if isinstance(origin, HubOrigin) else "$WEIGHTS"
    if isinstance(origin, HubOrigin) and origin.revision != "unpinned":
        args["revision"] = origin.revision
    elif isinstance(origin, HubOrigin):
        why.append("the revision of the weights is not pinned: the newest is served, and a run records which")
    layout = fit.layout if fit is not None else None
    if layout is not None:
        args |= split_args(layout)
        why += fit.why if fit is not None else []
    elif model.shown:
        shown = model.shown[0]
        args["tensor-parallel-size"] = shown.gpus_per_node
        why += [*(fit.why if fit is not None else []), f"split as a source shows it: {shown.source}"]
    else:
        why += [
            *(fit.why if fit is not None else []),
            "no source says how many GPUs it takes: one is vLLM's default",
        ]
    why += _needs(model)
    args = {"served-model-name": model.id, "port": PORT, **dict(sorted(args.items())), **SAYS_GIVEN_TEXT}
    argv, nodes = ["vllm", "serve", name, *flags(args)], 1 if layout is None else layout.nodes
    before, first, others = _over(nodes, argv, model.multi_node)
    return ServePlan(
        argv=first,
        before=before,
        others=others,
        env={"VLLM_NO_USAGE_STATS": "1", **serving.env, **({"VLLM_HOST_IP": NODE} if nodes > 1 else {})},
        nodes=nodes,
        gpus_per_node=int(str(args.get("tensor-parallel-size", 1))) if layout is None else layout.gpus_per_node,
        why=why,
    )


def split_args(layout: Layout) -> Arguments:
    """Return the arguments that split a model as `layout` says."""
    args: Arguments = {"tensor-parallel-size": layout.tensor_parallel}
    if layout.pipeline_parallel > 1:
        args["pipeline-parallel-size"] = layout.pipeline_parallel
    if layout.expert_parallel > 1:
        args["enable-expert-parallel"] = True
    if layout.data_parallel > 1:
        args["data-parallel-size"] = layout.data_parallel
    return args


def _over(nodes: int, argv: list[str], backend: MultiNode) -> tuple[list[str], list[str], list[str]]:
    """Return what runs before the server on the first node, the server there, and what runs on every other."""
    if nodes == 1:
        return [], argv, []
    first = [*argv, *flags(over_nodes(nodes, 0, MASTER, MASTER_PORT, backend))]
    if backend == "ray":
        ray = ["ray", "start", "--node-ip-address", NODE]
        head, worker = ["--head", "--port", str(RAY_PORT)], ["--block", "--address", f"{MASTER}:{RAY_PORT}"]
        return [*ray, *head], first, [*ray, *worker]
    return [], first, [*argv, *flags(over_nodes(nodes, NODE_RANK, MASTER, MASTER_PORT, backend)), "--headless"]


def _needs(model: Model) -> list[str]:
    """Return what has to be installed besides plain vLLM."""
    if model.requires is None:
        return []
    found = []
    if model.requires.vllm is not None:
        found.append(f"needs vLLM {model.requires.vllm} ({model.requires.source})")
    if model.requires.install is not None:
        found.append(f"needs what upstream vLLM lacks: {model.requires.install} ({model.requires.source})")
    if model.requires.parsers:
        found.append(f"parsers that come with it: {', '.join(model.requires.parsers)}")
    return found
