"""The small files of a checkpoint, from a folder or from the hub: what it is, without its weights."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.errors import HarnessError, UsageError
from harness.store.hub import PATIENCE

SMALL = ("config.json", "generation_config.json", "tokenizer_config.json", "chat_template.jinja", "README.md")


@dataclass(frozen=True)
class Described:
    """What the small files say."""

    config: dict[str, Any]
    generation: dict[str, Any]
    template: str | None
    card: str


def folder_files(folder: Path) -> Described:
    """Return what a local checkpoint says of itself; raises UsageError for a folder without config.json."""
    if not (folder / "config.json").exists():
        fix = "name the folder that holds config.json; GGUF files have none, convert them first"
        raise UsageError("a checkpoint's folder", "no config.json", where=str(folder), fix=fix)
    return _described({name: folder / name for name in SMALL})


def hub_files(name: str) -> tuple[Described, str, int | None]:
    """Return what a model of the hub says of itself, its newest commit, and how many elements its tensors have.

    Raises HarnessError when the hub or the model cannot be reached.
    """
    from huggingface_hub import HfApi  # noqa: PLC0415 - slow, needed only here
    from huggingface_hub.errors import RemoteEntryNotFoundError  # noqa: PLC0415

    hub, paths = HfApi(), {}
    try:
        info = hub.model_info(name, timeout=PATIENCE)
        for file in SMALL:
            try:
                paths[file] = Path(hub.hf_hub_download(name, file, revision=info.sha))
            except RemoteEntryNotFoundError:
                continue
    except Exception as error:
        raise HarnessError(
            expected=f"the small files of {name} from the model hub",
            found=f"{type(error).__name__}: {str(error).splitlines()[0]}",
            fix="check the name, the network and HF_TOKEN; or give a folder with a copy of it",
        ) from error
    if "config.json" not in paths:
        raise UsageError(
            "a checkpoint on the hub", "no config.json", where=name, fix="GGUF repositories have none"
        )
    return _described(paths), str(info.sha), info.safetensors.total if info.safetensors else None


def _described(paths: dict[str, Path]) -> Described:
    found = {name: path for name, path in paths.items() if path.exists()}
    data = {name: _object(path) for name, path in found.items() if path.suffix == ".json"}
    template = data.get("tokenizer_config.json", {}).get("chat_template")
    if isinstance(template, list):  # several by name; the one called default serves a chat
        template = next((one["template"] for one in template if one.get("name") == "default"), None)
    texts = {name: path.read_text(encoding="utf-8") for name, path in found.items() if path.suffix != ".json"}
    return Described(
        config=data["config.json"],
        generation=data.get("generation_config.json", {}),
        template=texts.get("chat_template.jinja", template),
        card=texts.get("README.md", ""),
    )


def _object(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError("readable JSON", str(error), where=str(path)) from error
    if not isinstance(data, dict):
        raise UsageError("a JSON object", type(data).__name__, where=str(path))
    return data
