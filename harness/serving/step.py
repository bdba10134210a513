"""A server on other nodes, or on several, as one guarded process: a job step of Slurm, and a line to each node."""

import contextlib
import json
import math
import secrets
import socket
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from harness.machine.allocation import cpus_per_node
from harness.machine.guardian import HURRY
from harness.machine.processes import GuardedProcess, Work
from harness.records.model import MultiNode
from harness.serving.command import step
from harness.serving.lifeline import KEY, keep_alive

LOST = 137
"""Exit code of a step that has lost a node, as of a process that was killed."""
_ENDING_SECONDS = 3.0
"""A step one of whose ranks has ended takes a moment to end by itself; then its exit code says more."""
_HELLO_SECONDS = 10.0
_POLL_SECONDS = 0.05


class Part(NamedTuple):
    """Where a step runs, and what its ranks are told."""

    hosts: Sequence[str]
    key: str
    """What the client, the ranks and the server know, and nobody else."""
    env: Mapping[str, str]
    """Set on the nodes after Slurm has set its own."""
    port: int | None
    """Of the API; None takes a free one."""
    backend: MultiNode


class Rank(NamedTuple):
    """One node's part of a server, as it said when it joined."""

    host: str
    address: str
    api: int
    """Port for the API, should this be rank 0."""
    meeting: int
    """Port at which rank 0 meets the others."""


class Step(GuardedProcess):
    """A command on every node of a job step, with all its descendants there; it ends when we end."""

    def __init__(self, command: Sequence[str], log: Path, env: Mapping[str, str], part: Part) -> None:
        """Start the step; the output of all its ranks goes to the file `log`."""
        self._part = part
        self._lock = threading.Lock()
        self._lines: dict[int, socket.socket] = {}
        self._ranks: dict[int, Rank] = {}
        self._work: dict[int, Work] = {}
        self._lost_at = math.inf
        self._listener = socket.create_server(("", 0), backlog=len(part.hosts))
        line = int(self._listener.getsockname()[1])
        self.command = [*step(part.hosts, cpus_per_node(), line, part.env, part.port, part.backend), *command]
        super().__init__(self.command, log, {**env, KEY: part.key})
        threading.Thread(target=self._admit, daemon=True).start()

    @property
    def url(self) -> str:
        """Base address of the server; empty until all ranks have joined."""
        with self._lock:
            if len(self._ranks) < len(self._part.hosts):
                return ""
            first = self._ranks[0]
        return f"http://{first.address}:{first.api}"

    def _admit(self) -> None:
        """Take the calls of the ranks; one that comes too late, or does not know the key, is not answered."""
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                line, _ = self._listener.accept()
                threading.Thread(target=self._keep, args=(line,), daemon=True).start()

    def _keep(self, line: socket.socket) -> None:
        """Hear one rank from its first word to its last."""
        with line, line.makefile("rb") as words:
            try:
                line.settimeout(_HELLO_SECONDS)
                hello = json.loads(words.readline(10_000))
                if not secrets.compare_digest(hello.pop("key"), self._part.key):
                    return
                rank, said = int(hello.pop("rank")), Rank(**hello)
            except (OSError, ValueError, KeyError, TypeError):
                return  # not one of ours
            line.settimeout(None)
            keep_alive(line)
            patience = _ENDING_SECONDS
            try:
                self._join(rank, said, line)
                for word in words:
                    self._work[rank] = Work(**json.loads(word))
            except OSError:
                patience = 0.0  # silent, or gone with its node
            self._lost_at = min(self._lost_at, time.monotonic() + patience)
            with self._lock:
                self._lines.pop(rank, None)

    def _join(self, rank: int, said: Rank, line: socket.socket) -> None:
        """Note a rank; the last one completes the server, and all are told where the first is."""
        with self._lock:
            self._ranks[rank], self._lines[rank] = said, line
            if len(self._ranks) == len(self._part.hosts):
                first = json.dumps(self._ranks[0]._asdict()).encode() + b"\n"
                for one in self._lines.values():
                    one.sendall(first)

    def exit_code(self) -> int | None:
        """Return the exit code, or None while it runs; a step that lost one of its nodes has ended."""
        code = super().exit_code()
        return LOST if code is None and time.monotonic() > self._lost_at else code

    def cpu_seconds(self) -> float:
        """Return the processor time that all ranks have used so far."""
        return sum(work.cpu_seconds for work in self._work.values())

    def any_stopped(self) -> bool:
        """Return whether a process of a rank was stopped (SIGSTOP)."""
        return any(work.stopped for work in self._work.values())

    def stop(self, grace: float = 15.0, *, hurry: bool = False) -> None:
        """End all ranks and wait until the step is gone; `hurry` hardly waits for them to end by themselves."""
        with contextlib.suppress(OSError):  # a second stop
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for line in self._lines.values():
                with contextlib.suppress(OSError):  # it has ended
                    if hurry:
                        line.sendall(HURRY)
                    line.shutdown(socket.SHUT_WR)
        # A rank hangs up once all that it started is gone, also when the step it belongs to was killed.
        deadline = time.monotonic() + grace
        while self._lines and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS)
        super().stop(grace, hurry=hurry)
