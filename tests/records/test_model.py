import pytest

from harness.records import Thinking

BOTH = {"on": {"enable_thinking": True}, "off": {"enable_thinking": False}}


def thinking(default, **changes):
    return Thinking(default=default, source="card", **changes)


@pytest.mark.parametrize(
    ("default", "wanted", "said"),
    [("on", "default", True), ("off", "default", False), ("off", "on", True), ("on", "off", False)],
)
def test_a_switch_is_said_even_when_it_is_the_default(default, wanted, said):
    assert thinking(default, **BOTH).switch(wanted) == {"chat_template_kwargs": {"enable_thinking": said}}


def test_a_default_that_nobody_states_is_left_to_the_template():
    assert thinking("unstated", **BOTH).switch("default") == {}


def test_a_model_that_always_thinks_needs_no_word_and_may_have_an_effort():
    assert thinking("always").switch("on") == {}
    effort = thinking("always", on={"reasoning_effort": "high"}, sent_as="request")
    assert effort.switch("default") == {"reasoning_effort": "high"}


@pytest.mark.parametrize(("default", "wanted"), [("always", "off"), ("off", "on"), ("unstated", "on")])
def test_a_switch_without_words_for_it_is_refused(default, wanted):
    with pytest.raises(ValueError, match=f"switched {wanted}"):
        thinking(default).switch(wanted)


@pytest.mark.parametrize(
    ("default", "happens"),
    [("on", (True, True, False)), ("off", (False, True, False)), ("unstated", (True, True, False))],
)
def test_a_model_thinks_unless_it_is_switched_off(default, happens):
    thinking = Thinking(default=default, source="card")
    assert tuple(thinking.happens(wanted) for wanted in ("default", "on", "off")) == happens
