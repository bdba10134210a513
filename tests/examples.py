"""Small records to test with."""

from typing import Any

from harness.records import (
    Benchmark,
    Claim,
    Decoding,
    Manifest,
    Request,
    RunIdentity,
    Sample,
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
