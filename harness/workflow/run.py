"""Serve a model on this machine and run suites; continues where an earlier run stopped."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from harness.config.settings import Settings
from harness.errors import HarnessError, UsageError
from harness.evaluation.run import TaskPlan, evaluate
from harness.facts.parameters import parameters_total
from harness.records import Manifest, Sample
from harness.serving import Checkpoint, prepare
from harness.serving.fleet import Fleet
from harness.serving.servers import Servers
from harness.serving.weights import weights_of
from harness.store import SampleLog, Store, open_store, read_samples
from harness.workflow.asking import decoding
from harness.workflow.display import Display
from harness.workflow.honesty import trust
from harness.workflow.planned import Run, planned_runs
from harness.workflow.servers import servers_of
from harness.workflow.throughput import Meter

Work = list[tuple[TaskPlan, SampleLog]]
"""What to ask next, and where the answers go."""
Settled = Callable[[Manifest, Sequence[Sample], str], bool]
"""Whether what a run has answered so far (manifest, samples, folder) settles the claims that it is for."""


class DrainedError(HarnessError):
    """Somebody asked us to stop before the end; exits 75 (sysexits.h: a temporary failure, try again)."""

    exit_code = 75


@dataclass(frozen=True)
class RunReport:
    """What a run did, and how long each part took (seconds)."""

    folders: list[str]
    samples: int
    answered: int
    seconds: dict[str, float]


@dataclass(frozen=True)
class Watcher:
    """Who else follows a run, and may stop it."""

    planned: Callable[[dict[Path, int], int], None] = lambda *_: None
    """Told once, before the first request: the sample log and the number of samples wanted of every run, and how
    many of them there are."""
    answered: Callable[[Sample], None] = lambda _: None
    drain: threading.Event | None = None
    """Set, nothing new is asked; what is under way is waited for."""

    @property
    def draining(self) -> bool:
        """Whether nothing new is to be asked."""
        return self.drain is not None and self.drain.is_set()


def run_suites(
    suites: Sequence[Settings],
    display: Display,
    *,
    fresh: bool = False,
    settled: Settled = lambda *_: False,
    watcher: Watcher = Watcher(),
) -> RunReport:
    """Bring the suites of `suites` to completion on the same servers and return what was done.

    `fresh` sets earlier answers of exactly these runs aside (results/aside/) and asks everything again.
    `settled` is asked at every look that a run declares before its last one.

    The engine is started only when something is still open. Raises UsageError for suites of several models or
    servings, DrainedError when `watcher` stopped it, and HarnessError on any failure; what was answered is kept,
    and the same command continues.
    """
    first = suites[0]
    if any((s.model, s.serving, s.results) != (first.model, first.serving, first.results) for s in suites):
        raise UsageError("suites of one model, served in one way", "several", where="suites of one run")
    store, clock = open_store(first), _Clock()
    for settings in suites:
        decoding(settings)  # before the weights are fetched, not after
    checkpoint = _checkpoint(first, store, display)
    clock.lap("weights")
    runs = [run for settings in suites for run in planned_runs(settings, checkpoint, store, fresh=fresh)]
    for origin in dict.fromkeys(origin for run in runs for origin in run.plan.loaded.unpinned):
        display.say(f"not pinned: {origin}; what they are here is part of the run's identity")
    clock.lap("tasks")
    with ExitStack() as stack:
        # Two suites may hold the same run: it has one log.
        folders = {run.folder.path: run.folder for run in runs}
        logs = {path: stack.enter_context(SampleLog(folder)) for path, folder in folders.items()}
        for log in logs.values():
            if log.repaired:
                where = store.relative(log.folder.samples)
                display.say(f"a line torn by a kill was cut from {where}; asked again")
        known = sum(len(log.known) for log in logs.values())
        watcher.planned(*_extent(runs, logs))

        def due() -> Work:
            found: dict[str, tuple[TaskPlan, SampleLog]] = {}
            for run in runs:
                log = logs[run.folder.path]
                plan = run.due(log, partial(_ask, settled, store, run, log))
                # A benchmark under two protocols: lm-eval tells tasks by their name, so one after the other.
                if plan is not None:
                    found.setdefault(plan.loaded.name, (plan, log))
            return list(found.values())

        if work := due():
            with servers_of(first, checkpoint, store, list(folders.values()), display) as servers:
                _ready(first, checkpoint, runs, servers, display)
                clock.lap("engine")
                meter = Meter(first, {run.folder.path: run.manifest for run in runs})
                try:
                    while work and not watcher.draining:
                        _round(work, servers, display, watcher, meter)
                        work = due()
                finally:
                    meter.keep(store)
                clock.lap("answers")
        else:
            display.say("every item is answered already; no engine needed")
        samples = sum(len(log.known) for log in logs.values())
        if work:
            raise DrainedError(
                expected="every answer",
                found=f"{samples - known} new ones, then a request to stop",
                where=", ".join(store.relative(path) for path in folders),
                fix="what was answered is kept, the same command continues",
            )
    return RunReport(
        folders=[store.relative(path) for path in folders],
        samples=samples,
        answered=samples - known,
        seconds=clock.laps,
    )


def _checkpoint(settings: Settings, store: Store, display: Display) -> Checkpoint | None:
    """Return the weights, fetched where they are not here; None for a hosted model."""
    if settings.model.hosted is not None:
        return None
    with display.waiting(f"weights of {settings.model.name}"):
        checkpoint = prepare(settings.model, display.say)
    if checkpoint.shapes:
        origin = weights_of(settings.model).origin.describe()
        store.write_size(settings.model.id, parameters_total(checkpoint.shapes), origin)
    return checkpoint


def _extent(runs: Sequence[Run], logs: dict[Path, SampleLog]) -> tuple[dict[Path, int], int]:
    """Return how many samples are wanted by log, and how many of them there are."""
    wanted: dict[Path, set[tuple[str, int]]] = {}
    for run in runs:
        wanted.setdefault(run.folder.path, set()).update(run.plan.keys)
    done = sum(len(keys & logs[path].known) for path, keys in wanted.items())
    return {logs[path].folder.samples: len(keys) for path, keys in wanted.items()}, done


def _ask(settled: Settled, store: Store, run: Run, log: SampleLog) -> bool:
    return settled(run.manifest, read_samples(log.folder.samples), store.relative(run.folder.path))


def _ready(
    settings: Settings, checkpoint: Checkpoint | None, runs: Sequence[Run], servers: Servers, display: Display
) -> None:
    """Build all prompts, wait for the engines, and look at every server before it is trusted."""
    for run in runs:
        run.plan.build()
    if isinstance(servers, Fleet):
        with display.waiting("the engine loads the model"):
            servers.wait_healthy()
        display.say("healthy: " + ", ".join(engine.url for engine in servers.engines))
    if checkpoint is not None:
        plans = [run.plan.request for run in runs]
        folders = list({run.folder.path: run.folder for run in runs}.values())
        trust(settings, checkpoint, servers, plans, folders, display)


def _round(work: Work, servers: Servers, display: Display, watcher: Watcher, meter: Meter) -> None:
    total = sum(len(plan.keys) for plan, _ in work)
    done = sum(key in log.known for plan, log in work for key in plan.keys)
    meter.asks({plan.loaded.name: log.folder for plan, log in work})
    with display.bar("answers", total, done) as bar:

        def progress(sample: Sample) -> None:
            bar.advance()
            meter.add(sample)
            watcher.answered(sample)

        evaluate(work, servers, progress=progress, draining=lambda: watcher.draining)


class _Clock:
    """Seconds of each part of a run."""

    def __init__(self) -> None:
        self.laps: dict[str, float] = {}
        self._last = time.monotonic()

    def lap(self, name: str) -> None:
        """Keep the time since the last lap under `name`."""
        now = time.monotonic()
        self.laps[name] = round(now - self._last, 1)
        self._last = now
