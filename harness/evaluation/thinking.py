"""Separate a trace of thoughts from the answer, where no parser of the server has done it.

A trace without its end was cut: whatever it holds is no answer, and the answer is empty.
"""

import re
from collections import deque
from dataclasses import dataclass
from typing import NamedTuple

from harness.records import Answer
from harness.records.model import Thinking


class Split(NamedTuple):
    """A text in its two parts."""

    reasoning: str | None
    """None when the text holds no trace."""
    answer: str
    cut: bool
    """The text ends inside the trace: for its length, or for a stop string that the thoughts hit."""


@dataclass(frozen=True)
class Format:
    """How a family of models writes a trace, special tokens kept or left out by the server."""

    begin: re.Pattern[str]
    end: re.Pattern[str]
    """The whole way from the thoughts to the answer."""
    unthinking: re.Pattern[str] = re.compile(r"(?!)")
    """What stands before an answer that was not thought about."""


def _tags(begin: str, end: str) -> Format:
    return Format(re.compile(re.escape(begin)), re.compile(re.escape(end)))


THINK = _tags("<think>", "</think>")
"""Qwen3, DeepSeek, EXAONE 4.0 and K-EXAONE, A.X K1, GLM, VAETKI, HyperCLOVA X SEED 32B Think."""
THOUGHT = _tags("<thought>", "</thought>")
"""EXAONE Deep."""
SOLAR = Format(
    re.compile(r"<\|think\|>"),
    re.compile(r"<\|end\|>\s*(?:<\|begin\|>assistant\s*)?<\|content\|>"),
    re.compile(r"\s*(?:<\|begin\|>assistant\s*)?<\|content\|>"),
)
"""Solar Open, as in the parser of its maker's fork of vLLM."""
HARMONY = Format(
    re.compile(
        r"(?:<\|start\|>assistant)?<\|channel\|>(?:analysis|commentary)\b[^<]*<\|message\|>|\Aanalysis(?=[A-Za-z가-힣])"
    ),
    re.compile(r"(?:<\|end\|>)?(?:<\|start\|>assistant)?<\|channel\|>final\b[^<]*<\|message\|>|assistantfinal"),
    re.compile(r"\s*(?:<\|start\|>assistant)?<\|channel\|>final\b[^<]*<\|message\|>|\Afinal(?=[A-Z가-힣])"),
)
"""gpt-oss: channels analysis, commentary and final; the words alone where the server drops special tokens."""
HYPERCLOVA = Format(
    re.compile(r"\A\s*(?:<\|im_start\|>)?(?:assistant)?/think\n"),
    re.compile(r"<\|im_end\|>\s*<\|im_start\|>assistant\n?|\nassistant\n"),
    re.compile(r"\A\n"),
)
"""HyperCLOVA X SEED 14B Think, as in its maker's vLLM plugin: the thoughts are a turn of `assistant/think`."""

FORMATS = (THINK, THOUGHT, SOLAR, HARMONY, HYPERCLOVA)

_END_OF_TURN = re.compile(r"(?:<\|(?:return|end|flush|im_end|endoftext)\|>\s*)+\Z")
_INLINE = re.compile(r"(?<!`)`[^`\n]+`(?!`)")
_FENCED = re.compile(r"```.*?```", re.DOTALL)


def format_of(thinking: Thinking) -> Format:
    """Return how a model writes its trace, by the tags in its config; none stands for Harmony."""
    if thinking.tags is None:
        return HARMONY
    begin, end = thinking.tags
    known = (form for form in FORMATS if form.begin.fullmatch(begin) and form.end.search(end))
    return next(known, _tags(begin, end))


def split(text: str, finish_reason: str | None, form: Format | None, *, prefilled: bool | None = False) -> Split:
    """Return the two parts of `text`.

    The answer is what follows the last end of a trace; what is quoted as code begins and ends nothing. Without
    a `form` the model is not known to think: then only a text that opens with a trace of one of FORMATS has one.
    `prefilled` says that the chat template opens the trace, so that the text holds its end only; None says that
    the model thinks and that this is not known: then a text without tags is a trace if its length cut it.
    """
    if form is None:
        # Of a model that is not known to think only tags count: `analysis` opens many an answer, too.
        form = next(
            (each for each in FORMATS if text.lstrip()[:1] in "</" and each.begin.match(text.lstrip())), None
        )
        if form is None:
            return Split(None, text, cut=False)
    unquoted = _FENCED.sub(_blank, _INLINE.sub(_blank, text))
    if finish_reason != "length" and not form.end.search(unquoted):
        # Thoughts that leave a fence open: it reaches into the answer, and hides the end.
        unquoted = _INLINE.sub(_blank, text)
    begin, end = _last(form.begin, unquoted), _last(form.end, unquoted)
    if begin and (not end or begin.start() >= end.end()):
        return Split(_thoughts(text, form), "", cut=True)
    if end:
        return Split(_thoughts(text[: end.start()], form), _answer(text[end.end() :]), cut=False)
    plain = form.unthinking.match(text)
    if plain:
        return Split(None, _answer(text[plain.end() :]), cut=False)
    if prefilled or (prefilled is None and finish_reason == "length"):
        return Split(_thoughts(text, form), "", cut=True)
    return Split(None, text, cut=False)


def separated(answer: Answer, thinking: Thinking | None) -> tuple[Answer, bool]:
    """Return a server's answer with its trace apart, and whether that was cut.

    `thinking` is given for a model that thinks in this run. The server's parser goes first: where it gave a trace,
    the text is left alone, unless it holds an end or a beginning that leaked through, which counts like any
    other.
    """
    if answer.error is not None or answer.loglikelihood is not None or not answer.text:
        return answer, False
    form = format_of(thinking) if thinking is not None else None
    prefilled = None if thinking is not None and not answer.reasoning else False
    found = split(answer.text, answer.finish_reason, form, prefilled=prefilled)
    if found.reasoning is None and found.answer == answer.text:
        return answer, False
    reasoning = "\n".join(part for part in (answer.reasoning, found.reasoning) if part) or None
    return answer.model_copy(update={"text": found.answer, "reasoning": reasoning}), found.cut


def _last(mark: re.Pattern[str], text: str) -> re.Match[str] | None:
    return next(iter(deque(mark.finditer(text), maxlen=1)), None)


def _blank(found: re.Match[str]) -> str:
    return "\0" * len(found[0])


def _thoughts(text: str, form: Format) -> str | None:
    return form.begin.sub("", text, count=1).strip() or None


def _answer(text: str) -> str:
    """Return the answer without the marks of its end, which stand in its last characters."""
    text = text.strip()
    return (text[:-200] + _END_OF_TURN.sub("", text[-200:])).strip()
