"""Causes of failures, read from real logs of the engine and from lines as its sources format them."""

from pathlib import Path

import pytest

from harness.config.settings import load_models, load_settings, project
from harness.serving.failures import Failure, classify

LOGS = Path(__file__).parents[1] / "golden" / "engine_logs"
MODEL = load_settings().model
REAL = {
    "bad_value": ("arguments", "invalid human_readable_int_or_auto value", "harness serve-command"),
    "cache_too_small": ("kv_cache", "max seq len (90000)", "model.context=46464"),
    "context_too_long": ("arguments", "max_model_len (9000000)", "model.context=8192"),
    "host_memory": ("host_memory", "(400.0 GiB)", "VLLM_CPU_KVCACHE_SPACE"),
    "killed_core_at_start": ("killed", "", "same command continues"),
    "killed_worker_at_start": ("killed", "", "same command continues"),
    "missing_kernel": ("kernel", "static_scaled_fp8_quant", "another dtype"),
    "no_memory_for_cache": ("kv_cache", "No available memory", "gpu-memory-utilization"),
    "no_weights": ("weights", "Cannot find any model weights", "harness doctor"),
    "not_cached": ("weights", "outgoing traffic has been disabled", "harness doctor"),
    "parallel_size": ("arguments", "attention heads (9)", "serving.args"),
    "port": ("port", "Address already in use", "serving.port=null"),
    "torn_weights": ("weights", "SafetensorError", "remove the broken file"),
    "unknown_architecture": ("architecture", "VaetkiForCausalLM", "requires"),
    "unknown_argument": ("arguments", "unrecognized arguments: --no-such-flag", "harness serve-command"),
    "unknown_model_type": ("transformers", "model type `vaetki`", "pip install --upgrade transformers"),
}
FROM_SOURCES = {
    "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.": "gpu_memory",
    "ValueError: Free memory on device cuda:0 (10.2/79.1 GiB) on startup is less than desired": "gpu_memory",
    "RuntimeError: [enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory": (
        "host_memory"
    ),
    "ValueError: No valid attention backend found for cuda with AttentionSelectorConfig(head_size=20). Reasons": (
        "kernel"
    ),
    "ValueError: Head dimension 48 is not supported by MLA.": "kernel",
    "torch.AcceleratorError: CUDA error: no kernel image is available for execution on the device": "kernel",
    "ValueError: fp8 quantization is currently not supported in cpu.": "kernel",
    "huggingface_hub.errors.GatedRepoError: 403 Client Error.": "weights",
    "OSError: You are trying to access a gated repo.": "weights",
    "huggingface_hub.errors.RepositoryNotFoundError: 401 Client Error.": "weights",
    "OSError: [Errno 28] No space left on device: '/cache/model.safetensors'": "disk",
    "RuntimeError: NCCL error: unhandled system error (run with NCCL_DEBUG=INFO for details)": "network",
    "torch.distributed.DistNetworkError: The client socket has timed out after 600000ms while trying to connect": (
        "network"
    ),
    "(EngineCore pid=7) ERROR 11-22 10:07:35 [x.py:317] Worker proc VllmWorker-0 died unexpectedly "
    "(exit code: -9), shutting down executor.": "killed",
    "srun: error: n2: task 1: Exited with exit code 137": "killed",
    "RuntimeError: Loading this model requires you to execute custom code": "remote_code",
}


def read(log: str, code: int | None = 1, *, worked: bool = False, model=MODEL) -> Failure:
    return classify(log, code, model, worked=worked)


@pytest.mark.parametrize("name", sorted(path.stem for path in LOGS.glob("*.log")))
def test_a_real_log_names_its_cause_and_the_way_out(name):
    kind, line, fix = REAL[name]
    found = read((LOGS / f"{name}.log").read_text())
    assert found.kind == kind
    assert line in found.line
    assert fix in found.fix
    assert found.restart == (kind in {"killed", "port"})


@pytest.mark.parametrize("line", FROM_SOURCES, ids=lambda line: line[:40])
def test_a_line_as_the_sources_format_it_names_its_cause(line):
    log = f"(APIServer pid=1) INFO 11-22 10:00:00 [x.py:1] starting\n{line}\nRuntimeError: Engine core init\n"
    found = read(log)
    assert found.kind == FROM_SOURCES[line]
    assert found.line
    assert found.line in line


def test_what_the_engine_says_of_its_arguments_is_no_failure():
    log = "(APIServer pid=1) INFO 11-22 10:00:00 [x.py:286] non-default args: {'note': 'CUDA out of memory'}\n"
    assert read(log).kind == "killed"
    assert read(log, None).kind == "unknown"


def test_a_server_that_had_been_well_is_started_again_unless_the_disk_is_full():
    oom, full = "torch.OutOfMemoryError: CUDA out of memory.", "OSError: [Errno 28] No space left on device"
    assert (read(oom).restart, read(oom, worked=True).restart) == (False, True)
    assert (read(full).restart, read(full, worked=True).restart) == (False, False)


def test_an_error_that_nobody_knows_is_shown_and_not_tried_again_at_a_start():
    found = read(
        "RuntimeError: cancelled\nKeyError: 'model.layers.0.odd'\nException: See stack trace for root cause.\n"
    )
    assert (found.kind, found.line, found.restart) == ("unknown", "KeyError: 'model.layers.0.odd'", False)


def test_an_architecture_of_a_fork_names_what_installs_the_fork():
    solar = load_models(project().configs)["solar_open_100b"]
    log = "ValueError: Model architectures ['SolarOpenForCausalLM'] are not supported for now."
    assert solar.requires is not None
    assert read(log, model=solar).fix == solar.requires.install
