"""What the verb `items` does: are the items of benchmarks sound, before anything is asked about them?"""

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from harness.config.settings import Settings, load_benchmarks, project
from harness.errors import HarnessError, UsageError, nearest
from harness.evaluation.items import origin_of
from harness.evaluation.tasks import load_task
from harness.evaluation.validity import Validity, examples_of, items_of, validate
from harness.records import Benchmark, Protocol
from harness.workflow.display import Display


@dataclass(frozen=True)
class Looked:
    """What was found about the items of one benchmark."""

    benchmark: str
    task: str
    origin: str | None = None
    """Where the items came from."""
    data_sha256: str | None = None
    """Over the items as the task asks them; part of a run's identity."""
    found: Validity | None = None
    problem: str | None = None
    """Why the items, or their examples, could not be had: no origin at hand, a hash that differs …"""


def look_at_items(settings: Settings, pattern: str | None, display: Display) -> Iterator[Looked]:
    """Yield what was found about each benchmark of the suite, or about those whose ids fit `pattern`.

    Items that cannot be had are a problem of their benchmark, and stop nothing. Raises UsageError when no
    benchmark with a task fits.
    """
    for benchmark in _wanted(settings, pattern):
        with display.waiting(f"items of {benchmark.names[0]}"):
            found = _look(benchmark, settings.protocol.on(benchmark.id))
        yield found


def _look(benchmark: Benchmark, protocol: Protocol) -> Looked:
    task = benchmark.task or ""
    try:
        loaded = load_task(task, benchmark, protocol)
        origin = origin_of(benchmark.data, f"items of {benchmark.id}", benchmark.id).describe()
    except HarnessError as error:
        return Looked(benchmark.id, task, problem=error.text())
    examples, problem = examples_of(loaded), None
    if benchmark.fewshot and not loaded.num_fewshot:  # looked at, although this protocol shows none
        try:
            shown = protocol.model_copy(update={"num_fewshot": 1})
            examples = examples_of(load_task(task, benchmark, shown))
        except HarnessError as error:
            problem = f"its examples could not be had\n{error.text()}"
    return Looked(benchmark.id, task, origin, loaded.data_sha256, validate(items_of(loaded), examples), problem)


def _wanted(settings: Settings, pattern: str | None) -> list[Benchmark]:
    known = load_benchmarks(project().configs)
    names = [task.benchmark for task in settings.suite.tasks] if pattern is None else list(known)
    runnable = [known[name] for name in names if name in known and known[name].task is not None]
    wanted = [one for one in runnable if pattern is None or fnmatchcase(one.id, pattern)]
    if not wanted:
        raise UsageError(
            expected="benchmarks with a task that runs them",
            found=pattern or settings.suite.id,
            where="command line",
            fix=nearest(pattern or "", [one.id for one in known.values() if one.task is not None]),
        )
    return wanted
