"""How many parameters a model has, and how many one token goes through."""

import math
from collections.abc import Mapping, Sequence

from harness.facts.blocks import all_layers, layer
from harness.facts.towers import tower_parameters
from harness.facts.unpublished import UnpublishedError, known
from harness.records.architecture import Architecture
from harness.records.base import Record

COUNTING = (
    "total: input table, layers, final norm and output head (once where they share one table) plus the towers "
    "whose size is known; biases that only balance the router's choice and multi-token-prediction layers are "
    "counted apart; active: total without towers and without the routed experts that a token does not go through, "
    "with the shared experts, the input table and the head"
)
"""The rule of `count`, in one sentence, for reports."""


class Parameters(Record):
    """Numbers of parameters, counted from an architecture."""

    total: int
    active: int
    """That one token goes through; the input table and the head count in full."""
    embedding: int
    """The input table."""
    output: int
    """The head; 0 where it is the input table."""
    routed_inactive: int
    """Of the routed experts that one token does not go through."""
    towers: int
    """Beside the language model, as far as known; in `total`, not in `active`."""
    router_corrections: int
    """Biases that balance the router's choice: stored, but in no other number here."""

    @property
    def active_without_input_embedding(self) -> int:
        """Active parameters but for the input table: the look-up of a row multiplies nothing."""
        return self.active - self.embedding

    @property
    def active_without_embeddings(self) -> int:
        """Active parameters but for the input table and the head."""
        return self.active - self.embedding - self.output

    @property
    def total_without_embeddings(self) -> int:
        """All parameters but for the input table and the head."""
        return self.total - self.embedding - self.output


def count(architecture: Architecture) -> Parameters:
    """Return the numbers of parameters by the rule COUNTING.

    Raises UnpublishedError where a size they need is missing.
    """
    hidden, vocabulary = known("", hidden_size=architecture.hidden_size, vocab_size=architecture.vocab_size)
    if architecture.tied_embeddings is None:
        raise UnpublishedError(["tied_embeddings"])
    layers = all_layers(architecture)
    embedding = vocabulary * hidden
    output = 0 if architecture.tied_embeddings else embedding
    language_model = embedding + layers.total + hidden + output
    towers = sum(tower_parameters(tower) or 0 for tower in architecture.towers)
    return Parameters(
        total=language_model + towers,
        active=language_model - layers.routed_inactive,
        embedding=embedding,
        output=output,
        routed_inactive=layers.routed_inactive,
        towers=towers,
        router_corrections=layers.corrections,
    )


def with_prediction_layers(architecture: Architecture) -> tuple[int, int]:
    """Return the least and the largest total with the multi-token-prediction layers in it.

    Where their size is not published each is taken as one more layer of the last make with a projection of two
    joined hidden states (DeepSeek-AI, 2024, section 2.2), without and with a table and head of its own: makers
    count either. Raises UnpublishedError where a size is missing.
    """
    total = count(architecture).total
    if architecture.mtp_parameters is not None:
        return total + architecture.mtp_parameters, total + architecture.mtp_parameters
    hidden, vocabulary = known("", hidden_size=architecture.hidden_size, vocab_size=architecture.vocab_size)
    one = layer(architecture, architecture.layers[-1]).total + 2 * hidden * hidden + 3 * hidden
    least = total + architecture.mtp_layers * one
    return least, least + architecture.mtp_layers * 2 * vocabulary * hidden


def parameters_total(shapes: Mapping[str, Sequence[int]]) -> int:
    """Return the number of parameters in a checkpoint, given each stored tensor's shape.

    Embeddings count once: a checkpoint stores tied input and output embeddings as one tensor.
    Raises ValueError for a checkpoint without tensors.
    """
    if not shapes:
        raise ValueError("the checkpoint holds no tensors")
    return sum(math.prod(shape) for shape in shapes.values())
