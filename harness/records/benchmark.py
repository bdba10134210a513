"""A benchmark: its items, where they come from, and what scores them."""

from typing import Any, Literal

from pydantic import Field, field_validator

from harness.records.base import Id, Record
from harness.records.claim import Says
from harness.records.origin import Origin, PackageOrigin

Need = Literal["judge", "user_simulator", "images", "audio", "code", "search"]


class Score(Record):
    """The headline metric of a benchmark and its scale; metrics are named as lm-eval names them."""

    metric: str
    """With its filter where the task has several: `exact_match,strict-match`."""
    lenient: str | None = None
    """The same metric under the lenient extractor; None where there is one way to read an answer."""
    range: tuple[float, float] = (0.0, 1.0)
    higher_is_better: bool = True
    chance: float | None = None
    binary: bool = False
    """Every item is right or wrong, so that a single run's mean is a whole number of items."""
    several_rates: bool = False
    """Several rates go by this name (over prompts, over instructions): a source has to say which."""


class Resource(Record):
    """What scoring needs besides the items, found by an environment variable."""

    origin: PackageOrigin
    env: str


class Benchmark(Record):
    """One benchmark; other spellings of its name are aliases that resolve to this id."""

    id: Id
    names: list[str]
    korean: str | None = None
    """The name in Korean, where it has one of its own."""
    capability: list[str]
    items: int | None
    access: Literal["public", "gated", "closed"]
    data: list[Origin] = Field(default_factory=list)
    """Where the items are: the first that is at hand is used. A single origin may stand without its list."""
    fewshot: list[Origin] = Field(default_factory=list)
    """Items for worked examples, never those that are evaluated."""
    hub_task: str | None = None
    """Id of its task in the `eval.yaml` of its repository on the hub; None where that file was not read."""
    task: str | None = None
    """Name of the lm-eval task that runs it, ours in tasks/ or lm-eval's own."""
    needs: list[Need] = Field(default_factory=list)
    resources: list[Resource] = Field(default_factory=list)
    packages: list[str] = Field(default_factory=list)
    """Python packages that score it; their versions belong to a run's identity."""
    score: Score
    metrics: dict[str, str] = Field(default_factory=dict)
    """Names of metrics as sources print them -> names as the task reports them."""
    licence: str
    parts: list[Id] = Field(default_factory=list)
    """Benchmarks that this one is the mean of."""
    versions: list[Id] = Field(default_factory=list)
    """Other item sets that go by the same name; a source that does not say may mean any of them."""
    note: str | None = None
    """What a reader of its numbers should know."""
    redistribution: Literal["free", "verbatim_only", "non_commercial", "internal_only"]

    @property
    def called(self) -> Says:
        """The name in both languages."""
        return Says(en=self.names[0], ko=self.korean or self.names[0])

    @field_validator("data", "fewshot", mode="before")
    @classmethod
    def _as_list(cls, value: Any) -> Any:
        return [value] if isinstance(value, dict) else value
