"""One node's part of a server: run by `srun` as one task per node, it starts vLLM there and ends with the client.

`python -m harness.serving.rank LINE [--backend ray] [--api-port N] [--env NAME=VALUE …] -- COMMAND …`, where LINE
is the port of the client, on the node that ran srun. A connection to it is this node's lifeline: it says where the
node is reached and how hard it works, brings the address of the first node, and when it closes or falls silent,
everything that was started here ends.
"""

import argparse
import json
import os
import socket
import sys
import threading
import time
from collections.abc import Sequence

from harness.machine import allocation
from harness.machine.guardian import guard
from harness.machine.ports import reserved_port
from harness.machine.processes import work_below
from harness.serving.command import of_rank
from harness.serving.lifeline import INTERFACE, KEY, REPORT_SECONDS, keep_alive

_CONNECT_SECONDS = 30.0


def main(argv: Sequence[str]) -> int:
    """Join the other ranks, start the command as this rank's and return its exit code."""
    split = argv.index("--")
    parser = argparse.ArgumentParser()
    parser.add_argument("line", type=int)
    parser.add_argument("--backend", choices=["native", "ray"], default="native")
    parser.add_argument("--api-port", type=int)
    parser.add_argument("--env", action="append", default=[])
    given, command = parser.parse_args(argv[:split]), list(argv[split + 1 :])
    rank, nodes = int(os.environ["SLURM_PROCID"]), int(os.environ["SLURM_NTASKS"])

    line = socket.create_connection((os.environ["SLURM_LAUNCH_NODE_IPADDR"], given.line), _CONNECT_SECONDS)
    line.settimeout(None)
    keep_alive(line)
    interface = os.environ.get(INTERFACE)
    here = allocation.address(interface) if interface else str(line.getsockname()[0])
    # Held until the server has them: nobody else is given these ports while it loads.
    api = reserved_port(given.api_port if rank == 0 else None, here)
    meeting = reserved_port(None, here)
    hello = {
        "key": os.environ[KEY],
        "rank": rank,
        "host": os.environ["SLURMD_NODENAME"],
        "address": here,
        "api": api.getsockname()[1],
        "meeting": meeting.getsockname()[1],
    }
    line.sendall(json.dumps(hello).encode() + b"\n")
    answer = line.makefile("rb", buffering=0).readline()
    if not answer:
        return 0  # the client ended before all ranks were there
    first = json.loads(answer)

    os.environ["VLLM_HOST_IP"] = here
    if (interface := interface or allocation.interface_of(here)) is not None:
        for name in ("GLOO_SOCKET_IFNAME", "NCCL_SOCKET_IFNAME"):
            os.environ.setdefault(name, interface)
    # Only now: Slurm itself sets CUDA_VISIBLE_DEVICES to all GPUs that the step may use.
    os.environ.update(pair.split("=", 1) for pair in given.env)
    if rank == 0:
        command += ["--host", here, "--port", str(hello["api"])]
    if given.backend == "ray":
        meeting.close()  # Ray's head asks for the port before it shares it
    command = of_rank(command, rank, nodes, first["address"], first["meeting"], given.backend)
    threading.Thread(target=_report, args=(line,), daemon=True).start()
    return guard(command, line.fileno())


def _report(line: socket.socket) -> None:
    """Tell the client again and again what this node's processes have worked."""
    while True:
        time.sleep(REPORT_SECONDS)
        work = work_below(os.getpid())
        try:
            line.sendall(json.dumps(work._asdict()).encode() + b"\n")
        except OSError:
            return  # the guard sees it too


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
