"""Take the answer out of a worked solution to a task of BIG-Bench Hard, and compare it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from harness.evaluation.extraction import INVALID
from harness.evaluation.extraction.text import tail

_NEXT = re.compile(r"\n[ \t]*Q:")
"""Where a model that only continues text goes on to a question of its own."""
_SAID = re.compile(r"answer is\b:?(.*)", re.IGNORECASE)
_NAMED = re.compile(r"answer\W{0,4}(?:is\b|:|=)\W{0,4}?(?=\S)(.*)", re.IGNORECASE)
_BOXED = re.compile(r"\\boxed\s*\{(?:\\text\s*\{(.*)\}|(.*))\}")
"""A box ends its line; braces inside need not be in pairs, where the answer is brackets."""
_WORDS = {
    "boolean_expressions": ("True", "False"),
    "causal_judgement": ("Yes", "No"),
    "formal_fallacies": ("valid", "invalid"),
    "navigate": ("Yes", "No"),
    "sports_understanding": ("yes", "no"),
    "web_of_lies": ("Yes", "No"),
}
_NUMBERS = {"multistep_arithmetic_two", "object_counting"}
_OPTION = re.compile(r"^\(([A-Z])\)[ \t]*(.*?)[ \t]*$", re.MULTILINE)


def strict(responses: Iterable[list[str]], docs: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield, per item, what follows the last "answer is" of each answer, as the makers' own script reads it.

    The whole line without its full stop; where the item has options, the first that the line names as (A).
    """
    for answers, doc in zip(responses, docs, strict=True):
        yield [_official(answer, doc) for answer in answers]


def lenient(responses: Iterable[list[str]], docs: Iterable[dict[str, Any]]) -> Iterator[list[str]]:
    """Yield, per item, the answer of each text in the form of the item's kind of answers.

    What follows the last "answer is" or "Answer:", or stands in a box there, else the last line, else as `strict`.
    """
    for answers, doc in zip(responses, docs, strict=True):
        yield [_any_form(answer, doc) for answer in answers]


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, float]:
    """Return whether the answer equals the target, character by character."""
    return {"accuracy": float(results[0] == doc["target"])}


def _own(answer: str) -> str:
    """Return the end of the answer to the item itself."""
    return tail(_NEXT.split(answer, maxsplit=1)[0])


def _official(answer: str, doc: dict[str, Any]) -> str:
    said = _SAID.findall(_own(answer))
    if not said:
        return INVALID
    line = str(said[-1]).strip()
    option = re.search(r"\([A-Z]\)", line) if _OPTION.search(doc["input"]) else None
    return option[0] if option else line.removesuffix(".").strip() or INVALID


def _any_form(answer: str, doc: dict[str, Any]) -> str:
    text = re.sub(r"[*`$]", "", _own(answer))
    text = _BOXED.sub(r"\nAnswer: \1\2\n", text)
    lines = [line for line in text.splitlines() if line.strip()]
    for expression in (*_NAMED.findall(text)[-1:], *lines[-1:]):
        found = _in_form(str(expression).strip(), doc)
        if found is not None:
            return found
    return _official(answer, doc)


def _in_form(expression: str, doc: dict[str, Any]) -> str | None:
    """Return what `expression` says as the item's targets say it, None where it says nothing of that kind."""
    part = doc["part"]
    if options := dict(_OPTION.findall(doc["input"])):
        return _option(expression, options)
    if part in _WORDS:
        meant = {word.casefold(): word for word in _WORDS[part]}
        named = {meant[word] for word in re.findall(r"[a-z]+", expression.casefold()) if word in meant}
        return named.pop() if len(named) == 1 else None
    if part in _NUMBERS:
        numbers = re.findall(r"-?\d+", re.sub(r"(?<=\d),(?=\d{3})", "", expression.replace("−", "-")))
        return str(int(numbers[-1])) if numbers else None
    if part == "dyck_languages":
        brackets = re.findall(r"[\[\](){}<>]", expression)
        return " ".join(brackets) or None
    words = re.findall(r"[^\s,;\"“”]+", expression.casefold().removesuffix("."))
    return " ".join(words) or None


def _option(expression: str, options: dict[str, str]) -> str | None:
    named = set(re.findall(r"\(([A-Z])\)", expression)) & set(options)
    if not named:
        bare = re.match(r"[(\[]?([A-Z])(?:[)\].:,]|\s*$)", expression)
        named = {bare[1]} & set(options) if bare else set()
    if not named:
        plain = expression.strip(" .\"'").casefold()
        named = {letter for letter, text in options.items() if text.strip(" .\"'").casefold() == plain}
    return f"({named.pop()})" if len(named) == 1 else None
