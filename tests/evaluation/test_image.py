"""The look at images, on a real server and on the same one behind somebody who meddles."""

import io

import pytest
from PIL import Image

from harness.config.settings import load_models, project
from harness.evaluation.honesty import image
from harness.serving import Engine
from harness.serving.replica import as_replica, cached_replica
from tests.evaluation.test_honesty import behind, look

QWEN = load_models(project().configs)["qwen3_vl_32b_thinking"]


def test_a_square_is_a_valid_image():
    read = Image.open(io.BytesIO(image.png(128, (255, 0, 16))))
    assert (read.format, read.mode, read.size) == ("PNG", "RGB", (128, 128))
    assert read.getcolors() == [(128 * 128, (255, 0, 16))]


def test_a_model_that_takes_no_images_is_shown_none(engine):
    assert look(engine.url, engine.model, image.image).outcome == "noted"


def test_a_server_that_refuses_an_image_is_found_out(engine):
    """A language model that its config says to take images."""
    found = look(engine.url, engine.model.model_copy(update={"images": True}), image.image)
    assert found.outcome == "failed"
    assert "refused" in found.found
    assert "model.images=false" in found.fix


def blind(path, body, answer, under_way):
    for message in body.get("messages", []):
        if isinstance(message["content"], list):
            message["content"] = [part for part in message["content"] if part["type"] == "text"]


def sees_red(path, body, answer, under_way):
    for message in body.get("messages", []):
        if isinstance(message["content"], list):
            message["content"][0] = image.square(image.RED)


@pytest.fixture(scope="module")
def qwen(settings, tmp_path_factory):
    folder = cached_replica(QWEN)
    with Engine(
        as_replica(QWEN, folder), settings.serving, folder, tmp_path_factory.mktemp("qwen") / "log"
    ) as server:
        server.wait_healthy()
        yield server


@pytest.mark.vision
@pytest.mark.parametrize(("meddle", "words"), [(blind, "take 0 tokens"), (sees_red, "another by 0.0000")])
def test_a_server_that_does_not_look_is_found_out(qwen, meddle, words):
    found = behind(qwen.url, qwen.model, image.image, meddle)
    assert found.outcome == "failed"
    assert words in found.found
    assert found.fix
