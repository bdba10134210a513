"""What tests of Slurm share: a real cluster of three nodes with fake GPUs on this machine."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from harness.launch.local import in_use
from harness.launch.local import local_cluster as cluster

LOCAL = Path(__file__).parents[1] / "slurm" / "local"


@pytest.fixture(scope="session")
def slurm() -> Iterator[Path]:
    """The folder of the session's cluster: n1 to n3, each with gpu:h100:8, no accounting. SLURM_CONF is set."""
    with cluster("--nodes", "3", "--gpus", "8", "--gpu-type", "h100") as folder, in_use(folder):
        yield folder


@pytest.fixture(scope="session")
def accounted_cluster() -> Iterator[Path]:
    """The folder of a cluster with accounting, whose jobs belong to the account `research` and to no other."""
    with cluster("--account", "research") as folder:
        yield folder


@pytest.fixture
def slurm_accounted(accounted_cluster: Path) -> Iterator[Path]:
    """The cluster with accounting, in the place of the other for one test; SLURM_CONF is set."""
    with in_use(accounted_cluster):
        yield accounted_cluster
