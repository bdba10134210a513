"""Which items to take when not all are taken, and how often to repeat each."""


def evenly_spaced(total: int, count: int | None) -> list[int]:
    """Return `count` indices evenly spaced over range(total), ascending; all of them when count is None.

    Item sets are often sorted by topic or difficulty, so the first `count` would not stand for the whole.
    Raises ValueError when more items are asked for than there are.
    """
    if count is None or count == total:
        return list(range(total))
    if not 0 < count < total:
        raise ValueError(f"cannot take {count} of {total} items")
    return [position * total // count for position in range(count)]


def floor_repeats(items: int) -> int:
    """Return the number of repeats that a set of `items` needs; never one, greedy decoding included.

    Batching makes even greedy decoding vary from run to run, and small sets need more repeats for the
    same error: fewer than 100 items 32, 300 16, 1,000 8, 5,000 4, else 2.
    """
    for limit, repeats in ((100, 32), (300, 16), (1_000, 8), (5_000, 4)):
        if items < limit:
            return repeats
    return 2
