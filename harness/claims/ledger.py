"""Load and validate the ledger; every error of every file stands in one report."""

import difflib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harness.claims.document import Document, read_document
from harness.claims.names import Names, benchmark_names, subject_names
from harness.claims.problems import LedgerError, Place, Problem, from_validation
from harness.claims.quantities import SIZES, problem_with
from harness.claims.source_file import Row, Statement, Table
from harness.errors import UsageError, nearest
from harness.records import Benchmark, Claim, Model, Says, Subject
from harness.records.claim import TEXT_UNITS
from harness.records.units import SCORES, UNITS, metric_name


@dataclass
class _Reader:
    """Collects claims and problems file by file."""

    benchmarks: Mapping[str, Benchmark]
    benchmark_names: Names
    subject_names: Names
    weights: Mapping[str, str]
    models: Mapping[str, Model]
    subjects: Mapping[str, Subject]
    problems: list[Problem] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    sources: dict[str, Document] = field(default_factory=dict)

    def known(self, names: Names, name: str, place: Place, path: tuple[str | int, ...], what: str) -> str:
        """Return the id for `name`; note a problem, and return the name as it is, when there is none."""
        found = names.resolve(name)
        if found is None:
            self.problems.append(place.problem(path, f"no {what} {name!r}", nearest(name, names.known())))
        return found or name


def load_claims(
    folder: Path,
    benchmarks: Mapping[str, Benchmark],
    models: Mapping[str, Model],
    subjects: Mapping[str, Subject],
) -> list[Claim]:
    """Return every claim below `folder`, sorted by id.

    Raises LedgerError with all errors of all files, each with its file, line and what mends it: unreadable
    YAML, keys that are unknown or stand twice, values that are no numbers or not quoted, benchmarks and
    models without a record, cells outside the table's columns, sources or claims that exist twice.
    """
    try:
        reader = _Reader(
            benchmarks,
            benchmark_names(benchmarks),
            subject_names(models, subjects),
            _weights(models, subjects),
            models,
            subjects,
        )
    except ValueError as error:
        raise UsageError("names that belong to one thing each", str(error), where=str(folder.parent)) from error
    if not folder.is_dir():
        raise UsageError("a folder of claims", "none", where=str(folder), fix="git checkout configs/claims")
    for path in sorted(folder.rglob("*.yaml")):
        _read_file(path, str(path.relative_to(folder.parent.parent)), reader)
    _check_sources(reader)
    _check_references(reader)
    if reader.problems:
        raise LedgerError(reader.problems, str(folder))
    superseded = {file.source.supersedes for file in reader.sources.values()}
    for index, claim in enumerate(reader.claims):
        if claim.source.id in superseded:
            reader.claims[index] = claim.model_copy(update={"standing": "superseded"})
    return sorted(reader.claims, key=lambda claim: claim.id)


def _weights(models: Mapping[str, Model], subjects: Mapping[str, Subject]) -> dict[str, str]:
    """Return who can be measured at all: a variant has the weights of its model."""
    found = {model.id: "closed" if model.weights is None else "open" for model in models.values()}
    for subject in subjects.values():
        found[subject.id] = "open" if subject.of in models else subject.weights
    return found


def _read_file(path: Path, name: str, reader: _Reader) -> None:
    document, problems = read_document(path, name)
    reader.problems += problems
    if document is None:
        return
    twin = reader.sources.setdefault(document.source.id, document)
    if twin is not document:
        found = f"the source {document.source.id!r} exists already in {twin.place.file}"
        fix = "one file per source: join them, or rename"
        reader.problems.append(document.place.problem(("source", "id"), found, fix))
        return
    _read_statements(document, reader)
    _read_tables(document, reader)


def _unique(
    parts: Mapping[int, Table] | Mapping[int, Statement], place: Place, group: str, reader: _Reader
) -> None:
    seen: set[str] = set()
    for index, part in parts.items():
        if part.id in seen:
            path = (group, index, "id")
            found = f"the id {part.id!r} is used twice"
            reader.problems.append(place.problem(path, found, "give each its own id"))
        seen.add(part.id)


