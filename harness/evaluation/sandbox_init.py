"""The first process of a sandbox: builds the empty world, then runs a program once per case and reports.

Started by sandbox.py in fresh namespaces, by Python alone: it imports nothing of the harness. Argument: the
scratch folder. Standard input: the job as JSON. Standard output: one JSON line when the world stands, then one
per case. As process 1 of its namespace it cannot be signalled from inside, and when it ends all others end.
Every import is paid at every start, so there are few.
"""
# ruff: noqa: PTH101, PTH102, PTH103, PTH110, PTH114, PTH115, PTH123, PTH208, PTH211, SIM115

import atexit
import contextlib
import ctypes
import json
import math
import os
import resource
import selectors
import signal
import site
import struct
import sys
import threading
import time
from types import ModuleType
from typing import Any, NoReturn

_LIBC = ctypes.CDLL(None, use_errno=True)
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REMOUNT, _MS_BIND = 1, 2, 4, 8, 32, 4096
_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS = 4, 22, 24, 38
_CAPABILITY_VERSION_3 = 0x20080522
_TICK_S = 0.02
_STDERR_TAIL = 2000
_REPORT_FD, _SPARE_FD = 3, 200

# Numbers of the forbidden system calls (asm/unistd.h): new namespaces, other processes' memory, kernel
# interfaces a program has no use for, and memory that belongs to no process and so escapes every limit on one.
_FORBIDDEN = {
    "x86_64": {
        "unshare": 272, "setns": 308, "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311,
        "memfd_create": 319, "memfd_secret": 447, "shmget": 29, "msgget": 68, "semget": 64, "mq_open": 240,
        "io_uring_setup": 425, "userfaultfd": 323, "bpf": 321, "perf_event_open": 298, "add_key": 248,
        "request_key": 249, "keyctl": 250,
    },
    "aarch64": {
        "unshare": 97, "setns": 268, "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271,
        "memfd_create": 279, "memfd_secret": 447, "shmget": 194, "msgget": 186, "semget": 190, "mq_open": 180,
        "io_uring_setup": 425, "userfaultfd": 282, "bpf": 280, "perf_event_open": 241, "add_key": 217,
        "request_key": 218, "keyctl": 219,
    },
}  # fmt: skip
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE3 = 435
_CLONE_NEW_ANY = 0x7E020000
_X32_BIT = 0x40000000
_EPERM, _ENOSYS = 1, 38


def main() -> None:
    """Build the sandbox, run every case of the job and report each."""
    with open(0, encoding="utf-8") as file:
        job = json.load(file)
    reports = os.dup(1)
    sys.path += job["packages"]
    site.setquit()
    _build(f"{sys.argv[1]}/root", job)
    _confine(job)
    _write(reports, {"ready": True})
    for case in job["cases"]:
        _write(reports, _run(job, case))


def _build(root: str, job: dict[str, Any]) -> None:
    """Make the file system an empty one: system libraries and Python read-only, /tmp of limited size."""
    with open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        file.write("1000")  # when memory runs out, the kernel ends this first
    os.umask(0o022)
    os.mkdir(root)
    longest = max(len(case["stdin"]) for case in job["cases"]) * 4
    size = f"size={job['file_bytes'] + longest},mode=755"
    _mount("sandbox", root, "tmpfs", _MS_NOSUID | _MS_NODEV, size)
    for folder in ("/usr", "/bin", "/sbin", "/lib", "/lib64", *job["libraries"]):
        if os.path.islink(folder):
            os.symlink(os.readlink(folder), root + folder)
        elif os.path.exists(folder):
            os.makedirs(root + folder, exist_ok=True)
            _mount(folder, root + folder, None, _MS_BIND)
            _mount(None, root + folder, None, _MS_REMOUNT | _MS_BIND | _MS_RDONLY | _MS_NOSUID | _MS_NODEV)
    os.mkdir(f"{root}/dev")
    for device in ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom"):
        os.close(os.open(root + device, os.O_CREAT))
        _mount(device, root + device, None, _MS_BIND)
    for link, target in {"fd": "fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2"}.items():
        os.symlink(f"/proc/self/{target}", f"{root}/dev/{link}")
    os.mkdir(f"{root}/tmp")
    os.chmod(f"{root}/tmp", 0o1777)
    os.mkdir(f"{root}/proc")
    _mount("proc", f"{root}/proc", "proc", _MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
    os.chroot(root)
    os.chdir("/tmp")


def _mount(source: str | None, target: str, kind: str | None, flags: int, options: str | None = None) -> None:
    words = [None if word is None else word.encode() for word in (source, target, kind, options)]
    status = _LIBC.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3])
    _check(status, f"mount {source} on {target}")


