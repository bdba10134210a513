"""Answers of one run as score lines: the store's own log, or any file with the bare minimum."""

from codecs import BOM_UTF8
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from harness.errors import UsageError, described
from harness.records import Status
from harness.verdicts.table import ScoreTable, TableBuilder, lenient_twin, logged_scores

MOST = 10**9
"""No repeat and no length is a larger number."""


class ScoreLine(BaseModel):
    """One answer, its score and nothing else; unknown keys are errors."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)

    item: str = Field(min_length=1)
    repeat: int = Field(ge=-MOST, le=MOST)
    status: Status
    score: float | None = Field(default=None, ge=0, le=1)
    """Needed where the status is `scored`; any other status scores 0."""
    cluster: str | None = None
    """What the item shares with others: a passage, a subject."""
    tokens: int | None = Field(default=None, ge=0, le=MOST)
    seconds: float | None = Field(default=None, ge=0)


class LogLine(BaseModel):
    """What a verdict needs of a line in samples.jsonl; the rest is passed over."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, allow_inf_nan=False)

    item: str = Field(min_length=1)
    repeat: int = Field(ge=-MOST, le=MOST)
    status: Status
    scores: dict[str, float | list[float]]
    completion_tokens: int | None = Field(default=None, ge=0, le=MOST)
    seconds: float | None = Field(default=None, ge=0)


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
    builder = TableBuilder()
    reader: _Reader | None = None
    number = 0
    try:
        with path.open("rb") as file:
            for raw in file:
                number += 1
                line = raw.removeprefix(BOM_UTF8) if number == 1 else raw
                if reader is None:
                    reader = _Logged(metric, bounds, timed) if b'"scores"' in line else _Bare(timed)
                reader.read(line, builder)
        number = 0
        return builder.table()
    except OSError as error:
        raise UsageError("a file of answers", f"{error.strerror}", where=str(path)) from error
    except ValidationError as error:
        raise _bad(path, number, described(error)) from error
    except ValueError as error:
        raise _bad(path, number, str(error)) from error


def metrics_in(path: Path) -> set[str]:
    """Return the names of all metrics in a file of the store's own lines."""
    with path.open("rb") as file:
        return {name for line in file for name in LogLine.model_validate_json(line).scores}


class _Bare:
    """Reads lines with the bare minimum."""

    def __init__(self, timed: bool) -> None:
        self._timed = timed

    def read(self, raw: bytes, builder: TableBuilder) -> None:
        line = ScoreLine.model_validate_json(raw)
        value = line.score if line.status == "scored" else 0.0
        if self._timed:
            value = line.seconds
        if value is None:
            raise ValueError(f"expected `{'seconds' if self._timed else 'score'}` for {line.item}")
        builder.add(line.item, line.repeat, line.status, value, tokens=line.tokens, cluster=line.cluster)


class _Logged:
    """Reads lines of the store's own log."""

    def __init__(self, metric: str | None, bounds: tuple[float, float], timed: bool) -> None:
        self._metric, self._bounds, self._timed = metric, bounds, timed

    def read(self, raw: bytes, builder: TableBuilder) -> None:
        line = LogLine.model_validate_json(raw)
        lenient = None
        if self._timed:
            if line.seconds is None:
                raise ValueError(f"expected `seconds` for {line.item}")
            score = line.seconds
        else:
            if self._metric is None and line.scores:
                self._metric = _only_metric(line)
            score, lenient = logged_scores(line.status, line.scores, self._metric or "a score", self._bounds)
        tokens = line.completion_tokens
        builder.add(line.item, line.repeat, line.status, score, lenient=lenient, tokens=tokens)


_Reader = _Bare | _Logged


def _only_metric(line: LogLine) -> str:
    twins = {lenient_twin(name, line.scores) for name in line.scores}
    names = [name for name in line.scores if name not in twins]
    if len(names) != 1:
        raise ValueError(f"several metrics: name one of {', '.join(names)} as `metric` in the claim")
    return names[0]


def _bad(path: Path, number: int, found: str) -> UsageError:
    return UsageError(
        expected='one answer per line, such as {"item": "a", "repeat": 0, "score": 1.0, "status": "scored"}',
        found=found,
        where=f"{path}, line {number}" if number else str(path),
        fix="mend the line; harness decide --help says what a line holds",
    )
