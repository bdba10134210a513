"""The one place that calls Slurm's commands: always with a time limit, never through a shell.

Replies are read from formats of our own with a separator that no field holds: the JSON of these commands differs
from version to version. Made for Slurm 20.11 and newer.
"""

import getpass
import os
import socket
import subprocess
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from harness.errors import HarnessError
from harness.launch.refusals import refusal, unreadable
from harness.records import Record

TIMEOUT = 60.0
"""Seconds; Slurm's own clients give up on a controller after about 20."""

SEPARATOR = "\x1f"
"""ASCII's unit separator."""

HISTORY = timedelta(days=30)
"""How far back jobs are looked for by name."""

OVER = {
    "BOOT_FAIL",
    "CANCELLED",
    "COMPLETED",
    "DEADLINE",
    "FAILED",
    "NODE_FAIL",
    "OUT_OF_MEMORY",
    "PREEMPTED",
    "REVOKED",
    "TIMEOUT",
}
"""States in which a job ends (man squeue, JOB STATE CODES)."""

_SQUEUE = {
    "JobArrayID": 64,
    "Name": 256,
    "State": 32,
    "Reason": 128,
    "NodeList": 512,
    "StartTime": 32,
    "EndTime": 32,
    "exit_code": 16,
    "SubmitTime": 32,
}
"""Fields of squeue -O and their widths; longer text is cut off."""
_SACCT = "JobID,JobName,State,Reason,NodeList,Start,End,ExitCode,Submit"
_NOTHING = {"", "N/A", "None", "Unknown", "(null)", "None assigned"}
_NO_ACCOUNTING = "Slurm accounting storage is disabled"
_OWN_DEFAULTS = ("SQUEUE_", "SACCT_", "SINFO_", "SCONTROL_", "SLURM_")
"""Variables that change what the commands print and, inside a job, hand its own options on to the next."""
_KEPT = {"SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_CLUSTERS", "SLURM_JWT"}


class JobState(Record):
    """What Slurm says of one job, or of one task of an array; times are local, as Slurm prints them."""

    id: str
    """`12`, or `12_3` for task 3 of array 12."""
    name: str
    """Cut off after 256 characters."""
    state: str
    """PENDING, RUNNING, COMPLETED, … (man squeue, JOB STATE CODES)."""
    reason: str | None
    """Why it waits or failed."""
    nodes: str | None
    """`n[1-2]`"""
    started: str | None
    """Of a job that waits: when Slurm expects it to start, where it does."""
    ended: str | None
    """Of a running job: its time limit."""
    exit_code: str | None
    """`EXIT:SIGNAL`"""
    submitted: str

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state in OVER


def submit(script: Path, *options: str) -> str:
    """Submit a batch script and return the job's id.

    Raises HarnessError with what Slurm said when it refuses, and for a reply without an id: the job may exist.
    """
    reply = ask("sbatch", "--parsable", *options, str(script))
    lines = reply.split()
    found = lines[-1].partition(";")[0] if lines else ""
    if not found.isdigit():
        raise unreadable("sbatch --parsable", "the id of a job", reply)
    return found


def test_only(script: Path, *options: str) -> str:
    """Return what Slurm says of a job that it does not start: where and when it would; raises when it refuses."""
    done = _call("sbatch", "--test-only", *options, str(script))
    said = _said(done)
    if done.returncode != 0:
        raise refusal(["sbatch", "--test-only", *options, str(script)], said)
    return said


def jobs(ids: Collection[str]) -> dict[str, JobState]:
    """Return what Slurm knows of jobs by id (`12`, `12_3`), arrays as their tasks; absent is what it forgot.

    One call of squeue, which holds ended jobs for a while (MinJobAge), and one of sacct where that leaves jobs
    out. Without accounting those stay absent. Raises HarnessError when either does not answer: nobody knows then.
    """
    if not ids:
        return {}
    wanted = ",".join(sorted(ids))
    found = {job.id: job for job in _queue("--jobs", wanted)}
    # Tasks of an array leave the queue one by one, so that an array in it may still miss some.
    missing = [one for one in ids if one not in found]
    if not missing:
        return found
    # The database learns late that a job is an array, and shows it as one job until then.
    arrays = {job.partition("_")[0] for job in found if "_" in job}
    ended = {job.id: job for job in _accounted("--jobs", ",".join(sorted(missing))) if job.id not in arrays}
    return ended | found


def named(prefix: str) -> list[JobState]:
    """Return this user's jobs whose name begins so, the oldest first.

    Those that ended are known for 30 days where accounting is on, else for MinJobAge. Raises HarnessError.
    """
    since = (datetime.now() - HISTORY).strftime("%Y-%m-%dT%H:%M:%S")
    user = getpass.getuser()
    ended = {job.id: job for job in _accounted("--user", user, "--starttime", since)}
    known = ended | {job.id: job for job in _queue("--user", user)}
    return sorted((job for job in known.values() if job.name.startswith(prefix)), key=_age)