def _confine(job: dict[str, Any]) -> None:
    """Give up for this process and all its children what no program needs; nothing of it can be undone."""
    for capability in range(64):
        _LIBC.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    _check(_LIBC.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
    _check(_LIBC.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")
    rules = _filter(os.uname().machine)
    program = ctypes.create_string_buffer(rules, len(rules))
    pointer = struct.pack("HxxxxxxP", len(rules) // 8, ctypes.addressof(program))
    _check(_LIBC.prctl(_PR_SET_SECCOMP, 2, pointer, 0, 0), "seccomp")


def _filter(machine: str) -> bytes:
    """Return the seccomp filter (linux/filter.h: code, jump if true, jump if false, constant)."""
    forbidden = sorted(_FORBIDDEN[machine].values())

    def rule(code: int, yes: int, no: int, constant: int) -> bytes:
        return struct.pack("HBBI", code, yes, no, constant)

    load, equal, at_least, any_bit, give = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, refuse, absent = 0x7FFF0000, 0x00050000 | _EPERM, 0x00050000 | _ENOSYS
    rules = [rule(load, 0, 0, 4), rule(equal, 1, 0, _AUDIT_ARCH[machine]), rule(give, 0, 0, refuse)]
    rules += [rule(load, 0, 0, 0), rule(at_least, 0, 1, _X32_BIT), rule(give, 0, 0, refuse)]
    for number in forbidden:
        rules += [rule(equal, 0, 1, number), rule(give, 0, 0, refuse)]
    rules += [rule(equal, 0, 1, _CLONE3), rule(give, 0, 0, absent)]  # the C library then takes clone
    rules += [rule(equal, 1, 0, _CLONE[machine]), rule(give, 0, 0, allow)]
    rules += [rule(load, 0, 0, 16), rule(any_bit, 0, 1, _CLONE_NEW_ANY), rule(give, 0, 0, refuse)]
    return b"".join([*rules, rule(give, 0, 0, allow)])


def _check(status: int, what: str) -> None:
    if status != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)


def _run(job: dict[str, Any], case: dict[str, str]) -> dict[str, Any]:
    """Run one case in a process of its own and return how it ended; nothing of it lives on."""
    ends = {name: os.pipe() for name in ("stdout", "stderr", "report")}
    word = os.urandom(8).hex()
    pid = os.fork()
    if pid == 0:
        _become_program(job, case, {name: pair[1] for name, pair in ends.items()}, word)
    for _, write in ends.values():
        os.close(write)
    reason, got = _watch(job, pid, {name: pair[0] for name, pair in ends.items()})
    value = None
    if reason == "ended":
        reason = "failed"
        with contextlib.suppress(ValueError, TypeError, KeyError, RecursionError):
            report = json.loads(got["report"])
            if report["word"] == word:
                reason, value = "passed", report["value"]
    texts = {name: bytes(got[name]).decode(errors="replace") for name in ("stdout", "stderr")}
    return {"reason": reason, "value": value, **texts}


def _watch(job: dict[str, Any], pid: int, ends: dict[str, int]) -> tuple[str, dict[str, bytearray]]:
    """Read what the program says until it ends or takes more than it may; then end all its processes."""
    deadline = time.monotonic() + job["wall_seconds"]
    got = {name: bytearray() for name in ends}
    reason = ""
    next_look = 0.0
    with selectors.DefaultSelector() as selector:
        for name, end in ends.items():
            os.set_blocking(end, False)
            selector.register(end, selectors.EVENT_READ, name)
        while not reason:
            if selector.get_map():
                _read(selector, got, selector.select(_TICK_S))
            else:
                time.sleep(0.001)
            now = time.monotonic()
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                # SIGXCPU, and SIGKILL a second later, end what has used up its time.
                used_up = os.WIFSIGNALED(status) and os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
                reason = "timeout" if used_up else "ended"
            elif now >= deadline:
                reason = "timeout"
            elif len(got["stdout"]) > job["output_bytes"] or len(got["report"]) > job["output_bytes"]:
                reason = "output"
            elif now >= next_look:
                next_look = now + _TICK_S
                if _memory() > job["memory_bytes"]:
                    reason = "memory"
        _sweep()
        if reason == "ended":  # no one is left to write: what is in the pipes is all there will be
            _read(selector, got, selector.select(0))
    for end in ends.values():
        os.close(end)
    return reason, got


def _read(selector: selectors.DefaultSelector, got: dict[str, bytearray], ready: list[Any]) -> None:
    for key, _ in ready:
        chunk = os.read(key.fd, 1 << 20)
        got[key.data] += chunk
        if key.data == "stderr":
            del got["stderr"][:-_STDERR_TAIL]
        if not chunk:
            selector.unregister(key.fd)


def _memory() -> int:
    """Return the bytes that the processes inside hold, files apart; pages that forks share count for each."""
    total = 0
    for folder in os.listdir("/proc"):
        if folder.isdigit() and folder != "1":
            with contextlib.suppress(OSError), open(f"/proc/{folder}/status", encoding="ascii") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith(("RssAnon", "RssShmem")))
    return total * 1024


def _sweep() -> None:
    """End and reap every process but this one."""
    while True:
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _become_program(job: dict[str, Any], case: dict[str, str], ends: dict[str, int], word: str) -> NoReturn:
    """Turn this process into the program, run it and end.

    Its own limits, no privileges, no files but its own. What runs after the program is bound before: a program
    may replace any function of any module.
    """
    build, run, write, dumps, settle, leave = compile, exec, os.write, json.dumps, _settle, os._exit
    then = build(case["then"], "tests.py", "exec", dont_inherit=True)
    stdin = os.open("/", os.O_TMPFILE | os.O_RDWR)
    os.write(stdin, case["stdin"].encode(errors="replace"))
    os.lseek(stdin, 0, os.SEEK_SET)
    for end, number in ((stdin, 0), (ends["stdout"], 1), (ends["stderr"], 2), (ends["report"], _SPARE_FD)):
        os.dup2(end, number)
    os.dup2(_SPARE_FD, _REPORT_FD)
    os.closerange(_REPORT_FD + 1, _SPARE_FD + 1)
    _drop(job)
    module = sys.modules[job["name"]] = ModuleType(job["name"])
    sys.argv = ["program.py"]
    sys.stdin = sys.__stdin__ = open(0, encoding="utf-8", errors="replace")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = open(1, "w", encoding="utf-8", errors="replace")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = open(2, "w", 1, encoding="utf-8", errors="replace")  # type: ignore[misc]
    try:
        try:
            for source in job["sources"]:
                run(build(source, "program.py", "exec", dont_inherit=True), module.__dict__)
        except SystemExit:
            if case["then"]:
                raise
        run(then, module.__dict__)
        write(_REPORT_FD, dumps({"word": word, "value": module.__dict__.get("__value__")}).encode())
        settle(module)
    except BaseException:
        with contextlib.suppress(BaseException):
            sys.__excepthook__(*sys.exc_info())
    leave(0)


def _settle(module: ModuleType) -> None:
    """Do what an interpreter does at its end, but for taking itself apart, which costs four times a small program.

    It waits for threads, runs what was registered for the end, and flushes what is open.
    """
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.__stdout__):
        with contextlib.suppress(ValueError, AttributeError):  # closed, or replaced by something else
            stream.flush()  # type: ignore[union-attr]
    module.__dict__.clear()


def _drop(job: dict[str, Any]) -> None:
    """Set the limits of a program and give up every privilege."""
    seconds = math.ceil(job["seconds"])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    for limit, amount in (
        (resource.RLIMIT_AS, job["memory_bytes"]),
        (resource.RLIMIT_FSIZE, job["file_bytes"]),
        (resource.RLIMIT_NPROC, job["processes"]),
        (resource.RLIMIT_NOFILE, 64),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(limit)[1]
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)  # noqa: PLW2901
        resource.setrlimit(limit, (amount, amount))
    if job["uid"]:
        os.fchown(1, job["uid"], job["uid"])
        os.fchown(2, job["uid"], job["uid"])
        os.setgroups([])
        os.setresgid(job["uid"], job["uid"], job["uid"])
        os.setresuid(job["uid"], job["uid"], job["uid"])
    header = struct.pack("Ii", _CAPABILITY_VERSION_3, 0)
    _check(_LIBC.capset(header, bytes(24)), "capabilities")
    _check(_LIBC.prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0), "dumpable")


def _write(end: int, line: dict[str, Any]) -> None:
    with open(end, "w", encoding="utf-8", closefd=False) as file:
        file.write(json.dumps(line) + "\n")


if __name__ == "__main__":
    main()
