import pytest

from harness.facts.unpublished import UnpublishedError, known, missing_sizes
from tests.facts.models import ARCHITECTURES


def test_known_sizes_come_back_in_order():
    assert known("mixer", heads=4, head_dim=2) == (4, 2)


def test_all_missing_sizes_are_named_at_once():
    with pytest.raises(UnpublishedError) as caught:
        known("mixers.local", heads=None, head_dim=2, window="unpublished")
    assert caught.value.sizes == ["mixers.local.heads", "mixers.local.window"]


def test_every_gap_of_a_config_is_named():
    assert "mixers.local.window" in missing_sizes(ARCHITECTURES["vaetki_100b"])
    assert "hidden_size" in missing_sizes(ARCHITECTURES["hyperclova_x_seed_omni_8b"])


def test_no_window_and_no_low_rank_are_no_gaps():
    assert missing_sizes(ARCHITECTURES["a_x_k1"]) == []
    assert missing_sizes(ARCHITECTURES["qwen3_32b"]) == []
