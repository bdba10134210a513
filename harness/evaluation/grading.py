"""What an item's answers are worth: status, extracted answers and scores, for runs and for rescoring alike."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.task import Task

from harness.errors import HarnessError
from harness.evaluation.scoring import Scored, score
from harness.records import Answer, Sample, Status

FAILED = "scoring failed: "
"""Begins the error of a sample that was answered and could not be scored."""


@dataclass(frozen=True)
class Grade:
    """The part of a sample that a scorer decides."""

    status: Status
    answers: dict[str, Any] = field(default_factory=dict)
    scores: dict[str, float | list[float]] = field(default_factory=dict)
    error: str | None = None


def grade(task: Task, instances: Sequence[Instance], answers: Sequence[Answer]) -> Grade:
    """Return the grade of one item's answers in one repeat, `answers` in the order of its `instances`.

    An answer that failed or is empty is not scored. A scorer that fails is the sample's error, so that the
    text is kept and can be rescored. Raises HarnessError and OSError: the machine's fault, not the answer's.
    """
    first = answers[0]
    error = next((a.error for a in answers if a.error), None)
    scored = Scored({}, {})
    if error is None and (first.text.strip() or first.loglikelihood is not None):
        responses = [a.text if a.loglikelihood is None else a.loglikelihood for a in answers]
        try:
            scored = score(task, instances, responses)
        except (HarnessError, OSError):
            raise
        except Exception as problem:
            error = f"{FAILED}{type(problem).__name__}: {problem}"[:500]
    return Grade(_status(first, scored, error), _kept(scored, answers), scored.scores, error)


def answers_of(sample: Sample) -> list[Answer]:
    """Return the answers that a sample was made of, to be graded again.

    An error of the scorer is left out, since another one may not fail; a server's error stays.
    """
    error = None if (sample.error or "").startswith(FAILED) else sample.error
    # A trace may be cut by a stop string, too; its end is gone from the text.
    finish = "length" if sample.status == "truncated" else sample.finish_reason
    answer = Answer(text=sample.text, finish_reason=finish, error=error)
    weighed = sample.answers.get("loglikelihood")
    if not isinstance(weighed, list):
        return [answer]
    return [answer.model_copy(update={"loglikelihood": (float(v), bool(g))}) for v, g in weighed]


def _status(answer: Answer, scored: Scored, error: str | None) -> Status:
    if error is not None:
        return "error"
    if answer.finish_reason == "length":
        return "truncated"
    if not answer.text.strip() and answer.loglikelihood is None:
        return "empty"
    return "scored" if scored.parsed else "unparsed"


def _kept(scored: Scored, answers: Sequence[Answer]) -> dict[str, Any]:
    """Return what the filters extracted, without repeating the whole text a task has no filter for."""
    if any(a.loglikelihood is not None for a in answers):
        found = [a.loglikelihood for a in answers]
        return {"loglikelihood": found} if None not in found else {}
    return {name: answer for name, answer in scored.answers.items() if answer != answers[0].text}
