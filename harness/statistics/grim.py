"""GRIM: a mean of right-or-wrong items can only be a whole number of items over their count.

Brown and Heathers (2017), "The GRIM test", Social Psychological and Personality Science 8(4): a mean of n whole
numbers is k/n. With K repeats of each item it is k/(n·K); the digits of a printed mean then say which K it needs.
"""

import math

from harness.records import Printed


def can_tell(printed: Printed, n: int, repeats: int = 1) -> bool:
    """Return whether the digits say anything: from n·K = 10^(decimals + 2) on, every percentage is possible."""
    return n * repeats < math.pow(10, printed.decimals + 2)


def is_possible(printed: Printed, n: int, repeats: int = 1) -> bool:
    """Return whether some whole number of right answers gives this percentage, under either rounding convention.

    A value that lies exactly half-way may have been rounded up or to the even digit: both ends count.
    """
    total = n * repeats
    exact = printed.number * total / 100
    reach = printed.rounding * total / 100 + 1e-9
    return 0 <= printed.number <= 100 and math.floor(exact + reach) >= math.ceil(exact - reach)


def implied_repeats(printed: Printed, n: int) -> int | None:
    """Return the least number of repeats that makes this percentage possible over n items.

    None where the digits can tell nothing even for a single run. Where no number of repeats below the limit
    does, the first one at the limit is returned: fewer are impossible. Raises ValueError for n < 1.
    """
    if n < 1:
        raise ValueError("a mean needs at least one item")
    if not can_tell(printed, n):
        return None
    repeats = 1
    while can_tell(printed, n, repeats) and not is_possible(printed, n, repeats):
        repeats += 1
    return repeats
