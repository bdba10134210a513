"""Are limits, seeds and probabilities what the request asks for?"""

import asyncio

from harness.evaluation.honesty.subject import Subject, failed, noted, passed
from harness.records import Answer, ProbeCheck

LENGTH = 16
DRIFT = 1.0
"""Nats by which company in the batch may move a token of the prompt; rounding moves it by hundredths."""
TEXT = "Seoul is the capital of Korea. Water boils at one hundred degrees. 물은 백 도에서 끓는다."
STORY = "Write one sentence about a random animal, a random colour and a random number."


async def own_request(subject: Subject) -> ProbeCheck:
    """The server takes the run's own request, with every field."""
    fields = sorted(set(subject.body("x")) - {"messages", "prompt", "model"})
    answer = await subject.ask("What is 2 + 3?", max_tokens=1, seed=1)
    return passed("own request", f"{', '.join(fields)}: taken, {answer.completion_tokens} token(s)")


async def limits(subject: Subject) -> ProbeCheck:
    """An answer is cut at max_tokens and says so; one that ends by itself says that."""
    name = "max_tokens and finish_reason"
    cut = await subject.ask(STORY, max_tokens=LENGTH, ignore_eos=True, stop=[])
    if cut.finish_reason != "length" or cut.completion_tokens != LENGTH:
        found = f"limit {LENGTH}: {cut.completion_tokens} tokens, finish_reason {cut.finish_reason}"
        return failed(name, found, "a server that honours max_tokens; no proxy between")
    whole = await subject.say("42")
    if whole.finish_reason != "stop":
        return failed(
            name, f"a whole answer ends with {whole.finish_reason}", "serve the checkpoint's own tokenizer"
        )
    return passed(name, f"cut at {LENGTH} of {LENGTH} tokens: length; a whole answer: stop")


async def seeds(subject: Subject) -> ProbeCheck:
    """Other seeds give other answers, so that repeats are repeats; what the same seed gives is said."""
    name = "seed"
    if subject.plan.decoding.temperature == 0:
        return noted(name, "temperature 0 draws nothing")
    first, again, *others = await asyncio.gather(
        *[
            subject.ask(STORY, max_tokens=LENGTH, ignore_eos=True, temperature=1.0, seed=seed, stop=[])
            for seed in (1, 1, 2, 3, 4)
        ]
    )
    if all(_said(other) == _said(first) for other in others):
        return failed(
            name, "four seeds gave one and the same answer", "a server that honours `seed`; no cache between"
        )
    same = "the same answer" if _said(first) == _said(again) else "another answer (kernels that do not repeat)"
    return passed(name, f"other seeds, other answers; the same seed, {same}")


async def company(subject: Subject) -> ProbeCheck:
    """A text is as likely in a full batch as alone, up to rounding."""
    name, others = "log-probabilities in a batch", max(1, min(subject.concurrency, 8) - 1)
    alone = await _prompt(subject, TEXT)
    batch = await asyncio.gather(
        _prompt(subject, TEXT),
        *[_prompt(subject, f"{number} {STORY * number}") for number in range(1, others + 1)],
    )
    pairs = zip(alone, batch[0], strict=True)
    drift = max(abs(first - second) for (first, _), (second, _) in pairs)
    found = f"{drift:.4f} at most over {len(alone)} tokens, alone and among {others + 1}"
    if drift > DRIFT:
        return failed(name, found, "VLLM_BATCH_INVARIANT=1, or another --attention-backend")
    return passed(name, found)


async def twice(subject: Subject) -> ProbeCheck:
    """Whether the same request, drawing nothing, gives the same answer twice."""
    first, second = [
        await subject.ask(STORY, temperature=0.0, max_tokens=2 * LENGTH, ignore_eos=True, stop=[])
        for _ in range(2)
    ]
    same = "the same" if _said(first) == _said(second) else "not the same"
    return noted("same request twice", f"{same} over {2 * LENGTH} tokens at temperature 0")


async def _prompt(subject: Subject, text: str) -> list[tuple[float, int]]:
    body = {"model": subject.plan.model, "prompt": text, "max_tokens": 1, "temperature": 0.0, "prompt_logprobs": 0}
    return (await subject.send("completions", body)).prompt_logprobs or []


def _said(answer: Answer) -> tuple[str | None, str]:
    return answer.reasoning, answer.text
