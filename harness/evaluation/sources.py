"""The files whose change may change a score."""

import re
from collections.abc import Iterable
from pathlib import Path

_HERE = Path(__file__).parent
_ALWAYS = ("grading.py", "scoring.py", "thinking.py")
"""What every answer goes through, whatever its task."""
_NAMED = re.compile(r"harness\.evaluation((?:\.\w+)+)|\"(\w+)\.py\"")
"""A module of this room, or a file beside."""


def reached(files: Iterable[Path]) -> set[Path]:
    """Return `files` and all of this room that they name, and those name in turn: by import, or to run it."""
    found: set[Path] = set()
    ahead = [*files, *(_HERE / name for name in _ALWAYS)]
    while ahead:
        path = ahead.pop()
        if path in found:
            continue
        found.add(path)
        if path.suffix == ".py":
            text = path.read_text(encoding="utf-8")
            ahead += [file for names in _NAMED.findall(text) for file in _files("".join(names))]
    return found


def _files(dotted: str) -> list[Path]:
    place = _HERE.joinpath(*dotted.strip(".").split("."))
    return [path for path in (place.with_suffix(".py"), place / "__init__.py") if path.exists()]
