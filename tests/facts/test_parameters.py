import pytest

from harness.facts.parameters import parameters_total


def test_the_elements_of_all_tensors_are_counted():
    assert parameters_total({"embed": [10, 4], "norm": [4], "scale": []}) == 45


def test_a_checkpoint_without_tensors_is_an_error():
    with pytest.raises(ValueError, match="no tensors"):
        parameters_total({})
