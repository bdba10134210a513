"""Inspect's logs: `.eval` (a zip with a JSON file per sample) and `.json` (one file)."""

import io
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow
from pydantic import Field

from harness.evaluation.imports.lines import Line, Place, checked, json_object, number, numbers, open_log
from harness.evaluation.imports.log import ForeignAnswer, ForeignItem, ForeignLog
from harness.records import Answer

_VALUES = {"C": 1.0, "P": 0.5, "I": 0.0, "N": 0.0, "yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
"""What Inspect's own value_to_float makes of words."""
_FINISH = {"stop": "stop", "max_tokens": "length", "model_length": "length"}
"""Inspect's stop reasons, as OpenAI's servers name them; any other keeps its name."""
_ZSTANDARD = 93
_ATTACHMENT = "attachment://"


class EvalPart(Line):
    """The `eval` of an Inspect log."""

    task: str
    model: str


class Header(Line):
    """An Inspect log."""

    eval: EvalPart
    samples: list[dict[str, Any]] = Field(default_factory=list)


class Message(Line):
    """A message of an Inspect sample."""

    role: str
    content: str | list[dict[str, Any]]


class Choice(Line):
    """A choice of an Inspect sample's output."""

    message: Message
    stop_reason: str = "unknown"


class Usage(Line):
    """The `usage` of an Inspect sample's output."""

    input_tokens: int
    output_tokens: int


class Output(Line):
    """The `output` of an Inspect sample."""

    choices: list[Choice] = Field(default_factory=list)
    usage: Usage | None = None
    time: float | None = None
    error: str | None = None


class SampleError(Line):
    """The `error` of an Inspect sample."""

    message: str


class Score(Line):
    """A score of an Inspect sample."""

    value: Any
    answer: str | None = None


class EvalSample(Line):
    """A sample of an Inspect log."""

    id: int | str
    epoch: int
    input: str | list[Message]
    messages: list[Message] = Field(default_factory=list)
    output: Output
    scores: dict[str, Score] | None = None
    attachments: dict[str, str] = Field(default_factory=dict)
    error: SampleError | None = None
    started_at: str | None = None


def read(path: Path) -> list[ForeignLog]:
    """Return the log in a file; an epoch is a repeat, a scorer's name is its metric's.

    Where a scorer gives several values, they are `scorer/name`.
    Raises UsageError with file and member for what is no such log, a sample that stands twice, and a score
    that is no number.
    """
    header, samples = _zipped(path) if zipfile.is_zipfile(path) else _plain(path)
    answers: list[ForeignAnswer] = []
    seen: set[tuple[str, int]] = set()
    for place, data in samples:
        sample: EvalSample = checked(EvalSample, data, place)
        key = str(sample.id), sample.epoch
        if key in seen:
            raise place.wrong(f"sample {sample.id}, epoch {sample.epoch} again", "each sample and epoch once")
        seen.add(key)
        answers.append(_answer(sample, place))
    return [ForeignLog(header.eval.task, header.eval.model, answers)]


def _plain(path: Path) -> tuple[Header, Iterator[tuple[Place, dict[str, Any]]]]:
    with open_log(path) as file:
        header: Header = checked(Header, json_object(file.read(), Place(path)), Place(path))
    return header, (
        (Place(path, member=f"sample {index}"), data) for index, data in enumerate(header.samples, start=1)
    )


def _zipped(path: Path) -> tuple[Header, Iterator[tuple[Place, dict[str, Any]]]]:
    archive = zipfile.ZipFile(path)
    names = archive.namelist()
    if "header.json" not in names:
        raise Place(path).wrong("no header.json: the evaluation did not end", "a finished Inspect log")
    header = checked(Header, _member(archive, "header.json"), Place(path, member="header.json"))
    members = [name for name in names if name.startswith("samples/") and name.endswith(".json")]
    return header, ((Place(path, member=name), _member(archive, name)) for name in members)


def _member(archive: zipfile.ZipFile, name: str) -> dict[str, Any]:
    """Return a member's JSON object; Inspect packs with Zstandard, which zipfile reads from Python 3.14 on."""
    place = Place(Path(archive.filename or ""), member=name)
    info = archive.getinfo(name)
    try:
        if info.compress_type != _ZSTANDARD:
            return json_object(archive.read(name), place)
        with Path(archive.filename or "").open("rb") as file:
            file.seek(info.header_offset)
            local = file.read(30)
            file.seek(int.from_bytes(local[26:28], "little") + int.from_bytes(local[28:30], "little"), io.SEEK_CUR)
            packed = file.read(info.compress_size)
        with pyarrow.CompressedInputStream(pyarrow.BufferReader(packed), "zstd") as stream:
            raw = stream.read()
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise place.wrong(f"unreadable: {error}") from error
    if zlib.crc32(raw) != info.CRC:
        raise place.wrong("another checksum than the archive says")
    return json_object(raw, place)


def _answer(sample: EvalSample, place: Place) -> ForeignAnswer:
    own = sample.input if isinstance(sample.input, str) else _last(sample.input, "user")
    texts = [_whole(text, sample) for text in (own, _last(sample.messages, "user"))]
    choice = sample.output.choices[0] if sample.output.choices else None
    text, reasoning = _parts(choice.message) if choice else ("", None)
    usage = sample.output.usage
    answer = Answer(
        text=_whole(text, sample),
        reasoning=reasoning,
        finish_reason=None
        if choice is None or choice.stop_reason == "unknown"
        else _FINISH.get(choice.stop_reason, choice.stop_reason),
        prompt_tokens=usage.input_tokens if usage else None,
        completion_tokens=usage.output_tokens if usage else None,
        error=sample.error.message if sample.error else sample.output.error,
        started=sample.started_at or "",
    )
    scores: dict[str, float | list[float]] = {}
    for name, score in (sample.scores or {}).items():
        if isinstance(score.value, Mapping):
            scores |= {f"{name}/{key}": _value(value, place) for key, value in score.value.items()}
        else:
            scores[name] = _value(score.value, place)
    extracted = {name: score.answer for name, score in (sample.scores or {}).items() if score.answer is not None}
    asked = [[text] for text in dict.fromkeys(texts) if text]
    item = ForeignItem(str(sample.id), asked)
    return ForeignAnswer(item, sample.epoch - 1, [answer], extracted, scores, sample.output.time)


def _value(value: Any, place: Place) -> float | list[float]:
    if isinstance(value, str):
        return number(_VALUES.get(value, _VALUES.get(value.lower(), value)), place)
    return numbers(value, place)


def _last(messages: list[Message], role: str) -> str:
    return next((_parts(message)[0] for message in reversed(messages) if message.role == role), "")


def _parts(message: Message) -> tuple[str, str | None]:
    """Return the text of a message and, apart from it, its reasoning."""
    if isinstance(message.content, str):
        return message.content, None
    text = [str(part.get("text", "")) for part in message.content if part.get("type") == "text"]
    reasoning = [str(p.get("reasoning", "")) for p in message.content if p.get("type") == "reasoning"]
    return "\n".join(text), "\n".join(reasoning) or None


def _whole(text: str, sample: EvalSample) -> str:
    """Return a text that Inspect keeps elsewhere because it is long or stands twice."""
    return sample.attachments.get(text.removeprefix(_ATTACHMENT), text) if text.startswith(_ATTACHMENT) else text