def _read_statements(file: Document, reader: _Reader) -> None:
    place = file.place
    _unique(file.statements, place, "statements", reader)
    for index, statement in file.statements.items():
        path = ("statements", index)
        claim = _validated(_statement(file, statement, place.at(path)), place, path, reader)
        if claim is None:
            continue
        check: Callable[..., str] = reader.known
        model = check(reader.subject_names, claim.model, place, (*path, "model"), "model or subject")
        _check_words(statement, place, path, reader)
        comparators = [
            check(reader.subject_names, name, place, (*path, "comparators", i), "model or subject")
            for i, name in enumerate(claim.comparators)
        ]
        benchmark = claim.benchmark
        if benchmark is not None:
            benchmark = check(reader.benchmark_names, benchmark, place, (*path, "benchmark"), "benchmark record")
        known = {"model": model, "comparators": comparators, "benchmark": benchmark}
        reader.claims.append(claim.model_copy(update=known))


def _check_words(statement: Statement, place: Place, path: tuple[str | int, ...], reader: _Reader) -> None:
    """Note words that name nothing: a slip in one of them would silently keep a check from running."""
    skills = {skill for record in reader.benchmarks.values() for skill in record.capability}
    over = statement.over
    words: list[tuple[str, str, Collection[str]]] = [("unit", statement.unit, UNITS)]
    words += [("capability", statement.capability, skills)] if statement.capability else []
    words += [("over.capability", over.capability, skills)] if over and over.capability else []
    for key, word, known in words:
        if word not in known:
            where = (*path, *key.split("."))
            reader.problems.append(place.problem(where, f"no {key} {word!r}", nearest(word, known)))
    if statement.quantity in SIZES and statement.value is not None and statement.unit in TEXT_UNITS:
        reader.problems.append(place.problem((*path, "unit"), "a size without its unit", "add `unit: parameters`"))
    if over is not None and len(over.operands) not in (0, 2):
        found = "a ratio has two operands"
        reader.problems.append(place.problem((*path, "over", "operands"), found, "name numerator and denominator"))
    close = difflib.get_close_matches(statement.quantity or "", SIZES, n=1, cutoff=0.9)
    if close and statement.quantity not in SIZES:
        found = f"no size {statement.quantity!r}"
        reader.problems.append(place.problem((*path, "quantity"), found, f"did you mean {close[0]}?"))
    for index, name in enumerate(over.rows if over else ()):
        reader.known(reader.benchmark_names, name, place, (*path, "over", "rows", index), "benchmark record")
    for index, reading in enumerate(statement.readings):
        problem = problem_with(reading, reader.models)
        if problem:
            reader.problems.append(place.problem((*path, "readings", index), *problem))


def _statement(file: Document, statement: Statement, at: str) -> dict[str, Any]:
    return {
        name: getattr(statement, name) for name in Statement.model_fields if name not in ("id", "unstated")
    } | {
        "id": f"{file.source.id}/{statement.id}",
        "source": file.source,
        "at": at,
        "protocol": {"unstated": statement.unstated},
    }


def _read_tables(file: Document, reader: _Reader) -> None:
    place = file.place
    _unique(file.tables, place, "tables", reader)
    for index, table in file.tables.items():
        path: tuple[str | int, ...] = ("tables", index)
        columns = {
            name: reader.known(reader.subject_names, name, place, (*path, "columns", i), "model or subject")
            for i, name in enumerate(table.columns)
        }
        if len(set(columns.values())) < len(table.columns):
            found = "two columns mean the same model"
            reader.problems.append(place.problem((*path, "columns"), found, "one column per model and variant"))
        seen: set[str] = set()
        for name, row in table.rows.items():
            here = (*path, "rows", name)
            benchmark = reader.known(reader.benchmark_names, name, place, here, "benchmark record")
            if benchmark in seen:
                found = f"a second row for {benchmark!r}"
                reader.problems.append(place.problem(here, found, "one row per benchmark: make a second table"))
            seen.add(benchmark)
            for key, unit in ((here, row.unit), (path, table.unit)):
                if unit is not None and unit not in SCORES:
                    reader.problems.append(
                        place.problem((*key, "unit"), f"no unit {unit!r}", nearest(unit, SCORES))
                    )
            absent = [column for column in table.columns if column not in row.values]
            if absent:
                found = f"no cell for {', '.join(absent)}"
                reader.problems.append(place.problem(here, found, "write null for a printed dash"))
            for column, value in row.values.items():
                cell = (*here, "values", column)
                if column not in columns:
                    found = f"no column {column!r}"
                    reader.problems.append(place.problem(cell, found, nearest(column, table.columns)))
                    continue
                data = _cell(file, table, (benchmark, row), columns[column], value, reader)
                claim = _validated(data | {"at": place.at(cell)}, place, cell, reader)
                reader.claims += [claim] if claim else []


