"""The house rules that a machine can check."""

import ast
from pathlib import Path

import pytest

import harness

PACKAGE = Path(harness.__file__).parent
# A room imports only rooms above it.
ROOMS = [
    "errors",
    "records",
    "statistics",
    "facts",
    "claims",
    "verdicts",
    "config",
    "store",
    "machine",
    "serving",
    "evaluation",
    "planning",
    "launch",
    "report",
    "workflow",
    "cli",
]
PURE = ["records", "statistics", "facts", "verdicts", "planning"]
FILES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_above_it(path: Path):
    room = room_of(path)
    if room == "__init__":
        return
    used = {name.split(".")[1] for name in imported(path) if name.startswith("harness.")}
    below = {name for name in used if ROOMS.index(name) > ROOMS.index(room)}
    assert not below, f"{room} imports {below}, which stand below it"


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_a_file_is_one_idea(path: Path):
    assert len(path.read_text().splitlines()) <= 400


@pytest.mark.parametrize("path", [p for p in FILES if room_of(p) in PURE], ids=lambda p: p.stem)
def test_pure_rooms_do_no_input_or_output(path: Path):
    forbidden = {"os", "pathlib", "subprocess", "socket", "urllib", "aiohttp", "time"}
    assert not {name.split(".")[0] for name in imported(path)} & forbidden
