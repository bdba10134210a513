"""The pages of runs: what was asked under which protocol, every item, every answer that may be shown."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from harness.planning.spent import spent
from harness.records import Sample, Says
from harness.report.site.entries import claim_path, run_path, subject_path
from harness.report.site.page import Page
from harness.report.site.shelf import Shelf
from harness.report.site.text import cut
from harness.verdicts import RunEvidence

PER_PAGE = 60
"""Answers on one page; those to one item stay together."""
MOST_ITEMS = 20_000
SHORT = 40
"""Longest extracted answer that is shown where texts are not: a letter, a number, no sentence."""


def run_pages(shelf: Shelf, run: RunEvidence) -> Iterator[Page]:
    """Yield the page of a run and those with its answers.

    Where a benchmark may not be passed on, or its terms are not known, no text leaves: neither the items' nor the
    model's, nor that of errors, which may quote either.
    """
    benchmark = shelf.material.benchmarks.get(run.manifest.benchmark)
    free = benchmark is not None and benchmark.redistribution == "free"
    by_item: dict[str, list[Sample]] = {}
    for sample in sorted(run.samples, key=lambda sample: sample.key):
        by_item.setdefault(sample.item, []).append(sample)
    chunks = _chunks(list(by_item.values()))
    here = run_path(run.folder)
    identity = run.manifest.identity
    name = shelf.name(identity.model)
    about: dict[str, Any] = {
        "folder": run.folder,
        "path": here,
        "model": {"id": identity.model, "name": name, "path": subject_path(shelf, identity.model)},
        "benchmark": {
            "id": run.manifest.benchmark,
            "name": shelf.benchmark_name(run.manifest.benchmark),
            "licence": benchmark.licence if benchmark else None,
        },
        "texts_shown": free,
    }
    items = [
        _item(item, samples, f"{here}/answers-{number}")
        for number, chunk in enumerate(chunks, 1)
        for item, samples in ((group[0].item, group) for group in chunk)
    ]
    took = spent([run])
    data = {
        **about,
        "manifest": run.manifest.model_dump(mode="json", exclude={"schema_version"}),
        "answers": len(run.samples),
        "statuses": dict(sorted(Counter(sample.status for sample in run.samples).items())),
        "hours": {"gpu": took.gpu_hours, "processor": took.processor_hours},
        "claims": [
            {"path": claim_path(s.claim.id), "says": s.claim.says.model_dump(), "verdict": s.measured}
            for s in shelf.standings.values()
            if s.verdict and run.folder in s.verdict.evidence
        ],
        "listed": items[:MOST_ITEMS],
        "items_in_all": len(items),
    }
    title = Says(
        en=f"{name} on {shelf.benchmark_name(run.manifest.benchmark)}: the answers",
        ko=f"{name}의 {shelf.benchmark_name(run.manifest.benchmark)} 답변",
    )
    yield Page(here, "run.html", title, data, section="claims", scripts=("items.js",))
    for number, chunk in enumerate(chunks, 1):
        told = {
            **about,
            "number": number,
            "pages": len(chunks),
            "samples": [_sample(sample, free=free) for group in chunk for sample in group],
        }
        yield Page(f"{here}/answers-{number}", "answers.html", title, told, section="claims")


def _chunks(groups: Sequence[list[Sample]]) -> list[list[list[Sample]]]:
    found: list[list[list[Sample]]] = []
    held = PER_PAGE
    for group in groups:
        if held + len(group) > PER_PAGE and held:
            found.append([])
            held = 0
        found[-1].append(group)
        held += len(group)
    return found


def anchor(item: str, repeat: int) -> str:
    """Return the name of an answer's place on its page."""
    return f"{item.replace('/', '-')}-{repeat}"


def _item(item: str, samples: Sequence[Sample], page: str) -> dict[str, Any]:
    scores = [_mean(sample) for sample in samples]
    known = [score for score in scores if score is not None]
    return {
        "item": item,
        "path": page,
        "anchor": anchor(item, samples[0].repeat),
        "scores": scores,
        "statuses": [sample.status for sample in samples],
        "wrong": any(score < 1 for score in known),
        "truncated": any(sample.status == "truncated" for sample in samples),
        "flipped": len(set(known)) > 1,
    }


def _mean(sample: Sample) -> float | None:
    """Return the first score of a sample, the mean of its parts where it has several; None without any."""
    for value in sample.scores.values():
        parts = value if isinstance(value, list) else [value]
        return sum(parts) / len(parts) if parts else None
    return None


def _sample(sample: Sample, *, free: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "item": sample.item,
        "repeat": sample.repeat,
        "anchor": anchor(sample.item, sample.repeat),
        "status": sample.status,
        "finish_reason": sample.finish_reason,
        "completion_tokens": sample.completion_tokens,
        "request": sample.request.sha256,
        "scores": sample.scores,
        "answers": {name: _answer(value, free=free) for name, value in sample.answers.items()},
    }
    if free:
        told["text"] = cut(sample.text)
        told["reasoning"] = cut(sample.reasoning) if sample.reasoning else None
        told["error"] = cut(sample.error) if sample.error else None
    return told


def _answer(value: Any, *, free: bool) -> str | None:
    """Return an extracted answer as text; None for one that is too long to be a mere choice or number."""
    if value is None:
        return None
    text = str(value)
    if free:
        return str(cut(text, 400)["text"])
    return str(cut(text)["text"]) if len(text) <= SHORT and "\n" not in text else None
