"""Which devices this machine has."""

import shutil
import subprocess


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
