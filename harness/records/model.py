"""A model: which weights, how they are served, how its maker says to sample from it."""

from typing import Literal, Self

from pydantic import Field, model_validator

from harness.records.architecture import Architecture
from harness.records.base import Id, Record
from harness.records.claim import Says
from harness.records.origin import Origin
from harness.records.protocol import Decoding

Argument = str | int | float | bool | list[str]
Arguments = dict[str, Argument]
"""Command-line arguments without their leading dashes."""
MultiNode = Literal["native", "ray"]
"""How one server spans several nodes: vLLM's own multi-node mode, or its Ray backend."""


Switch = dict[str, str | int | bool | dict[str, str | int | bool]]
"""Fields of a request that switch thinking."""


class Licence(Record):
    """Terms of the weights and what they allow a measurer to do."""

    id: str
    url: str | None = None
    allows: str


class Deviation(Record):
    """A known difference from what was claimed about; caps verdicts on scores at `undecided`."""

    field: str
    value: str
    says: Says


class Weights(Record):
    """Where the weights come from and the form in which they come."""

    origin: Origin
    format: Literal["checkpoint", "gguf"] = "checkpoint"
    deviation: Deviation | None = None


class Thinking(Record):
    """How a model's reasoning is switched and capped."""

    default: Literal["on", "off", "always", "unstated"]
    """What happens when nothing is said; `always` cannot be switched off."""
    on: dict[str, str | int | bool] | None = None
    """Arguments that switch it on; None where the source names none."""
    off: dict[str, str | int | bool] | None = None
    sent_as: Literal["chat_template_kwargs", "request"] = "chat_template_kwargs"
    """Where `on` and `off` go: to the chat template, or into the request itself."""
    budget: str | None = None
    """How thinking tokens can be capped, in words."""
    tags: tuple[str, str] | None = ("<think>", "</think>")
    """Around a trace of thoughts; None where the engine tells thoughts by their tokens (harmony)."""
    source: str

    def switch(self, wanted: Literal["default", "on", "off"]) -> Switch:
        """Return the fields of a request that say the switch; the model's default is said too, where it has words.

        Parsers of several servers look for the switch in the request and know no default: a trace would reach
        the answer (deepseek_v3 of vLLM 0.32). Raises ValueError when the model has no such switch.
        """
        named = {"on": self.on, "off": self.off, "unstated": None, "always": self.on}
        found = named[self.default if wanted == "default" else wanted]
        if wanted != "default" and found is None and not (wanted == "on" and self.default in {"on", "always"}):
            raise ValueError(f"thinking cannot be switched {wanted}: the model's config names no way")
        if not found:
            return {}
        return {"chat_template_kwargs": found} if self.sent_as == "chat_template_kwargs" else {**found}

    def happens(self, wanted: Literal["default", "on", "off"]) -> bool:
        """Return whether the model thinks when its thinking is switched so; an unstated default counts as yes."""
        return wanted == "on" or (wanted == "default" and self.default != "off")


class Requirement(Record):
    """What the engine needs for this model beyond a plain installation."""

    vllm: str | None = None
    """Versions of upstream vLLM that hold the architecture, such as `>=0.14.0`; None where none does."""
    install: str | None = None
    """Command that installs the fork or the plugin that is needed instead."""
    parsers: list[str] = Field(default_factory=list)
    """Names of parsers that come with the fork or plugin and not with upstream."""
    source: str


class Prices(Record):
    """What a hosted model costs, in dollars per million tokens."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)
    """Reasoning counts as output."""
    source: str


class Hosted(Record):
    """A model that is served by its maker only."""

    url: str
    """Base address of an OpenAI-compatible endpoint, with its version path."""
    model: str
    """Its name there."""
    key: str
    """Environment variable that holds the key."""
    requests_per_minute: int | None = Field(default=None, gt=0)
    """What the account allows; None where nobody said: the service's own answers slow us down then."""
    tokens_per_minute: int | None = Field(default=None, gt=0)
    prices: Prices | None = None
    """None where they were not entered: the model cannot be asked then."""
    fields: dict[str, str | None] = Field(default_factory=dict)
    """Fields of a request that the service calls by another name, or does not take (null: left out)."""
    answer_seconds: float = Field(default=3600.0, gt=0)
    """Longest time for one answer; a service shows no progress by which a hanging one could be told."""

    @model_validator(mode="after")
    def _bounds_its_answers(self) -> Self:
        if self.fields.get("max_tokens", "") is None:
            raise ValueError("`max_tokens` must be sent, under whatever name: it bounds what an answer costs")
        return self


class Shown(Record):
    """A serving set-up that a source states."""

    gpu: str
    """A GPU of `harness.facts.memory.GPUS`."""
    nodes: int = Field(default=1, gt=0)
    gpus_per_node: int = Field(gt=0)
    context: int | None = None
    source: str


class Model(Record):
    """One model, one Hydra config (configs/model/<id>.yaml)."""

    id: Id
    name: str
    developer: str
    of: Id | None = None
    """The model that this is a variant of: another effort, another precision."""
    released: str
    """Hub id of the weights the published claims are about."""
    licence: Licence
    weights: Weights | None = None
    hosted: Hosted | None = None
    """Where the weights are closed; a model has either of the two."""
    precision: Literal["bfloat16", "float16", "float32", "auto"] = "bfloat16"
    context: int = Field(gt=0)
    """Longest prompt plus answer the server is started for, in tokens."""
    args: Arguments = Field(default_factory=dict)
    """vLLM arguments of this model, without the leading dashes; true is a bare flag, a list several values."""
    multi_node: MultiNode = "native"
    """How a server of it spans several nodes."""
    sampling: Decoding | None = None
    """Recommended by its maker; None where the maker recommends none."""
    sampling_source: str
    thinking: Thinking | None = None
    """None for a model that does not reason before it answers."""
    requires: Requirement | None = None
    shown: list[Shown] = Field(default_factory=list)
    """Set-ups in which sources say that it runs."""
    compared_with: list[Id] = Field(default_factory=list)
    """Models that its maker's tables put beside it."""
    images: bool = False
    """Whether a message may hold an image."""
    trust_remote_code: bool = False
    replica: Id | None = None
    """How its small random twin is made (configs/replica/); None where none can be."""
    vision_replica: Id | None = None
    """A second twin that takes images, where the first is of the language model alone."""
    no_replica: str | None = None
    """Why none can be made, or served."""
    architecture: Architecture | None = None
    """Sizes for `harness facts`; None where they were not entered yet, or nobody knows them."""

    @property
    def replicas(self) -> list[Id]:
        """Its twins, the first first."""
        return [name for name in (self.replica, self.vision_replica) if name is not None]

    @model_validator(mode="after")
    def _has_weights_or_a_host(self) -> Self:
        if (self.weights is None) == (self.hosted is None):
            raise ValueError("a model has either `weights` or `hosted`")
        return self
