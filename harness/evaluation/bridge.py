"""The model class that lm-eval's tasks talk to: a served model, with a journal."""

import asyncio
from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
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


@dataclass
class Unit:
    """One item in one repeat: all of its instances, answered and scored together."""

    repeat: int
    instances: list[Instance] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)


@register_model("k-ai-claims")
class ServedModel(LM):  # type: ignore[misc]
    """A model behind OpenAI-compatible servers.

    Give every instance as often as it is to be repeated, as lm-eval's evaluator does: the k-th copy is
    repeat k, with a seed of its own. Instances of several tasks may be mixed, so that the end of one does
    not leave the server idle. What a task's journal holds already is not asked again.
    """

    def __init__(self, servers: Servers, journals: Mapping[str, Journal]) -> None:
        """`journals` holds one per task name."""
        super().__init__()
        self._servers, self._journals = servers, journals

    @property
    def tokenizer_name(self) -> str:
        """Names the chat format in lm-eval's own caches, which stay off."""
        return "served"

    def apply_chat_template(self, chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
        """Return the messages as JSON text, see `requests.as_messages`."""
        return as_messages(chat_history, add_generation_prompt)

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """Return one text per request, in order; logged answers are taken from the journal."""
        texts: list[str] = [""] * len(requests)
        for unit, sample in self._answered(requests):
            texts[unit.positions[0]] = sample.text
        return texts

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        """Return (log-likelihood, is_greedy) per request; all choices of an item stand in one sample."""
        endpoints = {self._journal(request).plan.endpoint for request in requests}
        if endpoints - {"completions"}:
            raise HarnessError(
                expected="protocol.endpoint=completions for log-likelihood tasks",
                found="protocol.endpoint=chat",
                fix="add protocol.endpoint=completions to the command",
            )
        values: list[tuple[float, bool]] = [(0.0, False)] * len(requests)
        for unit, sample in self._answered(requests):
            found = sample.answers.get("loglikelihood") or [(float("-inf"), False)] * len(unit.positions)
            for position, (value, greedy) in zip(unit.positions, found, strict=True):
                values[position] = (float(value), bool(greedy))
        return values

    def loglikelihood_rolling(self, requests: list[Instance], disable_tqdm: bool = False) -> list[float]:
        """Refuse: no benchmark that a claim names is scored by perplexity."""
        raise HarnessError(
            expected="a task of type generate_until, multiple_choice or loglikelihood",
            found="a perplexity task (loglikelihood_rolling)",
            fix="choose another task; no published claim in the ledger rests on perplexity",
        )

    def _answered(self, requests: Sequence[Instance]) -> Iterable[tuple[Unit, Sample]]:
        known: list[tuple[Unit, Sample]] = []
        open_units: deque[Unit] = deque()
        for unit in _units(requests):
            first = unit.instances[0]
            sample = self._journal(first).recall(self._journal(first).item(first), unit.repeat)
            if sample is None:
                open_units.append(unit)
            else:
                known.append((unit, sample))
        if open_units:
            known += asyncio.run(self._ask_all(open_units))
        return known

    def _journal(self, instance: Instance) -> Journal:
        return self._journals[str(instance.task_name)]

    async def _ask_all(self, units: deque[Unit]) -> list[tuple[Unit, Sample]]:
        """Answer all units, until done or until no server is left."""
        async with Client.of(self._servers) as client:
            work = asyncio.create_task(self._work(client, units))
            care = asyncio.create_task(self._servers.tend(client.endpoints))
            try:
                await asyncio.wait({work, care}, return_when=asyncio.FIRST_COMPLETED)
                if care.done():
                    care.result()
                return await work
            finally:
                for task in (work, care):
                    task.cancel()
                await asyncio.gather(work, care, return_exceptions=True)

    async def _work(self, client: Client, units: deque[Unit]) -> list[tuple[Unit, Sample]]:
        """Let workers take units; scoring runs in one thread beside them (its libraries share state)."""
        results: list[tuple[Unit, Sample]] = []
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="scoring") as scoring:

            async def worker() -> None:
                while units:
                    unit = units.popleft()
                    body, answers = await self._ask(client, unit)
                    # Waiting here keeps what a kill can lose to what is in flight.
                    record = self._journal(unit.instances[0]).record
                    sample = await loop.run_in_executor(
                        scoring, record, unit.instances, unit.repeat, body, answers
                    )
                    results.append((unit, sample))

            try:
                async with asyncio.TaskGroup() as group:
                    for _ in range(min(client.endpoints.concurrency, len(units))):
                        group.create_task(worker())
            except ExceptionGroup as errors:
                raise errors.exceptions[0] from errors
        return results

    async def _ask(self, client: Client, unit: Unit) -> tuple[dict[str, Any], list[Answer]]:
        first = unit.instances[0]
        journal = self._journal(first)
        plan = journal.plan
        if first.request_type == "generate_until":
            body = plan.body(first.args[0])
            seeded = plan.seeded(body, journal.item(first), unit.repeat)
            return body, [await client.send(plan.path, seeded)]
        body = {"model": plan.model, "prompts": [list(i.args) for i in unit.instances]}
        pairs = [i.args for i in unit.instances]
        answers = [loglikelihood_of(client, plan.model, context, text) for context, text in pairs]
        return body, list(await asyncio.gather(*answers))


def _units(requests: Sequence[Instance]) -> list[Unit]:
    """Return the units of a list of requests: copies of one instance are its repeats, in order."""
    copies: Counter[int] = Counter()
    units: dict[tuple[str | None, int | None, int], Unit] = {}
    for position, instance in enumerate(requests):
        repeat = copies[id(instance)]
        copies[id(instance)] += 1
        unit = units.setdefault((instance.task_name, instance.doc_id, repeat), Unit(repeat))
        unit.instances.append(instance)
        unit.positions.append(position)
    return list(units.values())
