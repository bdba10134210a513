"""Are thoughts switched, kept apart from answers, and safe from stop strings?"""

from harness.evaluation.honesty.prompt import CONVERSATIONS
from harness.evaluation.honesty.subject import Subject, failed, noted, passed
from harness.records import Answer, ProbeCheck, Thinking
from harness.serving.command import SAYS_GIVEN_TEXT, flags

THOUGHT, REPLY = "let me see", "42"
CUT = "cut off"


def _thinks(subject: Subject) -> Thinking | None:
    return subject.model.thinking if subject.plan.endpoint == "chat" else None


async def thinking_switch(subject: Subject) -> ProbeCheck:
    """Thinking on and thinking off are different prompts, where the model's config says how to switch."""
    name, thinking = "thinking switch", _thinks(subject)
    if thinking is None or thinking.on is None or thinking.off is None:
        return noted(name, "the model's config names no switch with two positions")
    if thinking.sent_as == "request":
        return noted(name, "the switch is a field of the request, which no rendering shows")
    on, off = [await subject.prompt(CONVERSATIONS[0], thinking.switch(wanted)) for wanted in ("on", "off")]
    if on == off:
        return failed(name, f"{thinking.on} and {thinking.off} are the same prompt", "mend thinking in its config")
    return passed(name, f"{thinking.on} and {thinking.off} are different prompts")


async def reasoning_parser(subject: Subject) -> ProbeCheck:
    """Traces that are complete, prefilled, cut off or empty reach neither the answer nor the score."""
    name, thinking = "reasoning parser", _thinks(subject)
    if thinking is None:
        return noted(name, "no thinking in this run")
    if not await _run_thinks(subject, thinking):
        answer = await subject.say(REPLY)
        if answer.text.strip() == REPLY:
            return passed(name, "with thinking off an answer stays an answer")
        return failed(name, f"with thinking off, {REPLY!r} became {_split(answer)}", "another --reasoning-parser")
    if thinking.tags is None:
        cut = await subject.ask("How many primes are there below 100?", max_tokens=16, stop=[])
        return noted(name, f"the engine tells thoughts by their tokens; cut after 16 tokens: {_split(cut)}")
    opens, closes = thinking.tags
    prefilled = (await subject.prompt_end(CONVERSATIONS[0])).rstrip().endswith(opens)
    begin = "" if prefilled else opens
    cases = {
        "complete": (f"{opens}{THOUGHT}{closes}{REPLY}", REPLY),
        **({"prefilled": (f"{THOUGHT}{closes}{REPLY}", REPLY)} if prefilled else {}),
        "empty": (f"{begin}{closes}{REPLY}", REPLY),
        CUT: (f"{begin}{THOUGHT} and see and see and see", ""),
    }
    for case, (text, wanted) in cases.items():
        limit = {"max_tokens": 5} if case == CUT else {}
        answer = await subject.say(text, **limit)
        if answer.text.strip() != wanted:
            return _leak(subject, thinking.tags, case, text, answer)
    return passed(name, f"traces that are {', '.join(cases)} stay apart from the answer")


async def _run_thinks(subject: Subject, thinking: Thinking) -> bool:
    """Return whether the run's own prompts have the model think: they are not those with thinking off."""
    if thinking.off is None or thinking.default == "always":
        return thinking.default != "off" or bool(subject.plan.thinking)
    off = thinking.switch("off")
    return await subject.prompt(CONVERSATIONS[0], subject.plan.thinking) != await subject.prompt(
        CONVERSATIONS[0], off
    )


def _leak(subject: Subject, tags: tuple[str, str], case: str, text: str, answer: Answer) -> ProbeCheck:
    """Tell a parser that leaks from a server that did not say the text at all."""
    name = "reasoning parser"
    said, wanted = _bare(f"{answer.reasoning or ''}{answer.text}", tags), _bare(text, tags)
    obeyed = bool(said) and (wanted.startswith(said) if case == CUT else said == wanted)
    if not obeyed:
        found = f"the server cannot be made to say {text!r}: {_split(answer)}"
        return failed(name, found, " ".join(flags(SAYS_GIVEN_TEXT)))
    parser = subject.model.args.get("reasoning-parser")
    fix = "protocol.thinking=on, which each request then says" if parser else "--reasoning-parser NAME"
    return failed(name, f"{case}: {text!r} became {_split(answer)}", fix)


def _bare(text: str, tags: tuple[str, str]) -> str:
    """Return a text without tags and spaces: where a parser puts them is not the question."""
    return "".join(text.replace(tags[0], "").replace(tags[1], "").split())


def _split(answer: Answer) -> str:
    return f"thoughts {(answer.reasoning or '')[:60]!r} and answer {answer.text[:60]!r}"


async def stop_strings(subject: Subject) -> ProbeCheck:
    """A stop string inside a trace does not end the answer before it began."""
    name, thinking = "stop strings", _thinks(subject)
    if not subject.stop:
        return noted(name, "the run sends none")
    if thinking is None or thinking.tags is None or not await _run_thinks(subject, thinking):
        return noted(name, "no trace in this run that could be said")
    for stop in subject.stop:
        text = f"{THOUGHT}{stop}{THOUGHT}{thinking.tags[1]}{REPLY}"
        answer = await subject.say(text, stop=[stop])
        if answer.text.strip() != REPLY:
            return failed(name, f"{stop!r} inside a trace ends the answer", "protocol.stop=[]")
    return passed(name, f"{len(subject.stop)} of them inside traces")
