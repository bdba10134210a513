"""Hugging Face's `.eval_results/*.yaml` (https://huggingface.co/docs/hub/eval-results), one folder per model."""

from dataclasses import dataclass
from typing import Any

import yaml

from harness.records import Benchmark, HubOrigin
from harness.report.exports.dataset import Dataset, Files, public_name
from harness.report.exports.measured import Summary, headline, summary
from harness.verdicts import RunEvidence
from harness.verdicts.gates import MAX_EMPTY, MAX_ERRORS, MAX_TRUNCATED


@dataclass(frozen=True)
class _Result:
    model: str
    benchmark: str
    newest: str
    entry: dict[str, Any]


def huggingface(data: Dataset) -> Files:
    """Return `<owner>/<model>/.eval_results/<benchmark>.yaml`: the folder of each model goes into its repository.

    Only runs of the released weights over the whole item set, without a failed gate, of benchmarks on the hub
    are there; README.md names every other run with the reason. Values are percent where the metric ends at 1.
    """
    found: dict[str, list[_Result]] = {}
    left_out: list[str] = []
    for run in data.runs:
        told = _result(data, run)
        if isinstance(told, str):
            left_out.append(f"- `{run.folder}`: {told}\n")
        else:
            found.setdefault(f"{told.model}/.eval_results/{told.benchmark}.yaml", []).append(told)
    files = {path: _file(results) for path, results in sorted(found.items())}
    return {"README.md": _readme(found, left_out).encode(), **files}


def _result(data: Dataset, run: RunEvidence) -> _Result | str:
    """Return the entry of a run, or why it has none."""
    manifest, identity = run.manifest, run.manifest.identity
    benchmark, model = data.benchmarks.get(manifest.benchmark), data.models.get(identity.model)
    if benchmark is None or model is None:
        return "its model or its benchmark has no config here"
    hub = next((origin for origin in benchmark.data if isinstance(origin, HubOrigin)), None)
    if model.weights is None:
        return "the model has no repository on the hub"
    if hub is None:
        return f"{benchmark.id} has no repository on the hub"
    if manifest.deviations:
        return "; ".join(deviation.says.en for deviation in manifest.deviations)
    if benchmark.hub_task is None:
        return (
            f"no task of {hub.hub} is known: copy its id from eval.yaml there to hub_task in {benchmark.id}.yaml"
        )
    told = summary(run)
    if problem := _invalid(told, manifest.benchmark_items):
        return problem
    metric = headline(run, benchmark)
    mean = next((each.mean for each in told.metrics if each.metric == metric), None)
    if mean is None:
        return f"no answer is scored by {metric}"
    dataset = {"id": hub.hub, "task_id": benchmark.hub_task}
    if hub.revision != "unpinned":
        dataset["revision"] = hub.revision
    entry: dict[str, Any] = {"dataset": dataset, "value": _value(mean, benchmark)}
    if told.newest:
        entry["date"] = told.newest[: len("2026-01-01")]
    entry["notes"] = (
        f"{metric}, {identity.num_fewshot}-shot, mean of {told.repeats} repeats, temperature "
        f"{identity.decoding.temperature:g}, {identity.max_tokens} tokens, protocol {manifest.protocol}, "
        f"{identity.engine} {identity.engine_version}, k-ai-claims-harness {manifest.code_version}, "
        f"run {manifest.key}"
    )
    return _Result(public_name(manifest.identity.model, data.models), manifest.benchmark, told.newest or "", entry)


def _invalid(told: Summary, items: int) -> str | None:
    """Return why a run is no measurement of the whole benchmark; the limits are those of the verdicts' gates."""
    if told.answers < items * told.repeats:
        return f"{told.answers:,} answers of {items * told.repeats:,}"
    for status, limit in (("error", MAX_ERRORS), ("empty", MAX_EMPTY), ("truncated", MAX_TRUNCATED)):
        share = next((n for name, n in told.statuses.items() if name == status), 0) / told.answers
        if share > limit:
            return f"{share:.1%} of the answers are {status}, limit {limit:.1%}"
    return None


def _value(mean: float, benchmark: Benchmark) -> float:
    return round(100 * mean if benchmark.score.range[1] <= 1 else mean, 4)


def _file(results: list[_Result]) -> bytes:
    entries = [result.entry for result in sorted(results, key=lambda result: result.newest, reverse=True)]
    text: str = yaml.safe_dump(entries, sort_keys=False, allow_unicode=True, width=100)
    return text.encode()


def _readme(found: dict[str, list[_Result]], left_out: list[str]) -> str:
    return (
        "# Results for model repositories on the Hugging Face hub\n\n"
        "The folder `.eval_results/` below a model's name goes into that model's repository, by a pull request. "
        "The hub shows a result\nwhere the data set is registered as a benchmark and `task_id` is a task of its "
        "`eval.yaml`; a benchmark's config names that task\n(`hub_task` in configs/benchmark/), and without one "
        "no result is written.\n\n"
        f"{len(found):,} files; left out, with the reason:\n\n" + ("".join(left_out) or "- nothing\n")
    )
