"""Serve a model on this machine and run a suite; continues where an earlier run stopped."""

import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from importlib import metadata

import harness
from harness.config.settings import Settings, load_benchmarks, load_settings, project
from harness.errors import UsageError, nearest
from harness.evaluation.requests import RequestPlan
from harness.evaluation.run import TaskPlan, evaluate
from harness.evaluation.tasks import LoadedTask, load_task
from harness.facts.parameters import parameters_total
from harness.machine.devices import device_kind
from harness.records import Benchmark, Decoding, HubOrigin, Manifest, RunIdentity, SuiteTask
from harness.records.base import digest
from harness.serving import Checkpoint, Engine, prepare
from harness.serving.attached import attach
from harness.serving.command import command, engine_args, engine_version
from harness.serving.watchdog import watch
from harness.serving.weights import identity_of
from harness.statistics.selection import evenly_spaced, floor_repeats
from harness.store import RunFolder, SampleLog, Store
from harness.store.files import write_atomic
from harness.workflow.display import Display

_NEUTRAL_ENV = {"VLLM_CPU_KVCACHE_SPACE", "VLLM_CPU_OMP_THREADS_BIND", "VLLM_CPU_NUM_OF_RESERVED_CPU"}
"""Memory and placement: they change how fast a server answers, not what."""


@dataclass(frozen=True)
class Job:
    """One task of the suite, planned, with its run's folder."""

    plan: TaskPlan
    folder: RunFolder

    def open(self, known: Sequence[tuple[str, int]]) -> int:
        """Return how many (item, repeat) are still to be answered."""
        return len(set(self.plan.keys) - set(known))


@dataclass(frozen=True)
class RunReport:
    """What a run did, and how long each part took (seconds)."""

    folders: list[str]
    samples: int
    answered: int
    seconds: dict[str, float]


def open_store(settings: Settings) -> Store:
    """Return the store that the settings name."""
    return Store(project().root / settings.results)


def run_suite(settings: Settings, display: Display, *, fresh: bool = False) -> RunReport:
    """Bring the suite of `settings` to completion and return what was done.

    `fresh` sets earlier answers of exactly these runs aside (results/aside/) and asks everything again.

    The engine is started only when something is still open. Raises HarnessError on any failure; what was
    answered is kept, and the same command continues.
    """
    store, clock = open_store(settings), _Clock()
    _decoding(settings)  # before the weights are fetched, not after
    with display.waiting(f"weights of {settings.model.name}"):
        checkpoint = prepare(settings.model, display.say)
    origin = settings.model.weights.origin.describe()
    if checkpoint.shapes:
        store.write_size(settings.model.id, parameters_total(checkpoint.shapes), origin)
    clock.lap("weights")
    jobs = [_job(settings, checkpoint, store, task, fresh=fresh) for task in settings.suite.tasks]
    clock.lap("tasks")
    with ExitStack() as stack:
        logs = [stack.enter_context(SampleLog(job.folder)) for job in jobs]
        for log in logs:
            if log.repaired:
                display.say(
                    f"a line torn by a kill was cut from {store.relative(log.folder.samples)}; asked again"
                )
        missing = [job.open(list(log.known)) for job, log in zip(jobs, logs, strict=True)]
        if sum(missing):
            _answer(settings, checkpoint, store, display, jobs, logs, clock)
        else:
            display.say("every item is answered already; no engine needed")
    return RunReport(
        folders=[store.relative(job.folder.path) for job in jobs],
        samples=sum(len(job.plan.keys) for job in jobs),
        answered=sum(missing),
        seconds=clock.laps,
    )


def _answer(
    settings: Settings,
    checkpoint: Checkpoint,
    store: Store,
    display: Display,
    jobs: Sequence[Job],
    logs: Sequence[SampleLog],
    clock: "_Clock",
) -> None:
    with ExitStack() as stack:
        engine, url = None, settings.serving.url
        if url is None:
            log_file = store.logs / f"{settings.model.id}-{jobs[0].folder.path.name}.log"
            engine = stack.enter_context(Engine(settings.model, settings.serving, checkpoint.path, log_file))
            url = engine.url
            display.say(f"engine starts on {url}, its log: {store.relative(log_file)}")
        for job in jobs:
            job.plan.build()
        if engine is not None:
            with display.waiting("the engine loads the model"):
                seconds = engine.wait_healthy()
            display.say(f"engine is healthy after {seconds:.0f} s")
        clock.lap("engine")
        total = sum(len(job.plan.keys) for job in jobs)
        done = total - sum(job.open(list(log.known)) for job, log in zip(jobs, logs, strict=True))
        with display.bar("answers", total, done) as bar:
            evaluate(
                [(job.plan, log) for job, log in zip(jobs, logs, strict=True)],
                url,
                settings.serving.concurrency,
                guard=partial(watch, engine) if engine is not None else None,
                progress=lambda _: bar.advance(),
            )
        clock.lap("answers")


