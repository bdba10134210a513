"""The driver is a program on PATH; these stand in for it, as real executables."""

import pytest

from harness.facts.memory import GPUS, gpu_like
from harness.machine.devices import device_kind, nvidia, nvidia_gpus


@pytest.fixture
def smi(tmp_path, monkeypatch):
    """Put an nvidia-smi on PATH that runs these lines of shell."""

    def put(script: str) -> None:
        path = tmp_path / "nvidia-smi"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)

    return put


TWO = 'echo "NVIDIA H100 80GB HBM3, 81559, 580.65.06"; echo "NVIDIA L40S, 46068, 580.65.06"'


def test_gpus_are_those_that_the_driver_shows(smi):
    smi(TWO)
    first, second = nvidia().gpus
    assert (first.name, first.memory_bytes, first.driver) == ("NVIDIA H100 80GB HBM3", 81559 * 2**20, "580.65.06")
    assert second.name == "NVIDIA L40S"
    assert device_kind("cuda") == "NVIDIA H100 80GB HBM3, NVIDIA L40S"


def test_gpus_that_were_not_given_to_us_do_not_count(smi, monkeypatch):
    smi(TWO)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    assert nvidia_gpus() == ["NVIDIA L40S"]
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "GPU-8a56a4bc")
    assert len(nvidia_gpus()) == 2


def test_a_driver_that_does_not_answer_is_quoted(smi):
    smi('echo "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver."; exit 9')
    assert nvidia().gpus == []
    assert "has failed" in str(nvidia().problem)
    assert device_kind("cuda") == "cuda"


@pytest.mark.parametrize(
    ("name", "mebibytes", "key"),
    [
        ("NVIDIA H100 80GB HBM3", 81559, "h100_80gb"),
        ("NVIDIA A100-SXM4-40GB", 40960, "a100_40gb"),
        ("NVIDIA A100 80GB PCIe", 81920, "a100_80gb"),
        ("NVIDIA H200", 143771, "h200_141gb"),
        ("NVIDIA B200", 183359, "b200_180gb"),
        ("NVIDIA GeForce RTX 4090", 24564, "rtx_4090_24gb"),
        ("NVIDIA RTX A6000", 49140, "l40s_48gb"),
        ("NVIDIA GH200 480GB", 97871, "a100_80gb"),
        ("Tesla T4", 15360, None),
    ],
)
def test_a_gpu_is_reckoned_as_its_kind_or_as_one_that_holds_no_more(name, mebibytes, key):
    assert gpu_like(name, mebibytes * 2**20) == key
    assert key is None or GPUS[key] <= mebibytes * 2**20
