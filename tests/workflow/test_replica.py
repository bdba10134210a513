"""The real engine serves a small random twin of every architecture that the claims are about."""

import pytest

from harness.config.settings import load_models, project
from harness.workflow.display import Display
from harness.workflow.replica import serve_replica

MODELS = load_models(project().configs)


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
    """K-EXAONE's is served in tests/evaluation/test_honesty.py."""
    report = serve_replica(MODELS[name], Display(quiet=True))
    assert report.served, report.problem or report.probe.failed
    assert report.healthy_seconds > 0
