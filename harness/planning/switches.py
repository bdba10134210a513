"""Whether a chat template can switch thinking on and off, found by rendering it."""

import json
from datetime import date
from typing import Any

import jinja2
from jinja2 import meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from harness.records.model import Thinking

SWITCHES = ("enable_thinking", "thinking")
EFFORTS = ("reasoning_effort", "thinking_budget", "thinking_effort")
_ASKED = [{"role": "user", "content": "?"}]
_SOURCE = "chat template of the checkpoint, rendered with the switch left out, true and false"


def switch_of(template: str) -> tuple[Thinking | None, list[str]]:
    """Return how the template switches thinking, and what a person has to fill in, in sentences.

    The switch is an argument of SWITCHES that the template reads; its default is the value that renders the same
    prompt as leaving it out. A template that reads none, or that cannot be rendered, gives no `Thinking`.
    """
    environment = _environment()
    try:
        read = meta.find_undeclared_variables(environment.parse(template))
    except jinja2.TemplateError as error:
        return None, [f"the chat template cannot be read ({error}): does it switch thinking?"]
    told = [
        f"the chat template reads {name}: which values, and what do they mean?" for name in EFFORTS if name in read
    ]
    for name in SWITCHES:
        if name not in read:
            continue
        compiled = environment.from_string(template)
        try:
            left_out, on, off = (_rendered(compiled, **given) for given in ({}, {name: True}, {name: False}))
        except (jinja2.TemplateError, TypeError, ValueError) as error:
            return None, [*told, f"the chat template reads {name}, but cannot be rendered here ({error})"]
        if on == off:
            told.append(f"the chat template reads {name}, but the first turn does not depend on it")
            continue
        default = {on: "on", off: "off"}.get(left_out, "unstated")
        found = {"default": default, "on": {name: True}, "off": {name: False}, "source": _SOURCE}
        return Thinking.model_validate(found), told
    if "<think>" in template:
        told.append(
            "the chat template holds <think>, but no switch that is known here: does the model always think?"
        )
    return None, told


def _rendered(template: jinja2.Template, **given: Any) -> str:
    return template.render(
        messages=_ASKED,
        add_generation_prompt=True,
        tools=None,
        documents=None,
        bos_token="<s>",
        eos_token="</s>",
        **given,
    )


def _environment() -> ImmutableSandboxedEnvironment:
    """Return an environment in which templates find what transformers gives them; they come from strangers."""

    def refuse(message: str) -> None:
        raise jinja2.TemplateError(message)

    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"]
    )
    environment.filters["tojson"] = lambda value, **_: json.dumps(value, ensure_ascii=False)
    environment.globals["raise_exception"] = refuse
    # A day that is always the same: the same template renders the same prompt.
    environment.globals["strftime_now"] = date(2025, 1, 1).strftime
    return environment
