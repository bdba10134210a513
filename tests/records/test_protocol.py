import pytest
from pydantic import ValidationError

from harness.records import Protocol

BASE = {"id": "maker/some_model", "max_tokens": 1000, "unstated": ["repeats"]}


def test_settings_of_one_benchmark_replace_the_general_ones():
    protocol = Protocol(**BASE, benchmarks={"kobalt": {"sampling": {"temperature": 0}, "repeats": 5}})
    assert protocol.on("kobalt").repeats == 5
    assert protocol.on("kobalt").sampling.temperature == 0
    assert protocol.on("kobalt").max_tokens == 1000
    assert protocol.on("kmmlu").repeats is None


@pytest.mark.parametrize(
    "changes", [{"max_tokens": -1}, {"max_token": 5}, {"id": "other"}, {"benchmarks": {}}, {"extractor": "both"}]
)
def test_settings_of_one_benchmark_that_do_not_fit_are_refused(changes):
    with pytest.raises(ValidationError):
        Protocol(**BASE, benchmarks={"kobalt": changes})
