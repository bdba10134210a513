"""What a batch job does: keep a client at work until all is answered, and say why where it is not."""

import contextlib
import os
import signal
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TypeVar

from filelock import Timeout

from harness.errors import HarnessError
from harness.launch import slurm
from harness.launch.submit import now, submit_successor
from harness.machine.processes import GuardedProcess
from harness.records import Attempt, Campaign, ServerJob, Surrender
from harness.records.campaign import Outcome
from harness.store.campaigns import CampaignFolder

T = TypeVar("T")

DRAINED = 75
"""Exit code of a client that was asked to stop (sysexits.h: a temporary failure)."""
MISUSED = 2
"""Exit code of a client that will fail again as often as it is started."""
_POLL_SECONDS = 0.5
_PAUSES = (0.0, 15.0, 60.0, 300.0)
"""Seconds before a client that failed is started again, by how many failed in a row."""


def own_id() -> str | None:
    """Return Slurm's id of the job that this process runs in, `12` or `12_3`; None outside of one."""
    array, task = os.environ.get("SLURM_ARRAY_JOB_ID"), os.environ.get("SLURM_ARRAY_TASK_ID")
    return f"{array}_{task}" if array and task else os.environ.get("SLURM_JOB_ID")


@dataclass
class Supervisor:
    """One batch job's work on one server job."""

    folder: CampaignFolder
    results: Path
    campaign: Campaign
    job: ServerJob
    client: Callable[[int], Sequence[str]]
    """The client's command line for an attempt's number."""
    say: Callable[[str], None]
    pauses: Sequence[float] = _PAUSES
    _drain: bool = field(default=False, init=False)
    _successors: list[str] = field(default_factory=list, init=False)

    def run(self) -> int:
        """Bring the job to its end and return an exit code: 0 once all is answered, else a successor goes on."""
        signal.signal(signal.SIGUSR1, self._asked_to_drain)
        lock = self.folder.job_lock(self.job.id)
        waits = False
        while not self._drain:
            # A successor may start before Slurm has ended the last process of a job that it gave up.
            try:
                with lock.acquire(timeout=_POLL_SECONDS):
                    return self._run()
            except Timeout:
                if not waits:
                    self.say("another process works on this job; it is waited for")
                waits = True
        return DRAINED

    def _run(self) -> int:
        self._close_what_was_killed()
        if (given_up := self.folder.read_surrender(self.job.id)) is not None:
            self.say(f"given up on {given_up.when}: {given_up.why}; {given_up.fix}")
            return 1
        attempts = self.folder.read_attempts(self.job.id)
        if attempts and attempts[-1].outcome == "complete":
            self.say("everything was answered before")
            return 0
        self._submit_successor()
        while True:
            if (reason := self._hopeless()) is not None:
                return self._give_up(reason)
            attempt = self._attempt()
            self.say(f"attempt {attempt.number}: {attempt.outcome}, {attempt.new} new answer(s) {attempt.why}")
            if attempt.outcome == "complete":
                return 0
            if attempt.exit_code == MISUSED:
                return self._give_up(attempt.why)
            if self._drain or attempt.outcome == "drained":
                return DRAINED
            self._pause()

    def _asked_to_drain(self, number: int, frame: FrameType | None) -> None:
        self._drain = True

    def _submit_successor(self) -> None:
        """Have a job wait for the end of ours; a requeued one has its successor already."""
        own = own_id()
        if own is None:
            return
        try:
            found = self._keep(lambda: submit_successor(self.folder, self.job, own, self.campaign))
            self._successors = [found.slurm] if found.slurm else []
            self.say(f"job {found.slurm} goes on should this one be stopped")
        except HarnessError as error:
            # Some sites let no job submit jobs: ours works all the same.
            self.say(f"no successor, harness resume {self.campaign.id} is needed once this ends: {error.found}")

    def _attempt(self) -> Attempt:
        """Start the client, watch it to its end, and return what came of it."""
        number = len(self.folder.read_attempts(self.job.id)) + 1
        attempt = Attempt(
            number=number,
            slurm=own_id() or f"here-{os.getpid()}",
            node=os.environ.get("SLURMD_NODENAME") or os.uname().nodename,
            started=now(),
        )
        self._keep(lambda: self.folder.note_attempt(self.job.id, attempt))
        log = self.folder.client_log(self.job.id, number)
        client = GuardedProcess(self.client(number), log, {})
        self.say(f"attempt {number}: the client prints to {log}")
        try:
            outcome, why = self._watch(client, number)
        except KeyboardInterrupt:
            # Written down before the client has ended: Slurm may not leave us the time for both.
            self._note_end(attempt, "stopped", "the job was told to end", None)
            raise
        finally:
            client.stop()
        return self._note_end(attempt, outcome, why, client.exit_code())

    def _note_end(self, attempt: Attempt, outcome: Outcome, why: str, code: int | None) -> Attempt:
        new = self._new(attempt.number)
        changes = {"ended": now(), "outcome": outcome, "exit_code": code, "new": new, "why": why}
        ended = attempt.model_copy(update=changes)
        self._keep(lambda: self.folder.note_attempt(self.job.id, ended))
        return ended

    def _keep(self, write: Callable[[], T]) -> T:
        """Return what `write` does; a disk that is full, or a file server that is gone, is waited for."""
        while True:
            try:
                return write()
            except OSError as error:
                self.say(f"nothing can be written, tried again in {self.pauses[1]:.0f} s: {error}")
                time.sleep(self.pauses[1])

    def _watch(self, client: GuardedProcess, number: int) -> tuple[Outcome, str]:
        """Return how the client ended, and why; ends it itself once the sample logs stand still for too long."""
        limit = 60.0 * self.campaign.cluster.limits.stall_minutes
        grown, size, told = time.monotonic(), self._size(), False
        while (code := client.exit_code()) is None:
            time.sleep(_POLL_SECONDS)
            if self._drain and not told:
                self.say("the time is nearly over: no new question is asked")
                client.signal(signal.SIGUSR1)
                told = True
            if (found := self._size()) != size:
                grown, size = time.monotonic(), found
            if time.monotonic() - grown > limit:
                client.stop(hurry=True)
                return "stalled", f"no new answer for {limit / 60:g} minutes"
        if code == 0:
            return "complete", ""
        if code == DRAINED:
            return "drained", "asked to stop"
        if code < 0 or code > 128:
            return "killed", f"signal {-code if code < 0 else code - 128}"
        return "failed", decisive(client.last_lines(40))

    def _hopeless(self) -> Surrender | None:
        """Return why another attempt is of no use, None while one is."""
        limits = self.campaign.cluster.limits
        attempts = self._since_forgiven()
        hours = sum(_seconds(one) for one in attempts) / 3600
        if limits.hours is not None and hours >= limits.hours:
            why = f"{hours:.1f} hours of work, and limits.hours is {limits.hours:g}"
            return self._surrender(why, "raise cluster.limits.hours in plan.json")
        in_vain = 0
        for one in reversed(attempts):
            if one.new:
                break
            in_vain += 1
        if in_vain < limits.attempts:
            return None
        last = attempts[-1].why or attempts[-1].outcome
        return self._surrender(
            f"{in_vain} attempts in a row brought no new answer; the last: {last}",
            f"harness logs {self.campaign.id} {self.job.id} shows why",
        )

    def _surrender(self, why: str, fix: str) -> Surrender:
        again = f"harness resume {self.campaign.id}"
        tried = len(self.folder.read_attempts(self.job.id))
        return Surrender(when=now(), after=tried, why=why, fix=f"{fix}; once mended: {again}")

    def _give_up(self, reason: Surrender | str) -> int:
        if isinstance(reason, str):
            reason = self._surrender(reason, "mend what it names")
        given_up = reason
        self._keep(lambda: self.folder.write_surrender(self.job.id, given_up))
        self.say(f"given up: {reason.why}; {reason.fix}")
        # A successor that starts all the same finds the word and ends at once.
        with contextlib.suppress(HarnessError):
            slurm.cancel(self._successors)
        return 1

    def _since_forgiven(self) -> list[Attempt]:
        """Return the attempts that count: those since a person last let the job be tried again."""
        return self.folder.read_attempts(self.job.id)[self.folder.forgiven(self.job.id) :]

    def _close_what_was_killed(self) -> None:
        """Note the end of an attempt whose supervisor was killed with it, by when its last answer came."""
        for one in self.folder.read_attempts(self.job.id):
            if one.ended is None:
                progress = self.folder.read_progress(self.job.id)
                seen = progress.when if progress and progress.attempt == one.number else one.started
                ended = one.model_copy(
                    update={
                        "ended": seen,
                        "outcome": "killed",
                        "new": self._new(one.number),
                        "why": f"job {one.slurm} ended without a word (node lost, out of time, kill -9)",
                    }
                )
                self.folder.note_attempt(self.job.id, ended)

    def _new(self, number: int) -> int:
        progress = self.folder.read_progress(self.job.id)
        return progress.new if progress and progress.attempt == number else 0

    def _size(self) -> int:
        """Return the bytes of all sample logs of the job."""
        progress = self.folder.read_progress(self.job.id)
        paths = [self.results / log for log in progress.logs] if progress else []
        return sum(path.stat().st_size for path in paths if path.exists())

    def _pause(self) -> None:
        """Wait longer after every failure in a row: a full disk or a dead file server needs time."""
        failures = 0
        for one in reversed(self._since_forgiven()):
            if one.new:
                break
            failures += 1
        end = time.monotonic() + self.pauses[min(failures, len(self.pauses) - 1)]
        while time.monotonic() < end and not self._drain:
            time.sleep(_POLL_SECONDS)


def _seconds(attempt: Attempt) -> float:
    if attempt.ended is None:
        return 0.0
    return (_time(attempt.ended) - _time(attempt.started)).total_seconds()


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def decisive(lines: str) -> str:
    """Return what an error says was found, or the last line that was printed."""
    printed = [line.strip() for line in lines.splitlines() if line.strip()]
    found = [line.removeprefix("found: ") for line in printed if line.startswith("found: ")]
    return (found or printed or [""])[-1][:500]