def _job(settings: Settings, checkpoint: Checkpoint, store: Store, wanted: SuiteTask, *, fresh: bool) -> Job:
    """Return one planned task; its manifest is written when its identity is new."""
    benchmark = _benchmark(wanted)
    loaded = load_task(wanted.task, benchmark, settings.protocol)
    request = _request_plan(settings, loaded)
    identity = _identity(settings, checkpoint, loaded, request, benchmark)
    folder = store.run(identity)
    try:
        indices = evenly_spaced(loaded.items, wanted.items)
    except ValueError as error:
        raise UsageError(
            expected=f"at most {loaded.items} items", found=str(error), where=f"suite, task {wanted.task}"
        ) from error
    if fresh:
        store.set_aside(folder)
    if not folder.manifest.exists():
        deviation = settings.model.weights.deviation
        origin = settings.model.weights.origin
        unpinned = [origin.describe()] if isinstance(origin, HubOrigin) and origin.revision == "unpinned" else []
        manifest = Manifest(
            key=identity.key,
            identity=identity,
            benchmark=benchmark.id,
            benchmark_items=loaded.items,
            protocol=_protocol_name(settings),
            code_version=harness.__version__,
            command=[]
            if settings.serving.url
            else command(settings.model, settings.serving, "$WEIGHTS", 0, python="python"),
            deviations=[deviation] if deviation else [],
            unpinned=unpinned,
        )
        write_atomic(folder.manifest, manifest.model_dump_json(indent=1) + "\n")
    repeats = settings.repeats or wanted.repeats or floor_repeats(len(indices))
    return Job(TaskPlan(loaded, indices, repeats, request), folder)


def _benchmark(wanted: SuiteTask) -> Benchmark:
    known = load_benchmarks(project().configs)
    benchmark = known.get(wanted.benchmark)
    if benchmark is None or benchmark.task != wanted.task:
        fitting = [b.id for b in known.values() if b.task == wanted.task]
        raise UsageError(
            expected=f"a benchmark whose task is {wanted.task}",
            found=wanted.benchmark,
            where="suite.tasks",
            fix=nearest(wanted.benchmark, fitting or known),
        )
    return benchmark


def _protocol_name(settings: Settings) -> str:
    """Return the protocol's id, marked when the command changed what its file says."""
    name = settings.protocol.id
    if load_settings([f"protocol={name}"]).protocol == settings.protocol:
        return name
    return f"{name}+{digest(settings.protocol.model_dump(mode='json'))[:6]}"


def _decoding(settings: Settings) -> Decoding:
    model, wanted = settings.model, settings.protocol.sampling
    decoding = model.sampling if wanted == "recommended" else wanted
    if decoding is None:
        raise UsageError(
            expected="sampling settings",
            found=f"the maker of {model.name} recommends none",
            where=f"configs/model/{model.id}.yaml, sampling",
            fix="name them: 'protocol.sampling={temperature: 0.6, top_p: 0.95}'",
        )
    return decoding


def _request_plan(settings: Settings, loaded: LoadedTask) -> RequestPlan:
    protocol, model = settings.protocol, settings.model
    return RequestPlan(
        model=model.id,
        endpoint=protocol.endpoint,
        decoding=_decoding(settings),
        max_tokens=protocol.max_tokens,
        stop=list(loaded.stop) if protocol.stop == "task" else protocol.stop,
        base_seed=protocol.base_seed,
    )


def _identity(
    settings: Settings, checkpoint: Checkpoint, loaded: LoadedTask, request: RequestPlan, benchmark: Benchmark
) -> RunIdentity:
    serving = settings.serving
    engine, version = (
        engine_version() if serving.url is None else ("attached", attach(serving.url, settings.model))
    )
    inherited = {k: v for k, v in os.environ.items() if k.startswith("VLLM_")}
    env = {k: v for k, v in sorted({**inherited, **serving.env}.items()) if k not in _NEUTRAL_ENV}
    packages = [f"{name} {metadata.version(name)}" for name in ("lm-eval", *benchmark.packages)]
    return RunIdentity(
        model=settings.model.id,
        weights=identity_of(settings.model, checkpoint),
        precision=settings.model.precision,
        conversion=checkpoint.conversion,
        engine=engine,
        engine_version=version,
        engine_args=engine_args(settings.model, settings.serving),
        engine_env=env,
        device=device_kind(serving.device),
        chat_template_sha256=checkpoint.chat_template_sha256 if request.endpoint == "chat" else None,
        task=loaded.name,
        task_sha256=loaded.task_sha256,
        data_sha256=loaded.data_sha256,
        library=", ".join(packages),
        endpoint=request.endpoint,
        decoding=request.decoding,
        max_tokens=request.max_tokens,
        stop=request.stop,
        num_fewshot=loaded.num_fewshot,
        base_seed=request.base_seed,
    )


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
