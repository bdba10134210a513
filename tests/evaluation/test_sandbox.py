import os
import subprocess
import sys
import time
from contextlib import closing

import psutil
import pytest

from harness.evaluation.sandbox import Case, Limits, run_cases, run_python


def test_a_program_that_ends_well_passes():
    found = run_python("print(6 * 7)")
    assert (found.reason, found.stdout, found.stderr) == ("passed", "42\n", "")


def test_a_program_reads_its_input_and_every_case_starts_afresh():
    program = "import sys\nx = globals().get('x', 0) + 1\nprint(x, *map(int, sys.stdin.read().split()))"
    found = run_cases([program], [Case(stdin="1 2\n"), Case(stdin="3\n"), Case()])
    assert [outcome.stdout for outcome in found] == ["1 1 2\n", "1 3\n", "1\n"]


@pytest.mark.parametrize(
    "program",
    [
        "print(open(0).read())",
        "print(open('/dev/stdin').read())",
        "import os; os.write(1, os.read(0, 99))",
        "import sys; print(sys.stdin.buffer.read().decode()); sys.exit()",
        "print(input()); exit()",
        "import threading, time\nthreading.Thread(target=lambda: (time.sleep(0.1), print('가'))).start()",
        "import atexit, io, os, sys\nsys.stdout = io.StringIO()\n"
        "atexit.register(lambda s: os.write(1, s.getvalue().encode()), sys.stdout)\nprint(input())",
        "f = open(1, 'w')\nf.write(input())",
    ],
    ids=["fd", "device", "raw", "buffer and exit", "exit", "a thread", "at exit", "never closed"],
)
def test_the_usual_ways_to_read_and_write_work(program):
    assert run_python(program, Case(stdin="가")).stdout.strip() == "가"


def test_libraries_of_the_harness_can_be_imported():
    found = run_python("import numpy, scipy.linalg; print(int(numpy.ones(3).sum()))")
    assert (found.stdout, found.stderr) == ("3\n", "")


def test_what_runs_after_a_program_sees_its_names_and_returns_a_value():
    sources = ["from typing import List", "from __future__ import annotations\ndef f(x: List): return [x, None]"]
    (found,) = run_cases(sources, [Case(then="__value__ = {'f': f(2), 'name': __name__}")], name="answer")
    assert found.value == {"f": [2, None], "name": "answer"}


@pytest.mark.parametrize("depth", [900, 950, 980, 5_000, 100_000])
def test_a_value_nested_however_deep_is_never_an_error_of_the_harness(depth):
    program = f"import sys; sys.setrecursionlimit(10**6)\nvalue = []\nfor _ in range({depth}): value = [value]"
    found = run_python(program, Case(then="__value__ = value"))
    assert found.passed == (found.value is not None)


@pytest.mark.parametrize(
    "program",
    [
        "raise SystemExit(0)",
        "import os; os._exit(0)",
        "import os, signal; os.kill(os.getpid(), signal.SIGTERM)",
        "import builtins, json, os\nbuiltins.print = builtins.exec = builtins.compile = lambda *a, **k: None\n"
        "json.dumps = json.loads = os.write = os._exit = lambda *a, **k: b''",
        "import builtins\nclass AssertionError(BaseException): pass\nbuiltins.AssertionError = None",
        "import sys\nsys.settrace(lambda *a: None); sys.excepthook = lambda *a: None; sys.stderr.close()",
        "import os\nfor end in range(3, 64):\n try: os.write(end, b'{\"value\": null}')\n except OSError: pass\n"
        "os._exit(0)",
        "import os, signal; os.kill(1, signal.SIGKILL); os.kill(os.getppid(), signal.SIGKILL)",
        "import os\nif os.fork(): os._exit(0)",
    ],
    ids=[
        "exits",
        "exits at once",
        "kills itself",
        "replaces what reports",
        "replaces the assertion",
        "traces",
        "writes everywhere",
        "kills its parent",
        "leaves a child behind",
    ],
)
def test_a_program_that_avoids_what_runs_after_it_has_not_passed(program):
    assert run_python(program, Case(then="assert 1 == 2")).reason == "failed"


