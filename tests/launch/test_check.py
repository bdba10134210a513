"""`harness cluster check` against a real cluster: three nodes of 64 processors, 8000 MB and eight GPUs in name."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from omegaconf import OmegaConf
from typer.testing import CliRunner

from harness.cli import app
from harness.config.settings import load_clusters, project
from harness.errors import HarnessError
from harness.launch.nodes import associations, nodes
from harness.records import Cluster
from harness.workflow.checks import Check
from harness.workflow.cluster import check_cluster

FITTING = ["slurm.partition=main", "slurm.memory_per_gpu=900M"]
H100 = load_clusters(project().configs)["h100x8"].model_dump()


def wrong(*keys: str) -> dict[str, Check]:
    """Return the checks that fail, by name, of a profile that fits but for these keys."""
    profile = OmegaConf.merge(H100, OmegaConf.from_dotlist([*FITTING, *keys]))
    checks = check_cluster(Cluster.model_validate(OmegaConf.to_container(profile)))
    assert all(check.fix for check in checks if not check.ok)
    return {check.name: check for check in checks if not check.ok}


@contextmanager
def changed(what: str, *there: str, back: list[str]) -> Iterator[None]:
    """The cluster is as these words of `scontrol update` say."""
    subprocess.run(["scontrol", "update", what, *there], check=True)
    try:
        yield
    finally:
        for words in back:
            subprocess.run(["scontrol", "update", what, words], check=True)


class TestOnACluster:
    @pytest.fixture(autouse=True)
    def cluster(self, slurm: Path) -> None:
        """The session's cluster."""

    @pytest.mark.parametrize("name", ["slurm_local", "h100x8"])
    def test_a_profile_that_fits_is_found_right(self, name):
        fitting = [f"cluster.{key}" for key in FITTING] if name == "h100x8" else []
        found = CliRunner().invoke(app, ["cluster", "check", name, *fitting, "--json"])
        checks = json.loads(found.stdout)["checks"]
        assert [check for check in checks if not check["ok"]] == []
        assert found.exit_code == 0
        assert "to start at" in next(check["found"] for check in checks if check["name"] == "sbatch --test-only")

    def test_one_that_does_not_exits_1_and_says_what_to_change(self):
        found = CliRunner().invoke(app, ["cluster", "check", "slurm_local", "cluster.slurm.partition=mian"])
        assert found.exit_code == 1
        assert "✗" in found.stdout
        assert "did you mean main" in " ".join(found.stdout.split())

    @pytest.mark.parametrize(
        ("key", "name", "found", "fix"),
        [
            ("slurm.partition=mian", "partition mian", "no such partition", "did you mean main?"),
            ("slurm.gpu_type=h200", "8 GPUs a node of type h200", "3 node(s) with h100 x 8", "did you mean h100?"),
            ("gpus_per_node=16", "16 GPUs a node", "3 node(s) with h100 x 8", "cluster.gpus_per_node=N"),
            ("gpu=a100_80gb", "8 GPUs a node", "the profile reckons with a100_80gb", "cluster.gpu=NAME"),
            ("slurm.cpus_per_gpu=9", "72 processors a node", "at most 64", "cluster.slurm.cpus_per_gpu=N"),
            ("slurm.memory_per_gpu=1G", "8G a node", "at most 8000M", "cluster.slurm.memory_per_gpu=…"),
            ("nodes=4", "4 such nodes", "3 of 3 in the partition", "cluster.nodes=3"),
            ("slurm.constraint=fast", "constraint fast", "features in this partition: none", "or null"),
        ],
    )
    def test_what_the_cluster_lacks_is_named_and_slurm_agrees(self, key, name, found, fix):
        checks = wrong(key)
        assert found in checks[name].found
        assert fix in checks[name].fix
        if key != "gpu=a100_80gb":  # what a GPU is called in our catalogue is nothing to Slurm
            assert "sbatch --test-only" in checks

    def test_a_time_limit_beyond_the_partitions_is_found(self):
        with changed("PartitionName=high", "MaxTime=60", back=["MaxTime=UNLIMITED"]):
            checks = wrong("slurm.partition=high")
            assert checks["time limit 24:00:00"].found == "high allows 1:00:00"
            assert wrong("slurm.partition=high", "slurm.time=0-1") == {}
            staged = wrong("offline=true", "stage.partition=high")
            assert list(staged) == ["stage time limit 04:00:00"]

    def test_a_partition_that_is_down_is_found(self):
        with changed("PartitionName=high", "State=DOWN", back=["State=UP"]):
            assert "high: not up" in wrong("slurm.partition=high")["partition high"].found

    def test_only_nodes_with_the_feature_count(self):
        with changed("NodeName=n2", "AvailableFeatures=fast", back=["ActiveFeatures=", "AvailableFeatures="]):
            assert wrong("slurm.constraint=fast") == {}
            few = wrong("slurm.constraint=fast", "nodes=2")
            assert few["2 such nodes"].found == "1 of 3 in the partition"

    def test_nodes_that_are_drained_do_not_count(self):
        with changed("NodeName=n3", "State=DRAIN", "Reason=test", back=["State=RESUME"]):
            assert wrong("nodes=3")["3 such nodes"].found == "2 of 3 in the partition"

    def test_an_option_that_sbatch_does_not_know_is_found(self):
        checks = wrong("slurm.options=['--nonsense']")
        assert "unrecognized option '--nonsense'" in checks["sbatch --test-only"].found

    def test_gpus_that_come_with_the_node_are_not_looked_for(self):
        assert wrong("slurm.gpus=none", "slurm.exclusive=true") == {}

    def test_without_accounting_any_account_passes(self):
        assert associations("root") is None
        assert wrong("slurm.account=x") == {}

    def test_without_slurms_commands_nothing_else_is_asked(self, tmp_path, monkeypatch):
        monkeypatch.setenv("PATH", str(tmp_path))
        checks = wrong()
        assert list(checks) == ["Slurm's commands"]
        assert "login node" in checks["Slurm's commands"].fix

    def test_a_controller_that_is_gone_is_the_last_thing_said_of_slurm(self, slurm, tmp_path, monkeypatch):
        lines = (slurm / "slurm.conf").read_text().splitlines()
        kept = [line for line in lines if not line.startswith(("SlurmctldPort", "MessageTimeout"))]
        (tmp_path / "slurm.conf").write_text("\n".join([*kept, "SlurmctldPort=1", "MessageTimeout=1"]))
        monkeypatch.setenv("SLURM_CONF", str(tmp_path / "slurm.conf"))
        checks = wrong()
        assert list(checks) == ["Slurm's controller"]
        assert "DOWN" in checks["Slurm's controller"].found

    def test_nodes_that_cannot_be_read_are_an_error(self, tmp_path, monkeypatch):
        sinfo = tmp_path / "sinfo"
        sinfo.write_text("#!/bin/bash\necho 'The cluster is in maintenance'\n")
        sinfo.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        with pytest.raises(HarnessError, match="from sinfo"):
            nodes()
        assert list(wrong()) == ["nodes and accounts"]


def test_accounts_and_qos_are_those_of_the_user(slurm_accounted):
    assert wrong("slurm.account=research", "slurm.qos=normal") == {}
    assert wrong() == {}
    account = wrong("slurm.account=nope")
    assert list(account) == ["account nope", "sbatch --test-only"]
    assert account["account nope"].found.startswith("yours in main: research")
    assert "QOS nope" in wrong("slurm.qos=nope")
