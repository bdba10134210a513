"""The local cluster of a rehearsal has room for every job of its campaign."""

from harness.config.settings import load_clusters, project
from harness.launch.local import options_for
from harness.records import Campaign, ServerJob

CLUSTERS = load_clusters(project().configs)


def options(cluster: str, nodes: int = 1, gpus: int = 8, **slurm) -> dict[str, str]:
    profile = CLUSTERS[cluster]
    profile = profile.model_copy(update={"slurm": profile.slurm.model_copy(update=slurm)})
    job = ServerJob(id="m", model="m", suites=[["model=m"]], nodes=nodes, gpus_per_node=gpus)
    campaign = Campaign(id="c", created="", code="", command=[], cluster=profile, jobs=[job])
    words = options_for(campaign)
    return {name.removeprefix("--"): value for name, value in zip(words[::2], words[1::2], strict=True)}


def test_nodes_are_those_of_the_profile_with_room_beside_the_largest_server():
    found = options("h100x8", nodes=2, partition="gpu", gpu_type="h100", account="kai")
    assert (found["nodes"], found["gpus"], found["gpu-type"]) == ("3", "8", "h100")
    assert int(found["cpus"]) > 8 * 8
    assert int(found["memory"]) > 8 * 100 * 1024
    assert (found["partition"], found["account"]) == ("gpu", "kai")


def test_a_cluster_without_gpus_has_none():
    found = options("slurm_local", gpus=0)
    assert (found["gpus"], found["partition"]) == ("0", "main")
    assert "account" not in found
