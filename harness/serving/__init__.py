"""From a model config to a server that answers: weights, command, guard, probe, watchdog."""

from harness.serving.engine import Engine
from harness.serving.weights import Checkpoint, prepare

__all__ = ["Checkpoint", "Engine", "prepare"]
