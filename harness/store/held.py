"""Which weights are on this machine already, without asking anybody for them."""

import json
from pathlib import Path

from harness.records import FolderOrigin, HubOrigin, JoinedOrigin, Origin, PackageOrigin
from harness.store.origins import joined_folder, package_folder


def held(origin: Origin, data_root: Path | None) -> Path | None:
    """Return where the whole of what `origin` names lies on this machine; None where it has to be fetched."""
    match origin:
        case PackageOrigin():
            path = package_folder(origin) / origin.member
        case JoinedOrigin():
            path = joined_folder(origin) / origin.name
        case FolderOrigin(root="data"):
            return data_root / origin.folder if data_root and (data_root / origin.folder).exists() else None
        case FolderOrigin():
            path = Path(origin.folder).expanduser()
        case HubOrigin():
            return _snapshot(origin)
    return path if path.exists() else None


def _snapshot(origin: HubOrigin) -> Path | None:
    """Return a snapshot of the hub's cache that lacks none of the weight files its index names."""
    from huggingface_hub import try_to_load_from_cache  # noqa: PLC0415 - slow, needed only here

    revision = None if origin.revision == "unpinned" else origin.revision
    found = try_to_load_from_cache(origin.hub, origin.member or "config.json", revision=revision)
    if not isinstance(found, str):
        return None
    if origin.member is not None:
        return Path(found)
    folder = Path(found).parent
    index = folder / "model.safetensors.index.json"
    if index.exists():
        names = set(json.loads(index.read_text(encoding="utf-8"))["weight_map"].values())
        return folder if all((folder / name).exists() for name in names) else None
    return folder if any([*folder.glob("*.safetensors"), *folder.glob("*.bin")]) else None
