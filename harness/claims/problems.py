"""What is wrong with a ledger file: where, what was found, what mends it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from harness.claims.yaml_lines import Lines, Path, line_of
from harness.errors import UsageError, nearest

_DASHES = ("'-'", "'–'", "'—'")


@dataclass(frozen=True, order=True)
class Problem:
    """One error of one file."""

    file: str
    line: int
    key: str
    found: str
    fix: str

    def text(self) -> str:
        """Return `file:line: key: found; fix`."""
        return f"{self.file}:{self.line}: {self.key}: {self.found}; fix: {self.fix}"


class LedgerError(UsageError):
    """A ledger with errors: all of them, each with its file, line and what mends it."""

    def __init__(self, problems: Sequence[Problem], where: str) -> None:
        """Sort the problems and put each on a line of its own."""
        self.problems = sorted(set(problems))
        super().__init__(
            expected="a ledger without errors",
            found=f"{len(self.problems)} error(s) in {len({p.file for p in self.problems})} file(s)",
            where=where,
            fix="mend the lines named below, then: harness claims lint (docs/claims.md shows every key)",
            detail="\n".join(problem.text() for problem in self.problems),
        )


@dataclass(frozen=True)
class Place:
    """A ledger file while it is read."""

    file: str
    lines: Lines

    def problem(self, path: Path, found: str, fix: str) -> Problem:
        """Return a problem at the key that `path` leads to."""
        path = self._written(path)
        return Problem(self.file, line_of(self.lines, path), ".".join(map(str, path)) or "file", found, fix)

    def at(self, path: Path) -> str:
        """Return `file:line` of the key that `path` leads to."""
        return f"{self.file}:{line_of(self.lines, self._written(path))}"

    def _written(self, path: Path) -> Path:
        """Return the path as it stands in the file: a row of bare cells has no key `values`."""
        if "values" in path and path[: path.index("values") + 1] not in self.lines:
            return tuple(part for part in path if part != "values")
        return path


def from_validation(
    place: Place, errors: Sequence[Mapping[str, Any]], kind: type[BaseModel], base: Path = ()
) -> list[Problem]:
    """Return pydantic's errors with the line each stands on and what mends it."""
    found = []
    for error in errors:
        path = (*base, *error["loc"])
        if path == base and (*base, "value") in place.lines and "as printed" in error["msg"]:
            path = (*base, "value")
        found.append(place.problem(path, *_explain(error, kind)))
    return found


def _explain(error: Mapping[str, Any], kind: type[BaseModel]) -> tuple[str, str]:
    value = error.get("input")
    match error["type"]:
        case "string_type" if isinstance(value, int | float) and not isinstance(value, bool):
            return f"{value!r} is not quoted", f'write "{value}" as printed: the digits carry the rounding'
        case "missing":
            return "the key is missing", f"add `{error['loc'][-1]}:`"
        case "extra_forbidden":
            name = str(error["loc"][-1])
            return "no such key", nearest(name, _fields(kind, error["loc"]))
        case "literal_error":
            return f"{value!r} is not a valid word", f"use one of {error['ctx']['expected']}"
        case "value_error":
            message = str(error["ctx"]["error"])
            if message.startswith(_DASHES):
                return message, "write null for a printed dash"
            return message, "correct the value, or say why it cannot be tested"
        case _:
            return f"{error['msg']}, found {value!r}", "see docs/claims.md"


def _fields(kind: type[BaseModel], loc: Sequence[str | int]) -> list[str]:
    """Return the keys that may stand where the unknown one stands."""
    fields = kind.model_fields
    for part in loc[:-1]:
        if isinstance(part, int) or part not in fields:
            continue  # an index, or the key of a mapping
        annotation = fields[part].annotation
        inner = _records(annotation)
        if not inner:
            return []
        fields = inner[0].model_fields
    return list(fields)


def _records(annotation: Any) -> list[Any]:
    """Return the records inside an annotation such as dict[str, Annotated[Row, …]]."""
    if _is_record(annotation):
        return [annotation]
    return [found for part in getattr(annotation, "__args__", ()) for found in _records(part)]


def _is_record(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
