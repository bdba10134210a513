"""Published scores of the ledger as aggregate records of Every Eval Ever: who said what, where, under which
protocol as far as stated."""

from typing import Any

from harness.records import Claim
from harness.report.exports.dataset import Dataset, Files, as_file, as_json
from harness.report.exports.record_parts import SCHEMA, model_info, path_of, source_data, words
from harness.report.exports.times import timestamp


def published(data: Dataset) -> Files:
    """Return a record per published score of a model that has a name others know.

    Left out: what a source is known to say through another page only, superseded documents, and what is no
    plain score (a lead, a ratio, "up to").
    """
    files: Files = {}
    for claim in data.claims:
        model = data.models.get(claim.model)
        plain = claim.kind == "score" and claim.hedge == "exact" and claim.printed is not None
        known = claim.source.read != "second_hand" and claim.standing == "current"
        if plain and known and model is not None and claim.benchmark is not None:
            record = _record(data, claim, claim.benchmark)
            path = path_of(claim.benchmark, record["model_info"]["id"], claim.id)
            files[f"{path}.json"] = as_file(record)
    return files


def _record(data: Dataset, claim: Claim, benchmark: str) -> dict[str, Any]:
    source, verdict = claim.source, data.verdicts.get(claim.id)
    publisher = data.models[source.of].developer if source.of and source.of in data.models else None
    # A maker's table also holds other makers' models, to whom it is a third party.
    own = source.party == "first" and publisher in (None, data.models[claim.model].developer)
    info = model_info(data, claim.model, {"deployment_type": "unknown"})
    stated = {key: v if isinstance(v, str) else as_json(v) for key, v in claim.protocol.known.items()}
    return {
        "schema_version": SCHEMA,
        "evaluation_id": f"{benchmark}/{info['id']}/{claim.id}",
        "retrieved_timestamp": str(int(timestamp(source.date))),
        "source_metadata": words(
            {
                "source_name": source.title,
                "source_type": "documentation",
                "source_organization_name": publisher or source.title,
                "source_organization_url": source.url,
                "evaluator_relationship": "first_party" if own else "third_party",
            }
        )
        | {
            "additional_details": words(
                {
                    "claim": claim.id,
                    "source": source.id,
                    "date": source.date,
                    "revision": source.revision,
                    "verdict": verdict.verdict if verdict else None,
                    "rule": verdict.rule if verdict else None,
                }
            )
        },
        "eval_library": {"name": stated.get("harness", "unknown"), "version": "unknown"},
        "model_info": info,
        "evaluation_results": [
            {
                "evaluation_name": benchmark,
                "source_data": source_data(benchmark, data.benchmarks.get(benchmark), claim.items, None),
                "metric_config": _metric(data, claim, benchmark),
                "score_details": {"score": claim.number, "details": {"as_printed": claim.value}},
                "generation_config": {
                    "additional_details": stated
                    | words({"mode": claim.mode, "unstated": ", ".join(claim.protocol.unstated) or None})
                },
            }
        ],
    }


def _metric(data: Dataset, claim: Claim, benchmark: str) -> dict[str, Any]:
    """Return what the number is of, and its scale where the unit fixes one."""
    found = data.benchmarks.get(benchmark)
    told: dict[str, Any] = {"lower_is_better": found is not None and not found.score.higher_is_better}
    told["metric_unit"] = claim.unit
    if claim.metric is not None:
        told["metric_name"] = claim.metric
    if claim.unit == "percent" and 0 <= claim.number <= 100:
        told |= {"score_type": "continuous", "min_score": 0.0, "max_score": 100.0}
    return told
