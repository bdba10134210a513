"""What of a cluster's profile can be seen from the machine that submits: paths, modules, image, network."""

import os
import shutil
from pathlib import Path

import psutil

from harness.config.settings import load_servings, project
from harness.errors import nearest
from harness.launch import slurm
from harness.machine.modules import module_problem
from harness.records import Cluster
from harness.workflow.checks import Check


def here(cluster: Cluster) -> list[Check]:
    """Return one check for each thing that the profile names and this machine can see."""
    return [*_serving(cluster), *_paths(cluster), *_modules(cluster), *_container(cluster), *_interface(cluster)]


def _serving(cluster: Cluster) -> list[Check]:
    servings, name = load_servings(project().configs), cluster.serving
    wanted = "cpu" if cluster.gpu is None else "cuda"
    if name not in servings:
        return [Check(f"serving {name}", False, "no file in configs/serving/", nearest(name, servings))]
    device = servings[name].device
    fitting = ", ".join(one.id for one in servings.values() if one.device == wanted)
    return [Check(f"serving {name}", device == wanted, f"device {device}", f"cluster.serving=NAME: {fitting}")]


def _paths(cluster: Cluster) -> list[Check]:
    return [_path(name, given) for name, given in cluster.paths.model_dump().items() if given is not None]


def _path(name: str, given: str) -> Check:
    title, path = f"path for {name}", Path(os.path.expandvars(given)).expanduser()
    if str(path).startswith("$"):
        return Check(title, True, f"{given}: a variable that this machine does not set; jobs may")
    if name == "scratch":  # made by the job, perhaps on the node's own disk
        return Check(title, True, str(path))
    if not path.is_dir():
        return Check(title, False, f"{path}: no such folder here", f"mkdir -p {path}, or cluster.paths.{name}=…")
    writable = os.access(path, os.R_OK | os.W_OK | os.X_OK)
    found = str(path) if writable else f"{path}: you may not write there"
    return Check(title, writable, found, f"cluster.paths.{name}=FOLDER that you may write to")


def _modules(cluster: Cluster) -> list[Check]:
    names = cluster.environment.modules
    if not names:
        return []
    problem = module_problem(names)
    fix = "cluster.environment.modules; module avail lists them (in a login shell)"
    return [Check(f"module load {' '.join(names)}", problem is None, problem or "loads", fix)]


def _container(cluster: Cluster) -> list[Check]:
    container = cluster.environment.container
    if container is None:
        return []
    image, found = container.image, []
    path = Path(os.path.expandvars(image)).expanduser()
    if path.is_absolute():
        fix = "slurm/container/ makes one; cluster.environment.container.image=FILE"
        found.append(
            Check("container image", path.exists(), str(path) if path.exists() else f"{path}: absent", fix)
        )
    else:
        found.append(Check("container image", True, f"{image}: fetched by {container.kind} when a job starts"))
    if container.kind == "apptainer" and not cluster.environment.modules:
        tool = shutil.which("apptainer")
        fix = "cluster.environment.modules=[apptainer], or the site's name for it"
        found.append(Check("apptainer", tool is not None, tool or "not on PATH", fix))
    if container.kind == "pyxis":
        known = shutil.which("srun") is not None and "--container-image" in slurm.ask("srun", "--help")
        said = "srun knows --container-image" if known else "srun does not know --container-image"
        found.append(Check("pyxis", known, said, "ask the site for Pyxis, or use kind: apptainer"))
    return found


def _interface(cluster: Cluster) -> list[Check]:
    name, known = cluster.interface, psutil.net_if_addrs()
    if name is None:
        return []
    others = [one for one in known if one != "lo"] or ["lo"]
    fix = f"cluster.interface=NAME or null; here: {nearest(name, others)}; compute nodes: srun ip -br link"
    return [Check(f"network interface {name}", name in known, name if name in known else "not here", fix)]
