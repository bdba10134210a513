"""Runs of the store as evidence for a claim: which answers count, and what differs from the source."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from harness.records import Benchmark, Claim, Deviation, Manifest, Sample, Says, Terms, item_id
from harness.statistics.selection import evenly_spaced
from harness.verdicts.table import ScoreTable, TableBuilder, logged_scores

_DECODING = ("temperature", "top_p", "top_k", "min_p", "presence_penalty")


@dataclass(frozen=True)
class RunEvidence:
    """One run of a model on the claim's benchmark."""

    manifest: Manifest
    samples: Sequence[Sample]
    folder: str

    @property
    def newest(self) -> str | None:
        """Start of the newest sample (UTC)."""
        return max((sample.started for sample in self.samples), default=None)


def table_of(claim: Claim, benchmark: Benchmark, run: RunEvidence) -> ScoreTable:
    """Return the answers of a run to the items that the claim is about.

    A repeat that is under way is left out as long as one whole repeat exists; without any, what is missing of
    the first one is counted. A run with declared looks counts up to the last look that it has reached.
    Raises ValueError when the answers hold no such metric, or several values of it for an item.
    """
    metric, lenient = metrics_of(claim, benchmark, run.manifest)
    total = run.manifest.benchmark_items
    items = [item_id(run.manifest.identity.task, i) for i in evenly_spaced(total, claim.items)]
    wanted = set(items)
    samples = [sample for sample in run.samples if sample.item in wanted]
    whole = _whole_repeats(samples, items)
    repeats = max((look for look in run.manifest.looks if look <= whole), default=max(whole, 1))
    samples = [sample for sample in samples if sample.repeat < repeats]
    if not any(metric in sample.scores for sample in samples):
        raise ValueError(f'no answer of {run.folder} is scored by "{metric}"')
    builder = TableBuilder()
    for sample in samples:
        score, other = logged_scores(sample.status, sample.scores, metric, benchmark.score.range, lenient)
        builder.add(
            sample.item,
            sample.repeat,
            sample.status,
            score,
            lenient=other,
            tokens=sample.completion_tokens,
        )
    return builder.table(items)


def metrics_of(claim: Claim, benchmark: Benchmark, manifest: Manifest) -> tuple[str, str | None]:
    """Return the metric that a claim is about, and the one of the other extractor where there is one.

    The protocol says which extractor's reading is the score; raises KeyError for a metric that no task reports.
    """
    score = benchmark.score
    metric = benchmark.metrics[claim.metric] if claim.metric else score.metric
    if metric != score.metric or score.lenient is None:
        return metric, None
    pair = (metric, score.lenient)
    return pair if manifest.identity.extractor == "strict" else (pair[1], pair[0])


def in_mode(claim: Claim, run: RunEvidence) -> bool:
    """Return whether a run thought, or did not, as the claim's source says it did; what is unsaid fits."""
    thinks = run.manifest.thinks
    return claim.mode is None or thinks is None or thinks == (claim.mode == "thinking")


def _whole_repeats(samples: Sequence[Sample], items: Collection[str]) -> int:
    """Return how many repeats, from the first, have an answer for every item; a run may be under way."""
    answered = Counter(sample.repeat for sample in samples)
    repeats = 0
    while answered[repeats] == len(items):
        repeats += 1
    return repeats


def terms_for_run(claim: Claim, benchmark: Benchmark, run: RunEvidence) -> Terms:
    """Return the terms on which a run decides a claim; raises ValueError as `terms_of` does."""
    stated = "temperature" in claim.protocol.known
    same = same_decoding(claim, run.manifest)
    terms = terms_of(claim, benchmark, "same" if same else "other" if stated else "unstated")
    changes: dict[str, object] = {
        "looks": run.manifest.looks,
        "same_cap": same_cap(claim, run.manifest),
        "deviations": deviations(claim, run.manifest),
    }
    return terms.model_copy(update=changes)


def terms_of(claim: Claim, benchmark: Benchmark, source_decoding: str) -> Terms:
    """Return the terms on which a claim of the ledger is decided, as far as they are fixed before any run.

    Raises ValueError for what no measurement can decide, such as a score outside the metric's range.
    """
    return Terms.model_validate(
        {
            "id": claim.id,
            "kind": claim.kind,
            "value": claim.value,
            "unit": claim.unit,
            "n": claim.items,
            "k_source": claim.repeats,
            "source_decoding": source_decoding,
            "delta": None if claim.delta is None else float(claim.delta),
            "read": claim.source.read,
            "hedge": claim.hedge,
            "range": benchmark.score.range,
            "higher_is_better": benchmark.score.higher_is_better,
        }
    )


def same_decoding(claim: Claim, manifest: Manifest) -> bool:
    """Return whether the source states its whole decoding and it is the one we used."""
    known = claim.protocol.known
    ours = manifest.identity.decoding.model_dump()
    return "temperature" in known and all(known.get(name) == ours[name] for name in _DECODING)


def same_cap(claim: Claim, manifest: Manifest) -> bool:
    """Return whether the source states a cap on tokens that is not larger than ours."""
    cap = claim.protocol.known.get("max_tokens")
    return isinstance(cap, int) and cap <= manifest.identity.max_tokens


def deviations(claim: Claim, manifest: Manifest) -> list[Deviation]:
    """Return the known differences between what was claimed about and what was run.

    Everything that the source states is held against the run: what differs, and what cannot be compared, is
    a deviation. One of ours that the source states too (weights through 4 bits, say) is what the claim is
    about, and is none.
    """
    identity = manifest.identity
    ours: dict[str, object] = {
        **identity.decoding.model_dump(),
        "max_tokens": identity.max_tokens,
        "num_fewshot": identity.num_fewshot,
        "endpoint": identity.endpoint,
        "engine": identity.engine,
        "harness": "lm-eval",
        **{deviation.field: deviation.value for deviation in manifest.deviations},
    }
    known = claim.protocol.known
    found = [d for d in manifest.deviations if d.field not in known]
    for field, stated in known.items():
        value = ours.get(field, "not recorded")
        if value != stated:
            says = Says(
                en=f"{field}: {value} here, {stated} in the source",
                ko=f"{field}: 여기서는 {value}, 출처에서는 {stated}",
            )
            found.append(Deviation(field=field, value=str(value), says=says))
    return found
