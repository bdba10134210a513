"""What the verb `facts` does."""

from harness.config.settings import load_models, project
from harness.errors import UsageError, nearest
from harness.facts.summary import Facts, facts_of


def facts_for(model: str | None, context: str | None = None) -> Facts:
    """Return the facts of the model with this id; raises UsageError for an unknown model or a bad context."""
    models = load_models(project().configs)
    if model is None or model not in models:
        raise UsageError(
            "model=ID with a file in configs/model/",
            model or "no model",
            where="command line",
            fix=nearest(model or "", models),
        )
    if context is not None and not context.isdigit():
        raise UsageError("context=TOKENS, a whole number", context, where="command line", fix="context=131072")
    return facts_of(models[model], context=int(context) if context else None)
