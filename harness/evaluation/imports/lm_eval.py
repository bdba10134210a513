"""lm-eval's `samples_<task>_<date>.jsonl` (`--log_samples`): a line per document and filter."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from harness.evaluation.imports.lines import Line, Place, checked, json_lines, number, numbers
from harness.evaluation.imports.log import ForeignAnswer, ForeignItem, ForeignLog
from harness.records import Answer

_NAME = re.compile(r"samples_(?P<task>.+)_\d{4}-\d{2}-\d{2}T[\d.\-:]+\.jsonl(\.gz)?$")


class SampleLine(Line):
    """A line of lm-eval's samples file."""

    doc_id: int
    doc: dict[str, Any]
    arguments: dict[str, dict[str, Any]] | list[list[Any]]
    resps: list[list[Any]]
    filtered_resps: list[Any]
    filter: str = "none"
    metrics: list[str] | None = None
    """Logs before lm-eval 0.4.4 have no list: there every number beside the fields above is a metric."""


def read(path: Path) -> list[ForeignLog]:
    """Return the log in a samples file; lines of one document under several filters become one answer.

    The task stands in the file's name, the model in that of its folder: the lines say neither. Where a
    document was answered several times, lm-eval scores the answers together.
    Raises UsageError with file and line for a line that is none, a document that stands twice under a filter,
    and filters that saw different answers.
    """
    lines: dict[int, dict[str, tuple[Place, SampleLine, dict[str, Any]]]] = {}
    for place, data in json_lines(path):
        line = checked(SampleLine, data, place)
        filters = lines.setdefault(line.doc_id, {})
        if line.filter in filters:
            first_line = filters[line.filter][0].line
            raise place.wrong(
                f"document {line.doc_id} under filter {line.filter} again; first on line {first_line}"
            )
        for first_place, first, _ in list(filters.values())[:1]:
            if (first.doc, first.resps) != (line.doc, line.resps):
                raise place.wrong(f"document {line.doc_id} with other answers than on line {first_place.line}")
        filters[line.filter] = place, line, data
    expected = {name for filters in lines.values() for name in filters}
    for filters in lines.values():
        if missing := expected - set(filters):
            place, line, _ = next(iter(filters.values()))
            raise place.wrong(f"document {line.doc_id} has no line under filter {', '.join(sorted(missing))}")
    answers = [answer for filters in lines.values() for answer in _answers(list(filters.values()))]
    found = _NAME.search(path.name)
    return [
        ForeignLog(
            task=found["task"] if found else path.name.split(".")[0].removeprefix("samples_"),
            model=path.resolve().parent.name.replace("__", "/"),
            answers=answers,
            together=any(answer.repeat for answer in answers),
        )
    ]


def _answers(filters: Sequence[tuple[Place, SampleLine, dict[str, Any]]]) -> list[ForeignAnswer]:
    """Return the repeats of one document."""
    place, line, _ = filters[0]
    item = ForeignItem(str(line.doc_id), _arguments(line, place), line.doc)
    repeats = {len(repeats) for repeats in line.resps}
    if len(repeats) != 1 or 0 in repeats or len(line.resps) != len(item.asked):
        raise place.wrong(
            f"{len(item.asked)} requests answered {', '.join(str(len(r)) for r in line.resps) or 0} times",
            "as many answers to every request",
        )
    extracted: dict[str, Any] = {}
    scores: dict[str, float | list[float]] = {}
    for at, filtered, data in filters:
        suffix = "" if filtered.filter == "none" else f",{filtered.filter}"
        kept = filtered.filtered_resps
        extracted[filtered.filter] = kept[0] if len(kept) == 1 else kept
        for metric in _metrics(filtered, data):
            if metric not in data:
                raise at.wrong(f"no value of its metric {metric}")
            scores[metric + suffix] = numbers(data[metric], at)
    return [
        ForeignAnswer(
            item,
            repeat,
            [_answer(resps[repeat], place) for resps in line.resps],
            extracted if repeat == 0 else {},
            scores if repeat == 0 else {},
        )
        for repeat in range(repeats.pop())
    ]


def _metrics(line: SampleLine, data: dict[str, Any]) -> list[str]:
    if line.metrics is not None:
        return line.metrics
    return [name for name, v in data.items() if name not in SampleLine.model_fields and isinstance(v, float | int)]


def _arguments(line: SampleLine, place: Place) -> list[list[str]]:
    """Return the text of each request; what steers the generation is not kept."""
    if isinstance(line.arguments, list):
        each = line.arguments
    else:
        each = [list(arguments.values()) for arguments in line.arguments.values()]
    found = [[part for part in arguments if isinstance(part, str)] for arguments in each]
    if not all(found):
        raise place.wrong("a request without a prompt")
    return found


def _answer(response: Any, place: Place) -> Answer:
    """Return a text, or a likelihood: lm-eval writes its two parts as text."""
    if isinstance(response, str):
        return Answer(text=response)
    if isinstance(response, list) and len(response) == 2 and str(response[1]) in {"True", "False"}:
        return Answer(loglikelihood=(number(response[0], place), str(response[1]) == "True"))
    raise place.wrong(f"an answer that is neither a text nor [log-likelihood, is_greedy]: {str(response)[:60]}")
