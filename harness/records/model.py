"""A model: which weights, how they are served, how its maker says to sample from it."""

from typing import Literal

from pydantic import Field

from harness.records.architecture import Architecture
from harness.records.base import Id, Record
from harness.records.claim import Says
from harness.records.origin import Origin
from harness.records.protocol import Decoding


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


class Model(Record):
    """One model, one Hydra config (configs/model/<id>.yaml)."""

    id: Id
    name: str
    developer: str
    released: str
    """Hub id of the weights the published claims are about."""
    licence: Licence
    weights: Weights
    precision: Literal["bfloat16", "float16", "float32", "auto"] = "bfloat16"
    context: int = Field(gt=0)
    """Longest prompt plus answer the server is started for, in tokens."""
    args: dict[str, str | int | float | bool] = Field(default_factory=dict)
    """vLLM arguments of this model, without the leading dashes; true stands for a bare flag."""
    sampling: Decoding | None = None
    """Recommended by its maker; None where the maker recommends none."""
    sampling_source: str
    trust_remote_code: bool = False
    architecture: Architecture | None = None
    """Sizes for `harness facts`; None where they were not entered yet."""
