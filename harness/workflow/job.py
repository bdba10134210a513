"""What batch scripts call: fetch, supervise, ask, decide."""

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from harness.config.settings import Settings, load_settings, project
from harness.errors import HarnessError, UsageError, nearest
from harness.launch.container import inside
from harness.launch.status import live
from harness.launch.submit import now, submit_verdict_after
from harness.launch.supervise import Supervisor, own_id
from harness.records import Campaign, Progress, Sample, ServerJob
from harness.serving import prepare
from harness.store import Store
from harness.store.campaigns import CampaignFolder
from harness.workflow.display import Display
from harness.workflow.planned import load_tasks
from harness.workflow.rehearsed import rehearsed
from harness.workflow.run import Watcher, run_suites
from harness.workflow.site import build_site
from harness.workflow.verdicts import decide_all, load_ledger

_TOLD_SECONDS = 2.0
_FOLDERS = ("HF_HOME", "HARNESS_DATA", "HARNESS_CACHE", "TMPDIR")
"""Variables that name folders, which a container is to see too."""


@dataclass(frozen=True)
class Place:
    """A job's place: its campaign's folder and plan."""

    folder: CampaignFolder
    campaign: Campaign
    job: ServerJob

    @property
    def store(self) -> Store:
        """The store that the campaign lies in."""
        return Store(self.folder.path.parents[1])

    def settings(self) -> list[Settings]:
        """Return what is asked of the job's servers, one for each suite; raises UsageError."""
        asked = [load_settings([*suite, f"results={self.store.root}"]) for suite in self.job.suites]
        return [rehearsed(settings) for settings in asked] if self.campaign.rehearsal else asked


def place(folder: Path, job: str) -> Place:
    """Return the place of a job; raises HarnessError without a plan, and UsageError for a job it does not hold."""
    found = CampaignFolder(folder.resolve())
    campaign = found.read_plan()
    known = {one.id: one for one in campaign.jobs}
    if job not in known:
        raise UsageError("a job of the campaign", job, where=str(folder), fix=nearest(job, known))
    return Place(found, campaign, known[job])


def stage(where: Place, display: Display) -> None:
    """Fetch the job's weights and items, so that its servers need no network; raises HarnessError."""
    suites = where.settings()
    with display.waiting(f"weights of {suites[0].model.name}"):
        prepare(suites[0].model, display.say)
    for settings in suites:
        with display.waiting(f"items of {', '.join(task.benchmark for task in settings.suite.tasks)}"):
            load_tasks(settings)
    display.say("everything is here")


def supervise(where: Place, display: Display) -> int:
    """Keep the job's client at work until all is answered, and return an exit code."""

    def client(attempt: int) -> list[str]:
        module = ["harness.cli", "job", "work", str(where.folder.path), where.job.id, "--attempt", str(attempt)]
        named = [os.environ[name] for name in _FOLDERS if name in os.environ]
        folders = [str(where.store.root), *(folder for folder in named if Path(folder).is_dir())]
        return inside(where.campaign.cluster, module, sys.executable, str(project().root), folders)

    def say(text: str) -> None:
        with suppress(OSError):  # a full disk
            display.say(f"{now()} {text}")

    return Supervisor(where.folder, where.store.root, where.campaign, where.job, client, say).run()


def work(where: Place, attempt: int, display: Display) -> None:
    """Start the job's servers and ask what is open; raises DrainedError after USR1, HarnessError on a failure."""
    drain = threading.Event()
    signal.signal(signal.SIGUSR1, lambda *_: drain.set())
    told = _Teller(where, attempt)
    try:
        run_suites(where.settings(), display, watcher=Watcher(told.planned, told.answered, drain))
    finally:
        told.tell()


def decide(where: Path, display: Display) -> Path:
    """Decide the ledger from what the store holds, write the site, and return its first page.

    Where jobs of the campaign still work, or wait for others to end, this job is submitted again behind them.
    """
    folder = CampaignFolder(where.resolve())
    campaign = folder.read_plan()
    store, ledger = Store(folder.path.parents[1]), load_ledger()
    site = build_site(store, ledger, decide_all(store, ledger)).first
    display.say(f"verdicts and pages: {site}")
    own = own_id()
    if own is None:
        return site
    try:
        servers = {one for s in folder.read_submissions() if s.step == "serve" for one in s.task_ids().values()}
        left = servers & set(live(folder))
        if left:
            found = submit_verdict_after(folder, left, own, campaign)
            display.say(f"{len(left)} job(s) still at it: job {found.slurm} decides again after them")
    except HarnessError as error:
        display.say(f"whether others are still at it is not known ({error.found}); harness verdict decides again")
    return site


@dataclass
class _Teller:
    """Keeps a job's progress where its supervisor and `harness status` find it."""

    where: Place
    attempt: int
    _progress: Progress | None = field(default=None, init=False)
    _told: float = field(default=0.0, init=False)
    _started: datetime | None = field(default=None, init=False)

    def planned(self, wanted: dict[Path, int], done: int) -> None:
        """Keep how much there is to ask."""
        root = self.where.store.root
        self._progress = Progress(
            attempt=self.attempt,
            when=now(),
            since=now(),
            total=sum(wanted.values()),
            done=done,
            logs=[path.relative_to(root).as_posix() for path in wanted],
        )
        self.tell()

    def answered(self, sample: Sample) -> None:
        """Count one more; written down at once for the first, then every other second."""
        if self._progress is None:
            return
        first = self._progress.new == 0
        # The first answer was under way for as long as it took.
        since = sample.started if first else self._progress.since
        self._progress = self._progress.model_copy(
            update={
                "done": self._progress.done + 1,
                "new": self._progress.new + 1,
                "tokens": self._progress.tokens + (sample.completion_tokens or 0),
                "since": since,
            }
        )
        if first or time.monotonic() - self._told > _TOLD_SECONDS:
            self.tell()

    def tell(self) -> None:
        """Write it down."""
        if self._progress is not None:
            self._told = time.monotonic()
            when = datetime.now(UTC).isoformat(timespec="milliseconds")
            self._progress = self._progress.model_copy(update={"when": when})
            self.where.folder.write_progress(self.where.job.id, self._progress)
