"""Small records to test with."""

from collections.abc import Iterable, Mapping
from typing import Any

from harness.claims.desk import Desk
from harness.records import (
    Benchmark,
    Claim,
    Decoding,
    Manifest,
    Model,
    Request,
    RunIdentity,
    Sample,
    Subject,
    Throughput,
    item_id,
)
from harness.verdicts import RunEvidence

SOURCE = {"id": "card", "kind": "model_card", "party": "first", "title": "A card"}


def claim(**changes: Any) -> Claim:
    data: dict[str, Any] = {
        "id": "card/table/quiz/m",
        "source": SOURCE,
        "locator": {"table": "table"},
        "kind": "score",
        "model": "m",
        "value": "50.0",
        "unit": "percent",
        "says": {"en": "m scores 50.0 on quiz", "ko": "m의 quiz 점수는 50.0"},
        "benchmark": "quiz",
        "lanes": ["measured"],
    }
    return Claim.model_validate(data | changes)


def source(**changes: Any) -> dict[str, Any]:
    return {**SOURCE, **changes}


def table(rows: Mapping[str, Mapping[str, str]], table: str = "results", **changes: Any) -> list[Claim]:
    """The cells of one published table; `source` among the changes is a dict."""
    where = changes.get("source", SOURCE)
    return [
        claim(
            **{
                "id": f"{where['id']}/{table}/{name}/{model}",
                "locator": {"table": table, "row": name},
                "at": f"{where['id']}.yaml:{line}",
                "benchmark": name,
                "model": model,
                "value": value,
                "form": "table",
                **changes,
            }
        )
        for line, (name, cells) in enumerate(rows.items(), start=1)
        for model, value in cells.items()
    ]


def statement(name: str = "s", **changes: Any) -> Claim:
    """A sentence of an article on model `m`."""
    where = changes.pop("source", source(id="article", kind="press", party="third"))
    data = {
        "id": f"{where['id']}/{name}",
        "source": where,
        "locator": {"paragraph": 1},
        "at": f"{where['id']}.yaml:1",
        "benchmark": None,
        "lanes": ["desk"],
        "form": "statement",
    }
    return claim(**(data | changes))


def desk(
    *claims: Claim | Iterable[Claim],
    benchmarks: Iterable[Benchmark] = (),
    subjects: Iterable[Subject] = (),
    models: Iterable[Model] = (),
) -> Desk:
    """A ledger laid out for the checks."""
    flat = [one for item in claims for one in ([item] if isinstance(item, Claim) else item)]
    return Desk(flat, {b.id: b for b in benchmarks}, {s.id: s for s in subjects}, {m.id: m for m in models})


def model(**changes: Any) -> Model:
    """A small dense model whose sizes are easy to add up by hand."""
    data: dict[str, Any] = {
        "id": "m",
        "name": "M",
        "developer": "D",
        "released": "d/m",
        "licence": {"id": "MIT", "allows": "any use"},
        "weights": {"origin": {"hub": "d/m", "revision": "unpinned"}},
        "context": 4096,
        "sampling": {"temperature": 1.0},
        "sampling_source": "card",
        "architecture": {
            "source": "card",
            "hidden_size": 1000,
            "vocab_size": 10000,
            "context": 4096,
            "mixers": {"all": {"kind": "attention", "heads": 10, "kv_heads": 10, "head_dim": 100}},
            "feed_forwards": {"dense": {"intermediate": 4000}},
            "layers": [{"count": 10, "mixer": "all", "feed_forward": "dense"}],
        },
    }
    return Model.model_validate(data | changes)


def benchmark(**changes: Any) -> Benchmark:
    data: dict[str, Any] = {
        "id": "quiz",
        "names": ["Quiz"],
        "capability": ["knowledge"],
        "items": 10,
        "access": "public",
        "task": "quiz",
        "score": {"metric": "acc"},
        "licence": "MIT",
        "redistribution": "free",
    }
    return Benchmark.model_validate(data | changes)


def identity(**changes: Any) -> RunIdentity:
    data: dict[str, Any] = {
        "model": "m",
        "weights": {"hub": "o/m", "revision": "abc"},
        "precision": "bfloat16",
        "conversion": None,
        "engine": "vllm",
        "engine_version": "1",
        "engine_args": {},
        "engine_env": {},
        "device": "cpu",
        "chat_template_sha256": None,
        "task": "quiz",
        "task_sha256": "t",
        "data_sha256": "d",
        "library": "lm-eval",
        "endpoint": "chat",
        "decoding": Decoding(temperature=0.5),
        "max_tokens": 100,
        "stop": [],
        "num_fewshot": 0,
        "base_seed": 1,
    }
    return RunIdentity.model_validate(data | changes)


def sample(index: int = 0, repeat: int = 0, score: float = 1.0, **changes: Any) -> Sample:
    data: dict[str, Any] = {
        "item": item_id("quiz", index),
        "repeat": repeat,
        "seed": 1,
        "status": "scored",
        "request": Request(sha256="0"),
        "text": "answer",
        "finish_reason": "stop",
        "scores": {"acc": score},
        "started": "2026-01-01T00:00:00.000+00:00",
        "seconds": 0.1,
    }
    return Sample.model_validate(data | changes)


def run(table: list[list[float]], total: int | None = None, **changes: Any) -> RunEvidence:
    """A run whose scores are `table`, items x repeats."""
    found = identity()
    manifest = {
        "key": found.key,
        "identity": found,
        "benchmark": "quiz",
        "benchmark_items": total or len(table),
        "protocol": "house",
        "code_version": "0",
        "command": ["vllm"],
    }
    samples = [sample(i, r, score) for i, row in enumerate(table) for r, score in enumerate(row)]
    return RunEvidence(Manifest.model_validate(manifest | changes), samples, f"results/runs/m/quiz/{found.key}")


def throughput(answers: int = 100, tokens: int = 1000, **changes: Any) -> Throughput:
    """One server of `m` on an H100 that gave so many answers of `tokens` in 100 seconds."""
    part = {"benchmark": "quiz", "thinks": None, "answers": answers, "tokens_in": 50 * answers}
    data: dict[str, Any] = {
        "model": "m",
        "started": "2026-01-01T00:00:00+00:00",
        "seconds": 100.0,
        "gpu": "h100_80gb",
        "device": "NVIDIA H100 80GB HBM3",
        "servers": 1,
        "engine": "vllm",
        "engine_version": "1",
        "in_flight": 64.0,
        "answered": [part | {"tokens_out": answers * tokens}],
    }
    return Throughput.model_validate(data | changes)
