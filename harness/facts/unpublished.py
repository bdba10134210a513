"""Sizes that no source gives: naming them, and refusing to compute without them."""

from typing import Literal

from harness.records.architecture import Architecture

MaybeSize = int | Literal["unpublished"] | None

# In these fields None is a statement (no window, no low rank), not a gap.
STATED_AS_NONE = {"window", "q_lora_rank", "qk_norm", "indexer"}


class UnpublishedError(ValueError):
    """A number was asked for that needs sizes no source gives; `sizes` names them."""

    def __init__(self, sizes: list[str]) -> None:
        """Keep the names, such as `mixers.local.window`."""
        self.sizes = sizes
        super().__init__("not published: " + ", ".join(sizes))


def known(where: str, **sizes: MaybeSize) -> tuple[int, ...]:
    """Return the sizes in the order given; raise UnpublishedError naming all that are missing as `where.size`.

    An empty `where` stands for the architecture itself.
    """
    missing = [f"{where}.{name}".removeprefix(".") for name, size in sizes.items() if not isinstance(size, int)]
    if missing:
        raise UnpublishedError(missing)
    return tuple(size for size in sizes.values() if isinstance(size, int))


def missing_sizes(architecture: Architecture) -> list[str]:
    """Return the names of all sizes that the architecture leaves open, in the order of its fields."""
    top = ("hidden_size", "vocab_size", "tied_embeddings")
    names = [name for name in top if getattr(architecture, name) is None]
    parts = [(f"mixers.{name}", part) for name, part in architecture.mixers.items()]
    blocks = [(f"feed_forwards.{name}", part) for name, part in architecture.feed_forwards.items()]
    for where, part in [*parts, *blocks]:
        names += [f"{where}.{field}" for field, value in part if _is_open(field, value)]
    names += [
        f"towers.{t.kind}.parameters" for t in architecture.towers if t.parameters is None and t.sizes is None
    ]
    return names


def _is_open(field: str, value: object) -> bool:
    return value == "unpublished" or (value is None and field not in STATED_AS_NONE)
