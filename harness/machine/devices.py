"""Which devices this machine has."""

import os
import shutil
import subprocess
from dataclasses import dataclass, field

_QUERY = ["--query-gpu=name,memory.total,driver_version", "--format=csv,noheader,nounits"]


@dataclass(frozen=True)
class Gpu:
    """One GPU as its driver describes it."""

    name: str
    memory_bytes: int
    driver: str
    """Version of the driver."""


@dataclass(frozen=True)
class Nvidia:
    """What the NVIDIA driver shows."""

    gpus: list[Gpu] = field(default_factory=list)
    problem: str | None = None
    """The driver's own words where it is installed and does not answer."""


def nvidia() -> Nvidia:
    """Return the GPUs that a program may use here: those of CUDA_VISIBLE_DEVICES where it gives numbers."""
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Nvidia()
    done = subprocess.run([tool, *_QUERY], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stdout.strip() or done.stderr.strip() or f"exit code {done.returncode}").splitlines()
        return Nvidia(problem=" ".join(line.strip() for line in said))
    gpus = [_gpu(line) for line in done.stdout.splitlines() if line.strip()]
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is not None and all(part.strip().isdigit() for part in allowed.split(",")):
        numbers = {int(part) for part in allowed.split(",")}
        gpus = [gpu for number, gpu in enumerate(gpus) if number in numbers]
    return Nvidia(gpus)


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
    """Return the name of every NVIDIA GPU that may be used; none without a driver."""
    return [gpu.name for gpu in nvidia().gpus]


def device_kind(device: str) -> str:
    """Return what a run's identity calls the device: the GPU's name for `cuda`, else the device as configured."""
    kinds = sorted(set(nvidia_gpus())) if device == "cuda" else []
    return ", ".join(kinds) or device


def _gpu(line: str) -> Gpu:
    """Read `name, MiB, driver`; a GPU that shares its memory with the processor shows no number."""
    name, memory, driver = (part.strip() for part in line.rsplit(",", 2))
    return Gpu(name, int(memory) * 2**20 if memory.isdigit() else 0, driver)
