"""Ask a server on this machine, or one that was named, what it is; never through a proxy."""

import json
import urllib.request
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def healthy(url: str) -> bool:
    """Return whether the server at `url` says that it is well."""
    try:
        with _OPENER.open(f"{url}/health", timeout=2) as answer:
            return int(answer.status) == 200
    except OSError:  # refused, timed out or an HTTP error
        return False


def served_models(url: str, headers: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """Return the models that the server offers: id -> where it has the weights from; `headers` hold its key."""
    return {
        str(entry["id"]): str(entry.get("root")) for entry in _get(f"{url}/v1/models", headers).get("data", [])
    }


def version(url: str) -> str:
    """Return the version that the server names."""
    return str(_get(f"{url}/version").get("version", "unknown"))


def _get(url: str, headers: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """Return a JSON object; raises OSError or ValueError when there is none."""
    with _OPENER.open(urllib.request.Request(url, headers=dict(headers)), timeout=10) as answer:
        return dict(json.load(answer))
