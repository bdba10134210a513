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

    def check(self, body: dict[str, Any], item: str, repeat: int) -> None:
        """Raise HarnessError when a request that is about to be sent says anything else than the protocol does.

        Held against the settings one by one, not against how `body` puts them together: what is missing, null,
        changed, sent under two names, or more than was asked for, and messages that are no conversation.
        """
        left = dict(body)
        found = _wrong_conversation(left.pop("messages", None), self.system) if self.endpoint == "chat" else ""
        if self.endpoint == "completions" and not isinstance(left.pop("prompt", None), str):
            found = "prompt is no text"
        problems = [found] if found else []
        for ours, value in [*self._settings, ("seed", self.seed(item, repeat))]:
            name = self.fields.get(ours, ours)
            if name is None:
                continue
            sent = left.pop(name, None)
            if json.dumps(sent) != json.dumps(value):
                problems.append(f"{name} is {json.dumps(sent)}, not {json.dumps(value)}")
        problems += [f"{name} is {json.dumps(sent)}, of which nothing is said" for name, sent in left.items()]
        if problems:
            raise HarnessError(
                expected="a request that says what the protocol says",
                found="; ".join(problems)[:500],
                where=f"{item}, repeat {repeat}",
                fix="mend the model's thinking switch, its hosted.fields or the task; nothing was sent",
            )

    @property
    def left_out(self) -> list[str]:
        """Settings of the protocol that the service does not take, so that its own apply.

        The seed is none of them: it chooses among answers, and changes nothing about how likely they are.
        """
        return [ours for ours, _ in self._settings if self.fields.get(ours, ours) is None]

    @property
    def _settings(self) -> list[tuple[str, Any]]:
        """Every field that is the same in all requests, by our names; a name that stands twice is a mistake."""
        thinking = self.thinking if self.endpoint == "chat" else {}
        return [
            ("model", self.model),
            ("max_tokens", self.max_tokens),
            *self.decoding.model_dump(exclude_none=True).items(),
            *thinking.items(),
            *([("stop", self.stop)] if self.stop else []),
        ]

    def seed(self, item: str, repeat: int) -> int:
        """Return the seed of one (item, repeat): the same on every machine and after every restart."""
        found = hashlib.sha256(f"{self.base_seed}/{item}/{repeat}".encode()).digest()
        return int.from_bytes(found[:4], "big") >> 1


def _wrong_conversation(messages: Any, system: str | None) -> str:
    """Return what is wrong with the messages of a request; nothing when they are a conversation to be answered."""
    if not isinstance(messages, list) or not messages:
        return "no messages"
    roles = [message.get("role") for message in messages]
    turns = roles[1:] if roles[0] == "system" else roles
    if turns != ["user", "assistant"] * (len(turns) // 2) + ["user"]:
        return f"messages of {', '.join(map(str, roles))}"
    if any(set(message) != {"role", "content"} or not isinstance(message["content"], str) for message in messages):
        return "a message with more, or less, than a role and a text"
    if system is not None and (roles[0] != "system" or not messages[0]["content"].startswith(system)):
        return "the system prompt is missing"
    return ""


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
