"""Every Eval Ever: aggregate records and instance records, schema 0.3.0 (https://evalevalai.com)."""

import hashlib
from collections.abc import Iterator
from typing import Any

from harness.records import Benchmark, Sample
from harness.report.exports.dataset import (
    Dataset,
    Files,
    as_file,
    as_json,
    lm_eval_version,
    protocol_in_clear,
    public_name,
    shared,
)
from harness.report.exports.measured import Measured, Summary, bounds_of, score_of, summary
from harness.report.exports.published import published
from harness.report.exports.record_parts import SCHEMA, model_info, path_of, source_data, words
from harness.verdicts import RunEvidence


def every_eval_ever(data: Dataset) -> Files:
    """Return an aggregate record per run with its instance records, and one per published score of the ledger.

    Runs are `evaluation_run` by a third party; published scores are `documentation` by whoever published them.
    Times are those of the newest answer, never the clock.
    """
    files: Files = {}
    for run in data.runs:
        found = summary(run)
        if found.metrics:
            files |= _run(data, run, found)
    return files | published(data)


def _run(data: Dataset, run: RunEvidence, found: Summary) -> Files:
    manifest, identity = run.manifest, run.manifest.identity
    benchmark = data.benchmarks.get(manifest.benchmark)
    name = public_name(manifest.identity.model, data.models)
    path = path_of(manifest.benchmark, name, run.folder)
    when = str(int(found.timestamp))
    evaluation = f"{manifest.benchmark}/{name}/{manifest.key}/{when}"
    lines = [as_json(line) for line in _instances(data, run, found, evaluation, name)]
    samples = "".join(line + "\n" for line in lines).encode()
    verdicts = {verdict.claim: verdict.verdict for verdict in data.verdicts_on(run)}
    details = {
        "precision": identity.precision,
        "conversion": identity.conversion,
        "device": identity.device,
        "weights": as_json(identity.weights),
        "engine_args": as_json(identity.engine_args),
        "chat_template_sha256": identity.chat_template_sha256,
        "deviations": "; ".join(d.says.en for d in manifest.deviations) or None,
    }
    aggregate = {
        "schema_version": SCHEMA,
        "evaluation_id": evaluation,
        "evaluation_timestamp": when,
        "retrieved_timestamp": when,
        "source_metadata": {
            "source_name": "K-AI claims harness",
            "source_type": "evaluation_run",
            "source_organization_name": "K-AI claims harness",
            "evaluator_relationship": "third_party",
            "additional_details": {"run": run.folder, "verdicts": as_json(verdicts)},
        },
        "eval_library": {
            "name": "lm_eval",
            "version": lm_eval_version(identity.library),
            "additional_details": {
                "library": identity.library,
                "harness": f"k-ai-claims-harness {manifest.code_version}",
                "task": identity.task,
                "task_sha256": identity.task_sha256,
            },
        },
        "model_info": model_info(data, identity.model, details)
        | {"inference_engine": {"name": identity.engine, "version": identity.engine_version}},
        "evaluation_results": [_result(data, run, found, metric, benchmark) for metric in found.metrics],
        "detailed_evaluation_results": {
            "format": "jsonl",
            "file_path": f"{path}_samples.jsonl",
            "hash_algorithm": "sha256",
            "checksum": hashlib.sha256(samples).hexdigest(),
            "total_rows": len(lines),
        },
    }
    return {f"{path}.json": as_file(aggregate), f"{path}_samples.jsonl": samples}


