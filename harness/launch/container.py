"""A command inside a cluster's container; a pure function."""

from harness.records import Cluster


def inside(cluster: Cluster, command: list[str]) -> list[str]:
    """Return `command` as it runs in the cluster's container; itself where its profile names none."""
    box = cluster.environment.container
    if box is None:
        return command
    if box.kind == "apptainer":
        mounts = [f"--bind={mount}" for mount in box.mounts]
        gpus = ["--nv"] if cluster.gpu is not None else []
        return ["apptainer", "exec", *gpus, *mounts, *box.options, box.image, *command]
    mounts = [f"--container-mounts={','.join(box.mounts)}"] if box.mounts else []
    return [
        "srun",
        "--overlap",
        "--nodes=1",
        "--ntasks=1",
        f"--container-image={box.image}",
        *mounts,
        *box.options,
        *command,
    ]
