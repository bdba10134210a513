"""The layout in which a campaign serves a model on a cluster."""

from harness.errors import UsageError
from harness.planning.fit import fit
from harness.records import Cluster, Fit, Model

TOGETHER = 32
"""Answers that a server is to hold at once. A layout that holds one long answer and no more is the smallest and
the dearest: its GPUs wait for memory most of the time."""
LENGTH = 32768
"""Tokens that such an answer takes with its question: what the house protocol lets a model that thinks write."""


def fit_on(model: Model, cluster: Cluster) -> Fit | None:
    """Return how a model is served on a cluster with GPUs; None where nobody entered its sizes.

    It holds its whole context once, and TOGETHER answers of LENGTH tokens where the nodes for one server allow it.
    """
    assert cluster.gpu is not None
    try:
        least = fit(model, cluster.gpu, gpus_per_node=cluster.gpus_per_node)
        length = min(model.context, LENGTH)
        ample = fit(model, cluster.gpu, gpus_per_node=cluster.gpus_per_node, context=length, concurrency=TOGETHER)
    except UsageError:
        return None
    if least.layout is None or ample.layout is None or ample.layout.gpus <= least.layout.gpus:
        return least
    room = cluster.nodes if cluster.nodes is not None else least.layout.nodes
    return ample if ample.layout.nodes <= room else least
