"""What the verbs `cluster list` and `cluster check` do."""

from harness.config.settings import load_clusters, project
from harness.records import Cluster
from harness.workflow.checks import Check
from harness.workflow.cluster_here import here
from harness.workflow.cluster_slurm import scheduler


def list_clusters() -> list[Cluster]:
    """Return every profile of configs/cluster/; raises UsageError for a bad file."""
    return list(load_clusters(project().configs).values())


def check_cluster(cluster: Cluster) -> list[Check]:
    """Return what of a profile holds on this machine and the cluster that Slurm's commands here speak to.

    Nothing is changed and no job is started. What compute nodes alone can tell (their network, their disks) is
    left to the first job.
    """
    return scheduler(cluster) + here(cluster)
