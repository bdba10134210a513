"""Run generated code where it can reach nothing and where nothing of it stays.

Namespaces of the Linux kernel through util-linux: no network, its own process tree (which dies with its first
process, sandbox_init.py), an empty file system with read-only libraries and a small /tmp, limits on time,
memory, files and processes, no capabilities, no new namespaces. Model output is hostile input.

Memory: each process may map `memory_bytes`, and what all of them hold together is looked at every 20 ms and
may not exceed the same number; between two looks at most `processes` times as much. No right is needed for it.
A program runs in one process with the tests that follow it: one written against this very harness could claim
to have passed them. None of the walls depends on that.
"""

import contextlib
import json
import os
import resource
import secrets
import selectors
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import psutil

from harness.errors import HarnessError

_INIT = Path(__file__).with_name("sandbox_init.py")
_NAMESPACES = ["--mount", "--pid", "--net", "--ipc", "--uts"]
_GRACE_S = 60.0
"""For setting up and reporting, on a machine with much else to do; a program's own time is kept inside."""


@dataclass(frozen=True)
class Limits:
    """What one program may use for one case."""

    seconds: float = 10.0
    """Of processor time, which a busy machine does not shorten, for each process; rounded up."""
    memory_bytes: int = 1 << 30
    file_bytes: int = 16 << 20
    processes: int = 32
    output_bytes: int = 4 << 20

    @property
    def wall_seconds(self) -> float:
        """Time after which also a program that sleeps is ended."""
        return self.seconds + min(9 * self.seconds, 60.0)


@dataclass(frozen=True)
class Case:
    """One run of a program."""

    stdin: str = ""
    then: str = ""
    """Python that runs after the program in its namespace, and may set `__value__` to something JSON can say."""


@dataclass(frozen=True)
class Outcome:
    """How one run of a program ended."""

    reason: Literal["passed", "failed", "timeout", "memory", "output"]
    """`passed`: the program, and what runs after it, came to its end in time."""
    value: Any
    stdout: str
    stderr: str
    """The end of it."""

    @property
    def passed(self) -> bool:
        """Whether it came to its end."""
        return self.reason == "passed"


_LOST = Outcome("failed", None, "", "no report that can be read")
"""The kernel ran out of memory, say: what a program brings about is never an error of the harness."""


def run_python(program: str, case: Case = Case(), limits: Limits = Limits()) -> Outcome:
    """Run a Python program once in a sandbox of its own and return how it ended.

    Raises HarnessError when this machine has no sandbox: code is then not run at all.
    """
    with closing(run_cases([program], [case], limits)) as outcomes:
        return next(outcomes)


def run_cases(
    sources: Sequence[str], cases: Sequence[Case], limits: Limits = Limits(), name: str = "__main__"
) -> Generator[Outcome, None, None]:
    """Yield how a program ends in each case, all in one sandbox; closing the iterator ends the sandbox.

    `sources` run one after the other in one namespace, as the module `name`. Every case is a new process: only
    files in /tmp outlive one.
    Raises HarnessError when this machine has no sandbox: code is then not run at all.
    """
    check_available()
    return _run(sources, cases, limits, name)


@cache
def check_available() -> None:
    """Raise HarnessError when programs cannot be run in a sandbox here, saying why."""
    with closing(_run(["print('ready')"], [Case()], Limits(), "__main__")) as outcomes:
        found = next(outcomes)
    if not found.passed:
        raise _unavailable(found.stderr)


def _run(
    sources: Sequence[str], cases: Sequence[Case], limits: Limits, name: str
) -> Generator[Outcome, None, None]:
    with (
        tempfile.TemporaryDirectory(prefix="sandbox-") as scratch,
        Path(scratch, "job.json").open("w+", encoding="utf-8") as job,
        Path(scratch, "errors.txt").open("w+", encoding="utf-8") as errors,
    ):
        json.dump({"sources": sources, "cases": [asdict(c) for c in cases], "name": name} | _world(limits), job)
        job.seek(0)
        process = subprocess.Popen(
            _command(scratch), stdin=job, stdout=subprocess.PIPE, stderr=errors, cwd="/", env=_ENVIRONMENT,
            start_new_session=True,
        )  # fmt: skip
        try:
            lines = _lines(process, limits.wall_seconds + _GRACE_S)
            if next(lines, None) is None:
                process.wait()
                errors.seek(0)
                raise _unavailable(errors.read()[-2000:])
            for _ in cases:
                yield _outcome(next(lines, None))
        finally:
            _end(process)


def _outcome(line: bytes | None) -> Outcome:
    try:
        return _LOST if line is None else Outcome(**json.loads(line))
    except RecursionError:  # a value nested without end
        return _LOST


def _lines(process: "subprocess.Popen[bytes]", patience: float) -> Iterator[bytes]:
    """Yield what the first process reports, until it ends or says nothing for `patience` seconds."""
    assert process.stdout is not None
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        deadline = time.monotonic() + patience
        while selector.select(max(0.0, deadline - time.monotonic())):
            chunk = os.read(process.stdout.fileno(), 1 << 20)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                yield line
                deadline = time.monotonic() + patience


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill the first process of the namespace, and with it all others; unshare reaps it and ends."""
    with contextlib.suppress(psutil.Error):
        for child in psutil.Process(process.pid).children():
            child.kill()
    try:
        process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    if process.stdout is not None:
        process.stdout.close()


_ENVIRONMENT = {
    "HOME": "/tmp",
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "PYTHONHASHSEED": "0",
    "MPLBACKEND": "agg",
    # A thread per core would only reserve memory.
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
}
"""The whole environment of a program."""


def _command(scratch: str) -> list[str]:
    tools = {name: shutil.which(name) for name in ("unshare", "setpriv")}
    missing = [name for name, path in tools.items() if path is None]
    if missing:
        raise _unavailable(f"no `{missing[0]}` command")
    # The kernel ends unshare when we die, however we die, and with it the whole PID namespace.
    guarded = [str(tools["setpriv"]), "--pdeathsig", "KILL", "--", str(tools["unshare"]), *_NAMESPACES]
    # Root needs no user namespace to set up the others.
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    python = [str(Path(sys.executable).resolve()), "-S", "-s", "-P", "-B", str(_INIT), scratch]
    return [*guarded, *user, "--fork", "--kill-child=SIGKILL", "--", *python]


def _world(limits: Limits) -> dict[str, Any]:
    """Return what the first process has to know of this machine and of the limits."""
    packages = sorted({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    libraries = {str(Path(folder).resolve()) for folder in (sys.base_prefix, *packages)}
    # A root that is root outside too could write to /proc/sys; a user of its own, so that programs that run at
    # the same time do not share a number of processes.
    uid = 1_000_000_000 + secrets.randbelow(1_000_000_000) if os.geteuid() == 0 else 0
    return asdict(limits) | {
        "wall_seconds": limits.wall_seconds,
        "libraries": sorted(folder for folder in libraries if not folder.startswith("/usr")),
        "packages": [str(Path(folder).resolve()) for folder in packages],
        "uid": uid,
    }


def _unavailable(why: str) -> HarnessError:
    limit = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    return HarnessError(
        expected="a sandbox for generated code (user namespaces of the kernel, util-linux)",
        found=" ".join(why.split())[-300:],
        where=f"uid {os.getuid()}, process limit {limit}",
        fix="as root: sysctl -w user.max_user_namespaces=10000 (and kernel.unprivileged_userns_clone=1 on older "
        "Debian); or run suites without code tasks. Code is never run outside the sandbox",
    )
