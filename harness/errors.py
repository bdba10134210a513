"""Errors that tell a person what was expected, what was found, where, and what to do next."""

import difflib
from collections.abc import Iterable

from pydantic import ValidationError


class HarnessError(Exception):
    """A failure with a way out; the command line prints it without a traceback and exits 1."""

    exit_code = 1

    def __init__(self, expected: str, found: str, *, where: str = "", fix: str = "", detail: str = "") -> None:
        """Keep the four parts; `detail` holds longer evidence, such as the last lines of a log."""
        self.expected, self.found, self.where, self.fix, self.detail = expected, found, where, fix, detail
        super().__init__(self.text())

    def text(self) -> str:
        """Return the message, one labelled part a line; empty parts are left out."""
        parts = [
            ("expected", self.expected),
            ("found", self.found),
            ("where", self.where),
            ("fix", self.fix),
        ]
        lines = [f"{label}: {value}" for label, value in parts if value]
        return "\n".join(lines + ([self.detail] if self.detail else []))


class UsageError(HarnessError):
    """Wrong use, a bad config or a bad ledger; exits 2."""

    exit_code = 2


def described(error: ValidationError) -> str:
    """Return the first thing that is wrong with a record, in one line: the key and what is wrong with it."""
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    # What a JSON parser says of a position inside its own text would contradict the line of the file.
    text = first["msg"].removeprefix("Value error, ").split(" at line ")[0]
    return f"{key}: {text}" if key else text


SHOWN = 40
"""How many valid names an error lists when none is close."""


def nearest(name: str, valid: Iterable[str], limit: int = 3) -> str:
    """Return the valid names closest to `name`, for the `fix` part of a UsageError."""
    known = sorted(valid)
    close = difflib.get_close_matches(name, known, n=limit, cutoff=0.4)
    if close:
        return "did you mean " + " or ".join(close) + "?"
    more = f" and {len(known) - SHOWN} more" if len(known) > SHOWN else ""
    return "valid: " + (", ".join(known[:SHOWN]) or "none") + more
