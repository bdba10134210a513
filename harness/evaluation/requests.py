"""What is really sent for one item and repeat: decided by the protocol, never by the task file."""

import hashlib
import json
from typing import Any, Literal

from pydantic import Field

from harness.errors import HarnessError
from harness.records import Decoding, Record
from harness.records.model import Switch


class RequestPlan(Record):
    """Everything besides the prompt that goes into a request."""

    model: str
    endpoint: Literal["chat", "completions"]
    decoding: Decoding
    system: str | None = None
    """System prompt; for the chat endpoint only."""
    thinking: Switch = Field(default_factory=dict)
    """Fields that switch thinking; for the chat endpoint only."""
    max_tokens: int
    stop: list[str]
    base_seed: int
    fields: dict[str, str | None] = Field(default_factory=dict)
    """Fields that a hosted service calls by another name, or does not take (None)."""

    @property
    def path(self) -> str:
        """Path of the endpoint below /v1/."""
        return "chat/completions" if self.endpoint == "chat" else "completions"

    def body(self, prompt: str) -> dict[str, Any]:
        """Return the request body for `prompt`, without the seed, which differs from repeat to repeat.

        For the chat endpoint `prompt` is the JSON text of the messages, as the bridge hands it to tasks.
        """
        text: dict[str, Any] = {"messages": json.loads(prompt)} if self.endpoint == "chat" else {"prompt": prompt}
        stop = {"stop": self.stop} if self.stop else {}
        decoding = self.decoding.model_dump(exclude_none=True)
        thinking = self.thinking if self.endpoint == "chat" else {}
        body = {"model": self.model, **text, "max_tokens": self.max_tokens, **decoding, **thinking, **stop}
        return self._named(body)

    def seeded(self, body: dict[str, Any], item: str, repeat: int) -> dict[str, Any]:
        """Return `body` with the seed of one (item, repeat)."""
        return body | self._named({"seed": self.seed(item, repeat)})

    def _named(self, body: dict[str, Any]) -> dict[str, Any]:
        """Return the fields under the names that the service takes, without those that it does not."""
        names = {name: self.fields.get(name, name) for name in body}
        return {theirs: body[ours] for ours, theirs in names.items() if theirs is not None}

    def seed(self, item: str, repeat: int) -> int:
        """Return the seed of one (item, repeat): the same on every machine and after every restart."""
        found = hashlib.sha256(f"{self.base_seed}/{item}/{repeat}".encode()).digest()
        return int.from_bytes(found[:4], "big") >> 1


def as_messages(chat_history: list[dict[str, str]], add_generation_prompt: bool = True) -> str:
    """Return the messages as JSON text: the server applies the model's own template to them.

    Raises HarnessError for a task that begins the assistant's answer itself, which a chat server would
    close and answer anew.
    """
    if not add_generation_prompt:
        raise HarnessError(
            expected="a task that leaves the whole answer to the model",
            found="a task with `gen_prefix`",
            fix="use protocol.endpoint=completions for this task",
        )
    return json.dumps(chat_history, ensure_ascii=False)
