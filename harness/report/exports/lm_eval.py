"""lm-eval's own results JSON (`results_<date>.json`), a folder per run as its `--output_path` would hold it."""

import re
from typing import Any

from harness.records import HubOrigin
from harness.report.exports.dataset import Dataset, Files, as_file, lm_eval_version, public_name
from harness.report.exports.measured import Summary, summary
from harness.report.exports.times import moment
from harness.verdicts import RunEvidence


def lm_eval(data: Dataset) -> Files:
    """Return `<model>/<task>/<run>/<model as lm-eval spells it>/results_<date>.json` for each run.

    The shape is that of lm-eval 0.4: `results`, `configs`, `versions`, `n-shot`, `higher_is_better`,
    `n-samples`, `config` and what its tracker adds. What a served run has not (a batch size, say) is null.
    """
    files: Files = {}
    for run in data.runs:
        found = summary(run)
        if found.metrics:
            identity = run.manifest.identity
            name = sanitized(public_name(run.manifest.identity.model, data.models))
            date = moment(found.newest).replace(tzinfo=None).isoformat().replace(":", "-")
            path = f"{identity.model}/{identity.task}/{run.manifest.key}/{name}/results_{date}.json"
            files[path] = as_file(_results(data, run, found))
    return files


def sanitized(name: str) -> str:
    """Return a model's name as lm-eval spells it in paths."""
    return re.sub(r"[\"<>:/|\\?*\[\]]+", "__", name)


def _results(data: Dataset, run: RunEvidence, found: Summary) -> dict[str, Any]:
    manifest, identity = run.manifest, run.manifest.identity
    task, name = identity.task, public_name(manifest.identity.model, data.models)
    benchmark = data.benchmarks.get(manifest.benchmark)
    hub = next((origin for origin in benchmark.data if isinstance(origin, HubOrigin)), None) if benchmark else None
    upward = benchmark is None or benchmark.score.higher_is_better
    scores: dict[str, Any] = {"alias": task}
    for metric in found.metrics:
        scores[f"{metric.name},{metric.filter}"] = metric.mean
        scores[f"{metric.name}_stderr,{metric.filter}"] = "N/A" if metric.error is None else metric.error
    decoding = {key: v for key, v in identity.decoding.model_dump().items() if v is not None}
    arguments = {**decoding, "max_gen_toks": identity.max_tokens, "until": identity.stop}
    limited = found.items if found.items < manifest.benchmark_items else None
    return {
        "results": {task: scores},
        "group_subtasks": {task: []},
        "configs": {
            task: {
                "task": task,
                "dataset_path": hub.hub if hub else None,
                "dataset_name": hub.name if hub else None,
                "test_split": hub.split if hub else None,
                "num_fewshot": identity.num_fewshot,
                "repeats": found.repeats,
                "generation_kwargs": arguments,
                "metric_list": [{"metric": each, "higher_is_better": upward} for each in _names(found)],
                "metadata": {"version": identity.task_sha256[:16], "benchmark": manifest.benchmark},
            }
        },
        "versions": {task: identity.task_sha256[:16]},
        "n-shot": {task: identity.num_fewshot},
        "higher_is_better": {task: dict.fromkeys(_names(found), upward)},
        "n-samples": {task: {"original": manifest.benchmark_items, "effective": found.items}},
        "config": {
            "model": identity.engine,
            "model_args": {"pretrained": name, "dtype": identity.precision, **identity.engine_args},
            "model_dtype": identity.precision,
            "batch_size": None,
            "batch_sizes": [],
            "device": identity.device,
            "use_cache": None,
            "limit": limited,
            "bootstrap_iters": 0,
            "gen_kwargs": arguments,
            "random_seed": identity.base_seed,
            "numpy_seed": identity.base_seed,
            "torch_seed": identity.base_seed,
            "fewshot_seed": identity.base_seed,
        },
        "git_hash": None,
        "date": found.timestamp,
        "lm_eval_version": lm_eval_version(identity.library),
        "task_hashes": {},
        "model_source": identity.engine,
        "model_name": name,
        "model_name_sanitized": sanitized(name),
        "system_instruction": identity.system,
        "chat_template_sha": identity.chat_template_sha256,
        "total_evaluation_time_seconds": None,
        "harness": {"version": manifest.code_version, "run": run.folder, "protocol": manifest.protocol},
    }


def _names(found: Summary) -> list[str]:
    return sorted({metric.name for metric in found.metrics})