@pytest.mark.parametrize(
    ("program", "words"),
    [
        ("import socket; socket.create_connection(('127.0.0.1', 1))", "Network is unreachable"),
        ("import socket; socket.getaddrinfo('example.org', 80)", "gaierror"),
        ("open('/usr/here', 'w')", "Error"),
        ("import os; os.listdir('/home')", "No such file"),
        ("open('/etc/passwd')", "No such file"),
        ("import os; os.symlink('/etc/passwd', '/tmp/link'); open('/tmp/link')", "No such file"),
        ("import os; os.symlink('../../../../etc/passwd', '/tmp/link'); open('/tmp/link')", "No such file"),
        ("open('/proc/1/cwd/etc/passwd')", "Permission denied"),
        ("open('/proc/1/environ').read()", "Permission denied"),
        ("open('/proc/1/mem', 'rb')", "Permission denied"),
        ("import os; os.listdir('/proc/1/fd')", "Permission denied"),
        ("import os; os.listdir('/proc/1/cwd/..')", "Permission denied"),
        ("open('/proc/sys/kernel/core_pattern', 'w')", "Error"),
        ("open('/proc/self/oom_score_adj', 'w').write('-1000')", "Error"),
        ("import os; os.setuid(1); print('still')", "Error"),
        ("import os; os.chroot('/tmp')", "Operation not permitted"),
        ("import subprocess; subprocess.run(['umount', '/usr'], check=True)", "CalledProcessError"),
        ("import subprocess; subprocess.run(['unshare', '-U', '-r', 'true'], check=True)", "CalledProcessError"),
        ("import os; os.memfd_create('m')", "Operation not permitted"),
        ("import ctypes; l = ctypes.CDLL(None, use_errno=True); assert l.shmget(0, 4096, 0o1600) >= 0", "Assert"),
        ("import ctypes; l = ctypes.CDLL(None, use_errno=True); assert l.ptrace(16, 1, 0, 0) >= 0", "Assert"),
        ("x = [0] * 10**10", "MemoryError"),
        ("open('/tmp/a', 'wb').write(b'x' * 10**8)", "Error"),
        ("import os\nfor i in range(99): open(f'/tmp/{i}', 'wb').write(b'x' * 10**6)", "No space left"),
        ("open(0, 'r+b', buffering=0).write(b'x' * 10**8); raise OSError('cut')", "Error"),
        ("files = [open('/dev/null') for _ in range(99)]", "Too many open files"),
    ],
)
def test_what_a_program_may_not_do_fails(program, words):
    found = run_python(program)
    assert found.reason == "failed"
    assert words in found.stderr


