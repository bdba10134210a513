"""From YAML files and overrides to typed settings."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from hydra import compose, initialize_config_dir
from hydra.core.override_parser.overrides_parser import OverridesParser
from hydra.errors import HydraException
from omegaconf import OmegaConf
from omegaconf.errors import OmegaConfBaseException
from pydantic import Field, ValidationError

from harness.errors import UsageError, nearest
from harness.records import Benchmark, Cluster, Model, Protocol, Record, Replica, Serving, Subject, Suite
from harness.records.site import SiteSettings

T = TypeVar("T", bound=Record)


@dataclass(frozen=True)
class Project:
    """The folders of a clone."""

    root: Path

    @property
    def configs(self) -> Path:
        """Hydra groups and the data read as a whole (claims, benchmarks)."""
        return self.root / "configs"

    @property
    def tasks(self) -> Path:
        """Our own lm-eval tasks."""
        return self.root / "tasks"


class Settings(Record):
    """What one command works with."""

    model: Model
    suite: Suite
    protocol: Protocol
    serving: Serving
    cluster: Cluster
    """Where the work is done; no part of a run's identity."""
    repeats: int | None = Field(default=None, gt=0)
    """Repeats of every task, when not those of the suite; more of them continue a run."""
    items: int | None = Field(default=None, gt=0)
    """Items of every task, evenly spaced over its set, when not those of the suite."""
    until: Literal["all", "settled"] = "all"
    """`settled` stops repeating a task as soon as its claims are decided, at looks declared before it starts."""
    results: str
    """Where runs, verdicts and the site go; relative paths are below the clone."""


@cache
def project() -> Project:
    """Return the clone that this package was installed from (editable)."""
    return Project(Path(__file__).resolve().parents[2])


def load_settings(overrides: Sequence[str] = (), *, configs: Path | None = None) -> Settings:
    """Return the settings composed from configs/config.yaml and Hydra overrides such as `model=smollm2_135m`.

    Raises UsageError when an override cannot be read, names a group, option or key that does not exist, or
    gives a value of the wrong type; the message names the file and the nearest valid names.
    """
    folder = configs or project().configs
    checked = _checked_overrides(overrides, folder)
    try:
        with initialize_config_dir(version_base="1.3", config_dir=str(folder)):
            composed = compose(config_name="config", overrides=checked)
            if not any(text.lstrip("+").startswith("protocol=") for text in checked):
                own = _protocol_of(composed.suite.protocol, composed.model.id, folder)
                composed = compose(config_name="config", overrides=[f"protocol={own}", *checked])
        data = OmegaConf.to_container(composed, resolve=True)
    except (HydraException, OmegaConfBaseException) as error:
        raise UsageError(
            expected="overrides that fit configs/config.yaml",
            found=str(error).strip().splitlines()[0],
            where=str(folder / "config.yaml"),
            fix="harness run --help lists the groups and shows examples",
        ) from error
    return _typed(Settings, data, "the composed settings; each group's file lies in " + str(folder))


def _protocol_of(suite: str, model: str, configs: Path) -> str:
    """Return the protocol that a suite is run under when the command names none."""
    if suite != "maker":
        return suite
    own = f"maker/{model}"
    return own if (configs / "protocol" / f"{own}.yaml").exists() else "house"


def load_benchmarks(configs: Path) -> dict[str, Benchmark]:
    """Return every benchmark record by id; raises UsageError for a bad file."""
    return _all(Benchmark, configs / "benchmark")


def load_models(configs: Path) -> dict[str, Model]:
    """Return every model config by id; raises UsageError for a bad file."""
    return _all(Model, configs / "model")


def load_replicas(configs: Path) -> dict[str, Replica]:
    """Return how each kind of small random twin is made, by id; raises UsageError for a bad file."""
    return _all(Replica, configs / "replica")


def load_clusters(configs: Path) -> dict[str, Cluster]:
    """Return every cluster by id; raises UsageError for a bad file."""
    return _all(Cluster, configs / "cluster")


def load_servings(configs: Path) -> dict[str, Serving]:
    """Return every way of serving by id; raises UsageError for a bad file."""
    return _all(Serving, configs / "serving")


def load_protocols(configs: Path) -> dict[str, Protocol]:
    """Return every protocol by id; raises UsageError for a bad file."""
    return _all(Protocol, configs / "protocol")


def load_suites(configs: Path) -> dict[str, Suite]:
    """Return every suite by id; raises UsageError for a bad file."""
    return _all(Suite, configs / "suite")


def load_site(configs: Path) -> SiteSettings:
    """Return what the site says about itself (configs/site.yaml); raises UsageError for a bad file."""
    path = configs / "site.yaml"
    return _typed(SiteSettings, _read(path), str(path))


