"""Answers of one run as score lines: the store's own log, or any file with the bare minimum."""

from array import array
from collections import Counter
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from harness.errors import UsageError
from harness.records import Status
from harness.verdicts.runs import LENIENT
from harness.verdicts.table import ScoreTable, from_columns


class ScoreLine(BaseModel):
    """One answer, its score and nothing else; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    item: str = Field(min_length=1)
    repeat: int
    status: Status
    score: float | None = Field(default=None, ge=0, le=1)
    """Needed where the status is `scored`; any other status scores 0."""
    cluster: str | None = None
    """What the item shares with others: a passage, a subject."""
    tokens: int | None = Field(default=None, ge=0)
    seconds: float | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _is_complete(self) -> "ScoreLine":
        if self.status == "scored" and self.score is None and self.seconds is None:
            raise ValueError("a scored answer needs `score`, a number from 0 to 1")
        return self


class LogLine(BaseModel):
    """What a verdict needs of a line in samples.jsonl; the rest is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)

    item: str = Field(min_length=1)
    repeat: int
    status: Status
    scores: dict[str, float | list[float]]
    completion_tokens: int | None = None
    seconds: float | None = None


class _Columns:
    """Answers as they are read, in as little memory as numbers take."""

    def __init__(self) -> None:
        self.row: dict[str, int] = {}
        self.items, self.repeats, self.scores = array("q"), array("q"), array("d")
        self.clusters: dict[int, str | None] = {}
        self.statuses: Counter[Status] = Counter()
        self.tokens, self.with_tokens = 0, 0
        self.lenient, self.with_lenient = 0.0, 0
        self.metric: str | None = None

    def add(self, line: ScoreLine | LogLine, score: float) -> None:
        row = self.row.setdefault(line.item, len(self.row))
        self.items.append(row)
        self.repeats.append(line.repeat)
        self.scores.append(score)
        self.statuses[line.status] += 1
        tokens = line.tokens if isinstance(line, ScoreLine) else line.completion_tokens
        if tokens is not None:
            self.tokens += tokens
            self.with_tokens += 1

    def table(self) -> ScoreTable:
        labels = [label for label in self.clusters.values() if label is not None]
        if labels and len(labels) < len(self.row):
            raise ValueError(f"expected a cluster for every item or for none, found {len(labels)}")
        return from_columns(
            list(self.row),
            self.items,
            self.repeats,
            self.scores,
            statuses=self.statuses,
            clusters=labels or None,
            tokens=self.tokens / self.with_tokens if self.with_tokens else None,
            lenient=self.lenient / self.with_lenient if self.with_lenient else None,
        )


def read_scores(
    path: Path, metric: str | None = None, bounds: tuple[float, float] = (0.0, 1.0), *, timed: bool = False
) -> ScoreTable:
    """Return the answers in a file of score lines, or of the store's own lines, as a table.

    `metric` chooses among the scores of the store's lines and may be left out where they have one only;
    `bounds` are the least and the most it can be. `timed` takes each answer's seconds for its score.
    In the store's lines an answer that was cut off keeps the score it got; in bare ones every status but
    `scored` scores 0.
    Raises UsageError with file and line for anything else, for an (item, repeat) that stands twice, a file
    without answers and a last line that was torn.
    """
    columns = _Columns()
    kind: type[ScoreLine | LogLine] | None = None
    number = 0
    try:
        with path.open("rb") as file:
            for raw in file:
                number += 1
                if kind is None:
                    kind = LogLine if b'"scores"' in raw else ScoreLine
                line = kind.model_validate_json(raw)
                if isinstance(line, LogLine):
                    _add_logged(columns, line, metric, bounds, timed)
                else:
                    _add_bare(columns, line, timed)
        number = 0
        return columns.table()
    except OSError as error:
        raise UsageError("a file of answers", f"{error.strerror}", where=str(path)) from error
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        raise _bad(path, number, f"{key}: {first['msg']}" if key else first["msg"]) from error
    except ValueError as error:
        raise _bad(path, number, str(error)) from error


def _add_bare(columns: _Columns, line: ScoreLine, timed: bool) -> None:
    value = line.seconds if timed else line.score
    if line.status != "scored":
        value = 0.0
    if value is None:
        raise ValueError(f"expected {'`seconds`' if timed else '`score`'} for {line.item}")
    columns.add(line, value)
    row = columns.row[line.item]
    if columns.clusters.setdefault(row, line.cluster) != line.cluster:
        raise ValueError(f"expected one cluster per item, found {line.cluster!r} after another of {line.item}")


def _add_logged(
    columns: _Columns, line: LogLine, metric: str | None, bounds: tuple[float, float], timed: bool
) -> None:
    low, high = bounds
    if timed:
        columns.add(line, _number(line, "seconds", {"seconds": line.seconds or 0.0}))
        return
    if not line.scores:
        columns.add(line, 0.0)
        return
    name = metric or columns.metric or _only_metric(line)
    columns.metric = name
    value = (_number(line, name, line.scores) - low) / (high - low)
    if not 0 <= value <= 1:
        raise ValueError(f"expected {name} from {low:g} to {high:g}, found {line.scores[name]}")
    columns.add(line, value)
    if name + LENIENT in line.scores:
        columns.lenient += (_number(line, name + LENIENT, line.scores) - low) / (high - low)
        columns.with_lenient += 1


def _only_metric(line: LogLine) -> str:
    names = [name for name in line.scores if not name.endswith(LENIENT)]
    if len(names) != 1:
        raise ValueError(f"several metrics: name one of {', '.join(names)} as `metric` in the claim")
    return names[0]


def _number(line: LogLine, name: str, scores: dict[str, float | list[float]]) -> float:
    value = scores.get(name)
    if value is None:
        raise ValueError(f"{line.item} has no {name}, only {', '.join(scores)}")
    if isinstance(value, list):
        raise ValueError(f"{name} has several values for {line.item}; the rule needs one")
    return value


def _bad(path: Path, number: int, found: str) -> UsageError:
    return UsageError(
        expected='one answer per line, such as {"item": "a", "repeat": 0, "score": 1.0, "status": "scored"}',
        found=found,
        where=f"{path}, line {number}" if number else str(path),
        fix="mend the line; harness decide --help says what a line holds",
    )