def _result(
    data: Dataset, run: RunEvidence, found: Summary, metric: Measured, benchmark: Benchmark | None
) -> dict[str, Any]:
    manifest, identity = run.manifest, run.manifest.identity
    uncertainty: dict[str, Any] = {"num_samples": found.items}
    if metric.error is not None:
        uncertainty["standard_error"] = {"value": metric.error, "method": "analytic"}
    decoding = identity.decoding
    arguments = {
        "temperature": decoding.temperature,
        "top_p": decoding.top_p,
        "top_k": decoding.top_k,
        "max_tokens": identity.max_tokens,
        "execution_command": " ".join(manifest.command) or None,
        "reasoning": manifest.thinks,
    }
    return {
        "evaluation_result_id": _result_id(metric.metric),
        "evaluation_name": manifest.benchmark,
        "source_data": source_data(manifest.benchmark, benchmark, found.items, identity.data_sha256),
        "evaluation_timestamp": str(int(found.timestamp)),
        "metric_config": _metric(metric, benchmark),
        "score_details": {
            "score": metric.mean,
            "details": {
                "repeats": str(found.repeats),
                "answers": str(found.answers),
                "items": f"{found.items} of {manifest.benchmark_items}",
                **{f"answers_{status}": str(count) for status, count in found.statuses.items()},
            },
            "uncertainty": uncertainty,
        },
        "generation_config": {
            "generation_args": {name: value for name, value in arguments.items() if value is not None},
            "additional_details": protocol_in_clear(manifest),
        },
    }


def _metric(metric: Measured, benchmark: Benchmark | None) -> dict[str, Any]:
    told: dict[str, Any] = {
        "metric_id": metric.name,
        "metric_name": metric.name,
        "metric_parameters": {"filter": metric.filter},
        "lower_is_better": benchmark is not None and not benchmark.score.higher_is_better,
    }
    bounds = bounds_of(benchmark, metric.metric)
    if bounds is not None:
        told |= {"score_type": "continuous", "min_score": bounds[0], "max_score": bounds[1]}
    if bounds == (0.0, 1.0):
        told["metric_unit"] = "proportion"
    return told


def _instances(
    data: Dataset, run: RunEvidence, found: Summary, evaluation: str, model: str
) -> Iterator[dict[str, Any]]:
    """Yield a record per answer and metric; one that may not be passed on has neither prompt nor text."""
    benchmark = data.benchmarks.get(run.manifest.benchmark)
    for sample in sorted(run.samples, key=lambda sample: sample.key):
        for metric in found.metrics:
            yield _instance(data, run, sample, benchmark, metric) | {
                "evaluation_id": evaluation,
                "model_id": model,
            }


def _instance(
    data: Dataset, run: RunEvidence, sample: Sample, benchmark: Benchmark | None, metric: Measured
) -> dict[str, Any]:
    told = shared(sample, benchmark, data.prompts)
    score = score_of(sample, metric.metric)
    bounds = bounds_of(benchmark, metric.metric) or (0.0, 1.0)
    metadata = {
        "repeat": str(sample.repeat),
        "seed": None if sample.seed is None else str(sample.seed),
        "status": sample.status,
        "finish_reason": sample.finish_reason,
        "request_sha256": sample.request.sha256,
        "texts": f"withheld: {benchmark.licence if benchmark else 'licence unknown'}" if told.withheld else None,
    }
    output: dict[str, Any] = {"raw": [] if told.text is None else [told.text]}
    if told.reasoning is not None:
        output["reasoning_trace"] = [told.reasoning]
    record: dict[str, Any] = {
        "schema_version": SCHEMA,
        "evaluation_name": run.manifest.benchmark,
        "evaluation_result_id": _result_id(metric.metric),
        "sample_id": sample.item,
        "interaction_type": "single_turn",
        "input": {"raw": told.prompt or "", "reference": []},
        "output": output,
        "answer_attribution": [
            {
                "turn_idx": 0,
                "source": "output.raw",
                "extracted_value": answer if isinstance(answer, str) else as_json(answer),
                "extraction_method": name,
                "is_terminal": True,
            }
            for name, answer in told.answers.items()
        ],
        "evaluation": {"score": score, "is_correct": score == bounds[benchmark is None or _upward(benchmark)]},
        "error": told.error,
        "metadata": words(metadata),
    }
    prompt, completion = sample.request.prompt_tokens, sample.completion_tokens
    if prompt is not None and completion is not None:
        total = prompt + completion
        record["token_usage"] = {"input_tokens": prompt, "output_tokens": completion, "total_tokens": total}
    if sample.seconds is not None:
        record["performance"] = {"latency_ms": sample.seconds * 1000}
    return record


def _result_id(metric: str) -> str:
    """Return the id of a metric's result, spelt as that project's own converter of lm-eval spells it."""
    return metric.replace(",", ":")


def _upward(benchmark: Benchmark) -> bool:
    return benchmark.score.higher_is_better
