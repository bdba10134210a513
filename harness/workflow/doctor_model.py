"""What stands between this machine and one model, and the command that mends each part of it."""

import json
import os
import shutil
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from packaging.specifiers import SpecifierSet

from harness.config.settings import Settings, data_root
from harness.errors import HarnessError, nearest
from harness.facts.memory import weights_bytes
from harness.facts.unpublished import UnpublishedError
from harness.records import FolderOrigin, HubOrigin, Model
from harness.serving.command import engine_version
from harness.serving.installed import installed_engine
from harness.serving.weights import weights_of
from harness.store.held import held
from harness.store.hub import download_command, hub_cache, reach
from harness.workflow.checks import Check
from harness.workflow.doctor_room import room


def model_checks(settings: Settings) -> list[Check]:
    """Return the checks of the settings' model; one that fails with an error hides no other."""
    looks: list[Callable[[Settings], list[Check]]] = [_licence]
    if settings.model.hosted is not None:
        looks += [_key]
    elif not settings.serving.urls:
        looks += [_pinned, _remote_code, _version, _class, _parsers, _processors, _weights, _disk, room]
    found: list[Check] = []
    for look in looks:
        try:
            found += look(settings)
        except HarnessError as error:
            found.append(Check(look.__name__.strip("_"), False, error.found, error.fix))
    return found


def _licence(settings: Settings) -> list[Check]:
    licence = settings.model.licence
    page = f" ({licence.url})" if licence.url else ""
    return [Check(f"licence of {settings.model.id}", True, f"{licence.id}: {licence.allows}{page}")]


def _key(settings: Settings) -> list[Check]:
    hosted = settings.model.hosted
    if hosted is None:
        return []
    there = bool(os.environ.get(hosted.key))
    found = f"{hosted.key} is {'set' if there else 'not set'}; {hosted.url} was not asked"
    return [Check(f"key for {hosted.model}", there, found, f"export {hosted.key}=…")]


def _pinned(settings: Settings) -> list[Check]:
    origin = weights_of(settings.model).origin
    fix = "name a commit as `revision` in the model's config"
    return [Check(f"weights of {settings.model.id} pinned", not _floats(settings.model), origin.describe(), fix)]


def _remote_code(settings: Settings) -> list[Check]:
    if not settings.model.trust_remote_code:
        return []
    fix = "read the *.py files beside the weights, then name the commit as `revision` in the model's config"
    found = "Python code that comes with the weights is run (trust_remote_code)"
    return [Check("code in the weights", not _floats(settings.model), found, fix)]


def _version(settings: Settings) -> list[Check]:
    requires = settings.model.requires
    if requires is None or requires.vllm is None:
        return []
    name, version = engine_version()
    fits = SpecifierSet(requires.vllm).contains(version, prereleases=True)
    found = f"{name} {version}; {requires.source}"
    return [Check(f"vLLM {requires.vllm}", fits, found, f"pip install '{name}{requires.vllm}'")]


def _class(settings: Settings) -> list[Check]:
    """Return whether the class that the checkpoint names, or else the config, is one that the engine can serve."""
    engine, model = installed_engine(), settings.model
    named = _class_in(held(weights_of(model).origin, data_root()))
    name = named or (model.architecture.class_name if model.architecture else None)
    if engine is None or name is None:
        return []
    how = engine.serves(name)
    versions = f"vLLM {engine_version()[1]} nor in transformers {metadata.version('transformers')}"
    found = f"{name}: {how}" if how else f"{name}: neither in {versions}, nor in a plugin"
    return [
        Check("class of the model", how is not None, found, _install(model) or "pip install -U vllm transformers")
    ]


def _parsers(settings: Settings) -> list[Check]:
    engine, args = installed_engine(), settings.model.args | settings.serving.args
    if engine is None:
        return []
    known = {"reasoning-parser": engine.reasoning_parsers, "tool-call-parser": engine.tool_parsers}
    return [_parser(settings.model, kind, str(args[kind]), known[kind]) for kind in known if kind in args]


def _parser(model: Model, kind: str, name: str, known: set[str]) -> Check:
    found = f"{name}: known to the installed vLLM" if name in known else f"{name}: not in the installed vLLM"
    comes_with_it = model.requires is not None and name in model.requires.parsers
    fix = _install(model) if comes_with_it else nearest(name, known)
    return Check(kind.replace("-", " "), name in known, found, fix)


def _processors(settings: Settings) -> list[Check]:
    engine, names = installed_engine(), settings.model.args.get("logits-processors", [])
    if engine is None or not isinstance(names, list) or not names:
        return []
    missing = [name for name in names if name.startswith("vllm.") and not engine.has_module(name.split(":")[0])]
    found = f"not in the installed vLLM: {', '.join(missing)}" if missing else "in the installed vLLM"
    return [Check("logits processors", not missing, found, _install(settings.model))]


def _weights(settings: Settings) -> list[Check]:
    origin = weights_of(settings.model).origin
    path = held(origin, data_root())
    if path is not None:
        return [Check("weights", True, f"on this machine: {path}")]
    if isinstance(origin, FolderOrigin):
        fix = "mend `folder` in the model's config, or HARNESS_DATA, below which root: data looks"
        return [Check("weights", False, f"nothing at {origin.folder}", fix)]
    if not isinstance(origin, HubOrigin):
        return [Check("weights", True, f"fetched by pip at the first run: {origin.describe()}")]
    found = f"on the hub, {reach(origin)}; fetched at the first run, or before it by {download_command(origin)}"
    return [Check("weights", True, found)]


def _disk(settings: Settings) -> list[Check]:
    """Return whether the hub's cache has room for weights that are not there yet."""
    model, origin = settings.model, weights_of(settings.model).origin
    size = _checkpoint_bytes(model)
    if size is None or not isinstance(origin, HubOrigin) or held(origin, data_root()) is not None:
        return []
    cache = hub_cache()
    free = shutil.disk_usage(next(path for path in (cache, *cache.parents) if path.exists())).free
    found = f"{free / 1e9:,.0f} GB free in {cache}"
    fix = "export HF_HOME=/a/larger/disk, or free some: harness models clean"
    return [Check(f"{size / 1e9:,.0f} GB of disk for the weights", free >= size, found, fix)]


def _checkpoint_bytes(model: Model) -> int | None:
    architecture = model.architecture
    if architecture is None:
        return None
    if architecture.counted is not None and architecture.counted.checkpoint_bytes is not None:
        return architecture.counted.checkpoint_bytes
    try:
        return weights_bytes(architecture, architecture.dtype)
    except UnpublishedError:
        return None


def _class_in(checkpoint: Path | None) -> str | None:
    config = checkpoint / "config.json" if checkpoint is not None else None
    if config is None or not config.exists():
        return None
    named = json.loads(config.read_text(encoding="utf-8")).get("architectures") or [None]
    return str(named[0]) if named[0] else None


def _floats(model: Model) -> bool:
    """Return whether other weights may be served tomorrow under the same name."""
    origin = weights_of(model).origin
    return isinstance(origin, HubOrigin) and origin.revision == "unpinned"


def _install(model: Model) -> str:
    return (model.requires.install or "") if model.requires is not None else ""