def _cell(
    file: Document, table: Table, line: tuple[str, Row], model: str, value: str | None, reader: _Reader
) -> dict[str, Any]:
    benchmark, row = line
    untestable = row.untestable or table.untestable or _untestable(reader, benchmark, model, value)
    return {
        "id": f"{file.source.id}/{table.id}/{benchmark}/{model}",
        "source": file.source,
        "locator": {"table": table.label or table.id, "row": reader.benchmark_names.ids.get(benchmark, benchmark)},
        "kind": "score",
        "model": model,
        "value": value,
        "unit": row.unit or table.unit,
        "says": _says(reader, model, benchmark, row.metric, value),
        "benchmark": benchmark,
        "metric": row.metric,
        "mode": row.mode or table.mode,
        "form": table.form,
        "complete": table.complete,
        "items": row.items,
        "protocol": table.protocol,
        "repeats": table.repeats,
        "delta": table.delta,
        "delta_reason": table.delta_reason,
        "lanes": [] if untestable else ["measured"],
        "untestable": untestable,
        "reply": row.replies.get(model),
    }


def _untestable(reader: _Reader, benchmark: str, model: str, value: str | None) -> str | None:
    if value is None:
        return "a dash is printed, or the number is not known to us"
    weights = reader.weights.get(model, "unknown")
    if weights != "open":
        return (
            "the weights are not public"
            if weights == "closed"
            else "it is not known whether the weights are public"
        )
    record = reader.benchmarks.get(benchmark)
    if record is not None and record.access == "closed":
        return "the item set is not public"
    return None


def _says(reader: _Reader, model: str, benchmark: str, metric: str | None, value: str | None) -> dict[str, str]:
    subject, record = reader.subjects.get(model), reader.benchmarks.get(benchmark)
    who = subject.called if subject else Says.same(reader.subject_names.ids.get(model, model))
    test = record.called if record else Says.same(benchmark)
    if metric:
        rate = metric_name(metric)
        test = Says(en=f"{test.en} ({rate.en})", ko=f"{test.ko}({rate.ko})")
    lower = record is not None and not record.score.higher_is_better
    if value is None:
        return {"en": f"{who.en} has no number for {test.en}", "ko": f"{who.ko}의 {test.ko} 점수는 적혀 있지 않다"}
    note_en, note_ko = (" (lower is better)", " (낮을수록 좋다)") if lower else ("", "")
    return {
        "en": f"{who.en} scores {value} on {test.en}{note_en}",
        "ko": f"{who.ko}의 {test.ko} 점수는 {value}이다{note_ko}",
    }


def _validated(data: dict[str, Any], place: Place, path: tuple[str | int, ...], reader: _Reader) -> Claim | None:
    try:
        return Claim.model_validate(data)
    except ValidationError as error:
        reader.problems += from_validation(place, error.errors(), Claim, path)
        return None


def _check_sources(reader: _Reader) -> None:
    for file in reader.sources.values():
        place, older = file.place, file.source.supersedes
        if older == file.source.id:
            reader.problems.append(
                place.problem(("source", "supersedes"), "a source replaces itself", "name the earlier one")
            )
        if older is not None and older not in reader.sources:
            fix = nearest(older, reader.sources)
            reader.problems.append(place.problem(("source", "supersedes"), f"no source {older!r}", fix))
        if file.source.of is not None:
            reader.known(reader.subject_names, file.source.of, place, ("source", "of"), "model or subject")


def _check_references(reader: _Reader) -> None:
    """Statements may point at tables and claims anywhere in the ledger: look them up when all is read."""
    claims = {claim.id for claim in reader.claims}
    tables = {f"{s}/{t.id}" for s, file in reader.sources.items() for t in file.tables.values()}
    for place, path, name, known in _references(reader, claims, tables):
        if name not in known:
            what = "no such claim" if known is claims else "no such table"
            reader.problems.append(place.problem(path, f"{what}: {name!r}", nearest(name, known)))


def _references(
    reader: _Reader, claims: set[str], tables: set[str]
) -> Iterator[tuple[Place, tuple[str | int, ...], str, set[str]]]:
    for file in reader.sources.values():
        for index, statement in file.statements.items():
            if statement.over is None:
                continue
            path = ("statements", index, "over")
            for i, name in enumerate(statement.over.operands):
                yield file.place, (*path, "operands", i), name, claims
            for i, name in enumerate(statement.over.tables):
                yield file.place, (*path, "tables", i), name, tables
