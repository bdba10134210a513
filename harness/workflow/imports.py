"""Logs of other harnesses, brought into our sample form."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from harness.errors import UsageError
from harness.evaluation.imports import READERS, ForeignAnswer, ForeignLog, FoundLog, find_logs
from harness.records import Import, LogFile, LogFormat, Request, Sample, Status, item_id
from harness.records.base import digest
from harness.store import RunFolder
from harness.store.files import sha256_file
from harness.store.whole import whole_folder, write_whole
from harness.workflow.display import Display

FORMATS: tuple[LogFormat, ...] = get_args(LogFormat)


@dataclass(frozen=True)
class Imported:
    """What was brought in, by the folder that it lies in below the one that was named, and what was not."""

    folders: dict[str, Import]
    passed_over: list[str]
    """Files in the named folder that are no logs."""


def import_logs(path: Path, wanted: str, out: Path, display: Display, by: str | None = None) -> Imported:
    """Read the logs at `path` into `out`, a folder per task and import, and return what was brought in.

    `by` says who measured, where the log does not. `out` is there complete, or not at all.
    Raises UsageError with file and line for what cannot be read.
    """
    found, others = find_logs(path, wanted)
    folders: dict[str, Import] = {}
    with whole_folder(out) as made:
        for log_file in found:
            display.say(f"reading {log_file.path.name} ({log_file.format})")
            for log in READERS[log_file.format](log_file.path):
                name, record = _write(log, log_file, made, by)
                if name in folders:
                    raise UsageError("each log once", f"{log_file.path.name} again", where=str(log_file.path))
                folders[name] = record
    return Imported(folders, [str(other.relative_to(path)) for other in others])


def _write(log: ForeignLog, log_file: FoundLog, out: Path, by: str | None) -> tuple[str, Import]:
    task = re.sub(r"[^\w.\-]+", "_", log.task).strip(".") or "task"
    samples = _samples(log, task)
    record = Import(
        format=next(name for name in FORMATS if name == log_file.format),
        files=[LogFile(name=log_file.path.name, sha256=sha256_file(log_file.path))],
        task=log.task,
        model=log.model,
        items=len({sample.item for sample in samples}),
        samples=len(samples),
        together=log.together,
        by=log.by or by,
        protocol=dict(log.protocol),
        reported=list(log.reported),
    )
    requests = {}
    for sample, answer in zip(samples, log.answers, strict=True):
        requests[sample.request.sha256] = sample.item, answer.item.body()
    name = f"{task}/{record.key}"
    write_whole(RunFolder(out / name), record, samples, requests)
    return name, record


def _samples(log: ForeignLog, task: str) -> list[Sample]:
    """Return the log's answers as samples, with the scores that the log gives them.

    Items keep their number where the log numbers its documents, and are numbered as they come where not.
    """
    numbered = all(answer.item.doc is not None and answer.item.name.isdecimal() for answer in log.answers)
    numbers: dict[str, int] = {}
    for answer in log.answers:
        name = answer.item.name
        numbers.setdefault(name, int(name) if numbered else len(numbers))
    return [_sample(answer, item_id(task, numbers[answer.item.name])) for answer in log.answers]


def _sample(given: ForeignAnswer, item: str) -> Sample:
    first = given.answers[0]
    weighed = [answer.loglikelihood for answer in given.answers if answer.loglikelihood is not None]
    return Sample(
        item=item,
        repeat=given.repeat,
        status=_status(given, weighed),
        request=Request(sha256=digest(given.item.body()), prompt_tokens=first.prompt_tokens),
        text=first.text,
        reasoning=first.reasoning,
        finish_reason=first.finish_reason,
        completion_tokens=first.completion_tokens,
        answers={"loglikelihood": weighed}
        if weighed
        else {name: answer for name, answer in given.extracted.items() if answer != first.text},
        scores=given.scores,
        error=first.error,
        started=first.started,
        seconds=given.seconds,
    )


def _status(given: ForeignAnswer, weighed: Sequence[tuple[float, bool]]) -> Status:
    """Return how an answer ended, as far as its log tells."""
    first = given.answers[0]
    if first.error is not None:
        return "error"
    if first.finish_reason == "length":
        return "truncated"
    return "scored" if weighed or first.text.strip() else "empty"
