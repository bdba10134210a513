"""The models of configs/model that state their sizes."""

from pathlib import Path

from harness.config.settings import load_models
from harness.records.architecture import Architecture

MODELS = load_models(Path(__file__).parents[2] / "configs")
ARCHITECTURES: dict[str, Architecture] = {id_: m.architecture for id_, m in MODELS.items() if m.architecture}
