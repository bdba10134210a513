"""Which devices this machine has."""

import os
import shutil
import subprocess


def cores() -> list[int]:
    """Return the processor cores that this process may use."""
    return sorted(os.sched_getaffinity(0))


def visible_gpus() -> list[str]:
    """Return the GPUs that a server may be given, as CUDA_VISIBLE_DEVICES names them.

    A scheduler that gave us some of them has set that variable; else all that the driver shows.
    """
    given = os.environ.get("CUDA_VISIBLE_DEVICES")
    if given is not None:
        return [name.strip() for name in given.split(",") if name.strip()]
    return [str(number) for number in range(len(nvidia_gpus()))]


def nvidia_gpus() -> list[str]:
    """Return the name of every NVIDIA GPU that the driver shows; none without a driver."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return []
    command = [tool, "--query-gpu=name", "--format=csv,noheader"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return [line.strip() for line in done.stdout.splitlines() if line.strip()] if done.returncode == 0 else []


def device_kind(device: str) -> str:
    """Return what a run's identity calls the device: the GPU's name for `cuda`, else the device as configured."""
    kinds = sorted(set(nvidia_gpus())) if device == "cuda" else []
    return ", ".join(kinds) or device
