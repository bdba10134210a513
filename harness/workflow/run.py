"""Serve a model on this machine and run a suite; continues where an earlier run stopped."""

import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import partial

import harness
from harness.config.settings import Settings, load_benchmarks, load_settings, project
from harness.errors import HarnessError, UsageError, nearest
from harness.evaluation.run import TaskPlan, evaluate
from harness.evaluation.tasks import load_task
from harness.facts.parameters import parameters_total
from harness.records import Benchmark, Manifest, Sample, SuiteTask
from harness.records.base import digest
from harness.serving import Checkpoint, prepare
from harness.serving.fleet import Fleet
from harness.serving.servers import Servers
from harness.serving.weights import weights_of
from harness.statistics.selection import evenly_spaced, floor_repeats
from harness.statistics.sequential import doubling_looks
from harness.store import RunFolder, SampleLog, Store, open_store, read_samples
from harness.store.files import write_atomic
from harness.workflow.asking import decoding, identity_of, request_plan, thoughts
from harness.workflow.display import Display
from harness.workflow.honesty import trust
from harness.workflow.servers import manifest_notes, servers_of

Work = list[tuple[TaskPlan, SampleLog]]
"""What to ask next, and where the answers go."""
Settled = Callable[[Manifest, Sequence[Sample], str], bool]
"""Whether what a run has answered so far (manifest, samples, folder) settles the claims that it is for."""


@dataclass(frozen=True)
class Job:
    """One task of the suite, planned, with its run's folder."""

    plan: TaskPlan
    folder: RunFolder
    manifest: Manifest
    looks: Sequence[int]
    """Repeats after which to ask whether the claims are settled; the last is the end."""

    def due(self, log: SampleLog, settled: Callable[[], bool]) -> TaskPlan | None:
        """Return the plan up to the next look that has open answers; None when nothing is left to ask."""
        for look in self.looks:
            plan = replace(self.plan, repeats=look)
            if any(key not in log.known for key in plan.keys):
                return plan
            went_on = any(repeat >= look for _, repeat in log.known)
            if look != self.looks[-1] and not went_on and settled():
                return None
        return None


@dataclass(frozen=True)
class RunReport:
    """What a run did, and how long each part took (seconds)."""

    folders: list[str]
    samples: int
    answered: int
    seconds: dict[str, float]


def run_suite(
    settings: Settings, display: Display, *, fresh: bool = False, settled: Settled = lambda *_: False
) -> RunReport:
    """Bring the suite of `settings` to completion and return what was done.

    `fresh` sets earlier answers of exactly these runs aside (results/aside/) and asks everything again.
    `settled` is asked at every look that a run declares before its last one.

    The engine is started only when something is still open. Raises HarnessError on any failure; what was
    answered is kept, and the same command continues.
    """
    store, clock = open_store(settings), _Clock()
    decoding(settings)  # before the weights are fetched, not after
    checkpoint = None
    if settings.model.hosted is None:
        with display.waiting(f"weights of {settings.model.name}"):
            checkpoint = prepare(settings.model, display.say)
        origin = weights_of(settings.model).origin.describe()
        if checkpoint.shapes:
            store.write_size(settings.model.id, parameters_total(checkpoint.shapes), origin)
    clock.lap("weights")
    jobs = _jobs(settings, checkpoint, store, fresh=fresh)
    for job in jobs:
        for origin in job.plan.loaded.unpinned:
            display.say(f"not pinned: {origin}; what they are here is part of the run's identity")
    clock.lap("tasks")
    with ExitStack() as stack:
        logs = [stack.enter_context(SampleLog(job.folder)) for job in jobs]
        for log in logs:
            if log.repaired:
                display.say(
                    f"a line torn by a kill was cut from {store.relative(log.folder.samples)}; asked again"
                )
        known = sum(len(log.known) for log in logs)

        def due() -> Work:
            plans = [
                (job.due(log, partial(_ask, settled, store, job, log)), log)
                for job, log in zip(jobs, logs, strict=True)
            ]
            return [(plan, log) for plan, log in plans if plan is not None]

        if work := due():
            _answer(settings, checkpoint, store, display, jobs, work, due, clock)
        else:
            display.say("every item is answered already; no engine needed")
        samples = sum(len(log.known) for log in logs)
    return RunReport(
        folders=[store.relative(job.folder.path) for job in jobs],
        samples=samples,
        answered=samples - known,
        seconds=clock.laps,
    )


def _ask(settled: Settled, store: Store, job: Job, log: SampleLog) -> bool:
    return settled(job.manifest, read_samples(log.folder.samples), store.relative(job.folder.path))


def _answer(
    settings: Settings,
    checkpoint: Checkpoint | None,
    store: Store,
    display: Display,
    jobs: Sequence[Job],
    work: Work,
    due: Callable[[], Work],
    clock: "_Clock",
) -> None:
    """Start the engines and answer `work`, then what is due after it, until nothing is."""
    folders = [job.folder for job in jobs]
    with servers_of(settings, checkpoint, store, folders, display) as servers:
        for job in jobs:
            job.plan.build()
        if isinstance(servers, Fleet):
            with display.waiting("the engine loads the model"):
                servers.wait_healthy()
            display.say("healthy: " + ", ".join(engine.url for engine in servers.engines))
        if checkpoint is not None:
            trust(settings, checkpoint, servers, [job.plan.request for job in jobs], folders, display)
        clock.lap("engine")
        while work:
            _round(work, servers, display)
            work = due()
        clock.lap("answers")


