"""Log-likelihood of a continuation, from the prompt log-probabilities of vLLM's completions endpoint."""

from typing import Any

from harness.evaluation.client import Client
from harness.records import Answer


async def loglikelihood_of(client: Client, model: str, context: str, continuation: str) -> Answer:
    """Return an answer whose `loglikelihood` is (sum of log-probabilities, is_greedy) of `continuation`.

    Tokens are split as lm-eval splits them: context and continuation are tokenised as one text, and the
    continuation owns the tokens beyond the number that the context alone has. An empty context leaves the
    first token unscored, since nothing precedes it.
    """
    prefix = await client.count_tokens(model, context) if context else 1
    body: dict[str, Any] = {
        "model": model,
        "prompt": context + continuation,
        "max_tokens": 1,
        "temperature": 0.0,
        "prompt_logprobs": 0,
    }
    answer = await client.send("completions", body)
    if answer.error is not None:
        return answer
    tokens = answer.prompt_logprobs[prefix:] if answer.prompt_logprobs else []
    if not tokens:
        return answer.model_copy(update={"error": "the server gave no prompt log-probabilities"})
    total = sum(logprob for logprob, _ in tokens)
    greedy = all(rank == 1 for _, rank in tokens)
    return answer.model_copy(
        update={
            "loglikelihood": (total, greedy),
            "text": "",
            "prompt_logprobs": None,
            "finish_reason": "stop",
        }
    )
