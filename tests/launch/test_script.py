import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from harness.config.settings import load_clusters, load_models, project
from harness.launch import slurm as commands
from harness.launch.script import scripts
from harness.records import Campaign, ServerJob
from harness.records.cluster import Container, Environment, Paths
from harness.workflow.campaign_plan import plan_campaign
from tests.clusters import cluster as local_cluster
from tests.clusters import in_use
from tests.launch.campaigns import campaign

GOLDEN = project().root / "tests" / "golden" / "slurm"
FOLDER, PYTHON = "/shared/harness/results/campaigns/k-exaone", "/shared/harness/.venv/bin/python"


def k_exaone() -> Campaign:
    """Two models of one shape and one that spans four nodes, on a profile that says everything."""
    found = load_clusters(project().configs)["h100x8"]
    asked = found.slurm.model_copy(update={"partition": "gpu", "account": "nlp", "gpu_type": "h100", "at_once": 2})
    cluster = found.model_copy(
        update={
            "slurm": asked,
            "environment": Environment(
                modules=["cuda/12.8"], setup=["source /etc/site.sh"], variables={"NCCL_DEBUG": "WARN"}
            ),
            "paths": Paths(weights="/shared/hub", data="$HOME/my data", scratch="/local/$SLURM_JOB_ID"),
            "interface": "ib0",
            "offline": True,
        }
    )
    shapes = {"k_exaone_236b": (1, 8), "solar_open_100b": (1, 8), "a_x_k1": (4, 8)}
    return Campaign(
        id="k-exaone",
        created="2026-01-01T00:00:00+00:00",
        code="0.1",
        command=["claims=k_exaone*"],
        cluster=cluster,
        jobs=[
            ServerJob(id=name, model=name, suites=[[f"model={name}"]], nodes=nodes, gpus_per_node=gpus)
            for name, (nodes, gpus) in shapes.items()
        ],
    )


@pytest.mark.parametrize("name", ["stage-1", "serve-1", "serve-2", "verdict"])
def test_a_script_is_what_a_person_would_read_before_it_is_submitted(name):
    found = {script.name: script.text for script in scripts(k_exaone(), FOLDER, PYTHON)}
    golden = GOLDEN / f"{name}.sh"
    if os.environ.get("GOLDEN") == "write":
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found[f"k-exaone-{name}"])
    assert found[f"k-exaone-{name}"] == golden.read_text()


def test_jobs_of_one_shape_are_one_array_and_stages_have_the_same_numbers():
    found = {script.name: [job.id for job in script.jobs] for script in scripts(k_exaone(), FOLDER, PYTHON)}
    assert found == {
        "k-exaone-stage-1": ["k_exaone_236b", "solar_open_100b"],
        "k-exaone-serve-1": ["k_exaone_236b", "solar_open_100b"],
        "k-exaone-stage-2": ["a_x_k1"],
        "k-exaone-serve-2": ["a_x_k1"],
        "k-exaone-verdict": [],
    }


def checked(text: str, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    shellcheck = shutil.which("shellcheck", path=f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    assert shellcheck is not None
    done = subprocess.run([shellcheck, "--shell=bash", str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_a_linter_of_shell_finds_nothing_in_a_script_that_says_everything(tmp_path):
    plan = k_exaone()
    # Set-up lines are the user's own, and so are the files that they read.
    plain = plan.cluster.environment.model_copy(update={"setup": ["umask 027"]})
    plan = plan.model_copy(update={"cluster": plan.cluster.model_copy(update={"environment": plain})})
    for script in scripts(plan, FOLDER, PYTHON):
        checked(script.text, tmp_path, script.file)


def environment_of(script: str, job: str = "0") -> dict[str, str]:
    """What a script's last command sees, when `env` stands in its place."""
    text = script.replace(f"exec {PYTHON} -m harness.cli", "exec env - /usr/bin/env")
    lines = [line for line in text.splitlines() if not line.startswith("exec")]
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines) + "\nexport job; env"],
        capture_output=True,
        text=True,
        check=True,
        env={
            "PATH": os.environ["PATH"],
            "HOME": "/home/x",
            "SLURM_JOB_ID": "7",
            "SLURM_ARRAY_TASK_ID": job,
            "SLURM_CPUS_PER_TASK": "2",
        },
    )
    return dict(line.split("=", 1) for line in done.stdout.splitlines() if "=" in line)


def test_a_job_finds_its_folders_with_their_variables_filled_in(tmp_path):
    plan = campaign(
        "one", "two", paths=Paths(weights="~/hub", data="$HOME/my data", scratch=f"{tmp_path}/$SLURM_JOB_ID")
    )
    text = {script.step: script.text for script in scripts(plan, FOLDER, PYTHON)}["serve"]
    found = environment_of(text, "1")
    assert found["HF_HOME"] == "/home/x/hub"
    assert found["HARNESS_DATA"] == "/home/x/my data"
    assert found["job"] == "two"
    assert (tmp_path / "7").is_dir()


def test_only_servers_take_gpus_and_hear_of_the_end_before_it_comes():
    found = {script.step: script.text for script in scripts(k_exaone(), FOLDER, PYTHON)}
    assert "--gres=gpu:h100:8" in found["serve"]
    assert "--signal=B:USR1@" in found["serve"]
    assert "gpu:" not in found["stage"] + found["verdict"]


def test_compute_nodes_without_a_network_are_told_and_the_stage_is_not():
    found = {script.step: script.text for script in scripts(k_exaone(), FOLDER, PYTHON)}
    assert "export HF_HUB_OFFLINE=" in found["serve"]
    assert "HF_HUB_OFFLINE" not in found["stage"]


ZOO = [model.id for model in load_models(project().configs).values() if model.hosted is None]


def test_slurm_would_take_the_scripts_of_every_model_of_the_zoo(tmp_path):
    """On a cluster with the nodes and GPUs of the profile; those that do not fit it say why."""
    plan = plan_campaign([f"model={','.join(ZOO)}", "suite=korean", "cluster=h200x8"], "zoo")
    assert [job.model for job in plan.campaign.jobs] == ZOO
    assert not plan.left_out
    most = max(job.nodes for job in plan.campaign.jobs)
    with local_cluster("--nodes", str(most), "--memory", "2000000", "--cpus", "96") as folder, in_use(folder):
        for script in scripts(plan.campaign, str(tmp_path), sys.executable):
            path = tmp_path / script.file
            path.write_text(script.text)
            assert "to start at" in commands.test_only(path)
            checked(script.text, tmp_path, script.file)


def test_a_container_is_entered_by_the_client_and_not_by_the_batch_script():
    box = Environment(container=Container(kind="apptainer", image="/images/vllm.sif"))
    (text,) = (s.text for s in scripts(campaign(environment=box), FOLDER, PYTHON) if s.step == "serve")
    assert "apptainer" not in text
