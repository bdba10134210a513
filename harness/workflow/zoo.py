"""What the verbs `models` and `serve-command` do."""

from collections.abc import Mapping

from harness.config.settings import load_models, load_settings, project
from harness.planning.fit import GPUS_PER_NODE, fit
from harness.planning.layout import fit_on
from harness.planning.zoo import ModelRow, row_of
from harness.records import Cluster
from harness.serving.plan import ServePlan, serve_plan
from harness.store import open_store
from harness.workflow.fit import cluster_named, on_cluster, whole
from harness.workflow.named import model_named

KEYS = ["model", "serving", "cluster", "gpu", "gpus_per_node", "nodes", "context", "concurrency"]


def list_models() -> list[ModelRow]:
    """Return every model of configs/model/, the largest first; raises UsageError for a bad file."""
    recorded = open_store(load_settings()).read_replicas()
    rows = [
        # A variant of a model (another effort) has that model's twin.
        row_of(
            model,
            [recorded.get((name, twin)) or recorded.get((model.of or name, twin)) for twin in model.replicas],
        )
        for name, model in load_models(project().configs).items()
    ]
    return sorted(rows, key=lambda row: (-(row.parameters_total or 0), row.id))


def plan_serving(given: Mapping[str, str]) -> ServePlan:
    """Return how a model is served; `given` holds the verb's arguments by KEYS, all but model optional.

    Raises UsageError for an unknown model, and as `fit` and `serve_plan` do.
    """
    if "cluster" in given and not set(given) & {"gpu", "gpus_per_node", "nodes", "context", "concurrency"}:
        cluster = cluster_named(given["cluster"])
        if cluster.gpu is not None:
            return _as_submitted(given, cluster)
    given = on_cluster(given)
    model = model_named(given.get("model"))
    serving = load_settings([f"serving={given.get('serving', 'gpu')}"]).serving
    split = None
    if model.architecture is not None and serving.device == "cuda":
        split = fit(
            model,
            given.get("gpu", "h100"),
            context=whole(given, "context"),
            concurrency=whole(given, "concurrency") or 1,
            gpus_per_node=whole(given, "gpus_per_node") or GPUS_PER_NODE,
            nodes=whole(given, "nodes"),
        )
    return serve_plan(model, serving, split)


def _as_submitted(given: Mapping[str, str], cluster: Cluster) -> ServePlan:
    """Return how a campaign serves a model on a cluster with GPUs."""
    model = model_named(given.get("model"))
    serving = load_settings([f"serving={given.get('serving', cluster.serving)}"]).serving
    return serve_plan(model, serving, fit_on(model, cluster))
