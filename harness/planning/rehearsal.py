"""From a campaign to its rehearsal: the same jobs, for a cluster and models of this machine; pure functions."""

from collections.abc import Collection, Sequence

from harness.facts.parameters import count
from harness.facts.unpublished import UnpublishedError
from harness.records import Campaign, Cluster, Model

SMALL = 1_000_000_000
"""Parameters of a model that any machine serves as it is."""
STALL_MINUTES = 15
"""Without a new answer or any other change: nothing of a rehearsal takes so long."""
ABROAD = (
    *("--batch", "--cluster-constraint", "--clusters", "--constraint", "--exclude", "--licenses", "--nodelist"),
    *("--prefer", "--qos", "--reservation", "--switches", "-C", "-L", "-M", "-q", "-w", "-x"),
)
"""Options of sbatch that name what only the real cluster has."""


def rehearsal_of(campaign: Campaign, without: Collection[str]) -> tuple[Campaign, list[str]]:
    """Return the campaign as it is rehearsed, and what of its profile the rehearsal cannot show.

    `without` are models that cannot take part; one at least must be left. Jobs keep their nodes and GPUs, so that
    their scripts stay what they are.
    """
    cluster, untried = _at_home(campaign.cluster)
    jobs = [
        job.model_copy(
            update={
                "suites": [_on_processors(suite) for suite in job.suites],
                "samples": None,
                "gpu_hours": None,
            }
        )
        for job in campaign.jobs
        if job.model not in without
    ]
    changes = {"id": f"{campaign.id}-rehearsal", "rehearsal": True, "cluster": cluster, "jobs": jobs}
    told = [text for text in campaign.command if _key(text).startswith("serving.")]
    return campaign.model_copy(update=changes), untried + told


def small(model: Model) -> bool:
    """Return whether the model itself can take part in a rehearsal, in the place of a twin."""
    if model.architecture is None:
        return False
    try:
        return count(model.architecture).total <= SMALL
    except UnpublishedError:
        return False


def _at_home(cluster: Cluster) -> tuple[Cluster, list[str]]:
    """Return the profile without what a cluster of this machine does not have, and the names of that."""
    asked, box = cluster.slurm, cluster.environment.container
    untried = [
        f"slurm.{name}" for name in ("qos", "constraint", "reservation") if getattr(asked, name) is not None
    ]
    untried += [f"slurm.options: {option}" for option in asked.options if _abroad(option)]
    # Its engine is the one for GPUs.
    untried += [f"environment.container: {box.image}"] if box is not None else []
    untried += [f"interface: {cluster.interface}"] if cluster.interface is not None else []
    changes = {
        "slurm": asked.model_copy(
            update={
                "qos": None,
                "constraint": None,
                "reservation": None,
                "options": [option for option in asked.options if not _abroad(option)],
                # Of every array one engine at a time: they share the memory of one machine.
                "at_once": 1,
            }
        ),
        "environment": cluster.environment.model_copy(update={"container": None}),
        "interface": None,
        "limits": cluster.limits.model_copy(
            update={"attempts": 1, "stall_minutes": min(STALL_MINUTES, cluster.limits.stall_minutes)}
        ),
    }
    return cluster.model_copy(update=changes), untried


def _on_processors(suite: Sequence[str]) -> list[str]:
    """Return a suite's overrides with the CPU engine: over two nodes where the servers span several."""
    spans = [int(text.partition("=")[2]) for text in suite if _key(text) == "serving.nodes"]
    over_nodes = ["serving.nodes=2", "serving.args.tensor-parallel-size=2"] if spans and spans[-1] > 1 else []
    kept = [text for text in suite if _key(text) != "serving" and not _key(text).startswith("serving.")]
    return [*kept, "serving=cpu", *over_nodes]


def _key(override: str) -> str:
    return override.lstrip("+~").partition("=")[0]


def _abroad(option: str) -> bool:
    return option.replace("=", " ").split()[0] in ABROAD
