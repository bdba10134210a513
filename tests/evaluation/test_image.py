"""The look at images on servers that do not look; one that does is in tests/workflow/test_vision_replica.py."""

import pytest

from harness.evaluation.honesty import image
from tests.evaluation.test_honesty import behind, look


@pytest.fixture
def said_to_see(engine):
    """A language model whose config says that it takes images."""
    return engine.model.model_copy(update={"images": True})


def test_a_model_that_takes_no_images_is_shown_none(engine):
    assert look(engine.url, engine.model, image.image).outcome == "noted"


def test_a_server_that_refuses_an_image_is_found_out(engine, said_to_see):
    found = look(engine.url, said_to_see, image.image)
    assert found.outcome == "failed"
    assert "refused" in found.found
    assert "model.images=false" in found.fix


def leaves_images_out(path, body, answer, under_way):
    for message in body.get("messages", []):
        if isinstance(message["content"], list):
            message["content"] = message["content"][1:]


def writes_a_word_for_images(path, body, answer, under_way):
    for message in body.get("messages", []):
        if isinstance(message["content"], list):
            message["content"][0] = {"type": "text", "text": "<image>"}


@pytest.mark.parametrize(
    ("meddle", "words"), [(leaves_images_out, "take 0 tokens"), (writes_a_word_for_images, "another by 0.0000")]
)
def test_a_server_that_does_not_look_is_found_out(engine, said_to_see, meddle, words):
    found = behind(engine.url, said_to_see, image.image, meddle)
    assert found.outcome == "failed"
    assert words in found.found
