"""lm-eval's tasks as their YAML describes them, ours from tasks/ first."""

import hashlib
import inspect
import json
import logging
import re
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from functools import cache
from importlib import metadata
from io import StringIO
from pathlib import Path
from typing import Any

import datasets
import lm_eval
from lm_eval.api.task import Task
from lm_eval.tasks import TaskManager
from lm_eval.tasks._yaml_loader import load_yaml
from lm_eval.utils import env as templates

from harness.config.settings import project
from harness.errors import UsageError, nearest
from harness.evaluation.sources import reached

# lm-eval compiles its templates anew for every item, which takes longer than all else that is done before a run.
templates.from_string = cache(templates.from_string)

Config = dict[str, Any]
"""A task as its YAML describes it, functions resolved."""


def config_of(name: str) -> Config:
    """Return a task's configuration; raises UsageError for a task nobody has, and for a group of tasks."""
    entry = _manager(name).task_index[name]
    # Modules of some tasks print while they are imported; standard output may be somebody's JSON.
    with redirect_stdout(StringIO()):
        config: Config = load_yaml(entry.yaml_path, resolve_func=True) if entry.yaml_path else {}
    if config.get("task") != name or "class" in config:
        raise UsageError(
            expected="one task of lm-eval's YAML form",
            found=f"{name}, which is a group of tasks or written in Python",
            where=str(entry.yaml_path),
            fix="name a single task, or write one in tasks/",
        )
    return config


def build(name: str, config: Config, splits: Mapping[str, datasets.Dataset], shots: int) -> Task:
    """Return the task `name` made from `config`, with our data in place of its own, whatever splits it names.

    `splits` has the items under `test`, and under `examples` those that the `shots` worked examples come from,
    where the task holds none itself.
    """
    own = config.get("fewshot_config")
    injected = {
        **config,
        "task": name,
        "dataset_path": None,
        "dataset_name": None,
        "dataset_kwargs": None,
        "custom_dataset": lambda **_: splits,
        "training_split": None,
        "validation_split": None,
        "test_split": "test",
        "fewshot_split": "examples" if "examples" in splits else None,
        "fewshot_config": None if own is None else {key: own[key] for key in own if key != "split"},
        "num_fewshot": shots,
    }
    return _manager(str(config["task"])).load([injected])["tasks"][name]


@cache
def _manager(name: str) -> TaskManager:
    """Return a manager that knows `name`, ours first.

    lm-eval's index of its own thousands of files takes many seconds: only the folder that holds the task is read.
    """
    # Its loader announces every custom data set at warning level.
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    own = TaskManager(include_path=str(project().tasks), include_defaults=False)
    if name in own.all_tasks:
        return own
    folder = _folder_of(name)
    if folder is None:
        raise UsageError(
            expected="a task in tasks/ or of lm-eval " + metadata.version("lm-eval"),
            found=name,
            where=str(project().tasks),
            fix=nearest(name, TaskManager(include_path=str(project().tasks)).all_tasks),
        )
    return TaskManager(include_path=str(folder), include_defaults=False)


def _folder_of(name: str) -> Path | None:
    """Return the folder of lm-eval's tasks whose files define `name`."""
    defines = re.compile(rf"^(task|group): *[\"']?{re.escape(name)}[\"']? *(#.*)?$".encode(), re.MULTILINE)
    files = (Path(lm_eval.__file__).parent / "tasks").rglob("*.yaml")
    return next((path.parent for path in files if defines.search(path.read_bytes())), None)


def task_hash(name: str, config: Config) -> str:
    """Return a hash over how the task asks and scores: its configuration and the code that this names.

    Where its items come from is left out: they have a hash of their own.
    """
    data = {"dataset_path", "dataset_name", "dataset_kwargs", "custom_dataset"}
    named: set[Path] = set()

    def described(value: Any) -> str:
        named.add(Path(inspect.getfile(value)))
        return f"{Path(inspect.getfile(value)).name}:{value.__qualname__}"

    kept = {key: value for key, value in config.items() if key not in data}
    found = hashlib.sha256(metadata.version("lm-eval").encode())
    found.update(json.dumps(kept, sort_keys=True, default=_or_text(described)).encode())
    for path in sorted(reached(named), key=lambda path: (path.parent.name, path.name)):
        found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()


def _or_text(described: Callable[[Any], str]) -> Callable[[Any], str]:
    return lambda value: described(value) if callable(value) else str(value)
