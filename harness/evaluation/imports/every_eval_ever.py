"""Every Eval Ever's instance records (`<uuid>_samples.jsonl`, schema 0.3): a line per sample and result."""

from pathlib import Path
from typing import Any, Literal

from harness.evaluation.imports.lines import Line, Place, checked, json_lines
from harness.evaluation.imports.log import ForeignAnswer, ForeignItem, ForeignLog
from harness.records import Answer


class InputPart(Line):
    """The `input` of a record."""

    raw: str
    formatted: str | None = None


class OutputPart(Line):
    """The `output` of a record."""

    raw: list[str]
    reasoning_trace: list[str] | None = None


class Evaluated(Line):
    """The `evaluation` of a record."""

    score: float


class Tokens(Line):
    """The `token_usage` of a record."""

    input_tokens: int
    output_tokens: int


class Latency(Line):
    """The `performance` of a record."""

    latency_ms: float | None = None


class InstanceRecord(Line):
    """An instance record of Every Eval Ever."""

    schema_version: str
    model_id: str
    evaluation_name: str
    evaluation_result_id: str | None = None
    sample_id: str
    interaction_type: Literal["single_turn", "multi_turn", "agentic"]
    input: InputPart
    output: OutputPart | None = None
    evaluation: Evaluated
    token_usage: Tokens | None = None
    performance: Latency | None = None
    error: str | None = None


_Key = tuple[str, int]
"""(sample, repeat)."""


class _Collected:
    """The records of one model and evaluation, joined as they come."""

    def __init__(self) -> None:
        self.records: dict[_Key, InstanceRecord] = {}
        self.scores: dict[_Key, dict[str, float | list[float]]] = {}
        self._lines: dict[str, tuple[int, dict[str, Any]]] = {}

    def add(self, record: InstanceRecord, place: Place) -> None:
        """Join a record: another result of the same answer, or the next repeat of its sample."""
        metric = (record.evaluation_result_id or "score").replace(":", ",")
        repeat = 0
        while (key := (record.sample_id, repeat)) in self.records:
            if metric not in self.scores[key] and self.records[key].output == record.output:
                break
            repeat += 1
        self.records.setdefault(key, record)
        self.scores.setdefault(key, {})[metric] = record.evaluation.score
        if record.output is None or len(record.output.raw) != 1:
            raise place.wrong("no single response", "a record of one turn with one response")


def read(path: Path) -> list[ForeignLog]:
    """Return the logs in a file of instance records, one per model and evaluation.

    Records of one sample with one response are its results; another response, or a result that stands already,
    is its next repeat.
    Raises UsageError with file and line for a record that is none, of several turns, or stands twice word for
    word.
    """
    found: dict[tuple[str, str], _Collected] = {}
    lines: dict[int, int] = {}
    for place, data in json_lines(path):
        record = checked(InstanceRecord, data, place)
        same = hash(repr(data))
        if same in lines:
            raise place.wrong(f"the record of line {lines[same]} again", "each record once")
        lines[same] = place.line or 0
        if record.interaction_type != "single_turn":
            raise place.wrong(f"interaction_type {record.interaction_type}", "a record of one turn")
        found.setdefault((record.model_id, record.evaluation_name), _Collected()).add(record, place)
    return [
        ForeignLog(task, model, [_answer(r, key, one.scores[key]) for key, r in one.records.items()])
        for (model, task), one in found.items()
    ]


def _answer(record: InstanceRecord, key: _Key, scores: dict[str, float | list[float]]) -> ForeignAnswer:
    prompts = [text for text in (record.input.raw, record.input.formatted) if text is not None]
    output = record.output or OutputPart(raw=[""])
    milliseconds = record.performance.latency_ms if record.performance else None
    answer = Answer(
        text=output.raw[0],
        reasoning="\n".join(output.reasoning_trace) if output.reasoning_trace else None,
        prompt_tokens=record.token_usage.input_tokens if record.token_usage else None,
        completion_tokens=record.token_usage.output_tokens if record.token_usage else None,
        error=record.error or None,
    )
    seconds = None if milliseconds is None else milliseconds / 1000
    return ForeignAnswer(ForeignItem(key[0], [[p] for p in prompts]), key[1], [answer], {}, scores, seconds)
