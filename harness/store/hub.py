"""The model hub: where its cache lies, and whether it lets us have a model's weights."""

from functools import cache
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from harness.errors import HarnessError
from harness.records import HubOrigin

PATIENCE = 5.0
"""Seconds that the hub has for an answer."""


def hub_cache() -> Path:
    """Return the folder in which huggingface_hub keeps what it fetched (HF_HUB_CACHE, HF_HOME)."""
    from huggingface_hub import constants  # noqa: PLC0415 - slow, needed only here

    return Path(constants.HF_HUB_CACHE)


@cache
def answers() -> bool:
    """Return whether the hub can be reached from here; asked once.

    Where it cannot, its libraries are told to look into the cache alone: they would try again for half a minute
    for every single file.
    """
    import datasets  # noqa: PLC0415 - slow, needed only here
    from huggingface_hub import constants  # noqa: PLC0415

    if not constants.HF_HUB_OFFLINE:
        try:
            with urlopen(Request(constants.ENDPOINT, method="HEAD"), timeout=PATIENCE):
                return True
        except HTTPError:
            return True
        except OSError:
            constants.HF_HUB_OFFLINE = datasets.config.HF_HUB_OFFLINE = True
    return False


def reach(origin: HubOrigin) -> str:
    """Ask the hub once whether the weights can be fetched from here; return its answer in words.

    Raises HarnessError when they cannot: offline by its own setting, no network, no such model, terms that were
    not accepted or a token that is missing.
    """
    from huggingface_hub import HfApi, constants  # noqa: PLC0415
    from huggingface_hub.errors import GatedRepoError, RepositoryNotFoundError  # noqa: PLC0415

    stage = f"on a connected machine: {download_command(origin)}; then copy {constants.HF_HUB_CACHE} over"
    expected, where = f"{origin.describe()} in the cache or on the hub", constants.ENDPOINT
    if constants.HF_HUB_OFFLINE:
        found, fix = "not in the cache, and HF_HUB_OFFLINE is set", f"unset HF_HUB_OFFLINE; or {stage}"
        raise HarnessError(expected, found, where=where, fix=fix)
    revision = None if origin.revision == "unpinned" else origin.revision
    login = f"accept the terms at https://huggingface.co/{origin.hub}, then hf auth login, or export HF_TOKEN=…"
    try:
        hub = HfApi()
        gated = hub.model_info(origin.hub, revision=revision, timeout=PATIENCE).gated
        if gated:
            hub.auth_check(origin.hub)
    except GatedRepoError as error:
        raise HarnessError(
            expected, "gated, and not open to this token or to none", where=where, fix=login
        ) from error
    except RepositoryNotFoundError as error:
        found = "no such model, or a private one that this token (or none) may not see"
        raise HarnessError(expected, found, where=where, fix=login) from error
    except Exception as error:
        found = f"not in the cache, and {where} cannot be reached ({type(error).__name__})"
        raise HarnessError(expected, found, where=where, fix=f"mend the network; or {stage}") from error
    return "gated, and open to this token" if gated else "open to everybody"


def download_command(origin: HubOrigin) -> str:
    """Return the command that fetches the weights into the hub's cache."""
    return f"hf download {origin.hub}" + (
        f" --revision {origin.revision}" if origin.revision != "unpinned" else ""
    )
