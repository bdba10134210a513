"""Serve the small random twin of a model on this machine, as the model itself would be served, and look at it."""

from pathlib import Path

from harness.config.settings import load_settings
from harness.errors import HarnessError, UsageError
from harness.evaluation.requests import RequestPlan
from harness.records import Decoding, Model, ReplicaReport
from harness.serving import Checkpoint, Engine
from harness.serving.command import engine_version
from harness.serving.replica import as_replica, cached_replica, check_servable, replica_of, write_replica
from harness.store import open_store
from harness.workflow.display import Display
from harness.workflow.honesty import probe_at


def write_twin(model: Model, target: Path | None) -> Path:
    """Return the folder of the model's twin: `target`, or one in the user's cache.

    Raises UsageError for a model that has no twin and for a folder that is not empty.
    """
    if target is None:
        return cached_replica(model)
    replica_of(model)
    if target.exists() and any(target.iterdir()):
        raise UsageError("a new or empty folder", "one with files in it", where=str(target), fix="--out ANOTHER")
    write_replica(model, target)
    return target


def serve_replica(model: Model, display: Display) -> ReplicaReport:
    """Return how the model's twin was served, answered and probed; what went wrong is part of it.

    Raises UsageError for a model that has no twin, and HarnessError when this environment cannot serve it.
    """
    check_servable(model)
    replica, (name, version) = replica_of(model), engine_version()
    settings = load_settings(["serving=cpu"])
    log = open_store(settings).logs / f"{model.id}-{replica.id}.log"
    report = ReplicaReport(model=model.id, replica=replica.id, engine=f"{name} {version}", differs=replica.differs)
    try:
        with display.waiting(f"a small random {replica.model_type} checkpoint"):
            folder = cached_replica(model)
        twin = as_replica(model, folder)
        tokenizer = Checkpoint(folder, None).tokenizer(trust_remote_code=False)
        with Engine(twin, settings.serving, folder, log) as engine:
            with display.waiting(f"the engine loads it, its log: {log}"):
                seconds = engine.wait_healthy()
            report = report.model_copy(update={"healthy_seconds": round(seconds, 1)})
            with display.waiting("the probe looks at it"):
                found = probe_at(engine.url, twin, [_plan(twin)], tokenizer, settings.serving)
    except HarnessError as error:
        return report.model_copy(update={"problem": error.text()})
    return report.model_copy(update={"probe": found})


def _plan(twin: Model) -> RequestPlan:
    """Return requests as a run sends them, with thinking on where the model has it: more can go wrong then."""
    thinking = twin.thinking
    return RequestPlan(
        model=twin.id,
        endpoint="chat",
        decoding=twin.sampling or Decoding(temperature=1.0),
        thinking=thinking.switch("on" if thinking.on else "default") if thinking is not None else {},
        max_tokens=64,
        stop=[],
        base_seed=0,
    )
