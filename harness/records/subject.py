"""What a claim can be about, besides the models that have a config."""

from typing import Literal

from pydantic import Field

from harness.records.base import Id, Record
from harness.records.claim import Says


class Subject(Record):
    """A model without a config, one variant of a model, a family, a team or the programme."""

    id: Id
    name: str
    korean: str | None = None
    """The name in Korean, where it has one of its own."""
    kind: Literal["model", "variant", "family", "team", "programme"] = "model"
    weights: Literal["open", "closed", "unknown"] = "unknown"
    of: Id | None = None
    """The model that this is a variant of, such as one reasoning effort."""
    stands_for: list[Id] = Field(default_factory=list)
    """What the name may mean, where a source uses it loosely."""
    names: list[str] = Field(default_factory=list)
    """Other spellings that resolve to this id."""

    @property
    def called(self) -> Says:
        """The name in both languages."""
        return Says(en=self.name, ko=self.korean or self.name)
