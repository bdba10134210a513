import pytest

from harness.launch.options import sbatch_options
from harness.records import Cluster

GPUS = {"id": "x", "gpu": "h100_80gb", "gpus_per_node": 8}
PLAIN = ["--nodes=1", "--ntasks-per-node=1", "--time=24:00:00", "--signal=B:USR1@600"]


def asked(fields: dict, **wanted: int) -> list[str]:
    """Return the options beyond those of every profile."""
    found = sbatch_options(Cluster.model_validate(fields), **wanted)
    return [option for option in found if option not in PLAIN]


@pytest.mark.parametrize(
    ("slurm", "options"),
    [
        ({}, ["--gres=gpu:8"]),
        ({"gpu_type": "h100"}, ["--gres=gpu:h100:8"]),
        ({"gpus": "gpus_per_node"}, ["--gpus-per-node=8"]),
        ({"gpus": "gpus_per_node", "gpu_type": "h100"}, ["--gpus-per-node=h100:8"]),
        ({"gpus": "none", "exclusive": True}, ["--exclusive"]),
        ({"gpus": "none", "cpus_per_gpu": 8, "memory_per_gpu": "100G"}, ["--cpus-per-task=64", "--mem=819200M"]),
        ({"gpus": "none", "cpus_per_node": 9, "memory": "0"}, ["--cpus-per-task=9", "--mem=0"]),
        ({"gpus": "none", "partition": "p", "account": "a"}, ["--partition=p", "--account=a"]),
        ({"gpus": "none", "qos": "q", "constraint": "a&b"}, ["--qos=q", "--constraint=a&b"]),
        ({"gpus": "none", "reservation": "r", "options": ["--nice=9"]}, ["--reservation=r", "--nice=9"]),
    ],
)
def test_a_profile_is_what_a_job_asks_for(slurm, options):
    assert asked({**GPUS, "slurm": slurm}) == options


def test_a_server_asks_for_the_gpus_that_it_takes():
    slurm = {"cpus_per_gpu": 8, "memory_per_gpu": "100G"}
    found = asked({**GPUS, "slurm": slurm}, nodes=2, gpus=4)
    assert found == ["--nodes=2", "--gres=gpu:4", "--cpus-per-task=32", "--mem=409600M"]


def test_without_gpus_none_are_asked_for():
    assert asked({"id": "x"}) == []


def test_without_a_time_limit_there_is_nothing_to_warn_of():
    found = sbatch_options(Cluster.model_validate({"id": "x", "slurm": {"time": "UNLIMITED"}}))
    assert found == ["--nodes=1", "--ntasks-per-node=1", "--time=UNLIMITED"]
