"""Parts that all records of Every Eval Ever have."""

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from harness.records import Benchmark, HubOrigin
from harness.report.exports.dataset import Dataset, public_name

SCHEMA = "0.3.0"


def path_of(benchmark: str, model: str, key: str) -> str:
    """Return where a record lies, without its suffix: the same key always gives the same UUID."""
    owner, _, name = model.partition("/")
    made = uuid.UUID(bytes=hashlib.sha256(key.encode()).digest()[:16], version=4)
    return f"data/{benchmark}/{owner}/{name.replace('/', '_').replace(':', '_')}/{made}"


def words(values: Mapping[str, str | None]) -> dict[str, str]:
    """Return what is known of `values`."""
    return {name: value for name, value in values.items() if value is not None}


def model_info(data: Dataset, name: str, details: Mapping[str, str | None]) -> dict[str, Any]:
    """Return who made a model and whether its weights are open; `deployment_type` says who served it."""
    model = data.models.get(name)
    hosted = model is not None and model.hosted is not None
    shown = public_name(name, data.models)
    told = {
        "deployment_type": "externally_managed" if hosted else "self_deployed",
        "model_availability": "unknown" if model is None else "closed_weights" if hosted else "open_weights",
        "harness_model": name,
        "licence": model.licence.id if model else None,
        **details,
    }
    developer = model.developer if model else "unknown"
    return {"name": shown, "id": shown, "developer": developer, "additional_details": words(told)}


def source_data(
    name: str, benchmark: Benchmark | None, items: int | None, data_sha256: str | None
) -> dict[str, Any]:
    """Return where a benchmark's items are: its repository on the hub where it has one."""
    hub = next((origin for origin in benchmark.data if isinstance(origin, HubOrigin)), None) if benchmark else None
    shown = benchmark.names[0] if benchmark else name
    details = words(
        {
            "benchmark": name,
            "licence": benchmark.licence if benchmark else None,
            "redistribution": benchmark.redistribution if benchmark else None,
            "data_sha256": data_sha256,
            "configuration": hub.name if hub else None,
            "revision": hub.revision if hub else None,
        }
    )
    told: dict[str, Any] = {"dataset_name": shown, "source_type": "hf_dataset" if hub else "other"}
    if hub is not None:
        told["hf_repo"] = hub.hub
        if hub.split is not None:
            told["hf_split"] = hub.split
        if items is not None:
            told["samples_number"] = items
    return told | {"additional_details": details}
