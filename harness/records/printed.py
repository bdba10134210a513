"""Numbers as they are printed: the digits say how far rounding can have moved them."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

# Suffixes of English and Korean print: thousand to trillion; ten thousand, hundred million, trillion.
_SCALES = {"": 0, "K": 3, "M": 6, "B": 9, "T": 12, "만": 4, "억": 8, "조": 12}
_PRINTED = re.compile(r"([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s?([KMBT만억조]?)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?[KMBT만억조]?")


@dataclass(frozen=True)
class Printed:
    """A printed number."""

    number: float
    rounding: float
    """Half the weight of the last printed digit, in the unit of `number`."""
    decimals: int
    """Digits after the point, before any suffix."""

    @property
    def bounds(self) -> tuple[float, float]:
        """The values that rounding can have turned into this one."""
        return self.number - self.rounding, self.number + self.rounding


@lru_cache(maxsize=65536)
def parse(text: str) -> Printed:
    """Return the number that `text` prints, such as 67.3, 1,048, 135M, 1.52e24 or 5190억.

    Raises ValueError for anything else, also for not-a-number and infinities.
    """
    plain = text.strip()
    if "," in plain:
        if not _GROUPED.fullmatch(plain):
            raise ValueError(f"{text!r} is not a number as printed: commas part thousands, such as 1,048")
        plain = plain.replace(",", "")
    match = _PRINTED.fullmatch(plain)
    if match is None:
        raise ValueError(f"{text!r} is not a number as printed, such as 67.3, 135M or 5190억")
    digits, scale = Decimal(match[1]), Decimal(10) ** _SCALES[match[2]]
    exponent = int(digits.as_tuple().exponent)
    if abs(exponent) > 300 or digits.adjusted() > 290:
        raise ValueError(f"{text!r} is not a number as printed: it is too large or too small")
    rounding = Decimal(10) ** exponent * scale / 2
    return Printed(float(digits * scale), float(rounding), max(0, -exponent))
