"""What a rehearsal asks, and whom: a small random twin of the model, a few short answers."""

from harness.config.settings import Settings
from harness.errors import HarnessError
from harness.planning.rehearsal import small
from harness.records import Model
from harness.serving.replica import as_replica, cached_replica, check_servable

ITEMS = 2
"""Of every task."""
MAX_TOKENS = 64
"""Of every answer, thoughts included."""


def rehearsed(settings: Settings) -> Settings:
    """Return the settings with the model's twin, written where it is not there, and next to nothing to ask."""
    model, protocol = settings.model, settings.protocol
    short = {"max_tokens": MAX_TOKENS, "thinking_tokens": 0}
    on_benchmarks = {name: {**changes, **short} for name, changes in protocol.benchmarks.items()}
    return settings.model_copy(
        update={
            "model": model if model.replica is None else as_replica(model, cached_replica(model)),
            "protocol": protocol.model_copy(update={**short, "benchmarks": on_benchmarks}),
            "items": ITEMS,
            "repeats": 1,
            "until": "all",
        }
    )


def why_not(model: Model) -> str | None:
    """Return why a model cannot take part in a rehearsal; None where it, or its twin, can."""
    if model.replica is None:
        return None if small(model) else f"it has no twin: {model.no_replica or 'its config names none'}"
    try:
        check_servable(model)
    except HarnessError as error:
        return f"its twin needs {error.expected}; found {error.found}"
    return None
