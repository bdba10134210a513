"""The final answer of a mathematical problem: filters for lm-eval, and a comparison that cannot hang."""

import json
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from fractions import Fraction
from functools import cache, lru_cache
from typing import IO, Any

from harness.errors import HarnessError
from harness.evaluation.extraction import INVALID
from harness.evaluation.extraction.text import normalise

LONGEST = 500
"""Characters of the longest final answer that is compared as mathematics; a longer one is no final answer."""

_BOX = re.compile(r"\\f?boxed\s*\{")
_NUMBER = r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*/\s*\d+(?:\.\d+)?)?"
_LAST_NUMBER = re.compile(rf"(?<![\d.,A-Za-z])(?<!\d-){_NUMBER}(?![\d]|[.,]\d)")
_CUE = re.compile(
    r"(?:(?<![가-힣])(?:최종\s*)?(?:정답|해답|답안|답)\s*(?:은|는|:|=)\s*:?"
    r"|\banswer\s*(?:is|:|=)\s*:?)[ \t]*(?:\n\s*)?([^\n]{1,300})",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\s[a-z]{3,}\s")
"""Prose, as between two prices: `$18 and then $5`."""
_UNIT = re.compile(r"(?<=[\d})])\s*(?![만천억백십조])[가-힣]+(?:\s*입니다|\s*이다)?$")
_COPULA = re.compile(r"\s*(?:입니다|이다|이에요|예요|임|이므로|가\s*된다|이\s*된다|가\s*됩니다|이\s*됩니다)\s*$")


def strict(responses: Iterable[list[str]], docs: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    """Yield, per item, what stands in the last `\\boxed{}` of its answers, as prompts ask for."""
    for answers, _ in zip(responses, docs, strict=True):
        yield [_boxed(normalise(answer)) or INVALID for answer in answers]


def lenient(responses: Iterable[list[str]], docs: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    """Yield, per item, the box, else what `답은` or `the answer is` names, else the last number."""
    for answers, _ in zip(responses, docs, strict=True):
        yield [_lenient(normalise(answer)) or INVALID for answer in answers]


def equal(gold: str, answer: str) -> bool:
    """Return whether two answers are the same: as text, as numbers, or by math-verify.

    math-verify's own time limit rests on signals, which only a main thread may set, and scoring runs in a
    thread. So it works in a process of its own, with limits on time and memory that end that process and
    nothing else; what goes beyond them counts as unequal.
    """
    return answer != INVALID and _equal(gold, answer)


@lru_cache(maxsize=4096)
def _equal(gold: str, answer: str) -> bool:
    gold, answer = _tidy(gold), _tidy(answer)
    if not gold or not answer or len(answer) > LONGEST:
        return False
    if gold.replace(" ", "") == answer.replace(" ", ""):
        return True
    numbers = _number(gold), _number(answer)
    if None not in numbers and numbers[0] == numbers[1]:
        return True
    if all(number is not None and number.denominator == 1 for number in numbers):
        return False
    if re.search(r"[가-힣]", answer):
        return False  # math-verify would take the 12 of 12만
    return _worker().same(gold, answer)


class _Worker:
    """A process that compares answers one after the other; it is started anew when a pair ended it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def same(self, gold: str, answer: str) -> bool:
        """Return math-verify's verdict, False when the process reached its limits over it.

        A process that somebody else ended says nothing about the pair: that is compared once more.
        """
        with self._lock:
            line, code = self._asked(gold, answer)
            if not line and code != -signal.SIGPROF:
                line, _ = self._asked(gold, answer)
            return line == "true\n"

    def _asked(self, gold: str, answer: str) -> tuple[str, int]:
        """Return the process's line, or none and the code that it ended with."""
        process = self._process or _started()
        self._process = process
        try:
            _stream(process.stdin).write(json.dumps([gold, answer]) + "\n")
            _stream(process.stdin).flush()
            line = _stream(process.stdout).readline()
        except BrokenPipeError:
            line = ""
        if not line:
            self._process = None
            with suppress(BrokenPipeError):  # what it did not read is written again on closing
                _stream(process.stdin).close()
            _stream(process.stdout).close()
            return "", process.wait()
        return line, 0


def _started() -> "subprocess.Popen[str]":
    """Return a process that is ready; raises HarnessError when it cannot work on this machine."""
    command = [sys.executable, "-m", "harness.evaluation.extraction.verifier"]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, text=True)
    if _stream(process.stdout).readline() != "ready\n":
        process.communicate()
        raise HarnessError(
            expected="a process that compares answers by math-verify",
            found=f"one that ended with code {process.returncode}",
            where=" ".join(command),
            fix="run that command to see why; `make setup` installs math-verify",
        )
    return process


def _stream(stream: "IO[str] | None") -> "IO[str]":
    assert stream is not None
    return stream


@cache
def _worker() -> _Worker:
    return _Worker()


def _boxed(text: str) -> str:
    """Return what stands in the last complete box, empty when there is none."""
    for found in reversed(list(_BOX.finditer(text))):
        depth = 1
        for place in range(found.end(), min(len(text), found.end() + 2 * LONGEST)):
            depth += (text[place] == "{") - (text[place] == "}")
            if depth == 0:
                return text[found.end() : place].strip()
        return ""  # cut off inside the last box
    return ""


def _lenient(text: str) -> str:
    boxed = _boxed(text)
    if boxed or _BOX.search(text):
        return boxed
    for cue in reversed(list(_CUE.finditer(text))):
        named = _named(cue[1])
        if named:
            return named
    numbers = _LAST_NUMBER.findall(text)
    return str(numbers[-1]) if numbers else ""


def _named(line: str) -> str:
    """Return the mathematics that a line begins with: between dollars, or up to the end of the sentence."""
    line = re.sub(r"\*\*", "", line).strip()
    latex = re.match(r"[^$\\]{0,40}(?:\$+([^$]+)\$+|\\\((.+?)\\\)|\\\[(.+?)\\\])", line)
    if latex:
        inner = next(group for group in latex.groups() if group).strip()
        if not _WORDS.search(inner):
            return inner
    sentence = re.split(r"[.。](?!\d)|,\s(?!\d)", line)[0]
    sentence = _COPULA.sub("", sentence).strip()
    begun = re.match(rf"\\?\$?({_NUMBER})(?=\s+[A-Za-z])", sentence)  # 12 apples, $18 in all
    if begun:
        return begun[1]
    if re.fullmatch(r"[^가-힣]{1,60}", sentence) and re.search(r"[\dA-Za-z\\]", sentence):
        return sentence
    numbers = re.findall(_LAST_NUMBER, sentence)
    return str(numbers[0]) if len(numbers) == 1 else ""


def _tidy(answer: str) -> str:
    """Return an answer without dollars, wrappers of words, Korean units and end marks; pi and roots in LaTeX."""
    answer = normalise(answer).strip().strip("$").strip()
    answer = re.sub(r"^\\[(\[]|\\[)\]]$", "", answer).strip()
    answer = re.sub(r"\\(?:text|mathrm|textbf|mathbf)\s*\{\s*[가-힣 ]+\}$", "", answer)
    answer = re.sub(r"(?<!\\)\\[,!;: ]", " ", answer).removesuffix(".").strip()
    answer = _UNIT.sub("", answer).strip()
    answer = re.sub(r"√\s*(\d+)|(?<![\\a-zA-Z])sqrt\(([^()]*)\)", lambda m: f"\\sqrt{{{m[1] or m[2]}}}", answer)
    answer = re.sub(r"π|(?<![\\a-zA-Z])pi(?![a-zA-Z])", r"\\pi ", answer).strip()
    return re.sub(r"^\\(?:text|mathrm|textbf|mathbf)\s*\{([^{}]*)\}$", r"\1", answer).strip()


def _number(text: str) -> Fraction | None:
    """Return a plain number or fraction, None for anything else."""
    text = text.replace("\\$", "").replace(" ", "").removeprefix("$").removeprefix("+").replace("−", "-")
    if re.fullmatch(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", text):
        text = text.replace(",", "")
    fraction = re.fullmatch(r"(-?)\\[dt]?frac\{(-?\d{1,50})\}\{(\d{1,50})\}", text)
    if fraction:
        text = f"{fraction[1]}{fraction[2]}/{fraction[3]}".replace("--", "")
    if not re.fullmatch(r"-?\d{1,50}(?:\.\d{0,50})?|-?\d{1,50}/\d{1,50}|-?\.\d{1,50}", text):
        return None
    try:
        return Fraction(text.removesuffix("."))
    except ZeroDivisionError:
        return None
