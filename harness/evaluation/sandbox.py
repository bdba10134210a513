"""Run generated code where it can reach nothing and where nothing of it stays.

Namespaces of the Linux kernel through util-linux: no network, its own process tree (which dies with its
first process), an empty file system with read-only libraries and a small /tmp, limits on time, memory,
files and processes, no capabilities. Model output is hostile input.
"""

import contextlib
import os
import resource
import selectors
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import psutil

from harness.errors import HarnessError

_SCRIPT = Path(__file__).with_name("sandbox.sh")
_NAMESPACES = ["--mount", "--pid", "--net", "--ipc", "--uts"]
_NOBODY = 65534
_OUTPUT_BYTES = 64 * 1024


@dataclass(frozen=True)
class Limits:
    """What one program may use."""

    seconds: float = 10.0
    memory_bytes: int = 1 << 30
    file_bytes: int = 16 << 20
    processes: int = 32


@dataclass(frozen=True)
class Outcome:
    """How a program ended."""

    passed: bool
    """It ended by itself, in time, with exit code 0."""
    reason: str
    """`passed`, `failed`, `timeout` or `output`."""
    output: str
    """The end of what it printed, both streams."""


def run_python(program: str, limits: Limits = Limits()) -> Outcome:
    """Run a Python program in the sandbox and return how it ended.

    Raises HarnessError when this machine has no sandbox: code is then not run at all.
    """
    check_available()
    return _run(program, limits)


@cache
def check_available() -> None:
    """Raise HarnessError when programs cannot be run in a sandbox here, saying why."""
    found = _run("print('ready')", Limits())
    if not found.passed:
        raise _unavailable(found.output)


def _run(program: str, limits: Limits) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="sandbox-") as scratch:
        Path(scratch, "program.py").write_text(program, encoding="utf-8", errors="replace")
        process = subprocess.Popen(
            [*_command(), *_arguments(scratch, limits)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd=scratch,
            start_new_session=True,
        )
        try:
            output, reason = _collect(process, limits.seconds)
        finally:
            _end(process)
            if process.stdout is not None:
                process.stdout.close()
        text = output[-2000:].decode(errors="replace")
        if not Path(scratch, "ready").exists():
            raise _unavailable(text)
    if reason == "ended":
        reason = "passed" if process.returncode == 0 else "failed"
    return Outcome(passed=reason == "passed", reason=reason, output=text)


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


def _command() -> list[str]:
    tool = shutil.which("unshare")
    if tool is None:
        raise _unavailable("no `unshare` command")
    # The kernel ends unshare when we die, however we die, and with it the whole PID namespace.
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    guarded = ["setpriv", "--pdeathsig", "KILL", "--", tool, *user, *_NAMESPACES]
    return [*guarded, "--fork", "--kill-child=SIGKILL", "--", "/bin/sh", str(_SCRIPT)]


def _arguments(scratch: str, limits: Limits) -> list[str]:
    python = Path(sys.executable).resolve()
    libraries = [str(Path(sys.base_prefix).resolve())]
    outside_usr = [folder for folder in libraries if not folder.startswith("/usr")]
    numbers = [limits.memory_bytes, int(limits.seconds) + 1, limits.file_bytes, limits.processes]
    # Root needs no user namespace to set up the others, and its programs run as nobody: a root that is root
    # outside too could write to /proc/sys.
    nobody = f"--reuid={_NOBODY} --regid={_NOBODY} --clear-groups" if os.geteuid() == 0 else ""
    return [scratch, *map(str, numbers), str(python), nobody, *outside_usr]


def _collect(process: "subprocess.Popen[bytes]", seconds: float) -> tuple[bytes, str]:
    """Read the output until the program ends, runs out of time or prints without end."""
    assert process.stdout is not None
    deadline = time.monotonic() + seconds
    output = b""
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while (left := deadline - time.monotonic()) > 0:
            if not selector.select(left):
                break
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            if not chunk:
                try:
                    process.wait(max(0.0, deadline - time.monotonic()))
                except subprocess.TimeoutExpired:
                    break
                return output, "ended"
            output += chunk
            if len(output) > _OUTPUT_BYTES:
                return output, "output"
    return output, "timeout"


def _unavailable(why: str) -> HarnessError:
    limit = resource.getrlimit(resource.RLIMIT_NPROC)[0]
    return HarnessError(
        expected="a sandbox for generated code (user namespaces of the kernel, util-linux)",
        found=" ".join(why.split())[:300],
        where=f"uid {os.getuid()}, process limit {limit}",
        fix="as root: sysctl -w user.max_user_namespaces=10000 (and kernel.unprivileged_userns_clone=1 on older "
        "Debian); or run suites without code tasks. Code is never run outside the sandbox",
    )
