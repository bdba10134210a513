"""Load an lm-eval task, ours from tasks/ first, and know exactly what was loaded."""

import hashlib
import inspect
import json
import logging
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from typing import Any

from lm_eval.api.task import Task
from lm_eval.tasks import TaskManager

from harness.config.settings import project
from harness.errors import HarnessError, UsageError, nearest
from harness.records import Benchmark, Protocol
from harness.store.origins import fetch

_FEWSHOT_SEED = 1234
"""lm-eval's own default, so that few-shot prompts are those of a plain lm-eval run."""


@dataclass(frozen=True)
class LoadedTask:
    """A task with its items, ready to build prompts and to score."""

    name: str
    task: Task
    items: int
    task_sha256: str
    data_sha256: str
    stop: Sequence[str]
    num_fewshot: int
    output_type: str
    runs_code: bool


def load_task(name: str, benchmark: Benchmark, protocol: Protocol) -> LoadedTask:
    """Return the task `name` with the protocol's few-shot number set.

    What its scoring needs besides (NLTK data, say) is fetched first.
    Raises UsageError for a task nobody has, HarnessError when its items or resources cannot be had.
    """
    for resource in benchmark.resources:
        os.environ[resource.env] = str(fetch(resource.origin))
    manager = _manager(name)
    try:
        task = manager.load([name])["tasks"][name]
    except HarnessError:
        raise
    except Exception as error:
        raise HarnessError(
            expected=f"the task {name} and its items",
            found=f"{type(error).__name__}: {str(error).strip().splitlines()[0] if str(error) else ''}",
            where=f"configs/benchmark/{benchmark.id}.yaml, task {name}",
            fix="items that only the hub has need a network; set HF_HOME to a staged copy on offline nodes",
        ) from error
    if protocol.num_fewshot is not None:
        task.set_config(key="num_fewshot", value=protocol.num_fewshot)
    elif task.get_config("num_fewshot") is None:
        task.set_config(key="num_fewshot", value=0)
    task.set_fewshot_seed(seed=_FEWSHOT_SEED)
    generation: Mapping[str, Any] = task.get_config("generation_kwargs") or {}
    until = generation.get("until") or []
    return LoadedTask(
        name=name,
        task=task,
        items=len(task.eval_docs),
        task_sha256=_task_hash(name, task),
        data_sha256=_data_hash(task),
        stop=[until] if isinstance(until, str) else list(until),
        num_fewshot=int(task.get_config("num_fewshot")),
        output_type=str(task.OUTPUT_TYPE),
        runs_code=bool(getattr(task, "UNSAFE_CODE", False)),
    )


def _manager(name: str) -> TaskManager:
    """Return a manager that knows `name`; lm-eval's own thousands of files are read only when ours lack it."""
    own = _own_tasks()
    if name in own.all_tasks:
        return own
    whole = _all_tasks()
    if name not in whole.all_tasks:
        raise UsageError(
            expected="a task in tasks/ or of lm-eval " + metadata.version("lm-eval"),
            found=name,
            where=str(project().tasks),
            fix=nearest(name, whole.all_tasks),
        )
    return whole


@cache
def _own_tasks() -> TaskManager:
    # Its loader announces every custom data set at warning level.
    logging.getLogger("lm_eval").setLevel(logging.ERROR)
    return TaskManager(include_path=str(project().tasks), include_defaults=False)


@cache
def _all_tasks() -> TaskManager:
    return TaskManager(include_path=str(project().tasks))


def _task_hash(name: str, task: Task) -> str:
    """Return a hash over the task's whole configuration, the source of its functions included."""
    found = hashlib.sha256(metadata.version("lm-eval").encode())
    found.update(json.dumps(task.dump_config(), sort_keys=True, default=_described).encode())
    for folder in (f for f in project().tasks.iterdir() if (f / f"{name}.yaml").exists()):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                found.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return found.hexdigest()


def _described(value: Any) -> str:
    """Return a function's source, which is the same in every process; its name alone would hide a change."""
    return inspect.getsource(value) if callable(value) else str(value)


def _data_hash(task: Task) -> str:
    found = hashlib.sha256()
    for doc in task.eval_docs:
        found.update(json.dumps(doc, sort_keys=True, ensure_ascii=False, default=str).encode() + b"\n")
    return found.hexdigest()
