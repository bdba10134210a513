"""Take the answer out of a text: in the form that the prompt asks for (strict), or in any usual one (lenient)."""

INVALID = "[invalid]"
"""What stands for no answer, as in lm-eval's own filters."""

__all__ = ["INVALID"]