def load_subjects(configs: Path) -> dict[str, Subject]:
    """Return what claims are about besides the models, by id (configs/subjects.yaml); raises UsageError."""
    path = configs / "subjects.yaml"
    if not path.exists():
        return {}
    data = _read(path) or {}
    return {name: _typed(Subject, {"id": name, **fields}, f"{path}, {name}") for name, fields in data.items()}


def data_root() -> Path | None:
    """Return the folder that HARNESS_DATA names, or None."""
    value = os.environ.get("HARNESS_DATA")
    return Path(value).expanduser() if value else None


def _files(folder: Path) -> dict[str, Path]:
    """Return every YAML file by its id: its path below the folder, without the ending."""
    paths = {path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.yaml")}
    return dict(sorted(paths.items()))


def _read(path: Path) -> Any:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise UsageError(expected="readable YAML", found=str(error), where=str(path)) from error


def _all(kind: type[T], folder: Path) -> dict[str, T]:
    files = _files(folder)
    return {name: _load(kind, name, path, files) for name, path in files.items()}


def _load(kind: type[T], name: str, path: Path, bases: Mapping[str, Path]) -> T:
    record = _typed(kind, _composed(path, bases), str(path))
    if getattr(record, "id", name) != name:
        raise UsageError(
            expected=f"id: {name}, the same as the file's name",
            found=f"id: {getattr(record, 'id', None)}",
            where=str(path),
        )
    return record


def _composed(path: Path, bases: Mapping[str, Path]) -> Any:
    """Return a file's data over that of the files in its `defaults` list, as Hydra composes them."""
    data = _read(path)
    names = [name for name in data.pop("defaults", []) if name != "_self_"] if isinstance(data, dict) else []
    for name in reversed(names):
        if name not in bases:
            raise UsageError("a file beside this one", name, where=f"{path}, defaults", fix=nearest(name, bases))
        data = OmegaConf.to_container(OmegaConf.merge(_composed(bases[name], bases), data))
    return data


def _typed(kind: type[T], data: Any, where: str) -> T:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            key = ".".join(str(part) for part in problem["loc"])
            line = f"  {key}: {problem['msg']}, found {problem['input']!r}"
            if problem["type"] == "extra_forbidden":
                line = f"  {key}: no such key; {nearest(str(problem['loc'][-1]), _fields(kind, problem['loc']))}"
            lines.append(line)
        raise UsageError(
            expected=f"settings of type {kind.__name__}",
            found=f"{len(lines)} key(s) that do not fit",
            where=where,
            fix="correct the keys below",
            detail="\n".join(lines),
        ) from error


def _fields(kind: type[Record], path: Sequence[str | int]) -> list[str]:
    """Return the field names that stand beside the last key of `path`."""
    fields: Mapping[str, Any] = kind.model_fields
    for part in path[:-1]:
        annotation = fields[part].annotation if part in fields else None  # type: ignore[index]
        if not (isinstance(annotation, type) and issubclass(annotation, Record)):
            return []
        fields = annotation.model_fields
    return list(fields)


def _checked_overrides(overrides: Sequence[str], folder: Path) -> list[str]:
    """Return the overrides as Hydra takes them; refuse a group, option or key that does not exist.

    Hydra knows only the keys that stand in the YAML files; ours are all fields of the typed settings, so an
    optional one can be set too.
    """
    groups = {p.name for p in folder.iterdir() if p.is_dir()} & set(Settings.model_fields)
    checked = []
    for text in overrides:
        try:
            override = OverridesParser.create().parse_override(text)
        except HydraException as error:
            raise UsageError(
                expected="an override such as model=smollm2_135m or protocol.max_tokens=512",
                found=repr(text),
                where="command line",
                fix="harness run --help shows examples",
            ) from error
        name = override.key_or_group
        if name in groups:
            _check_option(name, str(override.value()), folder)
            checked.append(text)
            continue
        path = name.split(".")
        for depth, part in enumerate(path):
            valid = _fields(Settings, path[: depth + 1])
            if valid and part not in valid:
                raise UsageError(
                    expected=f"a key of {'.'.join(path[:depth]) or 'the settings'}",
                    found=f"{part!r} in {text!r}",
                    where=str(folder / path[0]) if depth else str(folder / "config.yaml"),
                    fix=nearest(part, valid),
                )
        checked.append(text if text[0] in "+~" or "." not in name else f"++{text}")
    return checked


def _check_option(group: str, option: str, folder: Path) -> None:
    options = [str(path.relative_to(folder / group))[:-5] for path in (folder / group).rglob("*.yaml")]
    if option not in options:
        raise UsageError(
            expected=f"an option of {group}",
            found=f"{group}={option}",
            where=f"configs/{group}/{option}.yaml does not exist",
            fix=nearest(option, options),
        )