def _round(work: Work, servers: Servers, display: Display) -> None:
    total = sum(len(plan.keys) for plan, _ in work)
    done = sum(key in log.known for plan, log in work for key in plan.keys)
    with display.bar("answers", total, done) as bar:
        evaluate(work, servers, progress=lambda _: bar.advance())


def _jobs(settings: Settings, checkpoint: Checkpoint | None, store: Store, *, fresh: bool) -> list[Job]:
    """Return the suite's tasks, planned; raises HarnessError that names every one that cannot be had here."""
    jobs: list[Job] = []
    missing: dict[str, HarnessError] = {}
    for wanted in settings.suite.tasks:
        try:
            jobs.append(_job(settings, checkpoint, store, wanted, fresh=fresh))
        except UsageError:
            raise
        except HarnessError as error:
            missing[wanted.benchmark] = error
    if not missing:
        return jobs
    if len(settings.suite.tasks) == 1:
        raise next(iter(missing.values()))
    others = ",".join(job.manifest.benchmark for job in jobs)
    ways_out = dict.fromkeys(error.fix for error in missing.values() if error.fix)
    raise HarnessError(
        expected=f"every benchmark of suite {settings.suite.id}",
        found=f"{len(missing)} of {len(settings.suite.tasks)} cannot be had here",
        fix=" · ".join([*([f"'suite.tasks=[{others}]' runs the others"] if others else []), *ways_out]),
        detail="\n".join(f"  {name}: {error.found}" for name, error in missing.items()),
    )


def _job(
    settings: Settings, checkpoint: Checkpoint | None, store: Store, wanted: SuiteTask, *, fresh: bool
) -> Job:
    """Return one planned task; its manifest is written when its identity is new."""
    benchmark, task = _benchmark(wanted)
    # What follows is about this benchmark alone, for which the protocol may have settings of its own.
    protocol_name = _protocol_name(settings)
    settings = settings.model_copy(update={"protocol": settings.protocol.on(benchmark.id)})
    loaded = load_task(task, benchmark, settings.protocol)
    request = request_plan(settings, loaded)
    identity = identity_of(settings, checkpoint, loaded, request, benchmark)
    folder = store.run(identity)
    try:
        indices = evenly_spaced(
            loaded.items, min(settings.items, loaded.items) if settings.items else wanted.items
        )
    except ValueError as error:
        raise UsageError(
            expected=f"at most {loaded.items} items", found=str(error), where=f"suite, {benchmark.id}"
        ) from error
    if fresh:
        store.set_aside(folder)
    repeats = settings.repeats or wanted.repeats or settings.protocol.repeats or floor_repeats(len(indices))
    looks: list[int] = []
    if settings.until == "settled":
        looks, repeats = _looks(settings, len(indices))
    if not folder.manifest.exists():
        notes = manifest_notes(settings, request.left_out)
        notes["unpinned"] = [*notes["unpinned"], *loaded.unpinned]
        manifest = Manifest(
            key=identity.key,
            identity=identity,
            benchmark=benchmark.id,
            benchmark_items=loaded.items,
            protocol=protocol_name,
            unstated=settings.protocol.unstated,
            thinks=None if settings.model.thinking is None else thoughts(settings) is not None,
            code_version=harness.__version__,
            looks=looks,
            **notes,
        )
        write_atomic(folder.manifest, manifest.model_dump_json(indent=1) + "\n")
    manifest = folder.read_manifest()
    if looks and manifest.looks != looks:
        raise UsageError(
            expected=f"a run whose looks were declared before it began: {', '.join(map(str, looks))} repeats",
            found=", ".join(map(str, manifest.looks)) or "one that declared none",
            where=str(folder.manifest),
            fix="until=all continues it to the end; --fresh sets it aside and starts anew",
        )
    plan = TaskPlan(loaded, indices, repeats, request, thoughts(settings))
    return Job(plan, folder, manifest, looks or [repeats])


def _looks(settings: Settings, items: int) -> tuple[list[int], int]:
    """Return the repeats after which a run may stop once its claims are settled, and the most of them."""
    floor = floor_repeats(items)
    most = settings.repeats or 4 * floor
    if most < floor:
        raise UsageError(
            expected=f"at least {floor} repeats: {items} items need as many before a first look",
            found=f"repeats={most}",
            where="until=settled",
            fix=f"repeats={2 * floor}, or until=all",
        )
    return doubling_looks(floor, most), most


def _benchmark(wanted: SuiteTask) -> tuple[Benchmark, str]:
    """Return the benchmark and its task; raises UsageError where there is none."""
    known = load_benchmarks(project().configs)
    benchmark = known.get(wanted.benchmark)
    if benchmark is None or benchmark.task is None:
        runnable = [b.id for b in known.values() if b.task is not None]
        raise UsageError(
            expected="a benchmark with a task that runs it",
            found=wanted.benchmark,
            where="suite.tasks",
            fix=nearest(wanted.benchmark, runnable),
        )
    return benchmark, benchmark.task


def _protocol_name(settings: Settings) -> str:
    """Return the protocol's id, marked when the command changed what its file says."""
    name = settings.protocol.id
    if load_settings([f"protocol={name}"]).protocol == settings.protocol:
        return name
    return f"{name}+{digest(settings.protocol.model_dump(mode='json'))[:6]}"


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
