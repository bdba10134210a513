"""The append-only sample log: one line per item and repeat, flushed as it arrives."""

import json
import os
import sys
from collections.abc import Callable, Iterator, KeysView
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec
from pydantic import ValidationError

from harness.errors import HarnessError, described
from harness.records import Sample
from harness.store.layout import RunFolder

Key = tuple[str, int]
"""(item, repeat)"""


class _Line(msgspec.Struct):
    """What a restart needs of a sample; the rest of the line has to be JSON, and is passed over."""

    item: str
    repeat: int

    @property
    def key(self) -> Key:
        return sys.intern(self.item), self.repeat


class _Kept(msgspec.Struct):
    """What a restart needs of a line in requests.jsonl."""

    sha256: str


T = TypeVar("T", Sample, _Line)


def read_samples(path: Path) -> list[Sample]:
    """Return the samples of a log in the order they were written; a missing file gives none.

    A last line without its newline was torn by a kill and is passed over (SampleLog repairs it).
    Raises HarnessError for any other line that is no sample, and for an (item, repeat) that stands twice.
    """
    return [sample for _, sample in _parsed(path, Sample.model_validate_json)]


def _parsed(path: Path, parse: Callable[[bytes], T]) -> Iterator[tuple[int, T]]:
    """Yield the offset of each whole line and what `parse` makes of it; raises what `read_samples` raises."""
    seen: set[Key] = set()
    offset = 0
    for number, line in _whole_lines(path):
        try:
            record = parse(line)
        except (ValidationError, msgspec.DecodeError) as error:
            raise HarnessError(
                expected="one sample per line",
                found=described(error) if isinstance(error, ValidationError) else str(error),
                where=f"{path}, line {number}",
                fix="move the line to another file and run the same command again",
            ) from error
        key = record.key
        if key in seen:
            raise HarnessError(
                expected="each (item, repeat) once",
                found=f"{record.item} repeat {record.repeat} twice",
                where=f"{path}, line {number}",
                fix="remove one of the two lines; the log was written by something else than the harness",
            )
        seen.add(key)
        yield offset, record
        offset += len(line)


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
        parse = msgspec.json.Decoder(_Line).decode
        self._places = {line.key: offset for offset, line in _parsed(folder.samples, parse)}
        self._samples = folder.samples.open("ab")
        self._requests = folder.requests.open("ab")
        body = msgspec.json.Decoder(_Kept).decode
        self._bodies = {body(line).sha256 for _, line in _whole_lines(folder.requests)}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._samples.close()
        self._requests.close()
        self._lock.release()

    @property
    def known(self) -> KeysView[Key]:
        """Every (item, repeat) that is answered; the answers stay on the disk."""
        return self._places.keys()

    def read(self, item: str, repeat: int) -> Sample:
        """Return one sample from the disk; raises KeyError when it is not there."""
        with self.folder.samples.open("rb") as file:
            file.seek(self._places[item, repeat])
            return Sample.model_validate_json(file.readline())

    def append(self, sample: Sample) -> None:
        """Write one sample and bring it to the disk; raises ValueError when it is already there."""
        if sample.key in self.known:
            raise ValueError(f"{sample.item} repeat {sample.repeat} is already in {self.folder.samples}")
        line = sample.model_dump_json(exclude_none=True)
        self._places[sample.key] = _write(self._samples.fileno(), line)

    def request(self, sha256: str, item: str, body: dict[str, Any]) -> None:
        """Keep a request body, once per hash."""
        if sha256 not in self._bodies:
            line = json.dumps({"sha256": sha256, "item": item, "body": body}, ensure_ascii=False)
            _write(self._requests.fileno(), line)
            self._bodies.add(sha256)


def _write(handle: int, line: str) -> int:
    """Append one line in a single call, so that a kill can tear at most this line; return where it begins."""
    raw = line.encode() + b"\n"
    end = os.fstat(handle).st_size
    written = os.write(handle, raw)
    if written != len(raw):
        os.ftruncate(handle, end)
        raise OSError(f"only {written} of {len(raw)} bytes could be written: is the disk full?")
    os.fsync(handle)
    return end


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
