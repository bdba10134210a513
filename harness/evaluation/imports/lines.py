"""Reading JSON that somebody else wrote: every fault is named with its file and line."""

import gzip
import json
import math
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from harness.errors import UsageError, described

_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"


class Line(BaseModel):
    """A line of a foreign log; fields that we have no use for are passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)


@dataclass(frozen=True)
class Place:
    """Where a record stands in a log."""

    path: Path
    line: int | None = None
    member: str | None = None

    def __str__(self) -> str:
        parts = [str(self.path)] + ([self.member] if self.member else [])
        return ", ".join(parts + ([f"line {self.line}"] if self.line else []))

    def wrong(self, found: str, expected: str = "a whole log") -> UsageError:
        """Return the error that says what is wrong here."""
        return UsageError(
            expected, found, where=str(self), fix="mend or remove it in a copy of the log; nothing was imported"
        )


def json_lines(path: Path) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Yield the objects of a file of JSON lines, plain or gzipped; a byte order mark and blank lines are no fault.

    Raises UsageError with file and line for anything else.
    """
    number = 0
    with open_log(path) as file:
        try:
            for number, raw in enumerate(file, start=1):
                text = raw.removeprefix(_BOM) if number == 1 else raw
                if text.strip():
                    place = Place(path, number)
                    yield place, json_object(text, place)
        except (OSError, EOFError, zlib.error) as error:
            raise Place(path, number + 1).wrong(f"unreadable: {error}") from error


def open_log(path: Path) -> Any:
    """Return a binary file, unpacked where it is gzipped; raises UsageError when it cannot be opened."""
    try:
        with path.open("rb") as file:
            packed = file.read(2) == _GZIP
        return gzip.open(path, "rb") if packed else path.open("rb")
    except OSError as error:
        raise UsageError("a readable file", str(error.strerror), where=str(path)) from error


def json_object(raw: bytes, place: Place) -> dict[str, Any]:
    """Return the JSON object in `raw`; raises UsageError at `place` when it is none."""
    try:
        found = json.loads(raw.removeprefix(_BOM))
    except RecursionError as error:
        raise place.wrong("values nested far too deep") from error
    except ValueError as error:
        torn = "" if raw.rstrip().endswith(b"}") else "; the line ends before its object does"
        raise place.wrong(f"no JSON object: {error}{torn}") from error
    if not isinstance(found, dict):
        raise place.wrong(f"a {type(found).__name__} in place of an object")
    if b"\\ud" in raw.lower() and not _is_text(json.dumps(found, ensure_ascii=False)):
        raise place.wrong("half of a surrogate pair (\\ud800 to \\udfff), which is no character")
    return found


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def checked(kind: type[Line], data: Any, place: Place) -> Any:
    """Return `data` as a `kind`; raises UsageError at `place` for a field that is missing or of another type."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        raise place.wrong(described(error), f"{kind.__doc__}".rstrip(".")) from error


def number(value: Any, place: Place) -> float:
    """Return a score or a likelihood as a number; raises UsageError for text that is none, NaN and infinity."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise place.wrong(f"{value!r} in place of a finite number")
    return found


def numbers(value: Any, place: Place) -> float | list[float]:
    """Return a metric's value for one item, which may be a list (one per instruction, say)."""
    return [number(v, place) for v in value] if isinstance(value, list) else number(value, place)
