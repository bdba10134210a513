"""The scores of a run, as every export tells them."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean

from harness.records import Benchmark, Sample, Status
from harness.statistics.clusters import mean_error
from harness.verdicts import RunEvidence


@dataclass(frozen=True)
class Measured:
    """One metric of one run, in the metric's own unit; an answer without a score counts 0."""

    metric: str
    """With its filter, as the task reports it: `exact_match,strict`."""
    mean: float
    error: float | None
    """Standard error over sampled items; None of a single item."""

    @property
    def name(self) -> str:
        """The metric without its filter."""
        return self.metric.partition(",")[0]

    @property
    def filter(self) -> str:
        """The filter; `none` where the task has one way to read an answer."""
        return self.metric.partition(",")[2] or "none"


@dataclass(frozen=True)
class Summary:
    """What a run holds."""

    metrics: Sequence[Measured]
    items: int
    repeats: int
    answers: int
    statuses: Mapping[Status, int]
    newest: str | None
    """Start of the newest answer (UTC); None where the log does not say."""

    @property
    def timestamp(self) -> float:
        """`newest` in Unix time; 0 where it is not known."""
        return datetime.fromisoformat(self.newest).timestamp() if self.newest else 0.0


def summary(run: RunEvidence) -> Summary:
    """Return the scores of a run over all its answers, and how these ended."""
    names = sorted({name for sample in run.samples for name in sample.scores})
    return Summary(
        metrics=[_measured(name, run.samples) for name in names],
        items=len({sample.item for sample in run.samples}),
        repeats=max((sample.repeat + 1 for sample in run.samples), default=0),
        answers=len(run.samples),
        statuses=dict(sorted(Counter(sample.status for sample in run.samples).items())),
        newest=run.newest or None,
    )


def score_of(sample: Sample, metric: str) -> float:
    """Return an answer's score; the mean of a metric with several values, 0 where it has none."""
    value = sample.scores.get(metric, 0.0)
    return (fmean(value) if value else 0.0) if isinstance(value, list) else value


def bounds_of(benchmark: Benchmark | None, metric: str) -> tuple[float, float] | None:
    """Return the least and the most that a metric can be; None for one that the benchmark does not name."""
    if benchmark is None:
        return None
    known = {benchmark.score.metric, benchmark.score.lenient, *benchmark.metrics.values()}
    return benchmark.score.range if metric in known else None


def headline(run: RunEvidence, benchmark: Benchmark) -> str:
    """Return the metric that is the run's score: the one that its protocol's extractor reads."""
    lenient = benchmark.score.lenient if run.manifest.identity.extractor == "lenient" else None
    return lenient or benchmark.score.metric


def _measured(metric: str, samples: Sequence[Sample]) -> Measured:
    values: dict[str, list[float]] = defaultdict(list)
    for sample in samples:
        values[sample.item].append(score_of(sample, metric))
    means = [fmean(values[item]) for item in sorted(values)]
    error = mean_error(means).error if len(means) > 1 else None
    return Measured(metric, fmean(means), error)
