"""What a model is asked under a protocol, without asking it."""

from types import SimpleNamespace

import pytest

from harness.config.settings import load_models, load_settings, project
from harness.errors import UsageError
from harness.workflow.asking import request_plan

MODELS = sorted(load_models(project().configs))


def plan(*overrides, output_type="generate_until"):
    loaded = SimpleNamespace(name="quiz", output_type=output_type, stop=["\n"])
    return request_plan(load_settings(overrides), loaded)


@pytest.mark.parametrize("model", MODELS)
def test_the_house_protocol_asks_every_model_and_stays_within_its_context(model):
    settings = load_settings([f"model={model}", "protocol=house"])
    asked = plan(f"model={model}", "protocol=house")
    assert 4096 <= asked.max_tokens <= settings.model.context or asked.max_tokens == settings.model.context
    assert asked.stop == []


def test_a_model_that_thinks_gets_room_for_its_thoughts_and_no_more_when_it_is_switched_off():
    lengths = [
        plan("model=k_exaone_236b", "protocol=house", f"protocol.thinking={switch}").max_tokens
        for switch in ('"on"', '"off"')
    ]
    assert lengths == [32768, 4096]


def test_where_a_maker_recommends_no_sampling_the_protocol_says_it_or_refuses():
    assert plan("model=a_x_k1", "protocol=house").decoding.temperature == 0.6
    with pytest.raises(UsageError, match="recommends none"):
        plan("model=a_x_k1", "protocol=house", "protocol.unrecommended=null")


def test_given_answers_are_weighed_in_plain_text_under_a_chat_protocol_too():
    asked = plan("protocol=house", "protocol.system=Hello", output_type="multiple_choice")
    assert (asked.endpoint, asked.system) == ("completions", None)


def test_a_hosted_model_cannot_weigh_given_answers():
    with pytest.raises(UsageError, match="hosted"):
        plan("model=gpt_5", "protocol=house", output_type="multiple_choice")
