"""A server that somebody else started: we ask it, and neither start nor stop it."""

from harness.errors import HarnessError
from harness.records import Model
from harness.serving import probe


def attach(url: str, model: Model) -> str:
    """Return the version of the server at `url`, once it is known to serve the model under its id.

    Raises HarnessError when nothing answers there, or when it serves something else.
    """
    try:
        listed, version = probe.served_models(url), probe.version(url)
    except (OSError, ValueError) as error:
        raise HarnessError(
            expected="an OpenAI-compatible server", found=str(error), where=url, fix="mend serving.url"
        ) from error
    if model.id not in listed:
        raise HarnessError(
            expected=f"a server that serves {model.id}",
            found=f"it serves {', '.join(listed) or 'nothing'}",
            where=url,
            fix=f"start it with --served-model-name {model.id}",
        )
    return version
