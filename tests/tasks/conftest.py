"""Real tasks on small hand-made items of their benchmark's own shape."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from harness.config.settings import load_benchmarks, project
from harness.evaluation.scoring import Scored, score
from harness.evaluation.tasks import LoadedTask, load_task
from harness.records import FolderOrigin, Protocol

Rows = Sequence[dict[str, Any]]
TaskOn = Callable[..., LoadedTask]
BENCHMARKS = load_benchmarks(project().configs)
PROTOCOL = Protocol(id="test", max_tokens=64, stop=[])


@pytest.fixture
def task_on(tmp_path: Path) -> TaskOn:
    """Return a function that loads a benchmark's own task on `rows`, shaped as one of its origins has them."""

    def load(
        benchmark_id: str,
        rows: Rows,
        fewshot: Rows = (),
        protocol: Protocol = PROTOCOL,
        items: int | None = None,
    ) -> LoadedTask:
        benchmark = BENCHMARKS[benchmark_id]
        assert benchmark.task is not None
        changes = {"data": [_written(tmp_path / "items.jsonl", rows)], "items": items or len(rows)}
        changes["fewshot"] = [_written(tmp_path / "examples.jsonl", fewshot)] if fewshot else []
        loaded = load_task(benchmark.task, benchmark.model_copy(update=changes), protocol)
        chat = protocol.endpoint == "chat"
        loaded.task.build_all_requests(
            apply_chat_template=chat,
            fewshot_as_multiturn=chat,
            chat_template=(lambda messages, **_: json.dumps(messages, ensure_ascii=False)) if chat else None,
        )
        return loaded

    return load


def _written(path: Path, rows: Rows) -> FolderOrigin:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    return FolderOrigin(folder=str(path))


def prompt(loaded: LoadedTask, index: int = 0) -> str:
    """Return what is sent for an item: the text of its last message, or the whole text."""
    text = str(loaded.task.instances[index].args[0])
    return str(json.loads(text)[-1]["content"]) if text.startswith("[{") else text


def graded(loaded: LoadedTask, index: int, text: str) -> Scored:
    """Return how the task scores an answer to the item at `index`."""
    return score(loaded.task, [loaded.task.instances[index]], [text])
