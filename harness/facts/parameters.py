"""How many parameters a model has."""

import math
from collections.abc import Mapping, Sequence


def parameters_total(shapes: Mapping[str, Sequence[int]]) -> int:
    """Return the number of parameters in a checkpoint, given each stored tensor's shape.

    Embeddings count once: a checkpoint stores tied input and output embeddings as one tensor.
    Raises ValueError for a checkpoint without tensors.
    """
    if not shapes:
        raise ValueError("the checkpoint holds no tensors")
    return sum(math.prod(shape) for shape in shapes.values())
