"""Counts what servers of ours answer during one command, and keeps how fast that was."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.config.settings import Settings
from harness.facts.memory import gpu_like
from harness.machine.devices import nvidia
from harness.planning.spent import Span, covered, span_of, split_of
from harness.records import Answered, Manifest, Sample, Throughput
from harness.store import RunFolder, Store
from harness.store.throughput import note_throughput


class Meter:
    """Counts answers as they come."""

    def __init__(self, settings: Settings, manifests: Mapping[Path, Manifest]) -> None:
        """Count for runs that share their servers; `manifests` by folder."""
        self._settings, self._manifests = settings, manifests
        self._asked: Mapping[str, RunFolder] = {}
        self._spans: list[Span] = []
        self._counts: dict[tuple[str, bool | None], _Count] = {}

    def asks(self, folders: Mapping[str, RunFolder]) -> None:
        """Say which run the answers of a task belong to from now on."""
        self._asked = folders

    def add(self, sample: Sample) -> None:
        """Count an answer."""
        span = span_of(sample)
        if span is None or sample.status == "error":
            return
        self._spans.append(span)
        manifest = self._manifests[self._asked[sample.item.rpartition("/")[0]].path]
        count = self._counts.setdefault((manifest.benchmark, manifest.thinks), _Count())
        count.answers += 1
        count.tokens_out += sample.completion_tokens or 0
        if sample.request.prompt_tokens is not None:
            count.tokens_in = (count.tokens_in or 0) + sample.request.prompt_tokens

    def keep(self, store: Store) -> None:
        """Append a line to the store's table where servers of ours have answered anything."""
        model, serving = self._settings.model, self._settings.serving
        seconds = covered(self._spans)
        if model.hosted is not None or serving.urls or seconds <= 0:
            return
        identity = next(iter(self._manifests.values())).identity
        cards = nvidia().gpus if serving.device == "cuda" else []
        tensor, pipeline, data = split_of(identity.engine_args)
        line = Throughput(
            model=model.id,
            started=datetime.fromtimestamp(min(begin for begin, _ in self._spans), UTC).isoformat(
                timespec="seconds"
            ),
            seconds=round(seconds, 3),
            gpu=gpu_like(cards[0].name, cards[0].memory_bytes) if cards else None,
            device=identity.device,
            servers=serving.replicas,
            tensor_parallel=tensor,
            pipeline_parallel=pipeline,
            data_parallel=data,
            engine=identity.engine,
            engine_version=identity.engine_version,
            in_flight=round(sum(end - begin for begin, end in self._spans) / seconds, 2),
            answered=[
                Answered(benchmark=benchmark, thinks=thinks, **asdict(count))
                for (benchmark, thinks), count in self._counts.items()
            ],
        )
        note_throughput(store.throughput, line)


@dataclass
class _Count:
    answers: int = 0
    tokens_in: int | None = None
    tokens_out: int = 0
