"""What the verb `facts` does."""

from harness.errors import UsageError
from harness.facts.summary import Facts, facts_of
from harness.workflow.named import model_named


def facts_for(model: str | None, context: str | None = None) -> Facts:
    """Return the facts of the model with this id; raises UsageError for an unknown model or a bad context."""
    found = model_named(model)
    if context is not None and not context.isdigit():
        raise UsageError("context=TOKENS, a whole number", context, where="command line", fix="context=131072")
    return facts_of(found, context=int(context) if context else None)
