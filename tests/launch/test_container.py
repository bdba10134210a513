"""The client in a container: with the image's own Python and the clone's harness."""

from harness.config.settings import load_clusters, project
from harness.launch.container import inside
from harness.records import Cluster
from harness.records.cluster import Container, Environment

MODULE = ["harness.cli", "job", "work"]


def client(container: Container | None, profile: str = "h100x8") -> list[str]:
    found: Cluster = load_clusters(project().configs)[profile]
    cluster = found.model_copy(update={"environment": Environment(container=container)})
    return inside(cluster, MODULE, "/clone/.venv/bin/python", "/clone", ["/clone", "/hub"])


def test_without_a_container_the_clones_own_python_runs():
    assert client(None) == ["/clone/.venv/bin/python", "-m", *MODULE]


def test_an_image_runs_its_own_python_and_sees_the_clone_and_the_folders():
    box = Container(kind="apptainer", image="/i.sif", mounts=["/a:/b"], options=["--cleanenv"])
    mounts = ["--bind=/clone:/clone", "--bind=/hub:/hub", "--bind=/a:/b"]
    image = ["/i.sif", "env", "PYTHONPATH=/clone", "python", "-m", *MODULE]
    assert client(box) == ["apptainer", "exec", "--nv", *mounts, "--cleanenv", *image]
    assert "--nv" not in client(box, "slurm_local")


def test_pyxis_takes_the_image_as_options_of_a_step():
    command = client(Container(kind="pyxis", image="docker://x", mounts=["/a:/b"]))
    assert command[:2] == ["srun", "--overlap"]
    assert "--container-image=docker://x" in command
    assert "--container-mounts=/clone:/clone,/hub:/hub,/a:/b" in command
    assert command[-6:] == ["env", "PYTHONPATH=/clone", "python", "-m", *MODULE][-6:]
