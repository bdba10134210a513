"""The real engine serves twins that take images, in the environment that `make test-vision` sets up."""

import pytest

from harness.config.settings import load_models, project
from harness.serving.replica import with_vision
from harness.workflow.display import Display
from harness.workflow.replica import serve_replica

pytestmark = pytest.mark.vision

MODELS = load_models(project().configs)


@pytest.mark.parametrize("name", ["hyperclova_x_seed_think_32b", "qwen3_vl_32b_thinking", "internvl3_5_38b"])
def test_a_twin_takes_an_image_answers_and_passes_the_probe(name):
    report = serve_replica(with_vision(MODELS[name]), Display(quiet=True))
    assert report.served, report.problem or report.probe.failed
    assert report.took_images
