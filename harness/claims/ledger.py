"""Load and validate the ledger; every error of every file stands in one report."""

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError

from harness.errors import UsageError, nearest
from harness.records import Benchmark, Claim, ClaimKind, KnownProtocol, Model, Record, Says, Source
from harness.records.base import Id


class Row(Record):
    """One row of a table that needs more than its cells."""

    values: dict[str, str | None]
    metric: str | None = None
    items: int | None = None
    unit: str | None = None


class Table(Record):
    """A published table, kept readable as a table."""

    id: Id
    columns: list[Id]
    unit: str = "percent"
    mode: str | None = None
    protocol: KnownProtocol = Field(default_factory=KnownProtocol)
    repeats: int | None = None
    delta: str | None = None
    delta_reason: str | None = None
    rows: dict[Id, Row | dict[str, str | None]]


class Statement(Record):
    """One sentence with one number."""

    id: Id
    locator: dict[str, str | int]
    kind: ClaimKind
    model: str
    value: str | None
    unit: str
    says: Says
    quantity: str | None = None
    benchmark: str | None = None
    metric: str | None = None
    comparator: str | None = None
    lanes: list[str] = Field(default_factory=list)
    untestable: str | None = None
    unstated: list[str] = Field(default_factory=list)


class SourceFile(Record):
    """One YAML file: one source, its tables and its statements."""

    source: Source
    tables: list[Table] = Field(default_factory=list)
    statements: list[Statement] = Field(default_factory=list)


def load_claims(folder: Path, benchmarks: Mapping[str, Benchmark], models: Mapping[str, Model]) -> list[Claim]:
    """Return every claim below `folder`, sorted by id; known models and benchmarks are called by name.

    Raises UsageError with all errors of all files: unreadable YAML, unknown keys, values that are no
    numbers, benchmarks without a record, cells in columns that the table does not have, ids used twice.
    """
    problems: list[str] = []
    claims: list[Claim] = []
    files: list[SourceFile] = []
    for path in sorted(folder.rglob("*.yaml")):
        where = str(path.relative_to(folder.parent))
        try:
            file = SourceFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except yaml.YAMLError as error:
            problems.append(f"{where}: not readable as YAML: {error}")
            continue
        except ValidationError as error:
            problems += [f"{where}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
            continue
        files.append(file)
        names = {m.id: m.name for m in models.values()} | {b.id: b.names[0] for b in benchmarks.values()}
        for claim in (
            *_statement_claims(file, where, problems),
            *_table_claims(file, where, problems, names),
        ):
            if claim.benchmark is not None and claim.benchmark not in benchmarks:
                hint = nearest(claim.benchmark, benchmarks)
                problems.append(f"{where}: {claim.id}: no benchmark record {claim.benchmark!r}; {hint}")
            claims.append(claim)
    twice = [claim for claim, count in Counter(c.id for c in claims).items() if count > 1]
    problems += [f"claim id used twice: {claim}" for claim in twice]
    if problems:
        raise UsageError(
            expected="a ledger without errors",
            found=f"{len(problems)} error(s)",
            where=str(folder),
            fix="mend the files named below; nothing was dropped or guessed",
            detail="\n".join(problems),
        )
    superseded = {file.source.supersedes for file in files}
    marked = [c.model_copy(update={"standing": "superseded"}) if c.source.id in superseded else c for c in claims]
    return sorted(marked, key=lambda claim: claim.id)


def _statement_claims(file: SourceFile, where: str, problems: list[str]) -> list[Claim]:
    claims = []
    for statement in file.statements:
        data = statement.model_dump(exclude={"id", "unstated"}) | {
            "id": f"{file.source.id}/{statement.id}",
            "source": file.source,
            "protocol": {"unstated": statement.unstated},
        }
        claims += _validated(data, where, problems)
    return claims


def _table_claims(file: SourceFile, where: str, problems: list[str], names: Mapping[str, str]) -> list[Claim]:
    claims = []
    for table in file.tables:
        for benchmark, cells in table.rows.items():
            row = cells if isinstance(cells, Row) else Row(values=cells)
            for model, value in row.values.items():
                if model not in table.columns:
                    hint = nearest(model, table.columns)
                    problems.append(f"{where}: {table.id}.{benchmark}: no column {model!r}; {hint}")
                    continue
                cell = _cell(file, table, benchmark, row, model, value)
                cell["says"] = _says(names.get(model, model), names.get(benchmark, benchmark), row.metric, value)
                claims += _validated(cell, where, problems)
    return claims


def _cell(
    file: SourceFile, table: Table, benchmark: str, row: Row, model: str, value: str | None
) -> dict[str, Any]:
    return {
        "id": f"{file.source.id}/{table.id}/{benchmark}/{model}",
        "source": file.source,
        "locator": {"table": table.id, "row": benchmark},
        "kind": "score",
        "model": model,
        "value": value,
        "unit": row.unit or table.unit,
        "benchmark": benchmark,
        "metric": row.metric,
        "mode": table.mode,
        "items": row.items,
        "protocol": table.protocol,
        "repeats": table.repeats,
        "delta": table.delta,
        "delta_reason": table.delta_reason,
        "lanes": ["measured"] if value is not None else [],
        "untestable": None if value is not None else "the source printed a dash",
    }


def _says(model: str, benchmark: str, metric: str | None, value: str | None) -> dict[str, str]:
    test = f"{benchmark} ({metric})" if metric else benchmark
    if value is None:
        return {"en": f"{model} has no number for {test}", "ko": f"{model}의 {test} 점수는 적혀 있지 않다"}
    return {"en": f"{model} scores {value} on {test}", "ko": f"{model}의 {test} 점수는 {value}"}


def _validated(data: dict[str, Any], where: str, problems: list[str]) -> list[Claim]:
    try:
        return [Claim.model_validate(data)]
    except ValidationError as error:
        problems += [f"{where}: {data['id']}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        return []
