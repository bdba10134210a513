"""The switch for thinking, found by rendering chat templates like those of released models."""

import pytest

from harness.planning.switches import switch_of

TURN = (
    "{% for m in messages %}<|{{ m.role }}|>{{ m.content }}{% endfor %}{% if add_generation_prompt %}<|assistant|>"
)
ON_BY_DEFAULT = (
    TURN + "{% if enable_thinking is defined and not enable_thinking %}<think></think>{% endif %}{% endif %}"
)
OFF_BY_DEFAULT = TURN + "{% if thinking %}<think>{% else %}</think>{% endif %}{% endif %}"


@pytest.mark.parametrize(
    ("template", "default", "name"),
    [(ON_BY_DEFAULT, "on", "enable_thinking"), (OFF_BY_DEFAULT, "off", "thinking")],
)
def test_the_default_is_what_leaving_the_switch_out_renders(template, default, name):
    thinking, questions = switch_of(template)
    assert thinking is not None
    assert (thinking.default, thinking.on, thinking.off) == (default, {name: True}, {name: False})
    assert questions == []


def test_a_third_prompt_without_the_switch_is_left_unstated():
    template = "{% if thinking is not defined %}a{% elif thinking %}b{% else %}c{% endif %}"
    thinking, _ = switch_of(template)
    assert thinking is not None
    assert thinking.default == "unstated"


def test_an_effort_is_asked_about_because_its_values_cannot_be_rendered():
    thinking, questions = switch_of(TURN + "{{ reasoning_effort | default('high') }}{% endif %}")
    assert thinking is None
    assert "reasoning_effort" in questions[0]


def test_thinking_without_a_switch_is_asked_about():
    assert "always think" in switch_of(TURN + "<think>{% endif %}")[1][0]
    assert switch_of(TURN + "{% endif %}") == (None, [])


def test_a_switch_that_the_first_turn_does_not_depend_on_is_not_taken_for_one():
    thinking, questions = switch_of("{% if messages|length > 3 and enable_thinking %}x{% endif %}")
    assert thinking is None
    assert "does not depend" in questions[0]


@pytest.mark.parametrize(
    "template",
    [
        "{{ enable_thinking and raise_exception('no') }}",
        "{% if enable_thinking %}{{ ''.__class__.__mro__ }}{% endif %}",
        "{% if %}",
    ],
)
def test_a_template_that_refuses_breaks_out_or_is_broken_gives_a_question(template):
    thinking, questions = switch_of(template)
    assert thinking is None
    assert questions


def test_what_templates_find_in_transformers_is_there():
    template = (
        "{{ strftime_now('%Y') }}{{ tools | tojson(indent=2) }}{% for m in messages %}{% break %}{% endfor %}"
    )
    assert switch_of(template + "{% if enable_thinking %}x{% endif %}")[0] is not None
