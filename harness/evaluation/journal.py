"""What is already answered, and where new answers go: scored and logged one by one."""

from collections.abc import Callable, Sequence
from typing import Any

from lm_eval.api.instance import Instance

from harness.evaluation.grading import grade
from harness.evaluation.requests import RequestPlan
from harness.evaluation.tasks import LoadedTask
from harness.evaluation.thinking import separated
from harness.records import Answer, Request, Sample, item_id
from harness.records.base import digest
from harness.records.model import Thinking
from harness.store import SampleLog


class Journal:
    """Joins one task's instances with its sample log."""

    def __init__(
        self,
        loaded: LoadedTask,
        indices: Sequence[int],
        plan: RequestPlan,
        log: SampleLog,
        progress: Callable[[Sample], None] = lambda _: None,
        thinking: Thinking | None = None,
    ) -> None:
        """`indices[k]` is the index, in the whole item set, of the document lm-eval numbers k.

        `thinking` is that of a model that thinks in this run, None for any other.
        """
        self._loaded, self._indices, self.plan, self._log = loaded, indices, plan, log
        self._progress, self._thinking = progress, thinking

    def item(self, instance: Instance) -> str:
        """Return the item id of an instance."""
        return item_id(self._loaded.name, self._indices[instance.doc_id or 0])

    def answered(self, instance: Instance, repeat: int) -> bool:
        """Return whether the log holds the answer of one repeat."""
        return (self.item(instance), repeat) in self._log.known

    def recall(self, instance: Instance, repeat: int) -> Sample:
        """Return a logged sample."""
        return self._log.read(self.item(instance), repeat)

    def record(
        self, instances: Sequence[Instance], repeat: int, body: dict[str, Any], answers: Sequence[Answer]
    ) -> Sample:
        """Score the answers of one item and repeat, log the sample, and return it.

        A task that fails to score keeps the text: the sample is logged as an error, and can be rescored.
        """
        item = self.item(instances[0])
        sha256 = digest(body)
        self._log.request(sha256, item, body)
        told = answers[0].text
        apart = [separated(answer, self._thinking) for answer in answers]
        answers, cut = [answer for answer, _ in apart], any(cut for _, cut in apart)
        graded, first = grade(self._loaded.task, instances, answers), answers[0]
        sample = Sample(
            item=item,
            repeat=repeat,
            attempt=first.attempt,
            seed=self.plan.seed(item, repeat),
            status="truncated" if cut and graded.status == "empty" else graded.status,
            request=Request(sha256=sha256, prompt_tokens=first.prompt_tokens),
            text=first.text,
            reasoning=first.reasoning,
            raw=told if told != first.text else None,
            finish_reason=first.finish_reason,
            completion_tokens=first.completion_tokens,
            answers=graded.answers,
            scores=graded.scores,
            error=graded.error,
            started=first.started,
            seconds=round(max(a.seconds for a in answers), 3),
            replica=first.replica,
        )
        self._log.append(sample)
        self._progress(sample)
        return sample
