"""What tests of Slurm share: a real cluster of three nodes with fake GPUs on this machine."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

LOCAL = Path(__file__).parents[1] / "slurm" / "local"


@contextmanager
def cluster(*options: str) -> Iterator[Path]:
    """A cluster in a new folder, which is yielded; gone when the block ends or this process is killed."""
    # Not pytest's folder: its path is too long for sockets.
    folder = Path(tempfile.mkdtemp(prefix="slurm-", dir="/tmp"))
    # Waits for the end of its input, which comes however this process ends; a session of its own survives Ctrl-C.
    end = ["bash", "-c", 'read -r; exec "$0" "$1" --purge', str(LOCAL / "down.sh"), str(folder)]
    with subprocess.Popen(end, stdin=subprocess.PIPE, start_new_session=True) as undertaker:
        subprocess.run([LOCAL / "up.sh", folder, *options], stdout=subprocess.DEVNULL, check=True)
        yield folder
    assert undertaker.returncode == 0, f"{folder}: the cluster was not taken down"


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """Slurm's commands speak to this cluster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(folder / "slurm.conf"))
        yield


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
