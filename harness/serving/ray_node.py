"""One node of a Ray cluster that lives as long as the server on it, for vLLM's Ray backend.

`python -m harness.serving.ray_node HEAD [--nodes N -- COMMAND …]`, where HEAD is the address of the first node
with the port that it shall listen on. That node is the one with a command: it starts the cluster's head, waits
until N nodes have joined and runs the command. All others join, and stay. Ray is no dependency of ours.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress

from harness.machine.guardian import adopt_orphans, kill_descendants
from harness.machine.ports import free_port
from harness.serving.command import check_ray
from harness.serving.lifeline import KEY

_POLL_SECONDS = 0.5
_ENDING_SECONDS = 8.0
_JOINED = """
import sys, time, ray
ray.init(address=sys.argv[1], log_to_driver=False)
while (joined := sum(bool(node["Alive"]) for node in ray.nodes())) < int(sys.argv[2]):
    print(f"{joined} of {sys.argv[2]} nodes have joined", flush=True)
    time.sleep(0.5)
"""
"""Waits until the cluster at an address has so many nodes; a process of its own, as Ray takes over signals."""


def start_command(head: str, here: str, folder: str, *, first: bool) -> list[str]:
    """Return the command of this node's part of Ray, with no fixed port: a node may have several."""
    start = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--disable-usage-stats"]
    start += [f"--node-ip-address={here}", f"--temp-dir={folder}", "--min-worker-port=0", "--max-worker-port=0"]
    start += [f"--dashboard-agent-listen-port={free_port()}"]
    if not first:
        return [*start, f"--address={head}"]
    client = f"--ray-client-server-port={free_port()}"
    return [*start, "--head", f"--port={head.rpartition(':')[2]}", "--include-dashboard=false", client]


def wait_until_open(head: str, ray: "subprocess.Popen[bytes] | None" = None) -> None:
    """Wait until somebody listens at `head`; raises SystemExit when `ray`, who should, has ended."""
    host, _, port = head.rpartition(":")
    while True:
        if ray is not None and ray.poll() is not None:
            sys.exit(f"Ray's head ended with code {ray.returncode}")
        try:
            socket.create_connection((host, int(port)), timeout=5).close()
            return
        except OSError:
            time.sleep(_POLL_SECONDS)


def main(argv: Sequence[str]) -> int:
    """Be a node until the command ends, or Ray does; return its exit code."""
    split = argv.index("--") if "--" in argv else len(argv)
    parser = argparse.ArgumentParser()
    parser.add_argument("head")
    parser.add_argument("--nodes", type=int, default=1)
    given, command = parser.parse_args(argv[:split]), list(argv[split + 1 :])
    check_ray()
    # Ray's nodes trust everybody who reaches them, unless they share a secret.
    os.environ.update(RAY_AUTH_MODE="token", RAY_AUTH_TOKEN=os.environ[KEY], RAY_ADDRESS=given.head)
    adopt_orphans()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    # Not in TMPDIR: Ray's sockets are below it, whose paths may have no more than 107 characters.
    folder = tempfile.mkdtemp(prefix="ray-", dir="/tmp")
    started: list[subprocess.Popen[bytes]] = []
    try:
        if not command:
            wait_until_open(given.head)
        start = start_command(given.head, os.environ["VLLM_HOST_IP"], folder, first=bool(command))
        started.append(subprocess.Popen(start))
        if command:
            wait_until_open(given.head, started[0])
            subprocess.run([sys.executable, "-c", _JOINED, given.head, str(given.nodes)], check=True)
            started.append(subprocess.Popen(command))
        while all(process.poll() is None for process in started):
            time.sleep(_POLL_SECONDS)
        return next(code for process in reversed(started) if (code := process.poll()) is not None)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)  # told twice, we would leave the rest undone
        if len(started) == 2:  # the command may have something to finish, Ray has not
            started[1].terminate()
            with suppress(subprocess.TimeoutExpired):
                started[1].wait(_ENDING_SECONDS)
        kill_descendants()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
