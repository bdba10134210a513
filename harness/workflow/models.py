"""What the verbs `models new` and `models clean` do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from harness.config.settings import load_models, project
from harness.errors import UsageError
from harness.facts.parameters import parameters_total
from harness.planning.new_model import Files, Written, new_model
from harness.records import FolderOrigin, HubOrigin
from harness.serving.weights import Checkpoint
from harness.store.cached import Cached, cached_weights, free
from harness.store.describe import Described, folder_files, hub_files
from harness.workflow.named import model_named


@dataclass(frozen=True)
class NewConfig:
    """A config that was written."""

    path: Path
    written: Written


def write_new(folder: Path | None, hub: str | None, id_: str | None = None) -> NewConfig:
    """Write configs/model/<id>.yaml for a checkpoint in a folder or on the hub; no file is ever overwritten.

    Raises UsageError unless exactly one of the two is named, and where a config of that id exists.
    """
    if (folder is None) == (hub is None):
        found = "both" if folder else "neither"
        raise UsageError("a checkpoint's folder, or --hub ORG/NAME", found, where="command line")
    files = _from_folder(folder) if folder is not None else _from_hub(hub or "")
    written = new_model(files, id_)
    path = project().configs / "model" / f"{written.model.id}.yaml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(written.text)
    except FileExistsError as error:
        fix = "choose another id: --id NAME"
        raise UsageError(f"no config of the id {written.model.id}", "one", where=str(path), fix=fix) from error
    return NewConfig(path, written)


def list_cached(wanted: Sequence[str]) -> list[Cached]:
    """Return the cached weights of these models, of all where none is named; raises UsageError for another id."""
    named = {name: model_named(name) for name in wanted}
    return cached_weights(named or load_models(project().configs))


def clean(items: Sequence[Cached]) -> Iterator[tuple[Cached, bool]]:
    """Free the weights; yield each with whether it was freed, which it is not while a process uses it."""
    for one in items:
        yield one, free(one)


def _from_folder(folder: Path) -> Files:
    path = folder.expanduser().resolve()
    shapes = Checkpoint(path, None).shapes if path.is_dir() else {}
    stored = parameters_total(shapes) if shapes else None
    return _files(path.name, FolderOrigin(folder=str(path)), folder_files(path), stored)


def _from_hub(name: str) -> Files:
    described, commit, stored = hub_files(name)
    return _files(name.rsplit("/", maxsplit=1)[-1], HubOrigin(hub=name, revision=commit), described, stored)


def _files(name: str, origin: FolderOrigin | HubOrigin, said: Described, stored: int | None) -> Files:
    return Files(name, origin, said.config, said.generation, said.template, said.card, stored)
