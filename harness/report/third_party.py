"""What other harnesses' logs say of the same models and benchmarks: a lane of its own, apart from our runs."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from harness.claims.names import benchmark_names, subject_names
from harness.records import Benchmark, Claim, Import, Model, ReportedScore, Sample, Subject


@dataclass(frozen=True)
class ThirdPartyScore:
    """One score that somebody else measured, or that we computed from somebody else's answers."""

    place: str
    """The import's folder, below results/."""
    model: str | None
    """Our id; None where nobody here has a model of that name."""
    benchmark: str | None
    """Our id; None where there is none of that name."""
    named_model: str
    named_task: str
    """As the log names both."""
    metric: str
    score: float
    """In the metric's own unit."""
    unit: str | None
    """`proportion` or `percent`, say; None where the log does not say."""
    error: float | None
    """Standard error, where the log states one."""
    items: int | None
    """None where the log does not say."""
    samples: int
    """Answers that we hold of it; 0 of a score that was only reported."""
    scored_by: str
    """`log`: the score is the log's own; `harness`: its answers scored by our task."""
    by: str | None
    """Who measured; None where nobody says."""
    protocol: Mapping[str, str]
    """As far as stated."""
    format: str
    files: Sequence[str]


def scores_of(
    place: str,
    record: Import,
    samples: Sequence[Sample],
    models: Mapping[str, Model],
    benchmarks: Mapping[str, Benchmark],
    subjects: Mapping[str, Subject],
) -> list[ThirdPartyScore]:
    """Return the scores of one import: those it reports, and the means of those that its answers have.

    An answer without a score counts 0. Scores of repeats that the log scored together stand with the first.
    """
    model = _model(record.model, models, subjects)
    benchmark = (record.scoring.benchmark if record.scoring else None) or _benchmark(record.task, benchmarks)
    found = list(record.reported)
    counted = [sample for sample in samples if sample.repeat == 0] if record.together else samples
    for metric in sorted({name for sample in counted for name in sample.scores}):
        values = [_mean(sample.scores.get(metric, 0.0)) for sample in counted]
        items = len({sample.item for sample in counted})
        found.append(ReportedScore(metric=metric, score=fmean(values), items=items))
    return [
        ThirdPartyScore(
            place=place,
            model=model,
            benchmark=benchmark,
            named_model=record.model,
            named_task=record.task,
            metric=score.metric,
            score=score.score,
            unit=score.unit,
            error=score.error,
            items=score.items,
            samples=record.samples,
            scored_by="harness" if record.scoring else "log",
            by=record.by,
            protocol=record.protocol,
            format=record.format,
            files=[file.name for file in record.files],
        )
        for score in found
    ]


def by_claim(claims: Iterable[Claim], scores: Sequence[ThirdPartyScore]) -> dict[str, list[ThirdPartyScore]]:
    """Return what others measured of each claim's model on its benchmark; claims without any are left out.

    It is no evidence for a verdict: their protocols are others, and often unstated.
    """
    held: dict[tuple[str, str], list[ThirdPartyScore]] = {}
    for score in scores:
        if score.model is not None and score.benchmark is not None:
            held.setdefault((score.model, score.benchmark), []).append(score)
    return {
        claim.id: found
        for claim in claims
        if claim.benchmark is not None and (found := held.get((claim.model, claim.benchmark)))
    }


def _model(name: str, models: Mapping[str, Model], subjects: Mapping[str, Subject]) -> str | None:
    """Return the id of the model that goes by a name: of the hub, ours, or one that sources print."""
    released = {model.released.casefold(): model.id for model in reversed(list(models.values()))}
    return released.get(name.casefold()) or subject_names(models, subjects).resolve(name)


def _benchmark(name: str, benchmarks: Mapping[str, Benchmark]) -> str | None:
    """Return the id of the benchmark that goes by a name, whole or before its first slash, or that a task runs."""
    tasks = {benchmark.task: benchmark.id for benchmark in benchmarks.values() if benchmark.task}
    known = benchmark_names(benchmarks)
    for candidate in (name, name.split("/", 1)[0]):
        if found := known.resolve(candidate) or tasks.get(candidate):
            return found
    return None


def _mean(value: float | list[float]) -> float:
    return (fmean(value) if value else 0.0) if isinstance(value, list) else value
