"""The server under the probe, and how to make it say a given text."""

import json
from dataclasses import dataclass, field
from typing import Any

from harness.evaluation.client import Client
from harness.evaluation.requests import RequestPlan
from harness.records import Answer, Model, ProbeCheck
from harness.records.model import Switch

_LONGEST, _TAIL = 64, 32
_PREFERRED = 100.0
"""The largest bias that the API allows for a token."""


@dataclass(frozen=True)
class Subject:
    """One server, the model it is to be, and what the run is going to send there."""

    client: Client
    model: Model
    plan: RequestPlan
    stop: list[str] = field(default_factory=list)
    """Stop strings of all tasks of the run."""
    tokenizer: Any = None
    """The checkpoint's own, read here and not by the server; None where the weights are not at hand."""
    concurrency: int = 1

    def body(self, text: str, **changes: Any) -> dict[str, Any]:
        """Return the run's own request for a user who says `text`, with `changes` to its fields."""
        prompt = json.dumps([{"role": "user", "content": text}]) if self.plan.endpoint == "chat" else text
        return self.plan.body(prompt) | changes

    async def ask(self, text: str, **changes: Any) -> Answer:
        """Return the answer to such a request; raises ValueError when the server refuses it."""
        return await self.send(self.plan.path, self.body(text, **changes))

    async def send(self, path: str, body: dict[str, Any]) -> Answer:
        """Return the answer to `body`; raises ValueError when the server refuses it."""
        answer = await self.client.send(path, body)
        if answer.error is not None:
            raise ValueError(answer.error)
        return answer

    async def tokens(self, **prompt: Any) -> list[int]:
        """Return the tokens that the server makes of `messages=` or `prompt=`, as its chat endpoint would."""
        found = await self.client.post("/tokenize", {"model": self.plan.model, **prompt})
        return [int(token) for token in found["tokens"]]

    async def prompt(self, messages: list[dict[str, str]], switch: Switch) -> list[int]:
        """Return the tokens that the server's chat template makes of `messages` under a switch of thinking."""
        return await self.tokens(messages=messages, chat_template_kwargs=switch.get("chat_template_kwargs", {}))

    async def prompt_end(self, messages: list[dict[str, str]]) -> str:
        """Return the last words of the prompt that the server makes of `messages` in this run."""
        tokens = await self.prompt(messages, self.plan.thinking)
        found = await self.client.post("/detokenize", {"model": self.plan.model, "tokens": tokens[-_TAIL:]})
        return str(found["prompt"])

    async def say(self, text: str, **changes: Any) -> Answer:
        """Return what the server makes of an answer that is exactly `text`, whatever the model would have said.

        The grammar of a structured output leaves the model no choice; tags that are tokens of their own are
        preferred to their letters, since some parsers look for the token.
        """
        bias: dict[str, float] = {}
        for tag in (self.model.thinking.tags if self.model.thinking is not None else None) or ():
            bias |= {str(token): _PREFERRED for token in await self.tokens(prompt=tag, add_special_tokens=False)}
        forced = {"structured_outputs": {"choice": [text]}, **({"logit_bias": bias} if bias else {})}
        fields = {"temperature": 0.0, "max_tokens": _LONGEST, "stop": [], **forced, **changes}
        return await self.ask("Say something.", **fields)


def passed(name: str, found: str) -> ProbeCheck:
    """Return a check that the server passed."""
    return ProbeCheck(name=name, outcome="passed", found=found)


def failed(name: str, found: str, fix: str) -> ProbeCheck:
    """Return a check that the server failed, with the flag or override that mends it."""
    return ProbeCheck(name=name, outcome="failed", found=found, fix=fix)


def noted(name: str, found: str) -> ProbeCheck:
    """Return what does not apply here, or a figure without a bar."""
    return ProbeCheck(name=name, outcome="noted", found=found)
