"""What the verb `fit` does."""

from collections.abc import Mapping

from harness.config.settings import load_clusters, project
from harness.errors import UsageError, nearest
from harness.facts.memory import ALIASES, DTYPES, GPUS
from harness.planning.fit import GPUS_PER_NODE, fit
from harness.records import Cluster, Fit
from harness.records.architecture import Dtype
from harness.workflow.named import model_named

DTYPE_NAMES: Mapping[str, Dtype] = {"bf16": "bfloat16", "fp32": "float32", **{name: name for name in DTYPES}}
KEYS = [
    "model",
    "gpu",
    "cluster",
    "context",
    "concurrency",
    "dtype",
    "gpus_per_node",
    "nodes",
    "tensor_parallel",
    "pipeline_parallel",
]


def fit_for(given: Mapping[str, str]) -> Fit:
    """Return how a model fits on GPUs; `given` holds the verb's arguments by KEYS, all but model and gpu optional.

    Raises UsageError for an unknown model, GPU or precision and for what is not a whole number.
    """
    given = on_cluster(given)
    model = model_named(given.get("model"))
    if "gpu" not in given:
        names = "valid: " + ", ".join([*ALIASES, *GPUS])
        raise UsageError("gpu=NAME or cluster=NAME", "neither", where="command line", fix=names)
    dtype = given.get("dtype")
    if dtype is not None and dtype not in DTYPE_NAMES:
        raise UsageError("a precision", dtype, where="command line", fix=nearest(dtype, DTYPE_NAMES))
    return fit(
        model,
        given["gpu"],
        context=whole(given, "context"),
        concurrency=whole(given, "concurrency") or 1,
        dtype=DTYPE_NAMES[dtype] if dtype else None,
        gpus_per_node=whole(given, "gpus_per_node") or GPUS_PER_NODE,
        nodes=whole(given, "nodes"),
        split=(whole(given, "tensor_parallel"), whole(given, "pipeline_parallel")),
    )


def on_cluster(given: Mapping[str, str]) -> Mapping[str, str]:
    """Return the arguments with what `cluster=` stands for beside them; those that are given take precedence.

    Raises UsageError for a cluster without a file, and for one without GPUs unless `gpu=` names one.
    """
    if "cluster" not in given:
        return given
    found, stands_for = cluster_named(given["cluster"]), {}
    if found.gpu is not None:
        stands_for = {"gpu": found.gpu, "gpus_per_node": str(found.gpus_per_node)}
    elif "gpu" not in given:
        clusters = load_clusters(project().configs).values()
        having = ", ".join(other.id for other in clusters if other.gpu is not None)
        expected, where = "a cluster with GPUs, or gpu=NAME", f"configs/cluster/{found.id}.yaml"
        raise UsageError(expected, f"cluster={found.id} without", where=where, fix=f"valid: {having}")
    if found.nodes is not None:
        stands_for["nodes"] = str(found.nodes)
    return stands_for | dict(given)


def cluster_named(name: str) -> Cluster:
    """Return a cluster's profile; raises UsageError for one without a file."""
    clusters = load_clusters(project().configs)
    if name not in clusters:
        expected = "cluster=NAME with a file in configs/cluster/"
        raise UsageError(expected, name, where="command line", fix=nearest(name, clusters))
    return clusters[name]


def whole(given: Mapping[str, str], key: str) -> int | None:
    """Return an argument as a whole number of at least 1, None where it is absent; raises UsageError."""
    text = given.get(key)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise UsageError(f"{key}=NUMBER, whole and at least 1", f"{key}={text}", where="command line")
    return int(text)
