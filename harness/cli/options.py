"""What several verbs take, and how they print."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from harness.errors import UsageError, nearest

_WIDE = 200

Overrides = Annotated[
    list[str] | None,
    typer.Argument(
        help="Hydra overrides: a group (model=, suite=, protocol=, serving=: a file in configs/) or a key "
        "(protocol.max_tokens=512).",
        show_default=False,
        metavar="[KEY=VALUE]...",
    ),
]
Selection = Annotated[
    list[str] | None,
    typer.Argument(
        help="claims=GLOB: only claims whose id, model or source fits, such as claims=k_exaone_236b.",
        show_default=False,
        metavar="[claims=GLOB]",
    ),
]
Json = Annotated[
    bool, typer.Option("--json", help="Print the result as JSON, and nothing else, on standard output.")
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Set earlier answers aside (results/aside/) and ask everything again.")
]


def key_values(arguments: Sequence[str] | None, allowed: Sequence[str]) -> dict[str, str]:
    """Return `key=value` arguments as a dict; raises UsageError for other keys, and for a key given twice."""
    found: dict[str, str] = {}
    for text in arguments or ():
        key, equals, value = text.partition("=")
        if not equals or key not in allowed or not value:
            expected = " or ".join(f"{name}=…" for name in allowed)
            raise UsageError(expected, repr(text), where="command line", fix=nearest(key, allowed))
        if key in found:
            raise UsageError(f"{key}= once", f"{key}={found[key]} and {text}", where="command line")
        found[key] = value
    return found


def key_values_of_paths(arguments: Sequence[str] | None) -> dict[str, list[Path]]:
    """Return `NAME=FILE[,FILE]` arguments as a dict; raises UsageError for other text and a name given twice."""
    found: dict[str, list[Path]] = {}
    for text in arguments or ():
        name, _, files = text.partition("=")
        if not name or not files:
            raise UsageError("NAME=FILE", repr(text), where="command line")
        if name in found:
            raise UsageError("every name once", f"{name} twice", where="command line")
        found[name] = [Path(file) for file in files.split(",")]
    return found


def wide_console() -> Console:
    """Return a console on which tables with long names stay whole when the output goes into a file or a pipe."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=_WIDE)


def print_json(value: dict[str, Any]) -> None:
    """Print a result for programs."""
    print(json.dumps(value, ensure_ascii=False, indent=1))
