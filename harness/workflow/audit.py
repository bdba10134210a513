"""What the verb `audit` does: plant claims of known truth into every real log at hand."""

from collections.abc import Iterator
from pathlib import Path

import harness
from harness.config.settings import Settings, load_benchmarks, project
from harness.errors import HarnessError
from harness.records import Audit, Benchmark
from harness.store import Store, metrics_in, open_store, read_scores
from harness.verdicts.audit import Log, audit
from harness.workflow.display import Display

RECORDED = "results/reference"


def audit_logs(settings: Settings, trials: int, display: Display) -> Audit:
    """Return the rule's error rates on claims planted into the store's runs and the recorded ones, and keep them.

    Raises HarnessError when there is no log with two repeats of every item.
    """
    store = open_store(settings)
    logs = list(_logs(store))
    if not logs:
        raise HarnessError(
            expected="answers to plant claims into, at least two repeats of every item",
            found="none",
            where=f"{store.root} and {RECORDED}",
            fix="harness demo",
        )
    with display.bar("planted claims", len(logs)) as bar:
        found = audit(logs, trials, harness.__version__, bar.advance)
    store.write_audit(found)
    return found


def _logs(store: Store) -> Iterator[Log]:
    """Yield every log that can be judged: by its benchmark's headline metric, another one beside it."""
    benchmarks = load_benchmarks(project().configs)
    for folder in store.runs():
        manifest = folder.read_manifest()
        yield from _log(folder.samples, store.relative(folder.path), benchmarks.get(manifest.benchmark))
    for path in sorted((project().root / RECORDED).glob("*/*.scores.jsonl")):
        name = path.relative_to(project().root).as_posix()
        yield from _log(path, name, benchmarks.get(path.name.removesuffix(".scores.jsonl")))


def _log(path: Path, name: str, benchmark: Benchmark | None) -> Iterator[Log]:
    """Yield the answers in a file as a log; nothing where they are too few or under way."""
    if benchmark is None or not path.exists():
        return
    metric, bounds = benchmark.score.metric, benchmark.score.range
    table = read_scores(path, metric, bounds)
    if table.repeats < 2 or table.missing:
        return
    # Another task of the same benchmark may report other metrics.
    others = sorted(set(benchmark.metrics.values()) & metrics_in(path) - {metric})
    other = read_scores(path, others[0], bounds).scores if others else None
    yield Log(name, table.scores, other)
