"""The weights that the zoo's models have in the caches of this machine, and freeing them."""

import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Literal

import psutil
from filelock import FileLock, Timeout

from harness.records import HubOrigin, JoinedOrigin, Model, PackageOrigin
from harness.store.hub import hub_cache
from harness.store.origins import cache_root, joined_folder, package_folder

Kind = Literal["checkpoint", "package", "hub"]


@dataclass(frozen=True)
class Cached:
    """Weights in a cache: one folder."""

    models: tuple[str, ...]
    """Ids of the configs whose weights these are."""
    kind: Kind
    path: Path
    size: int
    """Bytes on disk."""


def cached_weights(models: Mapping[str, Model]) -> list[Cached]:
    """Return what these models have in our cache and in the hub's, the largest first; nothing of anybody else."""
    hub = _hub_sizes()
    owners: dict[tuple[Kind, Path], list[str]] = {}
    for model in models.values():
        for kind, path in _places(model, hub):
            owners.setdefault((kind, path), []).append(model.id)
    found = []
    for (kind, path), ids in owners.items():
        size = hub[path][1] if kind == "hub" else sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
        found.append(Cached(tuple(ids), kind, path, size))
    return sorted(found, key=lambda one: (-one.size, one.path))


def free(one: Cached) -> bool:
    """Remove one folder of weights; return False, with nothing touched, while somebody uses or builds it."""
    with ExitStack() as stack:
        try:
            for lock in _locks(one):
                stack.enter_context(FileLock(lock, timeout=0))
        except Timeout:
            return False
        if _used(one):
            return False
        # Renamed first: whoever looks for the weights finds them whole or not at all.
        doomed = one.path.with_name(f".{one.path.name}.freed")
        one.path.rename(doomed)
        shutil.rmtree(doomed)
    return True


def _places(model: Model, hub: Mapping[Path, tuple[str, int]]) -> Iterator[tuple[Kind, Path]]:
    """Yield the folders that hold weights of the model, of those that exist."""
    yield from (("checkpoint", p) for p in (cache_root() / "checkpoints").glob(f"{model.id}-*") if p.is_dir())
    packages: list[Path] = []
    match model.weights.origin if model.weights is not None else None:
        case HubOrigin(hub=name):
            yield from (("hub", path) for path, (repository, _) in hub.items() if repository == name)
        case PackageOrigin() as origin:
            packages = [package_folder(origin)]
        case JoinedOrigin() as origin:
            packages = [joined_folder(origin), *map(package_folder, origin.parts)]
    yield from (("package", path) for path in packages if path.exists())


def _hub_sizes() -> dict[Path, tuple[str, int]]:
    """Return the models in the hub's cache: folder -> (repository, bytes)."""
    if not hub_cache().is_dir():
        return {}
    from huggingface_hub import scan_cache_dir  # noqa: PLC0415 - slow, needed only here

    repositories = scan_cache_dir(hub_cache()).repos
    return {Path(r.repo_path): (r.repo_id, r.size_on_disk) for r in repositories if r.repo_type == "model"}


def _locks(one: Cached) -> Iterable[Path]:
    """Return the locks that whoever fetches or builds these weights holds."""
    if one.kind == "hub":
        return sorted((one.path.parent / ".locks" / one.path.name).glob("*.lock"))
    return [one.path.with_name(one.path.name + ".lock")]


def _used(one: Cached) -> bool:
    """Return whether a process serves from the folder, or is a run of one of its models that has yet to."""
    for process in psutil.process_iter(["cmdline"]):
        line = process.info["cmdline"] or []
        if any(word == str(one.path) or word.startswith(f"{one.path}/") for word in line):
            return True
        if _runs(line, one.models) and _same_caches(process):
            return True
    return False


def _runs(line: Sequence[str], models: Sequence[str]) -> bool:
    """Return whether a command line is `harness run` or `demo` of one of the models, or of the default one."""
    verbs = {after for word, after in pairwise(line) if Path(word).name in ("harness", "harness.cli")}
    named = [word.removeprefix("model=") for word in line if word.startswith("model=")]
    return bool(verbs & {"run", "demo"}) and (not named or bool(set(named) & set(models)))


def _same_caches(process: psutil.Process) -> bool:
    """Return whether a process looks for weights where we do; True where that cannot be seen."""
    try:
        environment = process.environ()
    except psutil.Error:
        return True
    return all(
        environment.get(name) == os.environ.get(name) for name in ("HARNESS_CACHE", "HF_HUB_CACHE", "HF_HOME")
    )
