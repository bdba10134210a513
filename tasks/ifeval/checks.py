"""Check an answer with lm-eval's checkers of IFEval."""

from typing import Any

from langdetect import DetectorFactory
from lm_eval.tasks.ifeval import utils


def process_results(doc: dict[str, Any], results: list[str]) -> dict[str, Any]:
    """Return the four rates of one answer; those over instructions as a list with one value each."""
    DetectorFactory.seed = 0
    found: dict[str, Any] = utils.process_results(doc, results)
    return found
