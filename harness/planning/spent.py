"""What runs have cost: the time in which their answers were under way."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import prod

from harness.records import Manifest, Sample
from harness.records.model import Arguments
from harness.verdicts import RunEvidence

Span = tuple[float, float]
"""Begin and end, in seconds."""


@dataclass(frozen=True)
class Spent:
    """Hours of servers, while they had at least one of some runs' requests in hand."""

    gpu_hours: float = 0.0
    processor_hours: float = 0.0
    """Of servers without a GPU."""


def span_of(sample: Sample) -> Span | None:
    """Return when a sample was under way (Unix time); None where its log does not say."""
    if not sample.started or sample.seconds is None:
        return None
    begin = datetime.fromisoformat(sample.started).timestamp()
    return begin, begin + sample.seconds


def covered(spans: Iterable[Span]) -> float:
    """Return how long at least one of the spans lasted: what lies under several counts once."""
    total, reached = 0.0, float("-inf")
    for begin, end in sorted(spans):
        if end > reached:
            total += end - max(begin, reached)
            reached = end
    return total


def split_of(args: Arguments) -> tuple[int, int, int]:
    """Return (tensor, pipeline, data) parallel sizes in a server's arguments; 1 where nothing is said."""
    tensor, pipeline, data = (int(str(args.get(f"{k}-parallel-size", 1))) for k in ("tensor", "pipeline", "data"))
    return tensor, pipeline, data


def spent(runs: Sequence[RunEvidence]) -> Spent:
    """Return what these runs have taken together; runs at once on one server count once.

    Time in which the server answered other runs alone does not count, nor do its start and servers that are not
    ours.
    """
    spans: dict[tuple[str, int, int], list[Span]] = {}
    for run in runs:
        gpus = _gpus(run.manifest)
        if gpus is None:
            continue
        for sample in run.samples:
            span = span_of(sample)
            if span is not None:
                server = run.manifest.identity.model, gpus, sample.replica
                spans.setdefault(server, []).append(span)
    hours = [(gpus, covered(found) / 3600) for (_, gpus, _), found in spans.items()]
    return Spent(sum(gpus * h for gpus, h in hours), sum(h for gpus, h in hours if not gpus))


def _gpus(manifest: Manifest) -> int | None:
    """Return the GPUs of one server of a run; None for servers of somebody else."""
    identity = manifest.identity
    if identity.engine in ("attached", "hosted") or identity.device == "unknown":
        return None
    return 0 if identity.device == "cpu" else prod(split_of(identity.engine_args))