def cancel(ids: Collection[str]) -> None:
    """Cancel jobs; those that have ended already are left as they are. Raises HarnessError."""
    if ids:
        ask("scancel", "--quiet", *sorted(ids))


def requeue(job: str) -> None:
    """Put a job back into the queue, under the same id; raises HarnessError."""
    ask("scontrol", "requeue", job)


def update(job: str, **fields: str) -> None:
    """Change a job's fields by their names in `scontrol show job`, such as TimeLimit; raises HarnessError."""
    ask("scontrol", "update", f"JobId={job}", *(f"{name}={value}" for name, value in fields.items()))


def table(command: str, *arguments: str) -> list[list[str]]:
    """Return the lines of a reply split at SEPARATOR, fields stripped; raises HarnessError."""
    lines = ask(command, *arguments).splitlines()
    return [[field.strip() for field in line.split(SEPARATOR)] for line in lines if line.strip()]


def ask(*command: str) -> str:
    """Return what one of Slurm's commands prints; raises HarnessError with what it said when it refuses."""
    done = _call(*command)
    if done.returncode != 0:
        raise refusal(command, _said(done))
    return done.stdout


def _queue(*which: str) -> list[JobState]:
    fields = ",".join(f"{name}:{width}{SEPARATOR}" for name, width in _SQUEUE.items())
    command = ("squeue", "--noheader", "--array", "--states=all", f"--Format={fields}", *which)
    done = _call(*command)
    if done.returncode == 0:
        return _states("squeue", done.stdout)
    # Of one job alone squeue says that it knows it no more; of several it prints those that it knows.
    if "Invalid job id specified" in done.stderr:
        return []
    raise refusal(command, _said(done))


def _accounted(*which: str) -> list[JobState]:
    """Return jobs of the accounting database; none where there is no such database."""
    shape = ("--noheader", "--allocations", "--parsable2", f"--delimiter={SEPARATOR}", f"--format={_SACCT}")
    command = ("sacct", *shape, *which)
    done = _call(*command)
    if done.returncode == 0:
        return _states("sacct", done.stdout)
    if _NO_ACCOUNTING in done.stderr:
        return []
    raise refusal(command, _said(done))


def _states(command: str, reply: str) -> list[JobState]:
    found = []
    for line in reply.splitlines():
        fields = [field.strip() for field in line.split(SEPARATOR)][: len(_SQUEUE)]
        if len(fields) != len(_SQUEUE):
            raise unreadable(command, f"{len(_SQUEUE)} fields a job", line)
        if "[" not in fields[0]:  # tasks that wait, which sacct lists as one; squeue has each
            found.append(_state(fields))
    return found


def _state(fields: Sequence[str]) -> JobState:
    job, name, state, reason, nodes, started, ended, code, submitted = fields
    return JobState(
        id=job,
        name=name,
        state=state.split()[0],  # sacct: CANCELLED by 1000
        reason=_or_none(reason),
        nodes=_or_none(nodes),
        started=_or_none(started),
        ended=_or_none(ended),
        exit_code=_exit_code(code) if state.split()[0] in OVER else None,
        submitted=submitted,
    )


def _exit_code(text: str) -> str:
    """Return EXIT:SIGNAL; squeue prints the status as wait(2) gives it."""
    return f"{int(text) >> 8}:{int(text) & 0x7F}" if text.isdigit() else text


def _or_none(text: str) -> str | None:
    return None if text in _NOTHING else text


def _age(job: JobState) -> tuple[str, list[int]]:
    return job.submitted, [int(part) for part in job.id.split("_")]


def _call(*command: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if k in _KEPT or not k.startswith(_OWN_DEFAULTS)}
    try:
        return subprocess.run(
            command,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=TIMEOUT,
            stdin=subprocess.DEVNULL,
            env=kept | {"SLURM_TIME_FORMAT": "standard", "LC_ALL": "C.UTF-8"},
        )
    except OSError as error:
        raise HarnessError(
            expected=f"Slurm's command {command[0]}",
            found=f"{error.strerror}: {command[0]}",
            where=socket.gethostname(),
            fix="submit from a login node of the cluster, where Slurm's commands are on PATH",
        ) from error
    except subprocess.TimeoutExpired as error:
        raise HarnessError(
            expected=f"an answer of Slurm's controller within {TIMEOUT:g} s",
            found="none; what was asked for may have been done all the same",
            where=" ".join(command[:2]),
            fix="scontrol ping says whether it is up; then the same command again",
        ) from error


def _said(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a command said, in one line, without its own name before it."""
    name = Path(str(done.args[0])).name
    return "; ".join(_unprefixed((done.stderr or done.stdout).splitlines(), name)) or f"exit {done.returncode}"


def _unprefixed(lines: Iterable[str], name: str) -> list[str]:
    found = []
    for line in lines:
        text = line.removeprefix(f"{name}: ").removeprefix("error: ").removeprefix("fatal: ").strip()
        if text:
            found.append(text)
    return found
