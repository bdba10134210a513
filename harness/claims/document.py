"""Read one ledger file: what can be understood, and every problem with the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import ValidationError

from harness.claims.problems import Place, Problem, from_validation
from harness.claims.source_file import Statement, Table
from harness.claims.yaml_lines import DuplicateKeyError, read_yaml
from harness.errors import nearest
from harness.records import Record, Source

Part = TypeVar("Part", bound=Record)
_KEYS = ("source", "tables", "statements")


@dataclass(frozen=True)
class Document:
    """One source with its tables and statements, each by its place in the file."""

    place: Place
    source: Source
    tables: Mapping[int, Table] = field(default_factory=dict)
    statements: Mapping[int, Statement] = field(default_factory=dict)


def read_document(path: Path, name: str) -> tuple[Document | None, list[Problem]]:
    """Return (what could be read, every problem); a part with problems does not hide those of the others."""
    try:
        data, lines = read_yaml(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = f"not readable as YAML: {getattr(error, 'problem', error)}"
        return None, [Problem(name, mark.line + 1 if mark else 1, "file", what, "mend the YAML")]
    except DuplicateKeyError as error:
        return None, [Problem(name, error.line, "file", str(error), "keep one of them")]
    except UnicodeDecodeError as error:
        return None, [Problem(name, 1, "file", f"not UTF-8: {error}", "save the file as UTF-8")]
    except (ValueError, RecursionError) as error:
        return None, [
            Problem(name, 1, "file", f"not readable: {error}", "look for a date that is none, or a loop")
        ]
    place = Place(name, lines)
    if not isinstance(data, dict):
        return None, [place.problem((), "no keys", f"write {', '.join(f'`{key}:`' for key in _KEYS)}")]
    problems = [place.problem((key,), "no such key", nearest(str(key), _KEYS)) for key in data if key not in _KEYS]
    source = _part(Source, data.get("source", {}), place, ("source",), problems)
    if source is None:
        return None, problems
    tables = _parts(Table, data, "tables", place, problems)
    statements = _parts(Statement, data, "statements", place, problems)
    if not problems and not tables and not statements:
        problems.append(place.problem((), "no table and no statement", "add `tables:` or `statements:`"))
    return Document(place, source, tables, statements), problems


def _parts(
    kind: type[Part], data: Mapping[str, Any], key: str, place: Place, problems: list[Problem]
) -> dict[int, Part]:
    entries = data.get(key) or []
    if not isinstance(entries, list):
        problems.append(place.problem((key,), "not a list", f"begin each of `{key}` with a dash"))
        return {}
    found = {i: _part(kind, entry, place, (key, i), problems) for i, entry in enumerate(entries)}
    return {i: part for i, part in found.items() if part is not None}


def _part(
    kind: type[Part], data: Any, place: Place, path: tuple[str | int, ...], problems: list[Problem]
) -> Part | None:
    """Return the part; with problems, what is left of it without its unknown keys, so that more can be told."""
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        errors = error.errors()
        problems += from_validation(place, errors, kind, path)
        if any(e["type"] != "extra_forbidden" or len(e["loc"]) > 1 for e in errors):
            return None
        unknown = {e["loc"][0] for e in errors}
        return kind.model_validate({key: value for key, value in data.items() if key not in unknown})
