"""A small random twin of a model: the same architecture with few layers and small sizes."""

from typing import Any, Literal

from pydantic import Field

from harness.records.base import Id, Record
from harness.records.model import Arguments
from harness.records.probe import ProbeReport


class Chat(Record):
    """What a twin's chat template has in common with the model's own."""

    begins: bool = False
    """Whether the template writes the token that begins a text itself."""
    thinking: str = ""
    """What it writes for the assistant to go on from while thinking is on."""
    answering: str = ""
    """The same while it is off."""
    tags: tuple[str, str] | None = ("<think>", "</think>")
    """Around the twin's thoughts; the model's own need its own parser."""


class Vision(Record):
    """What a twin that takes images has beside its language model."""

    tokens: dict[str, str]
    """Special tokens by name; the tokenizer has them as attributes, config.json has `<name>_id`."""
    image: str
    """What the chat template writes for an image, before the engine makes room for it."""
    files: dict[str, dict[str, Any]]
    """The processor's own files: name and content."""


class Replica(Record):
    """How to make the twin of every model that names it (configs/replica/<id>.yaml)."""

    id: Id
    model_type: str
    """transformers' name of the configuration class."""
    config: dict[str, Any]
    """Sizes, and what else the class is made with; a class that takes images has text_config and vision_config."""
    stored: dict[str, Any] = Field(default_factory=dict)
    """Written to config.json beside it: what vLLM reads there and transformers' class does not write."""
    ones: list[str] = Field(default_factory=list)
    """Tensors of ones, of the hidden size, that vLLM asks for and transformers' class does not have."""
    renamed: dict[str, str] = Field(default_factory=dict)
    """Beginnings of tensor names that transformers' class writes, and what vLLM reads in their place."""
    vision: Vision | None = None
    """None for a twin that takes no images."""
    tokenizer: Literal["bytes", "harmony"] = "bytes"
    chat: Chat = Chat()
    args: Arguments | None = None
    """vLLM arguments in place of the model's own, where those need a fork; None keeps the model's own."""
    differs: list[str] = Field(default_factory=list)
    """What the twin cannot show of the model, in words."""


class ReplicaReport(Record):
    """How a model's twin was served on a machine without GPUs."""

    model: Id
    replica: Id
    engine: str
    """Distribution and version."""
    differs: list[str] = Field(default_factory=list)
    """What the twin cannot show of the model."""
    healthy_seconds: float | None = None
    """From the start of the server to its first sign of health; None when it had none."""
    probe: ProbeReport | None = None
    problem: str | None = None
    """What ended it, None when nothing did."""

    @property
    def served(self) -> bool:
        """Whether it answered, and nothing spoke against it."""
        return self.problem is None and self.probe is not None and not self.probe.failed

    @property
    def took_images(self) -> bool:
        """Whether it was shown images, and looked at them."""
        checks = self.probe.checks if self.probe is not None else []
        return any(check.name == "image" and check.outcome == "passed" for check in checks)
