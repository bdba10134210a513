"""A command inside a cluster's container; a pure function."""

from collections.abc import Sequence

from harness.records import Cluster


def inside(cluster: Cluster, module: Sequence[str], python: str, clone: str, folders: Sequence[str]) -> list[str]:
    """Return the command that runs a module of the harness with its arguments, in the cluster's container if any.

    Without one `python` runs it. An image brings a `python` of its own, with vLLM; the harness is that of the
    clone, which is mounted under its own name as `folders` are.
    """
    box = cluster.environment.container
    if box is None:
        return [python, "-m", *module]
    command = ["env", f"PYTHONPATH={clone}", "python", "-m", *module]
    mounts = [*(f"{folder}:{folder}" for folder in dict.fromkeys([clone, *folders])), *box.mounts]
    if box.kind == "apptainer":
        options = [*(["--nv"] if cluster.gpu is not None else []), *(f"--bind={one}" for one in mounts)]
        return ["apptainer", "exec", *options, *box.options, box.image, *command]
    step = ["srun", "--overlap", "--nodes=1", "--ntasks=1", f"--container-image={box.image}"]
    return [*step, f"--container-mounts={','.join(mounts)}", *box.options, *command]
