"""Why a server does not work, from its log and its exit code; a pure function.

The patterns are the words of vLLM 0.32, torch 2.13, transformers 5.19 and huggingface_hub 1.x, from their sources
and from real failures (tests/golden/engine_logs/).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from harness.records import Model

Kind = Literal[
    "gpu_memory",
    "kv_cache",
    "host_memory",
    "killed",
    "port",
    "kernel",
    "architecture",
    "transformers",
    "remote_code",
    "weights",
    "disk",
    "arguments",
    "network",
    "unknown",
]
TRANSIENT: frozenset[Kind] = frozenset({"killed", "port", "network"})
"""What may be gone at the next start, even for a server that has never been well."""


@dataclass(frozen=True)
class Failure:
    """The cause of a failure as far as it is known."""

    kind: Kind
    says: str
    """The cause in a few words; empty when it is unknown."""
    line: str
    """The decisive line of the log; empty when there is none."""
    fix: str
    """The next command, or the override that mends it."""
    restart: bool
    """Whether the same command may work when it is started again."""


@dataclass(frozen=True)
class _Rule:
    kind: Kind
    says: str
    pattern: re.Pattern[str]
    fix: Callable[[Model, re.Match[str]], str]


def _rule(kind: Kind, says: str, pattern: str, fix: str | Callable[[Model, re.Match[str]], str]) -> _Rule:
    return _Rule(kind, says, re.compile(pattern), fix if callable(fix) else lambda *_: fix)


def _shorter(_: Model, found: re.Match[str]) -> str:
    context = f"model.context={found['most']}" if found["most"] else "a smaller model.context="
    return (
        f"{context}, or more memory for the cache: serving.args.gpu-memory-utilization=0.95 on GPUs, "
        "serving.env.VLLM_CPU_KVCACHE_SPACE='4' (GiB) on the processor; harness fit counts it beforehand"
    )


def _context(_: Model, found: re.Match[str]) -> str:
    return f"model.context={found['most']}"


def _install(model: Model, _: re.Match[str]) -> str:
    needed = model.requires
    if needed is not None and needed.install is not None:
        return needed.install
    if needed is not None and needed.vllm is not None:
        return f"pip install 'vllm{needed.vllm}'"
    return f"a vLLM that has it: requires in configs/model/{model.id}.yaml; harness doctor model={model.id}"


def _newer_transformers(model: Model, found: re.Match[str]) -> str:
    if model.requires is not None and model.requires.install is not None:
        return model.requires.install
    return "pip install --upgrade transformers, or the fork or plugin that the model's card names"


def _fits(model: Model, _: re.Match[str]) -> str:
    return (
        f"harness fit model={model.id} gpu=… names a layout that holds it (serving.args.tensor-parallel-size=…); "
        "or end what else uses the GPU (nvidia-smi), or serving.args.gpu-memory-utilization=0.8"
    )


_LOGIN = "ask for access on the model's page, then hf auth login, or set HF_TOKEN"
_FREE = (
    "df -h shows what is full: free it, or set HF_HOME, VLLM_CACHE_ROOT and TMPDIR to a larger disk; "
    "then the same command continues"
)
_ARGUMENTS = "mend serving.args and model.args; harness serve-command shows the whole command"
_KERNEL = (
    "another dtype, cache type or attention backend (serving.args.attention-backend=…), or another kind of machine"
)
_ENDED = "somebody killed it, or this machine ran out of memory (dmesg shows that); the same command continues"
RULES = (
    _rule("disk", "the disk is full", r"No space left on device|\[Errno 28\]|os error 28\b", _FREE),
    _rule(
        "port",
        "its port is taken",
        r"\[Errno 98\] .*|EADDRINUSE|(?i:error.*address already in use)",
        "serving.port=null takes a free one",
    ),
    _rule(
        "arguments",
        "the context is longer than the model's own",
        r"User-specified max_model_len \(\d+\) is greater than the derived max_model_len \(\w+=(?P<most>\d+)",
        _context,
    ),
    _rule(
        "kv_cache",
        "the cache does not hold one request of the full context",
        r"To serve at least one request with the model's max seq len"
        r"(?:.*estimated maximum model length is (?P<most>\d+))?",
        _shorter,
    ),
    _rule(
        "kv_cache",
        "no memory is left for the cache",
        r"No available memory for the cache blocks(?P<most>)",
        _shorter,
    ),
    _rule(
        "gpu_memory",
        "out of memory on the GPU",
        r"CUDA out of memory|not enough GPU memory|CUDA error: out of memory|Free memory on device .* is less than"
        r"|OutOfMemoryError",
        _fits,
    ),
    _rule(
        "host_memory",
        "this machine has too little memory",
        r"Available memory on node .*less than|DefaultCPUAllocator: can't allocate memory|\bMemoryError\b"
        r"|Cannot allocate memory|\[Errno 12\]",
        "free memory, serving.args.gpu-memory-utilization=0.5 or a smaller serving.env.VLLM_CPU_KVCACHE_SPACE "
        "(processor), or fewer serving.replicas",
    ),
    _rule(
        "remote_code",
        "it brings code of its own",
        r"requires you to execute|consider setting .trust_remote_code=True",
        "read that code, pin the revision, then model.trust_remote_code=true",
    ),
    _rule(
        "transformers",
        "transformers does not know this model type",
        r"but Transformers does not recognize this architecture",
        _newer_transformers,
    ),
    _rule(
        "architecture",
        "this vLLM does not have the architecture",
        r"Model architectures? .*(?:not supported for now|is not supported|not supported in-tree|failed to be)"
        r"|Cannot find model module|implementation of .* is not compatible with vLLM"
        r"|No model architectures are specified",
        _install,
    ),
    _rule(
        "kernel",
        "no kernel for this model on this machine",
        r"head_size not supported|dtype not supported|compute capability not supported|No valid attention backend"
        r"|is not valid for this configuration|not supported by MLA|[Hh]ead size \d+ is not supported"
        r"|no kernel image is available|quantization is currently not supported|Minimum capability"
        r"|_C::\w+\(\) expected at most 0 argument|Failed core proc\(s\): \{[^}]*: -4\b",
        _KERNEL,
    ),
    _rule(
        "weights",
        "the weights may not be read without access",
        r"GatedRepoError|gated repo|403 Forbidden|401 Client Error|Invalid credentials in Authorization header",
        _LOGIN,
    ),
    _rule(
        "weights",
        "the weights are not there",
        r"RepositoryNotFoundError|RevisionNotFoundError|EntryNotFoundError|OfflineModeIsEnabled"
        r"|Cannot find any model weights|Cannot find an appropriate cached snapshot|Repo id must be in the form"
        r"|couldn't find them in the cached files|is not a local folder|404 Client Error",
        "fetch them again on a machine with a network: harness doctor names what is missing",
    ),
    _rule(
        "weights",
        "a file of the weights is broken",
        r"SafetensorError|Error while deserializing header|InvalidHeader|PytorchStreamReader failed",
        "remove the broken file from the cache and run the same command again",
    ),
    _rule(
        "arguments",
        "vLLM does not take the arguments",
        r"api_server\.py: error: .*|argument .*: (?:invalid|expected)|Unknown quantization method"
        r"|World size \(\d+\) is larger than|must be divisible by tensor parallel size",
        _ARGUMENTS,
    ),
    _rule(
        "network",
        "the parts of the server do not reach each other",
        r"NCCL [Ee]rror|DistBackendError|DistNetworkError|client socket has timed out"
        r"|collective operation timeout",
        "the same command again; NCCL_DEBUG=INFO in serving.env shows more, NCCL_SOCKET_IFNAME names the network",
    ),
    _rule(
        "killed",
        "a part of it was killed",
        r"proc \S+ died unexpectedly|Failed core proc\(s\): \{[^}]*: -9\b"
        r"|srun: error: .*task.* \S+: (?:Killed|Exited with exit code 137)",
        _ENDED,
    ),
)
_PREFIX = re.compile(r"^(?:\([^)]*\) )?(?:(?:ERROR|CRITICAL|WARNING|INFO) \S+ \S+ \[[^\]]*\] ?)?")
_QUIET = re.compile(r"^(?:\([^)]*\) )?(?:INFO|WARNING|DEBUG) ")
_CODE = re.compile(r" {4}|  File ")
"""A line of a traceback that quotes source code."""
_ERROR = re.compile(r"\b\w*(?:Error|Exception|Interrupt): \S")
_EFFECTS = re.compile(
    r"See root cause|See stack trace for root cause|EngineDeadError|RuntimeError: cancelled|CancelledError"
)
"""What the other parts of a server say when one of them ends."""


def classify(log: str, code: int | None, model: Model, *, worked: bool) -> Failure:
    """Return the cause of a server's failure: `code` as a shell gives it, None while the process lives.

    `worked` says that it had been well: what it was started with is right then, and a new start may help
    whatever happened, but for a full disk.
    """
    lines = [line for line in log.splitlines() if not _QUIET.match(line)]
    lines = [line for line in (_PREFIX.sub("", line) for line in lines) if not _CODE.match(line)]
    for rule in RULES:
        for line in lines:
            if found := rule.pattern.search(line):
                restart = rule.kind in TRANSIENT or (worked and rule.kind != "disk")
                return Failure(rule.kind, rule.says, line.strip()[:500], rule.fix(model, found), restart)
    # The first error that is no mere effect of another.
    line = next((line for line in lines if _ERROR.search(line) and not _EFFECTS.search(line)), "").strip()[:500]
    if code is not None and not line:
        return Failure("killed", "a part of it ended without a word", "", _ENDED, True)
    fix = "see the engine's last lines; what was answered is kept, the same command continues"
    return Failure("unknown", "", line, fix, worked)