def test_nothing_of_the_environment_is_seen(monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    program = "import os, glob\nprint(dict(os.environ))\n"
    program += "for p in glob.glob('/proc/*/environ'):\n    try: print(open(p).read())\n    except OSError: pass"
    found = run_python(program)
    assert found.passed
    assert "HOME" in found.stdout
    assert "secret" not in found.stdout
    assert not any(name in found.stdout for name in set(os.environ) - {"HOME", "PATH", "LANG", "_", "PWD"})


def test_time_spent_waiting_for_the_processor_is_not_held_against_a_program():
    assert run_python("import time; time.sleep(1.5)", limits=Limits(seconds=1.0)).passed


SECOND = Limits(seconds=0.1)  # of processor time, rounded up; of any time a whole one


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("while True: pass", "timeout"),
        ("import time; time.sleep(60)", "timeout"),
        ("while True: print('x' * 1000)", "output"),
        ("import sys\nwhile True: sys.stderr.write('x' * 100000)", "timeout"),
        ("import os\nwhile True:\n try: os.fork()\n except OSError: pass", "timeout"),
        ("import os, time\nos.closerange(0, 64); time.sleep(60)", "timeout"),
        ("import atexit\natexit.register(lambda: [0 for _ in iter(int, 1)])", "timeout"),
        ("import signal as s, time\nfor n in range(1, 32):\n try: s.signal(n, s.SIG_IGN)\n except OSError: pass\n"
         "time.sleep(60)", "timeout"),
        ("import os, time\nfor _ in range(9):\n if os.fork() == 0:\n  x = bytearray(200 << 20); time.sleep(60)\n"
         "time.sleep(60)", "memory"),
        ("import mmap, os, time\nfor _ in range(9):\n if os.fork() == 0:\n  m = mmap.mmap(-1, 200 << 20)\n"
         "  m.write(bytes(200 << 20)); time.sleep(60)\ntime.sleep(60)", "memory"),
    ],
    ids=["loops", "sleeps", "prints", "complains", "forks", "closes", "ends never", "ignores", "takes", "maps"],
)  # fmt: skip
def test_what_never_ends_is_ended(program, reason):
    limits = Limits(seconds=10.0) if reason == "memory" else SECOND
    outcomes = list(run_cases([program], [Case(), Case()], limits))
    assert [outcome.reason for outcome in outcomes] == [reason, reason]
    assert all(len(outcome.stderr) <= 2000 for outcome in outcomes)


def programs_alive():
    """The first processes of sandboxes that are there now."""
    return {
        p
        for p in psutil.process_iter(["cmdline", "status"])
        if any(word.endswith("/sandbox_init.py") for word in p.info["cmdline"] or [])
        and p.info["status"] != psutil.STATUS_ZOMBIE
    }


@pytest.fixture
def left_over():
    """The sandboxes that run now and did not run before the test, but for those of tests beside it."""
    own = {psutil.Process(), *psutil.Process().parents()}
    before, beside = programs_alive(), set(psutil.process_iter()) - own

    def found():
        return {p for p in programs_alive() - before if not beside & set(ancestors(p))}

    return found


def ancestors(process):
    try:
        return process.parents()
    except psutil.Error:  # it has ended meanwhile
        return []


def test_a_child_that_outlives_its_program_is_gone_before_the_next_case(left_over):
    program = "import os, time, glob\nprint(len(glob.glob('/proc/[0-9]*')))\nfor _ in range(3):\n"
    program += " if os.fork() == 0:\n  os.setsid(); os.close(1); os.close(2); time.sleep(300)"
    assert [outcome.stdout for outcome in run_cases([program], [Case()] * 3)] == ["2\n"] * 3
    assert left_over() == set()


def test_a_sandbox_that_is_no_longer_wanted_leaves_nothing_behind(left_over):
    with closing(
        run_cases(["import os, time\nos.fork()\nif input(): time.sleep(300)"], [Case("\n"), Case("1")])
    ) as it:
        assert next(it).passed
        assert left_over() != set()
    assert left_over() == set()


def test_programs_side_by_side_do_not_share_their_number_of_processes():
    greedy = "import os, time\nfor _ in range(40):\n try:\n  if os.fork() == 0: time.sleep(300)\n"
    greedy += " except OSError: pass\nif input() == 'wait': time.sleep(300)"
    with closing(run_cases([greedy], [Case("go"), Case("wait")], Limits(seconds=30))) as outcomes:
        assert next(outcomes).passed
        forking = "import os\nfor _ in range(20):\n if os.fork() == 0: os._exit(0)"
        assert run_python(forking).passed


def test_a_program_ends_with_the_harness_even_when_that_is_killed(left_over):
    code = "from harness.evaluation import sandbox; sandbox.check_available(); print('ready', flush=True); "
    code += "sandbox.run_python('import time; time.sleep(300)', limits=sandbox.Limits(seconds=300))"
    parent = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    assert parent.stdout and parent.stdout.readline() == b"ready\n"
    while not left_over():
        assert parent.poll() is None
        time.sleep(0.05)
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 5
    while left_over() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert left_over() == set()
