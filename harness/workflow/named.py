"""The model that a command names."""

from harness.config.settings import load_models, project
from harness.errors import UsageError, nearest
from harness.records import Model


def model_named(name: str | None) -> Model:
    """Return the model that a command's `model=` names; raises UsageError when no file has that id."""
    models = load_models(project().configs)
    if name is None or name not in models:
        raise UsageError(
            expected="model=ID with a file in configs/model/",
            found=name or "no model",
            where="command line",
            fix=nearest(name or "", models),
        )
    return models[name]
