"""The runs of a suite, planned: which items of which tasks are asked how often, and where the answers go."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import harness
from harness.config.settings import Settings, load_benchmarks, load_settings, project
from harness.errors import HarnessError, UsageError, nearest
from harness.evaluation.run import TaskPlan
from harness.evaluation.tasks import load_task
from harness.records import Benchmark, Manifest, SuiteTask
from harness.records.base import digest
from harness.serving import Checkpoint
from harness.statistics.selection import evenly_spaced, floor_repeats
from harness.statistics.sequential import doubling_looks
from harness.store import RunFolder, SampleLog, Store
from harness.store.files import write_atomic
from harness.workflow.asking import identity_of, request_plan, thoughts
from harness.workflow.servers import manifest_notes


@dataclass(frozen=True)
class Run:
    """One task of a suite, planned, with its folder."""

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


def planned_runs(settings: Settings, checkpoint: Checkpoint | None, store: Store, *, fresh: bool) -> list[Run]:
    """Return the suite's tasks, planned; raises HarnessError that names every one that cannot be had here."""
    runs: list[Run] = []
    missing: dict[str, HarnessError] = {}
    for wanted in settings.suite.tasks:
        try:
            runs.append(_run(settings, checkpoint, store, wanted, fresh=fresh))
        except UsageError:
            raise
        except HarnessError as error:
            missing[wanted.benchmark] = error
    if not missing:
        return runs
    if len(settings.suite.tasks) == 1:
        raise next(iter(missing.values()))
    others = ",".join(run.manifest.benchmark for run in runs)
    ways_out = dict.fromkeys(error.fix for error in missing.values() if error.fix)
    raise HarnessError(
        expected=f"every benchmark of suite {settings.suite.id}",
        found=f"{len(missing)} of {len(settings.suite.tasks)} cannot be had here",
        fix=" · ".join([*([f"'suite.tasks=[{others}]' runs the others"] if others else []), *ways_out]),
        detail="\n".join(f"  {name}: {error.found}" for name, error in missing.items()),
    )


def load_tasks(settings: Settings) -> None:
    """Bring the items of all tasks, and what scores them, to this machine; raises what `load_task` raises."""
    for wanted in settings.suite.tasks:
        benchmark, task = _benchmark(wanted)
        load_task(task, benchmark, settings.protocol.on(benchmark.id))


def _run(
    settings: Settings, checkpoint: Checkpoint | None, store: Store, wanted: SuiteTask, *, fresh: bool
) -> Run:
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
    return Run(plan, folder, manifest, looks or [repeats])


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
