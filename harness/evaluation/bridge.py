"""The model class that lm-eval's tasks talk to: a served model, with a journal."""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from lm_eval.api.instance import Instance
from lm_eval.api.model import LM
from lm_eval.api.registry import register_model

from harness.errors import HarnessError
from harness.evaluation.client import Client
from harness.evaluation.journal import Journal
from harness.evaluation.loglikelihood import loglikelihood_of
from harness.evaluation.requests import as_messages
from harness.records import Answer, Sample
from harness.serving.servers import Servers


@dataclass(eq=False)
class Unit:
    """One item in one repeat: all of its instances, answered and scored together."""

    repeat: int
    instances: list[Instance] = field(default_factory=list)


@register_model("k-ai-claims")
class ServedModel(LM):  # type: ignore[misc]
    """A model behind OpenAI-compatible servers.

    lm-eval's evaluator gives every instance as often as it is to be repeated: the k-th copy is repeat k, with a
    seed of its own. What a task's journal holds already is not asked again.
    """

    def __init__(
        self, servers: Servers, journals: Mapping[str, Journal], draining: Callable[[], bool] = lambda: False
    ) -> None:
        """`journals` holds one per task name; once `draining`, nothing new is asked."""
        super().__init__()
        self._servers, self._journals, self._draining = servers, journals, draining

    @property
    def tokenizer_name(self) -> str:
        """Names the chat format in lm-eval's own caches, which stay off."""
        return "served"

    def apply_chat_template(self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        """Return the messages as JSON text, see `requests.as_messages`."""
        return as_messages(chat_history, add_generation_prompt)

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """Return one text per request, in order; logged answers are taken from the journal."""
        return [sample.text for sample, _ in self._answered(requests)]

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        """Return (log-likelihood, is_greedy) per request; all choices of an item stand in one sample."""
        values: list[tuple[float, bool]] = []
        for sample, position in self._answered(requests):
            found = sample.answers.get("loglikelihood")
            value, greedy = found[position] if found else (float("-inf"), False)
            values.append((float(value), bool(greedy)))
        return values

    def loglikelihood_rolling(self, requests: list[Instance], disable_tqdm: bool = False) -> list[float]:
        """Refuse: no benchmark that a claim names is scored by perplexity."""
        raise HarnessError(
            expected="a task of type generate_until, multiple_choice or loglikelihood",
            found="a perplexity task (loglikelihood_rolling)",
            fix="choose another task; no published claim in the ledger rests on perplexity",
        )

    def _answered(self, requests: Sequence[Instance]) -> Iterator[tuple[Sample, int]]:
        """Yield, per request, the sample that holds its answer and the place of the answer there."""
        places = _places(requests)
        self.answer(dict.fromkeys(unit for unit, _ in places))
        for unit, place in places:
            yield self._journal(unit).recall(unit.instances[0], unit.repeat), place

    def answer(self, units: Iterable[Unit]) -> None:
        """Answer what is still open of `units`; every answer is in its log before this returns.

        Units of several tasks may be mixed, so that the end of one does not leave the servers idle.
        Raises HarnessError when no server is left; what was answered until then is kept.
        """
        due = deque(unit for unit in units if not self._journal(unit).answered(unit.instances[0], unit.repeat))
        for kind, endpoint in {(u.instances[0].request_type, self._journal(u).plan.endpoint) for u in due}:
            if kind == "loglikelihood_rolling":
                self.loglikelihood_rolling([])
            if kind == "loglikelihood" and endpoint != "completions":
                raise HarnessError(
                    expected="protocol.endpoint=completions for log-likelihood tasks",
                    found=f"protocol.endpoint={endpoint}",
                    fix="add protocol.endpoint=completions to the command",
                )
        if due:
            asyncio.run(self._ask_all(due))

    def _journal(self, unit: Unit) -> Journal:
        return self._journals[str(unit.instances[0].task_name)]

    async def _ask_all(self, units: deque[Unit]) -> None:
        """Answer all units, until done or until no server is left."""
        async with Client.of(self._servers) as client:
            work = asyncio.create_task(self._work(client, units))
            care = asyncio.create_task(self._servers.tend(client.endpoints))
            try:
                await asyncio.wait({work, care}, return_when=asyncio.FIRST_COMPLETED)
                if care.done():
                    care.result()
                await work
            finally:
                for task in (work, care):
                    task.cancel()
                await asyncio.gather(work, care, return_exceptions=True)

    async def _work(self, client: Client, units: deque[Unit]) -> None:
        """Let workers take units; scoring runs in one thread beside them (its libraries share state).

        Nobody waits for scores before the next request, so that slow scoring leaves no server idle; what a kill
        can lose stays bounded: as many answers may wait for their scores as requests are in flight.
        """
        loop = asyncio.get_running_loop()
        waiting = asyncio.Semaphore(client.endpoints.most)
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="scoring") as scoring:

            async def record(unit: Unit, body: dict[str, Any], answers: list[Answer]) -> None:
                record = self._journal(unit).record
                try:
                    await loop.run_in_executor(scoring, record, unit.instances, unit.repeat, body, answers)
                finally:
                    waiting.release()

            async def worker() -> None:
                while units and not self._draining():
                    unit = units.popleft()
                    body, answers = await self._ask(client, unit)
                    await waiting.acquire()
                    group.create_task(record(unit, body, answers))

            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(client.endpoints.most, len(units))):
                        group.create_task(worker())
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from errors

    async def _ask(self, client: Client, unit: Unit) -> tuple[dict[str, Any], list[Answer]]:
        first, journal = unit.instances[0], self._journal(unit)
        plan = journal.plan
        if first.request_type == "generate_until":
            body = plan.body(first.args[0])
            seeded = plan.seeded(body, journal.item(first), unit.repeat)
            plan.check(seeded, journal.item(first), unit.repeat)
            return body, [await client.send(plan.path, seeded)]
        body = {"model": plan.model, "prompts": [list(i.args) for i in unit.instances]}
        pairs = [i.args for i in unit.instances]
        answers = [loglikelihood_of(client, plan.model, context, text) for context, text in pairs]
        return body, list(await asyncio.gather(*answers))


def _places(requests: Sequence[Instance]) -> list[tuple[Unit, int]]:
    """Return, per request, its unit and its place there: copies of one instance are its repeats, in order."""
    copies: Counter[int] = Counter()
    units: dict[tuple[str | None, int | None, int], Unit] = {}
    places: list[tuple[Unit, int]] = []
    for instance in requests:
        repeat = copies[id(instance)]
        copies[id(instance)] += 1
        unit = units.setdefault((instance.task_name, instance.doc_id, repeat), Unit(repeat))
        places.append((unit, len(unit.instances)))
        unit.instances.append(instance)
    return places
