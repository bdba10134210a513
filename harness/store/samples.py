"""The append-only sample log: one line per item and repeat, flushed as it arrives."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from harness.errors import HarnessError
from harness.records import Sample
from harness.store.layout import RunFolder


def read_samples(path: Path) -> list[Sample]:
    """Return the samples of a log in the order they were written; a missing file gives none.

    A last line without its newline was torn by a kill and is passed over (SampleLog repairs it).
    Raises HarnessError for any other line that is no sample, and for an (item, repeat) that stands twice.
    """
    samples: list[Sample] = []
    seen: set[tuple[str, int]] = set()
    for number, line in _whole_lines(path):
        try:
            sample = Sample.model_validate_json(line)
        except ValidationError as error:
            raise HarnessError(
                expected="one sample per line",
                found=f"{error.error_count()} error(s), first: {error.errors()[0]['msg']}",
                where=f"{path}, line {number}",
                fix="move the line to another file and run the same command again",
            ) from error
        if sample.key in seen:
            raise HarnessError(
                expected="each (item, repeat) once",
                found=f"{sample.item} repeat {sample.repeat} twice",
                where=f"{path}, line {number}",
                fix="remove one of the two lines; the log was written by something else than the harness",
            )
        seen.add(sample.key)
        samples.append(sample)
    return samples


def _whole_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    if not path.exists():
        return
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if line.endswith(b"\n"):
                yield number, line


class SampleLog:
    """Writes samples and requests of one run; holds the run's lock while open."""

    def __init__(self, folder: RunFolder) -> None:
        """Open the log of `folder`, repair a torn last line, and read what is already answered."""
        self._lock = folder.lock()
        self.folder = folder
        self.repaired = _repair(folder.samples) + _repair(folder.requests)
        self.known = {sample.key: sample for sample in read_samples(folder.samples)}
        self._samples = folder.samples.open("ab")
        self._requests = folder.requests.open("ab")
        self._bodies = {json.loads(line)["sha256"] for _, line in _whole_lines(folder.requests)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._samples.close()
        self._requests.close()
        self._lock.release()

    def append(self, sample: Sample) -> None:
        """Write one sample and bring it to the disk; raises ValueError when it is already there."""
        if sample.key in self.known:
            raise ValueError(f"{sample.item} repeat {sample.repeat} is already in {self.folder.samples}")
        _write(self._samples.fileno(), sample.model_dump_json(exclude_none=True))
        self.known[sample.key] = sample

    def request(self, sha256: str, item: str, body: dict[str, Any]) -> None:
        """Keep a request body, once per hash."""
        if sha256 not in self._bodies:
            line = json.dumps({"sha256": sha256, "item": item, "body": body}, ensure_ascii=False)
            _write(self._requests.fileno(), line)
            self._bodies.add(sha256)


def _write(handle: int, line: str) -> None:
    """Append one line in a single call, so that a kill can tear at most this line."""
    raw = line.encode() + b"\n"
    end = os.fstat(handle).st_size
    written = os.write(handle, raw)
    if written != len(raw):
        os.ftruncate(handle, end)
        raise OSError(f"only {written} of {len(raw)} bytes could be written: is the disk full?")
    os.fsync(handle)


def _repair(path: Path) -> int:
    """Cut a torn last line off and keep it beside the log; return how many lines were cut (0 or 1)."""
    if not path.exists():
        return 0
    with path.open("r+b") as file:
        size = file.seek(0, os.SEEK_END)
        end = _end_of_last_line(file, size)
        if end == size:
            return 0
        file.seek(end)
        with path.with_suffix(".torn").open("ab") as torn:
            torn.write(file.read() + b"\n")
        file.truncate(end)
    return 1


def _end_of_last_line(file: Any, size: int) -> int:
    """Return the offset behind the last newline, reading from the end."""
    block = 1 << 16
    position = size
    while position > 0:
        start = max(0, position - block)
        file.seek(start)
        found = file.read(position - start).rfind(b"\n")
        if found >= 0:
            return int(start + found + 1)
        position = start
    return 0
