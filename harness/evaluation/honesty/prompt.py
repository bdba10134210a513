"""Does the server read what we mean: its model, its chat template, its first token?"""

import asyncio
import json
from typing import Any

from harness.evaluation.honesty.subject import Subject, failed, noted, passed
from harness.records import ProbeCheck
from harness.records.model import Switch
from harness.serving import probe as ask

CONVERSATIONS: list[list[dict[str, str]]] = [
    [{"role": "user", "content": "What is 2 + 3?"}],
    [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "대한민국의 수도는?"}],
    [
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hi."},
        {"role": "user", "content": "  spaces \n\n and lines  "},
    ],
]


async def served_model(subject: Subject) -> ProbeCheck:
    """The server lists the model, and takes prompts as long as its config says."""
    name, model, server = "served model", subject.model, subject.client.endpoints
    listed = await asyncio.to_thread(ask.served_models, server.where, server.headers)
    if subject.plan.model not in listed:
        return failed(name, f"it serves {', '.join(listed)}", f"--served-model-name {subject.plan.model}")
    longest = (await subject.client.post("/tokenize", {"model": subject.plan.model, "prompt": "x"})).get(
        "max_model_len"
    )
    if longest is not None and longest < model.context:
        return failed(name, f"prompt and answer in {longest} tokens", f"--max-model-len {model.context}")
    return passed(name, f"{subject.plan.model}, {longest} tokens")


async def chat_template(subject: Subject) -> ProbeCheck:
    """The server renders conversations token for token as the checkpoint's own template does."""
    name = "chat template"
    if subject.tokenizer is None:
        return noted(name, "the weights are not at hand to compare with")
    if subject.plan.endpoint != "chat":
        return await _plain_text(subject)
    if subject.tokenizer.chat_template is None:
        return noted(name, "the checkpoint has none; the engine renders conversations itself")
    switch = subject.plan.thinking
    for messages in CONVERSATIONS:
        theirs = await subject.prompt(messages, switch)
        ours = _rendered(subject, messages, switch)
        if theirs != ours:
            place = next((i for i, (a, b) in enumerate(zip(theirs, ours, strict=False)) if a != b), len(ours))
            found = f"token {place} differs for {json.dumps(messages, ensure_ascii=False)[:80]}"
            return failed(name, found, "serve without --chat-template, from the checkpoint's own folder")
    return passed(name, f"{len(CONVERSATIONS)} conversations, token for token")


async def _plain_text(subject: Subject) -> ProbeCheck:
    """Compare the tokens of a plain text: those of a completion have no template."""
    text = "The capital of Korea is"
    if await subject.tokens(prompt=text) != list(subject.tokenizer(text)["input_ids"]):
        return failed("chat template", "plain text becomes other tokens", "--tokenizer as in the checkpoint")
    return passed("chat template", "not used; plain text becomes the checkpoint's own tokens")


def _rendered(subject: Subject, messages: list[dict[str, str]], switch: Switch) -> list[int]:
    words: Any = switch.get("chat_template_kwargs", {})
    found = subject.tokenizer.apply_chat_template(
        messages, add_generation_prompt=True, tokenize=True, return_dict=True, **words
    )
    return list(found["input_ids"])


async def first_token(subject: Subject) -> ProbeCheck:
    """A text begins with at most one token for its beginning, and the request is as long as its rendering."""
    name, chat = "first token", subject.plan.endpoint == "chat"
    begin = None if subject.tokenizer is None else subject.tokenizer.bos_token_id
    if chat and subject.tokenizer is not None and subject.tokenizer.chat_template is None:
        return noted(name, "the engine renders conversations itself")
    if chat:
        tokens = await subject.prompt(CONVERSATIONS[0], subject.plan.thinking)
    else:
        tokens = await subject.tokens(prompt=CONVERSATIONS[0][0]["content"])
    if begin is not None and tokens[:2] == [begin, begin]:
        fix = "request field add_special_tokens=false, or a template that does not write the token itself"
        return failed(name, f"token {begin} begins the text twice", fix)
    answer = await subject.ask(CONVERSATIONS[0][0]["content"], max_tokens=1)
    if answer.prompt_tokens is not None and answer.prompt_tokens != len(tokens):
        found = f"{answer.prompt_tokens} tokens were read, the rendering has {len(tokens)}"
        return failed(name, found, "serve without options that change prompts (--default-chat-template-kwargs)")
    return passed(name, f"{len(tokens)} tokens read as rendered; the first once")
