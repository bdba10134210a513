import psutil
import pytest
from omegaconf import OmegaConf

from harness.config.settings import load_clusters, load_settings, project
from harness.records import Cluster
from harness.workflow.cluster import check_cluster
from harness.workflow.cluster_here import here

INTERFACE = next(iter(psutil.net_if_addrs()))


H100 = load_clusters(project().configs)["h100x8"].model_dump()


def checks(*keys):
    profile = OmegaConf.merge(H100, OmegaConf.from_dotlist(keys))
    return {check.name: check for check in here(Cluster.model_validate(OmegaConf.to_container(profile)))}


def test_what_a_profile_does_not_name_is_not_looked_for():
    assert list(checks()) == ["serving gpu"]


def test_this_machine_needs_no_scheduler():
    assert all(check.ok for check in check_cluster(load_settings().cluster))


def test_a_serving_that_does_not_fit_the_nodes_is_found():
    assert not checks("serving=cpu")["serving cpu"].ok
    assert "did you mean" in checks("serving=gpus")["serving gpus"].fix


def test_paths_must_exist_where_jobs_do_not_make_them(tmp_path, monkeypatch):
    monkeypatch.setenv("KAI_TEST", str(tmp_path))
    found = checks("paths.weights=$KAI_TEST", f"paths.data={tmp_path}/absent")
    assert found["path for weights"].ok
    assert "mkdir -p" in found["path for data"].fix and not found["path for data"].ok
    assert checks("paths.scratch=/absent/here")["path for scratch"].ok
    assert "jobs may" in checks("paths.data=$KAI_UNSET/data")["path for data"].found


@pytest.mark.parametrize(
    ("function", "ok", "said"),
    [
        ('module() { [ "$*" = "load cuda/12 gcc" ]; }', True, "loads"),
        ('module() { echo "ERROR: Unable to locate a modulefile" >&2; }', False, "Unable to locate"),
        ("", False, "module: command not found"),
    ],
)
def test_modules_are_loaded_as_a_login_shell_does(function, ok, said, tmp_path, monkeypatch):
    (tmp_path / ".bash_profile").write_text(function + "\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    found = checks("environment.modules=[cuda/12,gcc]")["module load cuda/12 gcc"]
    assert found.ok is ok
    assert said in found.found


def container(kind, image):
    return checks(f"environment.container={{kind: {kind}, image: {image}}}")


def test_an_image_must_be_there_unless_a_job_fetches_it(tmp_path, monkeypatch):
    image = tmp_path / "harness.sif"
    assert not container("apptainer", f"'{image}'")["container image"].ok
    image.touch()
    assert container("apptainer", f"'{image}'")["container image"].ok
    assert container("apptainer", "'docker://vllm/vllm-openai'")["container image"].ok


def test_the_tool_of_a_container_must_be_there(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not container("apptainer", "'docker://x'")["apptainer"].ok
    assert not container("pyxis", "'docker://x'")["pyxis"].ok
    for name in ("apptainer", "srun"):
        (tmp_path / name).write_text("#!/bin/sh\necho '      --container-image=IMAGE'\n")
        (tmp_path / name).chmod(0o755)
    assert container("apptainer", "'docker://x'")["apptainer"].ok
    assert container("pyxis", "'docker://x'")["pyxis"].ok


def test_the_network_interface_must_be_here():
    assert checks(f"interface={INTERFACE}")[f"network interface {INTERFACE}"].ok
    found = checks("interface=nope7")["network interface nope7"]
    assert not found.ok
    assert "srun ip -br link" in found.fix
