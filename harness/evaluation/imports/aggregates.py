"""Scores without answers: Every Eval Ever's aggregate records, and lm-eval's results files."""

import json
from pathlib import Path
from typing import Any

from pydantic import Field

from harness.evaluation.imports.lines import Line, Place, checked, json_object, number, open_log
from harness.evaluation.imports.log import ForeignLog
from harness.records import ReportedScore

LONGEST = 200
"""A setting of more characters is a text, which may not be ours to show."""


class Organization(Line):
    """The `source_metadata` of an aggregate."""

    source_name: str | None = None
    source_organization_name: str
    evaluator_relationship: str


class NamedModel(Line):
    """The `model_info` of an aggregate."""

    id: str


class Metric(Line):
    """The `metric_config` of a result."""

    metric_id: str | None = None
    metric_name: str | None = None
    metric_unit: str | None = None


class StatedError(Line):
    """The `standard_error` of a score."""

    value: float


class Uncertainty(Line):
    """The `uncertainty` of a score."""

    standard_error: StatedError | None = None
    num_samples: int | None = None


class Details(Line):
    """The `score_details` of a result."""

    score: float
    uncertainty: Uncertainty | None = None


class Result(Line):
    """One of the `evaluation_results`."""

    evaluation_name: str
    evaluation_result_id: str | None = None
    metric_config: Metric
    score_details: Details
    generation_config: dict[str, Any] | None = None


class Library(Line):
    """The `eval_library` of an aggregate."""

    name: str
    version: str


class Aggregate(Line):
    """An aggregate record of Every Eval Ever."""

    schema_version: str
    source_metadata: Organization
    model_info: NamedModel
    eval_library: Library
    evaluation_results: list[Result]


class Results(Line):
    """A results file of lm-eval."""

    results: dict[str, dict[str, Any]]
    config: dict[str, Any] = Field(default_factory=dict)
    n_shot: dict[str, Any] = Field(default_factory=dict, alias="n-shot")
    n_samples: dict[str, Any] = Field(default_factory=dict, alias="n-samples")
    model_name: str | None = None
    lm_eval_version: str | None = None


def read_every_eval_ever(path: Path) -> list[ForeignLog]:
    """Return the scores of an aggregate record, a log per evaluation; raises UsageError for any other file."""
    data, place = _whole(path)
    found: Aggregate = checked(Aggregate, data, place)
    source = found.source_metadata
    by = f"{source.source_organization_name} ({source.evaluator_relationship.replace('_', ' ')})"
    logs: dict[str, ForeignLog] = {}
    for result in found.evaluation_results:
        protocol = {
            "library": f"{found.eval_library.name} {found.eval_library.version}",
            **({"source": source.source_name} if source.source_name else {}),
            **_stated(result.generation_config),
        }
        held = logs.get(result.evaluation_name)
        metric, details = result.metric_config, result.score_details
        score = ReportedScore(
            metric=(result.evaluation_result_id or metric.metric_id or metric.metric_name or "score").replace(
                ":", ","
            ),
            score=details.score,
            unit=metric.metric_unit,
            error=details.uncertainty.standard_error.value
            if details.uncertainty and details.uncertainty.standard_error
            else None,
            items=details.uncertainty.num_samples if details.uncertainty else None,
        )
        logs[result.evaluation_name] = ForeignLog(
            task=result.evaluation_name,
            model=found.model_info.id,
            answers=[],
            by=by,
            protocol=held.protocol if held else protocol,
            reported=[*(held.reported if held else ()), score],
        )
    return list(logs.values())


def read_lm_eval(path: Path) -> list[ForeignLog]:
    """Return the scores of a results file, a log per task; raises UsageError for any other file.

    Who ran it, the file does not say.
    """
    data, place = _whole(path)
    found: Results = checked(Results, data, place)
    model = found.model_name or _model_of(found.config) or path.resolve().parent.name.replace("__", "/")
    run = {
        "library": f"lm_eval {found.lm_eval_version}" if found.lm_eval_version else None,
        "engine": found.config.get("model"),
        "gen_kwargs": found.config.get("gen_kwargs"),
        "limit": found.config.get("limit"),
    }
    logs = []
    for task, values in found.results.items():
        items = found.n_samples.get(task)
        reported = [
            ReportedScore(
                metric=name.removesuffix(",none"),
                score=number(value, place),
                error=_error(values, name, place),
                items=items.get("effective") if isinstance(items, dict) else None,
            )
            for name, value in values.items()
            if "," in name and "_stderr," not in name and isinstance(value, int | float)
        ]
        if reported:
            protocol = _words({**run, "num_fewshot": found.n_shot.get(task)})
            logs.append(ForeignLog(task, model, [], protocol=protocol, reported=reported))
    return logs


def _whole(path: Path) -> tuple[dict[str, Any], Place]:
    place = Place(path)
    with open_log(path) as file:
        return json_object(file.read(), place), place


def _error(values: dict[str, Any], name: str, place: Place) -> float | None:
    metric, _, kind = name.partition(",")
    value = values.get(f"{metric}_stderr,{kind}")
    return number(value, place) if isinstance(value, int | float) else None


def _model_of(config: dict[str, Any]) -> str | None:
    arguments = config.get("model_args")
    if isinstance(arguments, str):
        arguments = dict(part.split("=", 1) for part in arguments.split(",") if "=" in part)
    found = arguments.get("pretrained") or arguments.get("model") if isinstance(arguments, dict) else None
    return found if isinstance(found, str) else None


def _stated(config: dict[str, Any] | None) -> dict[str, str]:
    """Return what a result says of how it was generated, as words."""
    given = config or {}
    return _words({**(given.get("generation_args") or {}), **(given.get("additional_details") or {})})


def _words(values: dict[str, Any]) -> dict[str, str]:
    """Return settings as words; what is longer than a setting (a prompt with its examples, say) is left out."""
    told = {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in values.items()
        if value is not None
    }
    return {name: value for name, value in told.items() if len(value) <= LONGEST}
