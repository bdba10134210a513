"""The real engine serves a small random twin of every architecture that the claims are about."""

import pytest

from harness.config.settings import load_models, project
from harness.errors import HarnessError
from harness.workflow.display import Display
from harness.workflow.replica import serve_replica

MODELS = load_models(project().configs)


def test_a_twin_that_takes_images_is_not_served_without_what_the_engine_needs_for_them():
    with pytest.raises(HarnessError) as error:
        serve_replica(MODELS["qwen3_vl_32b_thinking"], Display(quiet=True))
    assert "torchvision" in error.value.expected
    assert "make test-vision" in error.value.fix
    assert ".venv-vision" in error.value.fix


@pytest.mark.parametrize(
    "name",
    [
        "a_x_k1",
        "solar_open_100b",
        "hyperclova_x_seed_think_32b",
        "deepseek_v3_1",
        "gpt_oss_20b",
        "qwen3_235b_a22b_thinking_2507",
    ],
)
def test_a_twin_is_served_and_passes_the_probe(name):
    """K-EXAONE's is served in tests/evaluation/test_honesty.py, those with images in test_vision_replica.py."""
    report = serve_replica(MODELS[name], Display(quiet=True))
    assert report.served, report.problem or report.probe.failed
    assert report.healthy_seconds > 0
