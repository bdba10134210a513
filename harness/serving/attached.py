"""A server that somebody else started: we ask it, and neither start nor stop it."""

import json
import urllib.error
import urllib.request
from typing import Any

from harness.errors import HarnessError
from harness.records import Model


def attach(url: str, model: Model) -> str:
    """Return the version of the server at `url`, once it is known to serve the model under its id.

    Raises HarnessError when nothing answers there, or when it serves something else.
    """
    listed = [entry["id"] for entry in _get(f"{url}/v1/models").get("data", [])]
    if model.id not in listed:
        raise HarnessError(
            expected=f"a server that serves {model.id}",
            found=f"it serves {', '.join(listed) or 'nothing'}",
            where=url,
            fix=f"start it with --served-model-name {model.id}",
        )
    return str(_get(f"{url}/version").get("version", "unknown"))


def _get(url: str) -> dict[str, Any]:
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return dict(json.load(answer))
    except (urllib.error.URLError, OSError, ValueError) as error:
        raise HarnessError(
            expected="an OpenAI-compatible server", found=str(error), where=url, fix="mend serving.url"
        ) from error
